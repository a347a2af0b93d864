"""Makes one calendar file of chosen events, at an address that an answer can link."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from django.conf import settings
from pydantic import BaseModel, Field

from chat_service.tools.base import ToolContext
from chat_service.tools.builtin.event_facts import load_events
from chat_service.tools.builtin.wishes import EventId, Words
from chat_service.tools.event_brief import EventBrief
from chat_service.tools.functions import tool
from core.database import in_database
from core.errors import AuthRequired
from events.exports.calendars import MOST_EVENTS, calendar_address, create_event_calendar


class MadeCalendar(BaseModel):
    """Where the calendar can be read, until when, and what is in it.

    Whoever knows `url` can read it, until it is deleted by its `id`.
    """

    id: int
    title: str
    url: str
    expires_at: datetime
    events: Sequence[EventBrief]


@tool()
async def create_calendar(
    event_ids: Annotated[list[EventId], Field(min_length=1, max_length=MOST_EVENTS)],
    context: ToolContext,
    title: Words = "",
) -> MadeCalendar:
    """Makes a calendar file (.ics) of chosen events and gives its address, which the user can open
    or subscribe to. Use it when the user wants events in a calendar.

    Args:
        event_ids: the events' ids.
        title: what the calendar is called; by default after its events.
    """
    return await in_database(_create, event_ids, title, context)


def _create(event_ids: list[int], title: str, context: ToolContext) -> MadeCalendar:
    if context.user_id is None:
        raise AuthRequired
    events = load_events(event_ids)
    calendar = create_event_calendar(
        user_id=context.user_id,
        session_id=context.session_id,
        title=title or _title(events[0].title, len(events) - 1),
        event_ids=[event.pk for event in events],
    )
    return MadeCalendar(
        id=calendar.pk,
        title=calendar.title,
        url=calendar_address(calendar, context.base_url or _own_base()),
        expires_at=calendar.expires_at,
        events=[EventBrief.of(event) for event in events],
    )


def _title(first: str, others: int) -> str:
    return f"{first} and {others} more" if others else first


def _own_base() -> str:
    """What the service's addresses begin with where no request tells it."""
    return settings.PUBLIC_URL or f"http://{settings.HOST}:{settings.PORT}"
