"""What a conversation lends to its tools: its standing wishes and the events that it has shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from chat_service.tools.base import ToolContext
from core.errors import AuthFailed, NotFound
from events.models import ChatSession, ReferencedEvent
from rag.service import constraints_from_json
from rag.types import ShownEvent

_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a tool, and when; `base_url` is how the service was addressed."""

    user_id: int
    session_id: int | None = None
    now: datetime | None = None
    base_url: str = ""


def tool_context(asker: Asker) -> ToolContext:
    """The context of a user's tools, in a conversation or without one. Visits the database.

    Raises:
        AuthFailed: the user is gone or inactive.
        NotFound: the conversation is not this user's.
    """
    user = User.objects.filter(pk=asker.user_id, is_active=True).first()
    if user is None:
        raise AuthFailed
    now = asker.now or timezone.now()
    known = ToolContext(user.pk, user.is_staff, None, now, base_url=asker.base_url)
    if asker.session_id is None:
        return known
    session = ChatSession.objects.owned_by(user.pk).filter(pk=asker.session_id).first()
    if session is None:
        raise NotFound("There is no such conversation.")
    constraints = constraints_from_json(session.context.get("constraints"))
    return ToolContext(
        user_id=user.pk,
        is_staff=user.is_staff,
        session_id=session.pk,
        now=now,
        zone=constraints.timezone if constraints else settings.TIME_ZONE,
        constraints=constraints,
        shown=shown_in(session.pk),
        base_url=asker.base_url,
    )


def shown_in(session_id: int) -> Sequence[ShownEvent]:
    """All events that the current branch of a conversation has shown, each once, oldest first.

    One that was shown again stands where it was shown last, under that answer's number.
    """
    references = ReferencedEvent.objects.filter(
        message__session_id=session_id, message__is_current=True
    )
    latest_first = references.select_related("event__venue", "message").order_by(
        "-message_id", "position"
    )[:_MOST_SHOWN]
    answers: dict[int, int] = {}
    shown: dict[int, ShownEvent] = {}
    for reference in latest_first:
        ago = answers.setdefault(reference.message_id, len(answers))
        shown.setdefault(reference.event_id, _shown(reference, ago))
    return sorted(shown.values(), key=lambda one: (-one.answers_ago, one.number))


def _shown(reference: ReferencedEvent, answers_ago: int) -> ShownEvent:
    event, listed = reference.event, reference.message.metadata.get("all_event_ids")
    is_listed = isinstance(listed, list) and event.pk in listed
    return ShownEvent(
        event_id=event.pk,
        title=event.title,
        number=(listed.index(event.pk) if is_listed else reference.position) + 1,
        min_price=None if event.min_price is None else float(event.min_price),
        answers_ago=answers_ago,
        start_time=event.start_time,
        end_time=event.end_time,
        timezone=event.timezone,
        venue=event.venue.name if event.venue else "",
        city=event.venue.city if event.venue else "",
        tags=tuple(event.metadata_tags),
        distance_miles=reference.distance_miles,
        currency=event.currency,
    )
