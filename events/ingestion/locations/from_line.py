"""Locates an event by a location line as people write it."""

from __future__ import annotations

from dataclasses import replace

from core.text import fold_name
from events.ingestion.locations.address_line import TownReading, readings
from events.ingestion.locations.online import is_online_only, online_signs
from events.ingestion.locations.venue_text import VenueText, read_venue, read_venue_abroad
from events.ingestion.locations.whereabouts import Whereabouts, in_town, placed
from events.ingestion.records import VenueDraft
from events.places.gazetteer import Gazetteer, Town
from events.places.regions import country_name

# A line may name another town than the one it ends with, this far away.
NEARBY_MILES = 40.0
# The least a place must have to be meant by its bare name, without a region.
LARGE_TOWN = 100_000
# The same, behind a postal code: "80331 München".
LED_TOWN = 5_000
# A line that is only a far city's name means that city: an away game.
FAR_CITY = 50_000
FAR_CITY_DOMINANCE = 3


def from_line(line: str, gazetteer: Gazetteer) -> Whereabouts:
    """Reads town, venue, room and attendance mode from the line."""
    reading, tail = _tail(line, gazetteer)
    signs = online_signs(reading.head)
    if signs.mode == "online":
        return Whereabouts(mode="online", zone=tail.timezone if tail else "", link=signs.link)
    if tail is not None and tail.country_code not in ("US", "CA"):
        text = read_venue_abroad(signs.rest)
    else:
        text = read_venue(signs.rest, lambda words: _nearby(words, tail, gazetteer) is not None)
    town = (_nearby(text.town, tail, gazetteer) if text.town else None) or tail
    if signs.mode and not text.name and not text.street:
        return Whereabouts(mode="online", zone=town.timezone if town else "", link=signs.link)
    if not text.town and tail and (far := _far_city(text, tail, gazetteer)):
        town, text = far, VenueText()
    found = placed(_drafted(text, town, reading, is_tail=town is tail), town)
    return replace(found, room=text.room, mode=signs.mode or "offline", link=signs.link)


def _tail(line: str, gazetteer: Gazetteer) -> tuple[TownReading, Town | None]:
    """The first reading of the line's end that is a real town."""
    for reading in readings(line):
        if is_online_only(reading.city):
            continue
        town = _town_of(reading, gazetteer)
        if town is None:
            continue
        if reading.postal is not None:
            return reading, town
        if reading.region or reading.country:
            return reading, town
        if town.population >= LARGE_TOWN and town.is_own_name:
            return reading, town
    return TownReading(line, ""), None


def _town_of(reading: TownReading, gazetteer: Gazetteer) -> Town | None:
    """The town of a reading; beside a postal code one of a country with such codes."""
    if reading.postal is None:
        return gazetteer.town(reading.city, region=reading.region, country=reading.country)
    postal = reading.postal
    found = [town for town in gazetteer.named(reading.city) if postal.may_be_in(town.country_code)]
    largest = max(found, key=lambda town: town.population, default=None)
    least = LED_TOWN if postal.leads else LARGE_TOWN
    return largest if largest is not None and largest.population >= least else None


def _nearby(words: str, tail: Town | None, gazetteer: Gazetteer) -> Town | None:
    """The town of that very name in the same state, near the line's own town."""
    if tail is None or not words or not words[:1].isupper():
        return None
    near = [
        (town.miles_to(tail), town)
        for town in gazetteer.named(words)
        if town.is_own_name and town.is_in(tail.region_code, tail.country_code)
    ]
    miles, town = min(near, key=lambda each: each[0], default=(NEARBY_MILES + 1, tail))
    return town if miles <= NEARBY_MILES else None


def _far_city(text: VenueText, tail: Town, gazetteer: Gazetteer) -> Town | None:
    """The city that a line names and nothing else: of the same state, else the one well known."""
    if not text.name or text.street or text.room:
        return None
    cities = [
        town
        for town in gazetteer.named(text.name)
        if town.is_own_name and town.country_code == tail.country_code
    ]
    large = sorted(cities, key=lambda town: -town.population)
    for town in large:
        if town.region_code == tail.region_code and town.population >= FAR_CITY:
            return town
    if not large or large[0].population < FAR_CITY:
        return None
    rival = large[1].population if len(large) > 1 else 0
    return large[0] if large[0].population >= FAR_CITY_DOMINANCE * rival else None


def _name_of(town: Town, reading: TownReading, *, is_tail: bool) -> str:
    """The town's name; abroad as the line writes it: Göteborg, and not Gothenburg."""
    is_other_name = is_tail and fold_name(reading.city) != fold_name(town.name)
    is_abroad = town.country_code not in ("US", "CA")
    return reading.city if is_other_name and is_abroad else town.name


def _drafted(
    text: VenueText, town: Town | None, reading: TownReading, *, is_tail: bool
) -> VenueDraft | None:
    city = text.locality or (_name_of(town, reading, is_tail=is_tail) if town else "")
    name = text.name or text.street or city
    if not name:
        return None
    return in_town(
        VenueDraft(
            name=name[:300],
            street_address=text.street,
            city=city,
            state=town.region_code if town and town.country_code == "US" else reading.region,
            postal_code=text.postal_code or (reading.postal_code if is_tail else ""),
            country=town.country if town else country_name(reading.country),
        ),
        town,
    )
