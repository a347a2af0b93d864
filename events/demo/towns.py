"""The towns of the demonstration, with the corners where their venues stand.

Towns, neighbourhoods and their coordinates are real, so that distances and
"near Newton" mean something; every venue and street number is invented. The
GeoNames ids and zones agree with the place table (a test compares them).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    """A neighbourhood on dry land; the point is in WGS84 degrees."""

    name: str
    lat: float
    lng: float
    postal_code: str


@dataclass(frozen=True, slots=True)
class Town:
    """A town: its GeoNames id, its IANA zone, and how addresses and prices look there.

    `state` is empty where people would not write one after the town's name.
    """

    place_id: int
    name: str
    state: str
    timezone: str
    areas: tuple[Area, ...]
    streets: tuple[str, ...]
    country: str = "United States"
    currency: str = "$"
    language: str = "en"


_NEW_ENGLAND_STREETS = (
    "Maple Street",
    "Chestnut Hill Road",
    "Harbor Lane",
    "Winslow Avenue",
    "Old Mill Road",
    "Orchard Street",
    "Linden Row",
    "Fletcher Street",
)
_WESTERN_STREETS = (
    "Juniper Street",
    "Alder Avenue",
    "Cypress Way",
    "Marigold Lane",
    "Beacon Hill Drive",
    "Fern Street",
    "Sequoia Avenue",
    "Larkspur Road",
)
_SOUTHERN_STREETS = (
    "Magnolia Avenue",
    "Sycamore Street",
    "Laurel Road",
    "Pecan Street",
    "Dogwood Lane",
    "Riverbend Road",
    "Cotton Mill Street",
    "Hickory Street",
)
_CITY_STREETS = (
    "Mulberry Street",
    "Foundry Street",
    "Bellwether Avenue",
    "Canal Row",
    "Prospect Lane",
    "Lantern Street",
    "Garden Place",
    "Tanner Street",
)

TOWNS: tuple[Town, ...] = (
    Town(
        place_id=4945283,
        name="Newton",
        state="MA",
        timezone="America/New_York",
        areas=(
            Area("Newton Centre", 42.3297, -71.1923, "02459"),
            Area("West Newton", 42.3493, -71.2268, "02465"),
            Area("Newtonville", 42.3519, -71.2075, "02460"),
            Area("Newton Highlands", 42.3221, -71.2067, "02461"),
            Area("Auburndale", 42.3457, -71.2495, "02466"),
        ),
        streets=_NEW_ENGLAND_STREETS,
    ),
    Town(
        place_id=4930956,
        name="Boston",
        state="MA",
        timezone="America/New_York",
        areas=(
            Area("Jamaica Plain", 42.3097, -71.1151, "02130"),
            Area("Back Bay", 42.3503, -71.0810, "02116"),
            Area("Dorchester", 42.3016, -71.0676, "02122"),
            Area("Roslindale", 42.2832, -71.1270, "02131"),
            Area("South End", 42.3388, -71.0765, "02118"),
        ),
        streets=_CITY_STREETS,
    ),
    Town(
        place_id=4931972,
        name="Cambridge",
        state="MA",
        timezone="America/New_York",
        areas=(
            Area("Central Square", 42.3654, -71.1037, "02139"),
            Area("Porter Square", 42.3884, -71.1191, "02140"),
            Area("Inman Square", 42.3736, -71.1007, "02139"),
            Area("Huron Village", 42.3811, -71.1371, "02138"),
        ),
        streets=_NEW_ENGLAND_STREETS,
    ),
    Town(
        place_id=4453066,
        name="Asheville",
        state="NC",
        timezone="America/New_York",
        areas=(
            Area("Downtown Asheville", 35.5951, -82.5515, "28801"),
            Area("West Asheville", 35.5787, -82.5885, "28806"),
            Area("River Arts District", 35.5868, -82.5664, "28801"),
            Area("North Asheville", 35.6255, -82.5530, "28804"),
        ),
        streets=_SOUTHERN_STREETS,
    ),
    Town(
        place_id=5128581,
        name="New York",
        state="NY",
        timezone="America/New_York",
        areas=(
            Area("East Village", 40.7265, -73.9815, "10009"),
            Area("Park Slope", 40.6710, -73.9814, "11215"),
            Area("Astoria", 40.7644, -73.9235, "11102"),
            Area("Chelsea", 40.7465, -74.0014, "10011"),
            Area("Williamsburg", 40.7130, -73.9530, "11211"),
        ),
        streets=_CITY_STREETS,
    ),
    Town(
        place_id=5391959,
        name="San Francisco",
        state="CA",
        timezone="America/Los_Angeles",
        areas=(
            Area("Mission District", 37.7599, -122.4148, "94110"),
            Area("Inner Sunset", 37.7621, -122.4663, "94122"),
            Area("North Beach", 37.8001, -122.4102, "94133"),
            Area("Noe Valley", 37.7502, -122.4337, "94114"),
            Area("Hayes Valley", 37.7759, -122.4245, "94102"),
        ),
        streets=_WESTERN_STREETS,
    ),
    Town(
        place_id=4887398,
        name="Chicago",
        state="IL",
        timezone="America/Chicago",
        areas=(
            Area("Logan Square", 41.9231, -87.7093, "60647"),
            Area("Pilsen", 41.8570, -87.6614, "60608"),
            Area("Hyde Park", 41.7970, -87.5950, "60615"),
            Area("Wicker Park", 41.9088, -87.6796, "60622"),
            Area("Bridgeport", 41.8380, -87.6510, "60608"),
        ),
        streets=_CITY_STREETS,
    ),
    Town(
        place_id=4671654,
        name="Austin",
        state="TX",
        timezone="America/Chicago",
        areas=(
            Area("South Congress", 30.2482, -97.7501, "78704"),
            Area("East Austin", 30.2630, -97.7150, "78702"),
            Area("Hyde Park", 30.3050, -97.7300, "78751"),
            Area("Zilker", 30.2560, -97.7700, "78704"),
        ),
        streets=_SOUTHERN_STREETS,
    ),
    Town(
        place_id=5809844,
        name="Seattle",
        state="WA",
        timezone="America/Los_Angeles",
        areas=(
            Area("Capitol Hill", 47.6230, -122.3170, "98102"),
            Area("Fremont", 47.6550, -122.3500, "98103"),
            Area("Columbia City", 47.5597, -122.2866, "98118"),
            Area("Ballard", 47.6690, -122.3800, "98107"),
            Area("Wallingford", 47.6610, -122.3340, "98103"),
        ),
        streets=_WESTERN_STREETS,
    ),
    Town(
        place_id=6167865,
        name="Toronto",
        state="Ontario",
        country="Canada",
        timezone="America/Toronto",
        areas=(
            Area("Kensington Market", 43.6547, -79.4005, "M5T 2K2"),
            Area("Leslieville", 43.6640, -79.3330, "M4M 1H9"),
            Area("The Annex", 43.6700, -79.4070, "M5R 2T3"),
            Area("Roncesvalles", 43.6450, -79.4490, "M6R 2L2"),
        ),
        streets=_CITY_STREETS,
    ),
    Town(
        place_id=2643743,
        name="London",
        state="England",
        country="United Kingdom",
        timezone="Europe/London",
        currency="£",
        areas=(
            Area("Hackney", 51.5450, -0.0553, "E8 1DY"),
            Area("Brixton", 51.4613, -0.1156, "SW9 8HE"),
            Area("Camden Town", 51.5390, -0.1426, "NW1 8NH"),
            Area("Bermondsey", 51.4980, -0.0760, "SE1 3UW"),
            Area("Clerkenwell", 51.5237, -0.1060, "EC1R 0AA"),
        ),
        streets=(
            "Lantern Street",
            "Weaver's Row",
            "Candlemaker Lane",
            "Plumtree Road",
            "Orchard Walk",
            "Saddler Street",
            "Old Foundry Road",
            "Kingfisher Way",
        ),
    ),
    Town(
        place_id=2950159,
        name="Berlin",
        state="",
        country="Germany",
        timezone="Europe/Berlin",
        currency="€",
        language="de",
        areas=(
            Area("Kreuzberg", 52.4986, 13.4033, "10999"),
            Area("Prenzlauer Berg", 52.5388, 13.4244, "10405"),
            Area("Neukölln", 52.4811, 13.4353, "12043"),
            Area("Charlottenburg", 52.5166, 13.3041, "10585"),
            Area("Moabit", 52.5300, 13.3420, "10551"),
        ),
        streets=(
            "Lindenhofstraße",
            "Ahornstraße",
            "Laternenweg",
            "Kirschgartenstraße",
            "Alte Mühlenstraße",
            "Fliederstraße",
            "Buchenallee",
            "Drachenweg",
        ),
    ),
    Town(
        place_id=2988507,
        name="Paris",
        state="Île-de-France",
        country="France",
        timezone="Europe/Paris",
        currency="€",
        language="fr",
        areas=(
            Area("Le Marais", 48.8590, 2.3600, "75004"),
            Area("Belleville", 48.8720, 2.3800, "75020"),
            Area("Batignolles", 48.8870, 2.3190, "75017"),
            Area("Montparnasse", 48.8420, 2.3250, "75014"),
            Area("Butte-aux-Cailles", 48.8280, 2.3510, "75013"),
        ),
        streets=(
            "rue des Tilleuls",
            "rue de la Lanterne",
            "rue des Cerisiers",
            "rue du Vieux Moulin",
            "passage des Hirondelles",
            "rue de la Fonderie",
            "rue des Glycines",
            "rue du Petit Pont Vert",
        ),
    ),
)
