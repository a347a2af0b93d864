"""Represents an event as every client sees it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from ninja import Schema

from events.models import Event, ReferencedEvent


class VenueOut(Schema):
    id: int
    name: str
    street_address: str
    city: str
    state: str
    postal_code: str
    country: str
    latitude: float | None
    longitude: float | None
    precision: str


class SourceOut(Schema):
    """A feed that tells of an event."""

    source: str
    external_id: str
    url: str


class EventOut(Schema):
    """An event; its times carry the offset of its own zone."""

    id: int
    external_id: str
    title: str
    description: str
    start_time: datetime
    end_time: datetime | None
    timezone: str
    all_day: bool
    url: str
    room_name: str
    location: str
    venue: VenueOut | None
    is_virtual: bool
    event_attendance_mode: str
    event_status: str
    price: str
    min_price: float | None
    currency: str
    age_range: str
    audience_tags: list[str]
    metadata_tags: list[str]
    organizer: str
    source: str
    sources: list[SourceOut]
    series_id: str
    registration_required: bool | None
    evidence: dict[str, str]
    withdrawn: bool = False
    distance_miles: float | None = None

    @classmethod
    def of(cls, event: Event, *, distance_miles: float | None = None) -> EventOut:
        """The summary of an event whose venue and sources are loaded."""
        zone = ZoneInfo(event.timezone)
        summary = cls.model_validate(event)
        summary.start_time = event.start_time.astimezone(zone)
        summary.end_time = event.end_time.astimezone(zone) if event.end_time else None
        summary.withdrawn = event.withdrawn_at is not None
        summary.distance_miles = distance_miles
        return summary


class ReferencedEventOut(EventOut):
    """An event that an answer referenced, with what the search said of it then."""

    position: int = 0
    score: float = 0.0
    cited: bool = False

    @classmethod
    def of_reference(cls, reference: ReferencedEvent) -> ReferencedEventOut:
        summary = EventOut.of(reference.event, distance_miles=reference.distance_miles)
        return cls(
            **summary.model_dump(),
            position=reference.position,
            score=reference.score,
            cited=reference.cited,
        )
