"""Loads what the answer shows of the found events, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from core.prepared import fetch
from events.models import Event
from rag.types import Candidate, EventSummary

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
"""  # noqa: S608 - a constant only
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
"""  # noqa: S608 - names from above only


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
