"""An event as a tool tells of it: what a model or a person needs to choose, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from core.grid import distance_miles
from events.models import Event
from rag.types import Centre, EventSummary, RankedEvent

_SUMMARY_LENGTH = 200


class EventBrief(BaseModel):
    """An event in short. Times carry the offset of its own zone; `score` is the search's.

    `min_price` is null when nothing is known and 0 when it is free, in `currency` (ISO 4217).
    """

    id: int
    title: str
    start_time: datetime
    end_time: datetime | None = None
    all_day: bool = False
    timezone: str = "UTC"
    place: str = ""
    address: str = ""
    distance_miles: float | None = None
    price: str = ""
    min_price: float | None = None
    currency: str = ""
    age_range: str = ""
    is_virtual: bool = False
    event_status: str = "scheduled"
    url: str = ""
    summary: str = ""
    score: float | None = None

    @classmethod
    def of_ranked(cls, found: RankedEvent) -> EventBrief:
        """A found event."""
        return cls.of(found.event, miles=found.distance_miles, score=round(found.score, 4))

    @classmethod
    def of(
        cls,
        event: Event | EventSummary,
        *,
        miles: float | None = None,
        score: float | None = None,
    ) -> EventBrief:
        """An event as it is stored, its venue loaded, or as search loads it."""
        zone = ZoneInfo(event.timezone)
        venue = _venue(event)
        return cls(
            id=event.id,
            title=event.title,
            start_time=event.start_time.astimezone(zone),
            end_time=event.end_time.astimezone(zone) if event.end_time else None,
            all_day=event.all_day,
            timezone=event.timezone,
            place=_joined(event.room_name, venue.get("name", "")) or event.location,
            address=_joined(*(venue.get(part, "") for part in _ADDRESS)),
            distance_miles=None if miles is None else round(miles, 2),
            price=event.price,
            min_price=None if event.min_price is None else float(event.min_price),
            currency=event.currency,
            age_range=event.age_range,
            is_virtual=event.is_virtual,
            event_status=event.event_status,
            url=event.url,
            summary=shortened(event.description, _SUMMARY_LENGTH),
            score=score,
        )


_ADDRESS = ("street_address", "city", "state", "postal_code")


def miles_between(event: Event, centre: Centre | None) -> float | None:
    """How far an event takes place from a point; None where either has no point."""
    venue = event.venue
    if centre is None or venue is None or venue.latitude is None or venue.longitude is None:
        return None
    if event.event_attendance_mode == Event.AttendanceMode.ONLINE:
        return None
    return distance_miles(centre.lat, centre.lng, venue.latitude, venue.longitude)


def shortened(text: str, longest: int) -> str:
    """Text in one line, cut at a word and marked when it is longer."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    return line[: longest - 1].rsplit(" ", 1)[0] + "…"


def _venue(event: Event | EventSummary) -> Mapping[str, Any]:
    if isinstance(event, EventSummary):
        return event.venue or {}
    return {name: getattr(event.venue, name) for name in ("name", *_ADDRESS)} if event.venue else {}


def _joined(*parts: str) -> str:
    return ", ".join(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))
