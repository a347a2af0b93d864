"""A report of a conversation in Markdown: what was asked, wished, shown and chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from chat_service.tools.base import ToolContext
from chat_service.tools.functions import tool
from core.database import in_database
from core.errors import InvalidRequest, NotFound
from events.exports.content import web_address
from events.models import ChatMessage, ChatSession, Event, EventCalendar
from rag.service import constraints_from_json
from rag.types import Constraints

_MOST_MESSAGES = 400
# What Markdown would read as its own in a line of text.
_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")


class Report(BaseModel):
    """The report, and how much is in it."""

    title: str
    markdown: str
    questions: int
    events_shown: int
    events_chosen: int


@tool(aliases=("report_generation",))
async def session_report(
    context: ToolContext, session_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
) -> Report:
    """Writes a report of a conversation in Markdown: what was asked, what was wished for, which
    events were shown, and which went into a calendar.

    Args:
        session_id: the conversation; by default the present one.
    """
    return await in_database(_report, session_id or context.session_id, context)


def _report(session_id: int | None, context: ToolContext) -> Report:
    if session_id is None or context.user_id is None:
        raise InvalidRequest("Name a conversation.", fields={"session_id": "is needed"})
    session = ChatSession.objects.owned_by(context.user_id).filter(pk=session_id).first()
    if session is None:
        raise NotFound("There is no such conversation.")
    latest = session.messages.current().with_referenced_events().order_by("-id")[:_MOST_MESSAGES]
    messages = list(latest)[::-1]
    chosen = _chosen(session.pk)
    parts = [f"# {_plain(session.title) or 'Conversation'}", ""]
    parts += [f"Begun {_moment(session.created_at, context.zone)}.", ""]
    parts += ["## Asked", "", *_asked(messages, context.zone), ""]
    parts += ["## Shown", "", *_shown(messages), ""]
    parts += ["## Chosen", "", *(_chosen_lines(chosen) or ["Nothing was put into a calendar."]), ""]
    return Report(
        title=session.title,
        markdown="\n".join(parts),
        questions=sum(each.role == ChatMessage.Role.USER for each in messages),
        events_shown=len(_shown_events(messages)),
        events_chosen=len({event.pk for events in chosen.values() for event in events}),
    )


def _asked(messages: Sequence[ChatMessage], zone: str) -> Iterator[str]:
    """Each question with the wishes that its answer was made for."""
    wishes: dict[int, Mapping[str, Any]] = {
        each.parent_id: each.metadata["constraints"]
        for each in messages
        if each.role == ChatMessage.Role.ASSISTANT
        and each.parent_id
        and each.metadata.get("constraints")
    }
    number = 0
    for message in messages:
        if message.role != ChatMessage.Role.USER:
            continue
        number += 1
        yield f"{number}. {_plain(message.content)} ({_moment(message.created_at, zone)})"
        read = constraints_from_json(wishes.get(message.pk))
        if read is not None and (told := "; ".join(_wishes(read))):
            yield f"   - Understood: {told}"
    if not number:
        yield "Nothing was asked."


def _wishes(wanted: Constraints) -> Iterator[str]:
    if wanted.query:
        yield f"about {_plain(wanted.query)}"
    if wanted.place is not None:
        radius = wanted.max_distance_miles
        within = f"within {radius:g} miles of " if radius else "near "
        yield f"{within}{_plain(wanted.place.label)}"
    if wanted.date_from is not None:
        yield f"from {_moment(wanted.date_from, wanted.timezone)}"
    if wanted.date_to is not None:
        yield f"until {_moment(wanted.date_to, wanted.timezone)}"
    if wanted.is_virtual is not None:
        yield "online" if wanted.is_virtual else "in person"
    if wanted.max_price is not None:
        yield "free" if wanted.max_price == 0 else f"at most {wanted.max_price:g}"
    if wanted.age is not None:
        yield f"for age {wanted.age}"
    if wanted.audience:
        yield f"for {_plain(wanted.audience)}"


def _shown_events(messages: Sequence[ChatMessage]) -> list[Event]:
    events = [reference.event for each in messages for reference in each.references.all()]
    return list({event.pk: event for event in events}.values())


def _shown(messages: Sequence[ChatMessage]) -> list[str]:
    return [_event_line(event) for event in _shown_events(messages)] or ["No event was shown."]


def _chosen(session_id: int) -> dict[str, list[Event]]:
    """The calendars of a conversation with their events."""
    calendars = list(EventCalendar.objects.filter(session_id=session_id).order_by("id"))
    wanted = {pk for calendar in calendars for pk in calendar.event_ids}
    events = Event.objects.select_related("venue").in_bulk(wanted)
    return {
        f"{calendar.pk}. {calendar.title}": [
            events[pk] for pk in calendar.event_ids if pk in events
        ]
        for calendar in calendars
    }


def _chosen_lines(chosen: Mapping[str, Sequence[Event]]) -> list[str]:
    lines: list[str] = []
    for name, events in chosen.items():
        lines += [f"### {_plain(name.partition('. ')[2])}", ""]
        lines += [*(_event_line(event) for event in events), ""]
    return lines


def _event_line(event: Event) -> str:
    where = event.venue.name if event.venue else event.location
    parts = [f"**{_plain(event.title)}**", _when(event), _plain(where), _plain(event.price)]
    link = f" <{url}>" if (url := web_address(event.url)) else ""
    return f"- {', '.join(part for part in parts if part)}{link}"


def _when(event: Event) -> str:
    start = event.start_time.astimezone(ZoneInfo(event.timezone))
    return f"{start:%a} {start.day} {start:%b %Y}" + ("" if event.all_day else f" {start:%H:%M}")


def _moment(moment: datetime, zone: str) -> str:
    here = moment.astimezone(ZoneInfo(zone))
    return f"{here.day} {here:%b %Y %H:%M}"


def _plain(text: str) -> str:
    """A text in one line, in which Markdown reads no mark."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
