"""What a conversation lends to its tools."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.models import User
from chat_service.tools.contexts import Asker, shown_in, tool_context
from core.errors import AuthFailed, NotFound
from events.models import ChatMessage, ChatSession, Event, ReferencedEvent
from rag.service import constraints_to_json
from rag.types import Centre, Constraints
from tests.factories import make_event

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
NEWTON = Centre("Newton, MA", 42.337, -71.209, timezone="America/New_York")


def _answer(session: ChatSession, events: list[Event], listed: list[int], **fields: bool) -> None:
    message = ChatMessage.objects.create(
        session=session,
        user_id=session.user_id,
        role=ChatMessage.Role.ASSISTANT,
        content="See these.",
        metadata={"all_event_ids": listed},
        **fields,
    )
    for position, event in enumerate(events):
        ReferencedEvent.objects.create(
            message=message, event=event, position=position, score=0.5, distance_miles=1.5
        )


def test_all_that_was_shown_is_known_with_its_number(alice: User) -> None:
    session = ChatSession.objects.create(user=alice)
    jazz, opera, ballet, hidden = (
        make_event(title, min_price=price, metadata_tags=["music"])
        for title, price in (("Jazz", 10), ("Opera", None), ("Ballet", 0), ("Hidden", 1))
    )
    _answer(session, [jazz, opera], [opera.pk, ballet.pk, jazz.pk])
    _answer(session, [hidden], [hidden.pk], is_current=False)
    _answer(session, [ballet, jazz], [])
    told = [(one.event_id, one.number, one.answers_ago) for one in shown_in(session.pk)]
    assert told == [(opera.pk, 1, 1), (ballet.pk, 1, 0), (jazz.pk, 2, 0)]
    first, second, _ = shown_in(session.pk)
    assert (first.title, first.min_price, first.city) == ("Opera", None, "Newton")
    assert (first.start_time, first.tags) == (opera.start_time, ("music",))
    assert (second.min_price, second.distance_miles) == (0.0, 1.5)


def test_standing_wishes_and_their_zone_are_lent(alice: User) -> None:
    wishes = Constraints(place=NEWTON, query="jazz", timezone="America/New_York")
    stored = {"constraints": constraints_to_json(wishes)}
    session = ChatSession.objects.create(user=alice, context=stored)
    context = tool_context(Asker(alice.pk, session.pk, NOW, "https://events.example"))
    assert context.constraints == wishes
    assert (context.zone, context.now) == ("America/New_York", NOW)
    assert (context.session_id, context.base_url) == (session.pk, "https://events.example")
    assert (context.user_id, context.is_staff, context.shown) == (alice.pk, False, [])


def test_context_without_a_conversation_knows_the_user(charlie: User) -> None:
    context = tool_context(Asker(charlie.pk))
    assert (context.user_id, context.is_staff, context.session_id) == (charlie.pk, True, None)
    assert (context.constraints, context.zone) == (None, "UTC")


def test_conversation_of_somebody_else_lends_nothing(alice: User, bob: User) -> None:
    session = ChatSession.objects.create(user=alice)
    with pytest.raises(NotFound):
        tool_context(Asker(bob.pk, session.pk))


def test_user_who_is_gone_or_inactive_has_no_tools(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    for user_id in (alice.pk, 2**60):
        with pytest.raises(AuthFailed):
            tool_context(Asker(user_id))
