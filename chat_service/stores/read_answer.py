"""Reads a saved answer with the events that it references: one statement, plain values.

The values are those of `events.exports.representation.ReferencedEventOut`. As models, which are
loaded and then validated twice, they took several times as long as the reading itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from core.prepared import fetch
from events.exports.representation import ReferencedEventOut
from events.models import Event

_FIELDS = tuple(ReferencedEventOut.model_fields)
_EVENT = (
    *("id", "external_id", "title", "description", "start_time", "end_time", "timezone"),
    *("all_day", "url", "room_name", "location", "event_attendance_mode", "event_status"),
    *("price", "min_price", "age_range", "audience_tags", "metadata_tags", "organizer", "source"),
    *("currency", "series_id", "registration_required", "evidence", "withdrawn_at", "filled"),
)
_VENUE = (
    *("id", "name", "street_address", "city", "state", "postal_code", "country"),
    *("latitude", "longitude", "precision"),
)
_REFERENCE = ("distance_miles", "position", "score", "cited")
_SOURCES = """
    (SELECT json_agg(json_build_object(
                'source', c.source, 'external_id', c.external_id,
                'url', coalesce(c.filled ->> 'url', c.url)) ORDER BY c.id)
       FROM events_event AS c WHERE c.merged_into_id = e.id AND c.withdrawn_at IS NULL)
"""
_READ = f"""
    SELECT m.content, m.metadata ->> 'model', {_SOURCES},
           {", ".join(f"e.{name}" for name in _EVENT)},
           {", ".join(f"r.{name}" for name in _REFERENCE)},
           {", ".join(f"v.{name}" for name in _VENUE)}
      FROM events_chatmessage AS m
      LEFT JOIN events_referencedevent AS r ON r.message_id = m.id
      LEFT JOIN events_event AS e ON e.id = r.event_id
      LEFT JOIN events_venue AS v ON v.id = e.venue_id
     WHERE m.id = %(message)s::bigint
     ORDER BY r.position
"""  # noqa: S608 - names from above only


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An assistant's message; `events` as JSON but for their times, in citation order."""

    content: str
    model: str
    events: list[dict[str, Any]]


def read_answer(message_id: int) -> StoredAnswer | None:
    """The answer with this id, whoever owns it; None when it is gone."""
    rows = fetch(_READ, {"message": message_id})
    if not rows:
        return None
    content, model, *_ = rows[0]
    return StoredAnswer(content, model or "", [_event(row[2:]) for row in rows if row[3]])


def _event(row: tuple[Any, ...]) -> dict[str, Any]:
    copies, *values = row
    event = dict(zip(_EVENT, values, strict=False))
    reference = dict(zip(_REFERENCE, values[len(_EVENT) :], strict=False))
    venue = dict(zip(_VENUE, values[len(_EVENT) + len(_REFERENCE) :], strict=True))
    zone = ZoneInfo(event["timezone"])
    own = {
        "source": event["source"],
        "external_id": event["external_id"],
        "url": event["filled"].get("url", event["url"]),
    }
    ended, price = event["end_time"], event["min_price"]
    event |= reference
    event["start_time"] = event["start_time"].astimezone(zone)
    event["end_time"] = ended.astimezone(zone) if ended else None
    event["venue"] = venue if venue["id"] is not None else None
    event["is_virtual"] = event["event_attendance_mode"] != Event.AttendanceMode.OFFLINE
    event["min_price"] = None if price is None else float(price)
    event["sources"] = [own, *(copies or ())]
    event["withdrawn"] = event["withdrawn_at"] is not None
    return {name: event[name] for name in _FIELDS}
