"""Reads rows of the search table: how many pass a filter, and what an answer shows of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import DatabaseError

from core.errors import RetrievalError
from core.prepared import fetch
from events.models import Event
from rag.embedding import EmbeddingError
from rag.search.filters import SearchFilter, matches
from rag.search.statements import GROUP, TABLE
from rag.types import Candidate, EventCount, EventSummary


@contextmanager
def as_retrieval_error() -> Iterator[None]:
    """Raises `RetrievalError` for a query that cannot be embedded or that Postgres refuses."""
    try:
        yield
    except (EmbeddingError, DatabaseError) as error:
        raise RetrievalError from error


def count_rows(wanted: SearchFilter, groups: Sequence[int] | None = None) -> EventCount:
    """How many happenings and dates pass the filter, of some groups if these are given."""
    condition = matches(wanted)
    within = "" if groups is None else f"{GROUP} = ANY(%(groups)s::bigint[]) AND "
    parameters = {**condition.parameters, "groups": list(groups or ())}
    [(happenings, dates)] = fetch(
        f"SELECT count(DISTINCT {GROUP}), count(*) FROM {TABLE} AS r WHERE {within}{condition.sql}",
        parameters,
    )
    return EventCount(happenings, dates)


NEXT_DATES = 4
_NEXT_DATES = f"""
    SELECT shown.event_id, array_agg(later.starts_at ORDER BY later.starts_at)
    FROM unnest(%(ids)s::bigint[], %(groups)s::bigint[], %(starts)s::timestamptz[])
        AS shown(event_id, group_key, starts_at)
    CROSS JOIN LATERAL (
        SELECT DISTINCT r.starts_at FROM events_eventsearchrow AS r
        WHERE r.group_key = shown.group_key AND r.starts_at > shown.starts_at
        ORDER BY r.starts_at LIMIT {NEXT_DATES}
    ) AS later
    GROUP BY shown.event_id
"""
_FIELDS = (
    *("id", "title", "description", "start_time", "end_time", "timezone", "all_day", "url"),
    *("location", "room_name", "event_attendance_mode", "event_status", "price", "min_price"),
    *("age_range", "audience_tags", "metadata_tags", "organizer", "source", "series_id"),
    "currency",
)
_VENUE_FIELDS = (
    *("id", "name", "street_address", "city", "state", "postal_code", "country"),
    *("latitude", "longitude", "precision"),
)
_SUMMARIES = f"""
    SELECT {", ".join(f"e.{name}" for name in _FIELDS)},
        {", ".join(f"v.{name}" for name in _VENUE_FIELDS)}
    FROM events_event AS e LEFT JOIN events_venue AS v ON v.id = e.venue_id
    WHERE e.id = ANY(%(ids)s::bigint[])
"""


def load_summaries(event_ids: Iterable[int]) -> dict[int, EventSummary]:
    """Event id → summary, in one query; ids that are gone are left out.

    Plain rows instead of model instances: that halves the time for a page of results.
    """
    rows = fetch(_SUMMARIES, {"ids": list(event_ids)})
    return {row[0]: _summary(row) for row in rows}


def load_next_dates(candidates: Sequence[Candidate]) -> dict[int, tuple[datetime, ...]]:
    """Event id → when the same happening takes place again, the next few times; one query."""
    columns = {
        "ids": [candidate.event_id for candidate in candidates],
        "groups": [candidate.group for candidate in candidates],
        "starts": [candidate.starts_at for candidate in candidates],
    }
    return {event_id: tuple(starts) for event_id, starts in fetch(_NEXT_DATES, columns)}


def _summary(row: tuple[Any, ...]) -> EventSummary:
    known = dict(zip(_FIELDS, row, strict=False))
    venue = dict(zip(_VENUE_FIELDS, row[len(_FIELDS) :], strict=True))
    mode = known["event_attendance_mode"]
    return EventSummary(
        **{
            **known,
            "venue": venue if venue["id"] is not None else None,
            "is_virtual": mode != Event.AttendanceMode.OFFLINE,
            "min_price": None if known["min_price"] is None else float(known["min_price"]),
            "audience_tags": tuple(known["audience_tags"]),
            "metadata_tags": tuple(known["metadata_tags"]),
        }
    )
