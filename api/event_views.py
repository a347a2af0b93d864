"""Events, as clients draw them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router

from accounts.errors import ErrorOut, NotFound
from api.pagination import MAX_LIMIT, Page, paginated
from events.models import Event
from events.representation import EventOut

router = Router(tags=["events"])
EventId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class EventFilters(Page):
    """`ids` names events, answered in that order; else the upcoming ones, soonest first.

    `from` and `to` are RFC 3339 times with an offset; an event counts when it
    overlaps the half-open range.
    """

    ids: Annotated[list[EventId], Field(max_length=MAX_LIMIT)] = []
    start: Annotated[datetime | None, Field(alias="from")] = None
    end: Annotated[datetime | None, Field(alias="to")] = None
    is_virtual: bool | None = None
    tag: Annotated[str, Field(max_length=100)] = ""


@router.get("/events", response={200: list[EventOut], 401: ErrorOut, 422: ErrorOut})
def list_events(
    request: HttpRequest, response: HttpResponse, filters: Query[EventFilters]
) -> list[EventOut]:
    """Events by id, or the upcoming ones."""
    events = Event.objects.select_related("venue").with_sources()
    if filters.ids:
        known = events.in_bulk(filters.ids)
        response["X-Total-Count"] = str(len(known))
        return [EventOut.of(known[pk]) for pk in dict.fromkeys(filters.ids) if pk in known]
    start = _aware(filters.start) or timezone.now()
    events = events.searchable().filter(Q(end_time__gt=start) | Q(start_time__gte=start))
    if end := _aware(filters.end):
        events = events.filter(start_time__lt=end)
    if filters.is_virtual is not None:
        offline = Q(event_attendance_mode=Event.AttendanceMode.OFFLINE)
        online = Q(event_attendance_mode=Event.AttendanceMode.ONLINE)
        events = events.exclude(offline) if filters.is_virtual else events.exclude(online)
    if filters.tag:
        events = events.filter(metadata_tags__contains=[filters.tag])
    page = paginated(request, response, events.order_by("start_time", "id"), filters)
    return [EventOut.of(event) for event in page]


def _aware(moment: datetime | None) -> datetime | None:
    return timezone.make_aware(moment) if moment and timezone.is_naive(moment) else moment


@router.get(
    "/events/{event_id}", response={200: EventOut, 401: ErrorOut, 404: ErrorOut, 422: ErrorOut}
)
def get_event(request: HttpRequest, event_id: EventId) -> EventOut:
    """One event, cancelled and past ones too."""
    event = Event.objects.select_related("venue").with_sources().filter(pk=event_id).first()
    if event is None:
        raise NotFound("There is no such event.")
    return EventOut.of(event)
