"""The end of a turn: one statement where that is enough, and never less than all of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from chat_service.stores.answers import SavedAnswer, SavedReference
from chat_service.stores.questions import Question, save_question
from chat_service.streams import sse
from chat_service.streams.journal.leases import register_worker
from chat_service.streams.journal.rows import Row, read_rows
from chat_service.turns.save import TurnEnd, save_turn_end
from core.errors import NotFound
from events.models import ChatMessage, ChatSession, Generation, ReferencedEvent
from tests.factories import make_event


@pytest.fixture
def end(alice: User) -> TurnEnd:
    """A completed answer that cites two events and one that is gone."""
    worker, generation_id = uuid4(), uuid4()
    register_worker(worker)
    saved = save_question(Question(alice.pk, "jazz?", {}, generation_id, worker, "continue"))
    ChatSession.objects.filter(pk=saved.session_id).update(context={"location": "Newton"})
    events = [make_event(title="one").pk, 2**40, make_event(title="two").pk]
    references = [
        SavedReference(events[0], 0.75, None, cited=True),
        SavedReference(events[1], 0.5, 2.0, cited=True),
        SavedReference(events[2], 0.25, 1.5, cited=False),
    ]
    answer = SavedAnswer("A", "“Jazz” [1]", "completed", {"model": "tiny"}, references)
    return TurnEnd(
        generation_id=generation_id,
        session_id=saved.session_id,
        user_id=alice.pk,
        user_message_id=saved.message_id,
        status="completed",
        answers=[answer],
        final={"model": "SYSTEM", "done": True, "follow_up_questions": ["Größer?"]},
        final_offset=3,
        constraints={"query": "jazz"},
        act={"kind": "count"},
    )


def rows_of(end: TurnEnd) -> list[Row]:
    frames = [sse.frame(end.generation_id, at, f'{{"token":"{at}"}}') for at in (1, 2)]
    return [
        Row(end.generation_id, 0, 0, b'{"variants":["A"]}'),
        Row(end.generation_id, 1, 2, b"".join(frames)),
    ]


def stored(end: TurnEnd) -> dict[str, Any]:
    """All that an end writes, without the ids and times of its rows."""
    message = ChatMessage.objects.get(generation_id=end.generation_id)
    session = ChatSession.objects.get(pk=end.session_id)
    generation = Generation.objects.get(pk=end.generation_id)
    assert generation.ended_at is not None
    assert session.updated_at >= message.created_at
    columns = ("position", "event_id", "score", "distance_miles", "cited")
    return {
        "message": (
            message.role,
            message.content,
            message.metadata,
            message.status,
            message.variant,
            message.parent_id,
            message.is_current,
            message.preferred,
            message.user_id,
            message.session_id,
        ),
        "references": list(
            ReferencedEvent.objects.filter(message=message).order_by("position").values(*columns)
        ),
        "context": session.context,
        "status": generation.status,
        "frames": [frame for row in read_rows(end.generation_id)[-2:] for frame in (row.first,)],
    }


def test_end_of_one_answer_is_one_statement(end: TurnEnd, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        frame = save_turn_end(end, rows_of(end))
    message = ChatMessage.objects.get(generation_id=end.generation_id)
    assert frame == end.last_frame({"A": message.pk})
    written = b"".join(row.frames for row in read_rows(end.generation_id))
    assert sse.split_frames(written)[-1] == (3, frame)
    kept = [each.event_id for each in end.answers[0].references if each.event_id != 2**40]
    found = stored(end)
    assert [each["event_id"] for each in found["references"]] == kept
    assert [each["position"] for each in found["references"]] == [0, 1]
    assert found["context"] == {
        "location": "Newton",
        "constraints": {"query": "jazz"},
        "act": {"kind": "count"},
    }
    assert found["status"] == "completed"


def test_both_ways_of_saving_an_end_write_the_same(end: TurnEnd) -> None:
    save_turn_end(end, rows_of(end))
    quick = stored(end)
    ChatMessage.objects.filter(generation_id=end.generation_id).delete()
    ChatSession.objects.filter(pk=end.session_id).update(context={"location": "Newton"})
    Generation.objects.filter(pk=end.generation_id).update(status="interrupted")
    frame = save_turn_end(end, rows_of(end))
    assert stored(end) == quick
    message = ChatMessage.objects.get(generation_id=end.generation_id)
    assert frame == end.last_frame({"A": message.pk})


def test_end_that_is_saved_already_stays(end: TurnEnd) -> None:
    first = save_turn_end(end, rows_of(end))
    changed = replace(end, answers=[replace(end.answers[0], content="other")])
    assert save_turn_end(changed) == first
    assert ChatMessage.objects.get(generation_id=end.generation_id).content == "“Jazz” [1]"


def test_basis_of_a_completed_answer_is_not_kept_and_of_others_is(end: TurnEnd) -> None:
    stopped = replace(end, status="stopped")
    save_turn_end(stopped, rows_of(end))
    assert [row.first for row in read_rows(end.generation_id)] == [0, 1, 3]


def test_completed_answer_keeps_no_basis(end: TurnEnd) -> None:
    save_turn_end(end, rows_of(end))
    assert [row.first for row in read_rows(end.generation_id)] == [1, 3]


def test_end_without_its_conversation_leaves_nothing(end: TurnEnd) -> None:
    ChatSession.objects.filter(pk=end.session_id).delete()
    with pytest.raises(NotFound):
        save_turn_end(end, rows_of(end))
    assert read_rows(end.generation_id) == []
    assert not ChatMessage.objects.filter(generation_id=end.generation_id).exists()


def test_end_of_somebody_elses_session_is_refused(end: TurnEnd, bob: User) -> None:
    with pytest.raises(NotFound):
        save_turn_end(replace(end, user_id=bob.pk), rows_of(end))
    assert not ChatMessage.objects.filter(generation_id=end.generation_id).exists()
