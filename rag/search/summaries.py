"""Loads what the answer shows of the found events."""

from __future__ import annotations

from collections.abc import Iterable

from events.models import Event, Venue
from rag.types import EventSummary


def load_summaries(event_ids: Iterable[int]) -> dict[int, EventSummary]:
    """Event id → summary, in one query; ids that are gone are left out."""
    events = Event.objects.select_related("venue").filter(pk__in=list(event_ids))
    return {event.pk: summarise(event) for event in events}


def summarise(event: Event) -> EventSummary:
    """The plain values of an event whose venue is loaded."""
    return EventSummary(
        id=event.pk,
        title=event.title,
        description=event.description,
        start_time=event.start_time,
        end_time=event.end_time,
        timezone=event.timezone,
        all_day=event.all_day,
        url=event.url,
        location=event.location,
        room_name=event.room_name,
        venue=_venue(event.venue),
        is_virtual=event.is_virtual,
        event_attendance_mode=event.event_attendance_mode,
        event_status=event.event_status,
        price=event.price,
        min_price=None if event.min_price is None else float(event.min_price),
        age_range=event.age_range,
        audience_tags=tuple(event.audience_tags),
        metadata_tags=tuple(event.metadata_tags),
        organizer=event.organizer,
        source=event.source,
        series_id=event.series_id,
    )


def _venue(venue: Venue | None) -> dict[str, object] | None:
    if venue is None:
        return None
    return {
        "id": venue.pk,
        "name": venue.name,
        "street_address": venue.street_address,
        "city": venue.city,
        "state": venue.state,
        "postal_code": venue.postal_code,
        "country": venue.country,
        "latitude": venue.latitude,
        "longitude": venue.longitude,
        "precision": venue.precision,
    }
