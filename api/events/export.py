"""Events as files: one, or all that pass the filters, streamed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from ninja import Query, Router

from accounts.authentication import AsyncBearerAuth
from api.events.filters import EventFilters, EventId, ListRequest, read_filters
from api.events.lists import all_ids, load_events
from api.http.responses import base_of, conditional, links_from
from core.database import in_database
from core.errors import ErrorOut, NotFound
from events.exports import FORMATS, Channel, Format, Links, export_event
from events.exports.ics import calendar_head, calendar_tail, event_component
from events.exports.jsonld import event_document
from events.models import Event

router = Router(tags=["events"])
Suffix = Literal["ics", "rss", "csv", "jsonld"]
EventSuffix = Literal["ics", "jsonld"]


def described(*suffixes: str) -> dict[str, Any]:
    """What OpenAPI says of an answer in these formats."""
    content = {
        FORMATS[suffix].content_type.partition(";")[0]: {
            "schema": {"type": "object" if suffix == "jsonld" else "string"}
        }
        for suffix in suffixes
    }
    return {"responses": {200: {"description": "OK", "content": content}}}


@router.get(
    "/events.{suffix}",
    auth=AsyncBearerAuth(),
    response={401: ErrorOut, 422: ErrorOut, 503: ErrorOut},
    openapi_extra=described(*FORMATS),
)
async def export_events(
    request: HttpRequest, suffix: Suffix, filters: Query[EventFilters]
) -> StreamingHttpResponse:
    """All events that pass the filters, as a file, in the order of `GET /events`."""
    asked = await in_database(read_filters, filters, now=timezone.now())
    base = base_of(request)
    pieces = _pieces(asked, FORMATS[suffix], Channel("Events", f"{base}/"), links_from(base))
    first = await in_database(next, pieces, None)  # an error still has a status
    response = StreamingHttpResponse(
        _streamed(first, pieces), content_type=FORMATS[suffix].content_type
    )
    response["Content-Disposition"] = f'attachment; filename="events.{suffix}"'
    response["Cache-Control"] = "private, no-cache"
    return response


def _pieces(asked: ListRequest, form: Format, channel: Channel, links: Links) -> Iterator[str]:
    """The file in pieces of one batch each; between them nothing is held but a position."""
    before = form.head(channel)
    for ids in all_ids(asked):
        items = [form.item(export_event(event, links)) for event in load_events(ids)]
        if items:
            yield before + form.between.join(items)
            before = form.between
    is_empty = before != form.between
    yield (before if is_empty else "") + form.tail()


async def _streamed(first: str | None, pieces: Iterator[str]) -> AsyncIterator[bytes]:
    """Each piece is made in a short visit to the database and sent before the next one."""
    piece = first
    while piece is not None:
        yield piece.encode()
        piece = await in_database(next, pieces, None)


@router.get(
    "/events/{event_id}.{suffix}",
    response={401: ErrorOut, 404: ErrorOut, 422: ErrorOut},
    openapi_extra=described("ics", "jsonld"),
)
def export_one(request: HttpRequest, event_id: EventId, suffix: EventSuffix) -> HttpResponseBase:
    """One event as a file; past, cancelled and withdrawn ones too."""
    return event_file(request, event_id, suffix)


def event_file(request: HttpRequest, event_id: int, suffix: EventSuffix) -> HttpResponseBase:
    """The file of one event, or 304.

    Raises:
        NotFound: there is no such event.
    """
    event = Event.objects.select_related("venue").filter(pk=event_id).first()
    if event is None:
        raise NotFound("There is no such event.")
    exported = export_event(event, links_from(base_of(request)))
    if suffix == "ics":
        content = calendar_head(exported.title) + event_component(exported) + calendar_tail()
    else:
        content = event_document(exported)
    response = HttpResponse(content, content_type=FORMATS[suffix].content_type)
    response["Content-Disposition"] = f'attachment; filename="event-{event_id}.{suffix}"'
    return conditional(request, response)
