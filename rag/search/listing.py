"""Lists events by filter, in a stable order, with keyset pagination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection

from core.grid import unit_vector
from rag.search.areas import Condition, squared_chord_to
from rag.search.filters import SearchFilter, Where, matches, overlaps_by_index, somewhere, wishes
from rag.search.rows import as_retrieval_error
from rag.search.statements import TABLE

# Sorts events without a point last: no squared chord exceeds 4.
_NOWHERE = 5.0
# Cancelled events have no search row, so theirs is computed while it is read.
_ROWS_OF_EVENTS = """(
    SELECT e.id AS event_id, e.start_time AS starts_at, ends.at AS ends_at,
        ends.at - e.start_time > interval '1 day' AS is_long,
        e.event_attendance_mode <> 'offline' AS can_attend_online,
        e.event_attendance_mode <> 'online' AS can_attend_in_person,
        cos(radians(v.latitude)) * cos(radians(v.longitude)) AS x,
        cos(radians(v.latitude)) * sin(radians(v.longitude)) AS y,
        sin(radians(v.latitude)) AS z,
        e.min_price::float8, e.currency, e.age_min, e.age_max, e.metadata_tags
    FROM events_event AS e
    LEFT JOIN events_venue AS v ON v.id = e.venue_id AND e.event_attendance_mode <> 'online'
    CROSS JOIN LATERAL (
        SELECT greatest(e.end_time, e.start_time + interval '1 microsecond') AS at
    ) AS ends
    WHERE e.withdrawn_at IS NULL AND e.merged_into_id IS NULL
)"""


class Sort(StrEnum):
    """The order of a list without words; each ends with the id, so that none is undecided."""

    START = "start"
    DISTANCE = "distance"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: what is in it, in which order, and the point (degrees) that distances are from.

    `with_cancelled` is for lists that may hold cancelled events; `wanted` then
    has `by_cells` False.
    """

    wanted: SearchFilter
    sort: Sort = Sort.START
    centre: tuple[float, float] | None = None
    with_cancelled: bool = False

    @property
    def source(self) -> str:
        """What its rows are read from."""
        return _ROWS_OF_EVENTS if self.with_cancelled else TABLE


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list. `value` is what it is ordered by, before its id."""

    event_id: int
    value: datetime | float

    @property
    def key(self) -> tuple[datetime | float, int]:
        """Where it stands: the next page begins after it."""
        return self.value, self.event_id


Key = tuple[datetime | float, int]


def count_listed(listing: Listing) -> int:
    """How many events a list holds.

    Raises:
        RetrievalError: the database could not answer.
    """
    everywhere, arms = _arms(listing)
    counts = " + ".join(
        f"(SELECT count(*) FROM {listing.source} AS r WHERE {(everywhere & arm).sql})"
        for arm in arms
    )
    parameters = (everywhere & arms[0] & arms[1]).parameters
    with as_retrieval_error():
        [(count,)] = _rows(f"SELECT {counts}", parameters)
    return int(count)


def list_rows(
    listing: Listing, *, limit: int, offset: int = 0, after: Key | None = None
) -> list[Listed]:
    """A page of a list: `limit` rows, `offset` rows on, of those that come `after` a key.

    Raises:
        RetrievalError: the database could not answer.
    """
    page = {"limit": limit, "offset": offset, "most": limit + offset}
    statement = _by_distance if listing.sort is Sort.DISTANCE else _by_start
    condition = statement(listing, after)
    with as_retrieval_error():
        rows = _rows(condition.sql, {**condition.parameters, **page})
    return [Listed(event_id, value) for event_id, value in rows]


def _by_start(listing: Listing, after: Key | None) -> Condition:
    """The soonest first, in the order of an index: neither arm reads all of the past."""
    everywhere, arms = _arms(listing)
    beyond = _after("r.starts_at", "timestamptz", after)
    parts = " UNION ALL ".join(
        f"(SELECT r.event_id, r.starts_at FROM {listing.source} AS r"
        f" WHERE {(everywhere & arm & beyond).sql} ORDER BY r.starts_at, r.event_id LIMIT %(most)s)"
        for arm in arms
    )
    return Condition(
        f"SELECT event_id, starts_at FROM ({parts}) AS r"
        " ORDER BY starts_at, event_id LIMIT %(limit)s OFFSET %(offset)s",
        (everywhere & arms[0] & arms[1] & beyond).parameters,
    )


def _by_distance(listing: Listing, after: Key | None) -> Condition:
    assert listing.centre is not None, "a distance is from somewhere"
    x, y, z = unit_vector(*listing.centre)
    chord = f"coalesce({squared_chord_to('c')}, {_NOWHERE})"
    condition = matches(listing.wanted) & _after(chord, "float8", after)
    return Condition(
        f"SELECT r.event_id, {chord} FROM {listing.source} AS r WHERE {condition.sql}"
        " ORDER BY 2, 1 LIMIT %(limit)s OFFSET %(offset)s",
        {**condition.parameters, "cx": x, "cy": y, "cz": z},
    )


def _after(value: str, kind: str, after: Key | None) -> Condition:
    if after is None:
        return Condition("TRUE")
    return Condition(
        f"({value}, r.event_id) > (%(after_value)s::{kind}, %(after_id)s::bigint)",
        {"after_value": after[0], "after_id": after[1]},
    )


def _arms(listing: Listing) -> tuple[Condition, tuple[Condition, Condition]]:
    wanted = listing.wanted
    where = Where.WITHIN if wanted.circle or wanted.box else Where.ANYWHERE
    return wishes(wanted) & somewhere(wanted), overlaps_by_index(wanted, where)


def _rows(sql: str, parameters: Any) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(parameters))
        return list(cursor.fetchall())
