"""Loads what the answer shows of the found events, and no more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from events.models import Event
from rag.types import EventSummary

_FIELDS = (
    *("id", "title", "description", "start_time", "end_time", "timezone", "all_day", "url"),
    *("location", "room_name", "event_attendance_mode", "event_status", "price", "min_price"),
    *("age_range", "audience_tags", "metadata_tags", "organizer", "source", "series_id"),
)
_VENUE_FIELDS = (
    *("id", "name", "street_address", "city", "state", "postal_code", "country"),
    *("latitude", "longitude", "precision"),
)


def load_summaries(event_ids: Iterable[int]) -> dict[int, EventSummary]:
    """Event id → summary, in one query; ids that are gone are left out.

    Plain rows instead of model instances: that halves the time for a page of
    results.
    """
    columns = (*_FIELDS, *(f"venue__{name}" for name in _VENUE_FIELDS))
    rows = Event.objects.filter(pk__in=list(event_ids)).values_list(*columns)
    return {row[0]: _summary(row) for row in rows}


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
