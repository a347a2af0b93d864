"""The endpoints by which staff and services write events.

They join the router of `api.events.read`, because Ninja wants one router a path.
"""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field
from pydantic import AfterValidator

from accounts.authentication import WriterAuth
from accounts.models import ServiceToken
from api.events.content import EventContent, Line200, content_of, draft_of
from api.events.filters import EventId
from api.events.read import router
from api.http.parsing import json_object, validated
from core.errors import ErrorOut, NotFound, ServerError
from events.exports.representation import EventOut
from events.ingestion.cleaning import clean_line
from events.merging.merge import merge_copies
from events.models import Event
from events.search_table.vectors import embed_due
from events.writing.single import ChangedMeanwhile, create_event, update_event, withdraw_event
from rag.service import EmbeddingError, get_backend

__all__ = ["router"]
log = logging.getLogger(__name__)
writers = WriterAuth(ServiceToken.Scope.EVENTS_WRITE)
ExternalId = Annotated[
    str, Field(max_length=500), AfterValidator(lambda text: clean_line(text, 500))
]
Refusals = {400: ErrorOut, 401: ErrorOut, 403: ErrorOut, 422: ErrorOut}
Errors = {**Refusals, 404: ErrorOut, 503: ErrorOut}
OWN_SOURCE = "api"
# How many times a change is retried while others change the same event.
_ATTEMPTS = 5


class EventIn(EventContent):
    """A new event. (`source`, `external_id`) must be new; both have a default."""

    source: Line200 = OWN_SOURCE
    external_id: ExternalId = ""


class EventReplacement(EventContent):
    """A whole event, in place of the stored one. `withdrawn` false lists it again."""

    withdrawn: bool | None = None


@router.post("/events", auth=writers, response={201: EventOut, **Refusals})
def post_event(request: HttpRequest, response: HttpResponse, body: EventIn) -> tuple[int, EventOut]:
    """Adds an event. It is found by words at once, and by meaning a moment later."""
    draft = draft_of(body, external_id=body.external_id or str(uuid4()))
    event = create_event(source=body.source or OWN_SOURCE, draft=draft, venue_id=_venue_id(body))
    _follow_up_after(event)
    response["Location"] = f"{request.path_info}/{event.pk}"
    return 201, EventOut.of(event)


@router.put("/events/{event_id}", auth=writers, response={200: EventOut, **Errors})
def put_event(request: HttpRequest, event_id: EventId, body: EventReplacement) -> EventOut:
    """Replaces all that is said of an event."""
    return _updated(event_id, body)


def _updated(event_id: int, body: EventReplacement, seen: datetime | None = None) -> EventOut:
    known = Event.objects.filter(pk=event_id).values_list("external_id", flat=True).first()
    if known is None:
        raise NotFound("There is no such event.")
    event = update_event(
        event_id,
        draft=draft_of(body, external_id=known),
        venue_id=_venue_id(body),
        withdrawn=body.withdrawn,
        seen=seen,
    )
    _follow_up_after(event)
    return EventOut.of(event)


def _patch_schema() -> dict[str, Any]:
    schema = EventReplacement.model_json_schema(ref_template="#/components/schemas/{model}")
    return {name: part for name, part in schema.items() if name not in ("$defs", "required")}


@router.patch(
    "/events/{event_id}",
    auth=writers,
    response={200: EventOut, **Errors},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _patch_schema()}},
        }
    },
)
def patch_event(request: HttpRequest, event_id: EventId) -> EventOut:
    """Changes what is given of an event, and leaves the rest."""
    changes = json_object(request)
    for _ in range(_ATTEMPTS):
        event = Event.objects.select_related("venue").filter(pk=event_id).first()
        if event is None:
            raise NotFound("There is no such event.")
        body = validated(EventReplacement, _merged(content_of(event), changes))
        try:
            return _updated(event_id, body, seen=event.updated_at)
        except ChangedMeanwhile:
            continue
    raise ServerError("The event is being changed by others. Please try again.", status=503)


def _merged(content: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The event as it is, with the changes; another venue has another line."""
    if {"venue", "venue_id"} & set(changes):
        content |= {"venue_id": None, "location": ""}
    return content | changes


def _venue_id(body: EventContent) -> int | None:
    return None if body.event_attendance_mode == "online" else body.venue_id


def _follow_up_after(event: Event) -> None:
    """Embeds and compares the event once it is committed.

    What fails here the background does, or the next import.
    """
    transaction.on_commit(partial(_follow_up, event.pk), robust=True)


def _follow_up(event_id: int) -> None:
    try:
        embed_due(get_backend(), only=[event_id])
        merge_copies(embedder=get_backend(), now=timezone.now(), only=[event_id])
    except EmbeddingError as error:
        log.warning("embedding_postponed event=%d error=%s", event_id, error)


@router.delete("/events/{event_id}", auth=writers, response={204: None, **Errors})
def delete_event(request: HttpRequest, event_id: EventId) -> tuple[int, None]:
    """Withdraws an event for good: it is neither listed nor found. Conversations still show it."""
    withdraw_event(event_id)
    transaction.on_commit(partial(_follow_up, event_id), robust=True)
    return 204, None
