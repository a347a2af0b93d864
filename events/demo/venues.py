"""The invented venues of each town: one of every sort, each in one of its areas."""

from __future__ import annotations

import math
from random import Random

from events.demo.towns import Area, Town
from events.ingestion.records import VenueDraft

# The names of a sort of venue, by language; `{street}` is a street of the town.
_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "library": ("{street} Library", "{area} Public Library"),
        "community": ("{area} Community Center", "{street} Neighborhood House"),
        "cafe": ("The Copper Kettle Café", "Blue Door Coffee", "Crumb & Saucer"),
        "pub": ("The Crooked Lantern", "The Brass Otter", "The Two Ravens", "The Idle Anvil"),
        "club": ("The Velvet Anchor", "The Basement Moon", "Low Tide Room"),
        "park": ("Foxglove Park", "Heron Meadow", "Larch Hill Park", "Millpond Green"),
        "gallery": ("Paper Moon Gallery", "Gallery Nine Herons", "The White Barn Gallery"),
        "theatre": ("Tin Whistle Theatre", "The Little Comet Theatre", "Curtain Street Playhouse"),
        "studio": ("Clay & Thread Studio", "Slow Hands Studio"),
        "cinema": ("The Larkspur Cinema", "The Silver Sparrow", "Cinema Meridian"),
        "museum": ("The Wayfarer Museum", "Museum of Small Wonders", "The Compass House"),
        "market": ("{area} Market Square", "{street} Market Hall"),
        "church": ("St. Alder's Church", "Old Harbor Chapel", "Church of the Good Lantern"),
        "hub": ("Brightloom Works", "The Signal Shed", "{street} Makerspace"),
        "gym": ("Open Sky Movement Studio", "Bright Hall Dance & Movement"),
        "bookshop": ("Second Chapter Books", "The Inkwell & Owl", "Dog-Eared Books of {area}"),
    },
    "de": {
        "library": ("Bibliothek {street}",),
        "community": ("Nachbarschaftshaus {area}",),
        "cafe": ("Café Kupferkessel",),
        "pub": ("Zur Schiefen Laterne",),
        "club": ("Samtanker",),
        "park": ("Fingerhutpark",),
        "gallery": ("Galerie Papiermond",),
        "theatre": ("Theater Blechflöte",),
        "studio": ("Atelier Ton & Faden",),
        "cinema": ("Kino Rittersporn",),
        "museum": ("Museum der Wandernden",),
        "market": ("Marktplatz {area}",),
        "church": ("Erlenkirche",),
        "hub": ("Werkhaus Hellfaden",),
        "gym": ("Studio Freier Himmel",),
        "bookshop": ("Buchladen Zweites Kapitel",),
    },
    "fr": {
        "library": ("Médiathèque {street}",),
        "community": ("Maison de quartier {area}",),
        "cafe": ("Café de la Bouilloire",),
        "pub": ("La Lanterne Penchée",),
        "club": ("L'Ancre de Velours",),
        "park": ("Square des Digitales",),
        "gallery": ("Galerie Lune de Papier",),
        "theatre": ("Théâtre du Pipeau",),
        "studio": ("Atelier Argile et Fil",),
        "cinema": ("Cinéma Pied-d'Alouette",),
        "museum": ("Musée du Voyageur",),
        "market": ("Place du marché {area}",),
        "church": ("Église Saint-Aulne",),
        "hub": ("La Filature Claire",),
        "gym": ("Studio Plein Ciel",),
        "bookshop": ("Librairie Deuxième Chapitre",),
    },
}
SORTS = tuple(_NAMES["en"])
_SCATTER_MILES = 0.3
_MILES_PER_DEGREE = 69.0


def invent_venues(town: Town, random: Random) -> dict[str, tuple[VenueDraft, Area]]:
    """One venue of every sort with its area; the same ones for the same `random`."""
    venues = {}
    for sort in SORTS:
        area = random.choice(town.areas)
        street = random.choice(town.streets)
        name = random.choice(_NAMES[town.language][sort]).format(street=street, area=area.name)
        latitude, longitude = _near(area, random)
        draft = VenueDraft(
            name=name,
            street_address=_address(town, street, random.randrange(2, 380)),
            city=town.name,
            state=town.state,
            postal_code=area.postal_code,
            country=town.country,
            latitude=latitude,
            longitude=longitude,
            precision="venue",
            timezone=town.timezone,
            place_id=town.place_id,
        )
        venues[sort] = (draft, area)
    return venues


def one_line(venue: VenueDraft) -> str:
    """The venue and its address as one line of text."""
    parts = (venue.name, venue.street_address, venue.city, venue.state)
    return ", ".join(part for part in parts if part)


def _near(area: Area, random: Random) -> tuple[float, float]:
    distance = _SCATTER_MILES * math.sqrt(random.random())
    bearing = random.uniform(0, 2 * math.pi)
    north, east = distance * math.cos(bearing), distance * math.sin(bearing)
    width = _MILES_PER_DEGREE * math.cos(math.radians(area.lat))
    return (
        round(area.lat + north / _MILES_PER_DEGREE, 5),
        round(area.lng + east / width, 5),
    )


def _address(town: Town, street: str, number: int) -> str:
    return f"{street} {number}" if town.language == "de" else f"{number} {street}"
