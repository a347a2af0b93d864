"""Corrects towns before they are stored: their zones by their points, and double entries joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from tzfpy import get_tzs

from core.grid import distance_miles
from core.zones import zone_or_none

# Entries of one name and region that are nearer to each other are one town.
_ONE_TOWN_MILES = 4.0
# Clocks that agree at noon of these days agree all year.
_COMPARED_DAYS = tuple(
    datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(days=7 * n) for n in range(53)
)


def zone_by_point(named: str, country_code: str, latitude: float, longitude: float) -> str:
    """The zone of a point, for a place that a table has given the zone `named`.

    The table's own zone stays where it keeps the same time, or is one of several that are
    in use there (Xinjiang). So it does where the point is in the zone of another country:
    then the border is drawn too roughly.
    """
    found = get_tzs(longitude, latitude)
    if zone_or_none(named) is None:  # a table of ZIP codes has "Napakiak"
        return found[0]
    if named in found:
        return named
    for zone in found:
        if country_code in _countries_of_zones().get(zone, ()):
            return named if _clock(zone) == _clock(named) else zone
    return named


@cache
def _countries_of_zones() -> Mapping[str, frozenset[str]]:
    """Zone → the countries that keep it."""
    found: dict[str, frozenset[str]] = {}
    for table in ("zone1970.tab", "zone.tab"):
        text = files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8")
        for line in text.splitlines():
            if line and not line.startswith("#"):
                countries, _, zone = line.split("\t")[:3]
                found[zone] = found.get(zone, frozenset()) | set(countries.split(","))
    return found


@cache
def _clock(zone: str) -> tuple[timedelta | None, ...]:
    info = ZoneInfo(zone)
    return tuple(day.astimezone(info).utcoffset() for day in _COMPARED_DAYS)


def joined_twice(towns: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, int]]:
    """(the lesser one's id, the other's) of each pair of entries that are one town.

    A town is a mapping with `geonameid`, `name`, `countrycode`, `admin1code`, `latitude`,
    `longitude` and `population`.
    """
    namesakes: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for town in towns:
        key = (town["name"].casefold(), town["countrycode"], town["admin1code"])
        namesakes.setdefault(key, []).append(town)
    for group in namesakes.values():
        kept: list[Mapping[str, Any]] = []
        for town in sorted(group, key=lambda town: (-town["population"], town["geonameid"])):
            other = next((each for each in kept if _apart(town, each) < _ONE_TOWN_MILES), None)
            if other is None:
                kept.append(town)
            else:
                yield town["geonameid"], other["geonameid"]


def _apart(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    return distance_miles(one["latitude"], one["longitude"], other["latitude"], other["longitude"])
