"""Calendars of chosen events: read by calendar programs, listed and revoked by their owner."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import Field, Query, Router, Schema, Status

from api.http.pagination import Page, paginated
from api.http.responses import base_of, conditional, links_from
from core.errors import ErrorOut, NotFound
from events.exports import export_event
from events.exports.calendars import (
    calendar_address,
    calendar_of_token,
    delete_event_calendar,
    events_of_calendar,
)
from events.exports.ics import calendar_head, calendar_tail, event_component
from events.models import EventCalendar

router = Router(tags=["calendars"])
CalendarId = Annotated[int, Field(ge=1, le=2**63 - 1)]
_KIND = "text/calendar; charset=utf-8"
_DESCRIBED: dict[str, Any] = {
    "responses": {
        200: {"description": "OK", "content": {"text/calendar": {"schema": {"type": "string"}}}}
    }
}


class CalendarOut(Schema):
    """Whoever knows `url` can read it until it expires or is deleted."""

    id: int
    title: str
    event_ids: list[int]
    session_id: int | None
    created_at: datetime
    expires_at: datetime
    url: str

    @classmethod
    def of(cls, calendar: EventCalendar, request: HttpRequest) -> CalendarOut:
        return cls(
            id=calendar.pk,
            title=calendar.title,
            event_ids=calendar.event_ids,
            session_id=calendar.session_id,
            created_at=calendar.created_at,
            expires_at=calendar.expires_at,
            url=calendar_address(calendar, base_of(request)),
        )


@router.get(
    "/calendars/{token}.ics",
    auth=None,
    response={404: ErrorOut, 422: ErrorOut},
    openapi_extra=_DESCRIBED,
)
def read_calendar(request: HttpRequest, token: str) -> HttpResponseBase:
    """The chosen events as they are now. The address itself is the permission."""
    calendar = calendar_of_token(token)
    if calendar is None:
        raise NotFound("There is no such calendar (any more).")
    links = links_from(base_of(request))
    items = [event_component(export_event(each, links)) for each in events_of_calendar(calendar)]
    content = calendar_head(calendar.title) + "".join(items) + calendar_tail()
    response = HttpResponse(content, content_type=_KIND)
    response["Content-Disposition"] = 'attachment; filename="events.ics"'
    response["X-Robots-Tag"] = "noindex"
    return conditional(request, response)


@router.api_operation(
    ["HEAD"], "/calendars/{token}.ics", auth=None, include_in_schema=False, response=None
)
def look_at_calendar(request: HttpRequest, token: str) -> HttpResponseBase:
    """The same for programs that first ask whether something changed; the server sends no body."""
    return read_calendar(request, token)


@router.get("/calendars", response={200: list[CalendarOut], 401: ErrorOut, 422: ErrorOut})
def list_calendars(
    request: HttpRequest, response: HttpResponse, page: Query[Page]
) -> list[CalendarOut]:
    """My calendars that can still be read, the latest first."""
    mine = EventCalendar.objects.owned_by(request.auth.pk).readable()  # type: ignore[attr-defined]
    return [CalendarOut.of(each, request) for each in paginated(request, response, mine, page)]


@router.delete(
    "/calendars/{calendar_id}", response={204: None, 401: ErrorOut, 404: ErrorOut, 422: ErrorOut}
)
def delete_calendar(request: HttpRequest, calendar_id: CalendarId) -> Status[None]:
    """Revokes its address at once."""
    user_id = request.auth.pk  # type: ignore[attr-defined]
    if not delete_event_calendar(user_id=user_id, calendar_id=calendar_id):
        raise NotFound("There is no such calendar.")
    return Status(204, None)
