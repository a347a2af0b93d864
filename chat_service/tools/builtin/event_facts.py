"""Tells what is known of one event, and sets several side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Literal

from django.db.models import Prefetch
from pydantic import BaseModel, Field

from chat_service.tools.base import ToolContext
from chat_service.tools.builtin.quoting import answering_sentence, without_title
from chat_service.tools.builtin.wishes import EventId, Where, locate
from chat_service.tools.event_brief import EventBrief, miles_between, shortened
from chat_service.tools.functions import tool
from core.database import in_database
from core.errors import InvalidRequest, NotFound
from events.models import Event
from rag.service import get_backend
from rag.types import Centre

_DESCRIPTION_LENGTH = 3_000


class EventFacts(EventBrief):
    """All that is known of an event. `quote` is the sentence of its description that answers the
    question, word for word, null when none does.

    `registration_required` is null when its source says nothing of it; `gone` says that its
    source no longer names it.
    """

    organizer: str = ""
    registration_required: bool | None = None
    attendance: str = "offline"
    audience: Sequence[str] = ()
    tags: Sequence[str] = ()
    description: str = ""
    duration_minutes: int | None = None
    gone: bool = False
    is_past: bool = False
    sources: Sequence[str] = ()
    question: str = ""
    quote: str | None = None


@tool()
async def get_event(
    event_id: EventId,
    context: ToolContext,
    question: Annotated[str, Field(max_length=400)] = "",
) -> EventFacts:
    """Tells everything known of one event: time, end, address, price, ages, organiser, link,
    registration, description. Use it for questions about an event that was found.

    Args:
        event_id: the event's id.
        question: what is asked of it, such as "is there parking?"; the sentence of its
            description that answers it comes back as `quote`.
    """
    return await in_database(_facts, event_id, question, context)


def _facts(event_id: int, question: str, context: ToolContext) -> EventFacts:
    [event] = load_events([event_id])
    quote = None
    if question.strip():
        asked = without_title(question, event.title)
        quote = answering_sentence(event.description, asked, get_backend().embed)
    brief = EventBrief.of(event, miles=miles_between(event, centre_of_talk(context)))
    return EventFacts(
        **brief.model_dump(),
        organizer=event.organizer,
        registration_required=event.registration_required,
        attendance=event.event_attendance_mode,
        audience=event.audience_tags,
        tags=event.metadata_tags,
        description=shortened(event.description, _DESCRIPTION_LENGTH),
        duration_minutes=minutes_of(event),
        gone=event.withdrawn_at is not None,
        is_past=(event.end_time or event.start_time) <= context.now,
        sources=[each["source"] for each in event.sources],
        question=question,
        quote=quote,
    )


By = Literal["price", "distance", "start", "duration"]


class Comparison(BaseModel):
    """The events in the order of the comparison, and by what each is best.

    `best` names for each measure the ids that share the first place; `unknown` those of
    which the measure is not known. Durations are minutes.
    """

    events: Sequence[EventBrief]
    by: By
    values: Mapping[int, Mapping[str, float | None]]
    best: Mapping[str, Sequence[int]]
    unknown: Mapping[str, Sequence[int]]


class ToCompare(Where):
    """Which events, and by what. Distances are from the place, else from that of the talk."""

    event_ids: Annotated[
        list[EventId], Field(min_length=2, max_length=12, description="The events' ids.")
    ]
    by: Annotated[By, Field(description="What decides their order.")] = "start"


@tool()
async def compare_events(wanted: ToCompare, context: ToolContext) -> Comparison:
    """Sets events side by side by price, distance, start and duration: which is cheaper, nearer,
    sooner, shorter."""
    return await in_database(_compare, wanted, context)


def _compare(wanted: ToCompare, context: ToolContext) -> Comparison:
    has_place = bool(wanted.place) or wanted.latitude is not None
    centre = locate(wanted, context).place if has_place else centre_of_talk(context)
    if wanted.by == "distance" and centre is None:
        raise InvalidRequest("A distance needs a place.", fields={"place": "is needed for this"})
    events = load_events(wanted.event_ids)
    values = {event.pk: _measures(event, centre) for event in events}
    best: dict[str, list[int]] = {}
    unknown: dict[str, list[int]] = {}
    for name in _MEASURES:
        known = {pk: value for pk, each in values.items() if (value := each[name]) is not None}
        unknown[name] = [pk for pk in values if pk not in known]
        least = min(known.values(), default=None)
        best[name] = [pk for pk, value in known.items() if value == least]
    far = float("inf")
    ordered = sorted(
        events, key=lambda event: far if (v := values[event.pk][wanted.by]) is None else v
    )
    return Comparison(
        events=[EventBrief.of(event, miles=values[event.pk]["distance"]) for event in ordered],
        by=wanted.by,
        values=values,
        best=best,
        unknown=unknown,
    )


_MEASURES: tuple[By, ...] = ("price", "distance", "start", "duration")


def _measures(event: Event, centre: Centre | None) -> dict[str, float | None]:
    miles = miles_between(event, centre)
    return {
        "price": None if event.min_price is None else float(event.min_price),
        "distance": None if miles is None else round(miles, 2),
        "start": event.start_time.timestamp(),
        "duration": minutes_of(event),
    }


def minutes_of(event: Event) -> int | None:
    """How long it lasts, as far as its source says; all-day events tell no hours."""
    if event.end_time is None or event.all_day or event.end_time <= event.start_time:
        return None
    return (event.end_time - event.start_time) // timedelta(minutes=1)


def centre_of_talk(context: ToolContext) -> Centre | None:
    """The place that the conversation is about."""
    return context.constraints.place if context.constraints else None


def load_events(event_ids: Sequence[int]) -> list[Event]:
    """The events in the order of their ids, each once, with venues and sources.

    A copy that was merged into another event counts as that one.

    Raises:
        NotFound: one of them does not exist.
    """
    wanted = list(dict.fromkeys(event_ids))
    whole = Event.objects.select_related("venue").with_sources()
    known = whole.prefetch_related(Prefetch("merged_into", whole)).in_bulk(wanted)
    missing = [pk for pk in wanted if pk not in known]
    if missing:
        listed = ", ".join(map(str, missing))
        raise NotFound(
            f"There is no event with the id {listed}."
            if len(missing) == 1
            else f"There are no events with the ids {listed}."
        )
    found = [known[pk].merged_into or known[pk] for pk in wanted]
    return list({event.pk: event for event in found}.values())
