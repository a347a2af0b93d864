"""Proposes the town of an address in any order and style: the readings of a location line.

A reading is only a proposal: whether there is such a town is for the place table to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from events.ingestion.cleaning import clean_line, clean_text
from events.ingestion.locations.postal import Postal, read_postal
from events.places.regions import country_code, country_in_any_language, regions_by_code, state_code

_POSTAL = re.compile(r"\s+(\d{5}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d)$")
_CITY_STATE = re.compile(r"(.+?)\s+([A-Z]{2})")
# What stands behind a town: São Paulo - SP, Bologna (BO).
_CITY_SHORT = re.compile(
    r"(?P<city>.+?)\s*(?:\s[-–/]\s?(?P<dash>[A-Z]{2,3})|\((?P<aside>[A-Z]{2})\))$"
)
_CITY_REGION = re.compile(r"(?P<city>.+?)\s+(?P<region>[A-Z]{2,3})$")
# "Praha 1", "Dublin 2", "Cedex"
_DISTRICT = re.compile(
    r"\s+(?:\d{1,2}|[A-ZØ]|[NS]V|CEDEX(?:\s+\d+)?|[NSEW][EWC]?\d{1,2})$", re.IGNORECASE
)
# A house number with something behind it.
_STREET_BEGUN = re.compile(r"(?<!\w)\d\S* +\S")
# In words.
_LONGEST_TOWN = 3
# Parts from the end that may be the town.
_MOST_PARTS = 4


@dataclass(frozen=True, slots=True)
class TownReading:
    """`head` is what stands before the town; `region` and `country` may be empty.

    `country` is an ISO code. `postal` is the code that stands beside the town, where
    the line does not name the country.
    """

    head: str
    city: str
    region: str = ""
    country: str = ""
    postal_code: str = ""
    postal: Postal | None = None


def location_line(text: str, limit: int) -> str:
    """A location on one line; each line of several is a part of the address."""
    if "\n" not in text and "<" not in text and "&" not in text:
        return clean_line(text, limit)
    lines = (line.strip(" ,;") for line in clean_text(text, limit * 4).splitlines())
    return clean_line(", ".join(line for line in lines if line), limit)


def readings(line: str) -> Iterator[TownReading]:
    """Proposals, the most explicit first.

    >>> next(readings("City Hall, Davis, CA 95616, USA"))
    TownReading(head='City Hall', city='Davis', region='CA', country='US', postal_code='95616', \
postal=None)
    """
    parts = [part.strip() for part in line.split(",") if part.strip()]
    if not parts:
        return
    address = _Address.of(parts)
    if address.country and address.country != "US":
        yield from address.towns()
        return
    yield from _in_state(parts if address.lone is None else address.parts, address.lone)
    if address.country == "US":
        yield from _in_country(
            parts[:-1] if address.lone is None else address.parts, "US", address.lone
        )
        yield from address.towns()
    # "Tbilisi, Georgia": a state's name that is a country's as well.
    elif len(parts) > 1 and (other := country_code(parts[-1])):
        yield from _in_country(parts[:-1], other)
    if not address.country:
        yield from address.towns()
    yield from _town_first(parts)
    yield TownReading(", ".join(parts[:-1]), parts[-1])


@dataclass(frozen=True, slots=True)
class _Address:
    """The parts of a line without country and postal code.

    `beside` is the number of the part that the code stood in, or behind; `lone` the code
    where it had a part of its own.
    """

    parts: list[str]
    country: str
    postal: Postal | None = None
    beside: int | None = None
    lone: Postal | None = None

    @classmethod
    def of(cls, parts: list[str]) -> _Address:
        country = ""
        if len(parts) > 1 and not state_code(parts[-1]):
            country = country_code(parts[-1]) or country_in_any_language(parts[-1])
        rest = parts[:-1] if country else list(parts)
        for number in range(len(rest) - 1, max(len(rest) - 1 - _MOST_PARTS, -1), -1):
            postal = read_postal(rest[number], country)
            if postal is None or (country and postal.country not in ("", country)):
                continue
            if not country and not postal.country and postal.leads and number == 0 < len(rest) - 1:
                continue  # a house number
            if postal.rest:
                rest[number] = postal.rest
                return cls(rest, country, postal, number)
            if number > 0:
                del rest[number]
                return cls(rest, country, postal, number - 1, lone=postal)
        return cls(rest, country)

    def towns(self) -> Iterator[TownReading]:
        """Each part that may be the town, that beside the postal code first."""
        country = self.country or (self.postal.country if self.postal else "")
        code = self.postal.code if self.postal else ""
        last = len(self.parts) - 1
        order = [] if self.beside is None else [self.beside]
        # The code may stand with the region, behind the town: "Bengaluru, Karnataka 560001".
        order += range(last, max(last - _MOST_PARTS, -1), -1)
        for number in dict.fromkeys(order):
            is_beside = number == self.beside
            if not country and not is_beside:
                continue
            for city, region in _city_and_region(self.parts[number]):
                after = region or (self.parts[number + 1] if number < last else "")
                reading = TownReading(", ".join(self.parts[:number]), city, after, country, code)
                if country and after:
                    yield reading
                postal = None if country else self.postal
                yield replace(reading, region="", postal=postal)


def _city_and_region(part: str) -> Iterator[tuple[str, str]]:
    """The part as a town, and without what may stand behind a town in one part."""
    if part.endswith(".") or len(part) < 2:
        return  # "Jal."
    if match := _CITY_SHORT.fullmatch(part):
        yield match["city"], ""
    elif (match := _CITY_REGION.fullmatch(part)) and match["region"].lower() in regions_by_code():
        for region in regions_by_code()[match["region"].lower()]:
            yield match["city"], region.name or match["region"]
    yield part, ""
    if match := _CITY_REGION.fullmatch(part):
        # "Bologna BO": the letters of a province that the place table does not know.
        yield match["city"], ""
    bare = _DISTRICT.sub("", part)
    if bare != part:
        yield bare, ""
    # "12 Rue Neuve Bruxelles": a town behind a street without a comma.
    yield from ((town, "") for _, town in _run_on(part))


def _town_first(parts: list[str]) -> Iterator[TownReading]:
    """ "Springfield, IL 62701, 415 E Washington St": the street behind the town."""
    for number in range(len(parts) - 2, 0, -1):
        region, postal = _without_postal(parts[number])
        if len(region) == 2 and state_code(region):
            head = ", ".join([*parts[: number - 1], *parts[number + 1 :]])
            yield TownReading(head, parts[number - 1], region, "US", postal)


def _in_country(
    parts: list[str], country: str, lone: Postal | None = None
) -> Iterator[TownReading]:
    if not parts:
        return
    if country == "US":
        yield from _in_state(parts, lone)
    last, postal = _without_postal(parts[-1])
    if len(parts) > 1:
        city, _ = _without_postal(parts[-2])
        yield TownReading(", ".join(parts[:-2]), city, last, country, postal)
    yield TownReading(", ".join(parts[:-1]), last, "", country, postal)


def _in_state(parts: list[str], lone: Postal | None = None) -> Iterator[TownReading]:
    """ "…, Davis, CA 95616", "… 12 Main Street Davis, CA 95616" and "…, Davis CA 95616"."""
    if not parts:
        return
    last, postal = _without_postal(parts[-1])
    postal = postal or (lone.code if lone else "")
    if len(parts) > 1 and (state := state_code(last)):
        yield TownReading(", ".join(parts[:-2]), parts[-2], state, "US", postal)
        if (led := read_postal(parts[-2])) and led.leads and not postal:
            yield TownReading(", ".join(parts[:-2]), led.rest, state, "US", led.code)
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
