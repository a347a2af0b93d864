"""The endpoints that read events. Short, since filters and lists serve exports and feeds too."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from api.events.filters import EventId, EventPage, read_filters, read_page_cursor
from api.events.lists import load_events, read_page, shown
from api.http.pagination import link_to_next
from core.errors import ErrorOut, NotFound
from events.exports.representation import EventOut
from events.models import Event

router = Router(tags=["events"])


@router.get("/events", response={200: list[EventOut], 401: ErrorOut, 422: ErrorOut, 503: ErrorOut})
def list_events(
    request: HttpRequest, response: HttpResponse, filters: Query[EventPage]
) -> list[EventOut]:
    """Events by id, or those that pass the filters: by default the upcoming ones."""
    cursor = read_page_cursor(filters)
    # Later pages keep the "now" of the first, or events would shift between them.
    asked = read_filters(filters, now=cursor.since if cursor else timezone.now())
    if filters.ids:
        known = load_events(filters.ids)
        response["X-Total-Count"] = str(len(known))
        return shown(known, asked.centre)
    page = read_page(asked, limit=filters.limit, offset=filters.offset, cursor=cursor)
    response["X-Total-Count"] = str(page.total)
    if page.next_page is not None:
        response["Link"] = link_to_next(
            request, {"limit": str(filters.limit), "cursor": page.next_page.encoded()}
        )
    return shown(load_events(page.ids), asked.centre)


@router.get(
    "/events/{event_id}", response={200: EventOut, 401: ErrorOut, 404: ErrorOut, 422: ErrorOut}
)
def get_event(request: HttpRequest, event_id: EventId) -> EventOut:
    """One event, cancelled and past ones too."""
    event = Event.objects.select_related("venue").with_sources().filter(pk=event_id).first()
    if event is None:
        raise NotFound("There is no such event.")
    return EventOut.of(event)
