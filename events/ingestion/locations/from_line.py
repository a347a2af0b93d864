"""Locates an event by a location line as people write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.text import fold_name
from events.ingestion.locations.online import is_online_only, online_signs
from events.ingestion.locations.venue_text import VenueText, read_venue
from events.ingestion.locations.whereabouts import Whereabouts, in_town, placed
from events.ingestion.records import VenueDraft
from events.places.gazetteer import Gazetteer, Town
from events.places.regions import country_code, country_name, state_code

_POSTAL = re.compile(r"\s+(\d{5}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d)$")
_CITY_STATE = re.compile(r"(.+?)\s+([A-Z]{2})")
# A house number with something behind it.
_STREET_BEGUN = re.compile(r"(?<!\w)\d\S* +\S")
# In words.
_LONGEST_TOWN = 3


@dataclass(frozen=True, slots=True)
class TownReading:
    """`head` is what stands before the town; `region` and `country` may be empty.

    `country` is an ISO code. A reading is only a proposal: whether there is
    such a town is for the place table to say.
    """

    head: str
    city: str
    region: str = ""
    country: str = ""
    postal_code: str = ""


def readings(line: str) -> Iterator[TownReading]:
    """Proposals, the most explicit first.

    >>> next(readings("City Hall, Davis, CA 95616, USA"))
    TownReading(head='City Hall', city='Davis', region='CA', country='US', postal_code='95616')
    """
    parts = [part.strip() for part in line.split(",") if part.strip()]
    if not parts:
        return
    country = country_code(parts[-1]) if len(parts) > 1 and not state_code(parts[-1]) else ""
    if country:
        yield from _in_country(parts[:-1], country)
    yield from _in_state(parts)
    # "Tbilisi, Georgia": a state's name that is a country's as well.
    if len(parts) > 1 and not country and (other := country_code(parts[-1])):
        yield from _in_country(parts[:-1], other)
    yield TownReading(", ".join(parts[:-1]), parts[-1])


def _in_country(parts: list[str], country: str) -> Iterator[TownReading]:
    if country == "US":
        yield from _in_state(parts)
    last, postal = _without_postal(parts[-1])
    if len(parts) > 1:
        city, _ = _without_postal(parts[-2])
        yield TownReading(", ".join(parts[:-2]), city, last, country, postal)
    yield TownReading(", ".join(parts[:-1]), last, "", country, postal)


def _in_state(parts: list[str]) -> Iterator[TownReading]:
    """ "…, Davis, CA 95616", "… 12 Main Street Davis, CA 95616" and "…, Davis CA 95616"."""
    last, postal = _without_postal(parts[-1])
    if len(parts) > 1 and (state := state_code(last)):
        yield TownReading(", ".join(parts[:-2]), parts[-2], state, "US", postal)
        for rest, town in _run_on(parts[-2]):
            yield TownReading(", ".join([*parts[:-2], rest]), town, state, "US", postal)
    elif (match := _CITY_STATE.fullmatch(last)) and state_code(match[2]):
        yield TownReading(", ".join(parts[:-1]), match[1], match[2], "US", postal)


def _run_on(text: str) -> Iterator[tuple[str, str]]:
    """Splits off a town behind a street without a comma: "12 Main Street San Rafael"."""
    words = text.split()
    for count in range(min(_LONGEST_TOWN, len(words) - 1), 0, -1):
        rest = " ".join(words[:-count])
        if _STREET_BEGUN.search(rest):
            yield rest, " ".join(words[-count:])


def _without_postal(text: str) -> tuple[str, str]:
    match = _POSTAL.search(text)
    return (text[: match.start()], match[1]) if match else (text, "")


# A line may name another town than the one it ends with, this far away.
NEARBY_MILES = 40.0
# The least a place must have to be meant by its bare name, without a region.
LARGE_TOWN = 100_000
# A line that is only a far city's name means that city: an away game.
FAR_CITY = 50_000
FAR_CITY_DOMINANCE = 3


def from_line(line: str, gazetteer: Gazetteer) -> Whereabouts:
    """Reads town, venue, room and attendance mode from the line."""
    reading, tail = _tail(line, gazetteer)
    signs = online_signs(reading.head)
    if signs.mode == "online":
        return Whereabouts(mode="online", zone=tail.timezone if tail else "", link=signs.link)
    text = read_venue(signs.rest, lambda words: _nearby(words, tail, gazetteer) is not None)
    town = (_nearby(text.town, tail, gazetteer) if text.town else None) or tail
    if signs.mode and not text.name and not text.street:
        return Whereabouts(mode="online", zone=town.timezone if town else "", link=signs.link)
    if not text.town and tail and (far := _far_city(text, tail, gazetteer)):
        town, text = far, VenueText()
    found = placed(_drafted(text, town, reading), town)
    return replace(found, room=text.room, mode=signs.mode or "offline", link=signs.link)


def _tail(line: str, gazetteer: Gazetteer) -> tuple[TownReading, Town | None]:
    """The first reading of the line's end that is a real town."""
    for reading in readings(line):
        if is_online_only(reading.city):
            continue
        town = gazetteer.town(reading.city, region=reading.region, country=reading.country)
        if town is None:
            continue
        if reading.region or reading.country:
            return reading, town
        if town.population >= LARGE_TOWN and town.is_own_name:
            return reading, town
    return TownReading(line, ""), None


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


def _drafted(text: VenueText, town: Town | None, reading: TownReading) -> VenueDraft | None:
    city = text.locality or (town.name if town else "")
    name = text.name or text.street or city
    if not name:
        return None
    in_tail = town is not None and fold_name(town.name) == fold_name(reading.city)
    return in_town(
        VenueDraft(
            name=name[:300],
            street_address=text.street,
            city=city,
            state=town.region_code if town and town.country_code == "US" else reading.region,
            postal_code=text.postal_code or (reading.postal_code if in_tail else ""),
            country=town.country if town else country_name(reading.country),
        ),
        town,
    )
