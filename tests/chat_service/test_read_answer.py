"""A stored answer read as plain values has what the models would have given."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from ninja.responses import NinjaJSONEncoder

from accounts.models import User
from chat_service.stores.conversations import save_message
from chat_service.stores.read_answer import read_answer
from events.exports.representation import ReferencedEventOut
from events.models import ChatMessage, ChatSession, Event, ReferencedEvent
from tests.factories import make_event


@pytest.fixture
def answer(alice: User) -> ChatMessage:
    """An answer that references an event with all there is, and one with as little as may be."""
    session = ChatSession.objects.create(user=alice)
    message = save_message(session, "assistant", "See [1].", {"model": "tiny"})
    start = datetime(2026, 12, 5, 15, 30, 0, 123456, UTC)
    full = make_event(title="full", start_time=start, end_time=start + timedelta(hours=2))
    Event.objects.filter(pk=full.pk).update(
        min_price="12.50",
        timezone="America/New_York",
        event_attendance_mode="mixed",
        audience_tags=["kids"],
        metadata_tags=["jazz", "open air"],
        registration_required=True,
        evidence={"min_price": "$12.50"},
        url="https://example.org/merged",
        filled={"url": "https://example.org/own"},
    )
    for number, withdrawn in enumerate((None, None, start)):
        copy = make_event(title="copy", start_time=start, end_time=None)
        Event.objects.filter(pk=copy.pk).update(
            merged_into=full, withdrawn_at=withdrawn, url=f"https://example.org/{number}"
        )
    bare = make_event(title="bare", start_time=start, end_time=None)
    Event.objects.filter(pk=bare.pk).update(withdrawn_at=start, venue=None)
    for position, (event, distance) in enumerate(((full, 1.25), (bare, None))):
        ReferencedEvent.objects.create(
            message=message,
            event=event,
            position=position,
            score=0.5,
            distance_miles=distance,
            cited=position == 0,
        )
    return message


def test_events_of_an_answer_are_those_of_their_schema(answer: ChatMessage) -> None:
    stored = read_answer(answer.pk)
    assert stored is not None
    assert (stored.content, stored.model) == ("See [1].", "tiny")
    references = ReferencedEvent.objects.with_events().filter(message=answer)
    expected = [ReferencedEventOut.of_reference(each).model_dump() for each in references]
    assert json.dumps(stored.events, cls=NinjaJSONEncoder) == json.dumps(
        expected, cls=NinjaJSONEncoder
    )
    assert [len(each["sources"]) for each in stored.events] == [3, 1]


def test_answer_without_events_has_none(alice: User) -> None:
    message = save_message(ChatSession.objects.create(user=alice), "assistant", "Hello!")
    stored = read_answer(message.pk)
    assert stored is not None
    assert (stored.content, stored.model, stored.events) == ("Hello!", "", [])


def test_answer_that_is_gone_is_none(db: None) -> None:
    assert read_answer(2**40) is None
