"""The end that is built from a journal is the one that the live turn would have had."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.models import User
from chat_service.stores.answers import AnswerPlace
from chat_service.stores.questions import Question, SavedQuestion, save_question
from chat_service.streams import sse
from chat_service.streams.chunks import StreamChunk, token_chunk
from chat_service.streams.journal.leases import declare_dead, register_worker
from chat_service.streams.journal.rows import Row, insert_rows, read_rows
from chat_service.turns.found_events import KeptRetrieval, packed_retrieval
from chat_service.turns.recover import end_orphans
from chat_service.turns.result import ModelAnswer, TurnResult, end_of_turn
from events.models import ChatMessage, Generation
from rag.types import Retrieval
from tests.chat_service.samples import local, numbered, retrieval

CONSTRAINTS = {"query": "jazz"}
ACTS = [{"kind": "compare", "refers_to": [1, 2], "by": "price"}]
CALLS = [{"id": "call_1", "name": "compare_events", "arguments": {}, "result": {"success": True}}]


def kept(found: Retrieval) -> KeptRetrieval:
    return KeptRetrieval.of(packed_retrieval(found), found, ())


@pytest.fixture
def worker(db: None) -> UUID:
    worker_id = uuid4()
    register_worker(worker_id)
    return worker_id


@pytest.fixture
def found() -> Retrieval:
    first, *others, context = numbered(4)
    first = replace(first, next_dates=(local(28, 19), local(5, 19, month=12)))
    return retrieval(None, first, *others, replace(context, tier="context"))


def journal(generation_id: UUID, found: Retrieval, *chunks: str) -> list[Row]:
    """The rows of an answer: its basis, then its frames, the first with the note of who answers."""
    note = sse.note(ModelAnswer(model="tiny", provider="ollama").note())
    frames = [sse.frame(generation_id, at, chunk) for at, chunk in enumerate(chunks, start=1)]
    rest = {"constraints": CONSTRAINTS, "variants": ["A"], "acts": ACTS, "calls": CALLS}
    basis = kept(found).basis(rest).encode()
    return [
        Row(generation_id, 0, 0, basis),
        Row(generation_id, 1, len(frames), note + b"".join(frames)),
    ]


def done_chunk(*, response_time_ms: int, follow_ups: list[str]) -> str:
    chunk = StreamChunk(
        model="A", done=True, response_time_ms=response_time_ms, follow_up_questions=follow_ups
    )
    return chunk.model_dump_json(exclude_none=True)


def orphan(user: User, worker: UUID, found: Retrieval, *chunks: str) -> SavedQuestion:
    generation_id = uuid4()
    saved = save_question(Question(user.pk, "jazz?", {}, generation_id, worker, "continue"))
    insert_rows(journal(generation_id, found, *chunks))
    declare_dead(worker)
    assert end_orphans() == 1
    return saved


def test_recovered_end_says_what_the_live_one_says(
    alice: User, worker: UUID, found: Retrieval
) -> None:
    text = "Go to [1] or [2]."
    saved = orphan(
        alice,
        worker,
        found,
        token_chunk("A", text),
        done_chunk(response_time_ms=70, follow_ups=["Only free ones?"]),
    )
    generation = Generation.objects.get(session_id=saved.session_id)
    answer = ModelAnswer("A", text, "tiny", "ollama", response_time_ms=70)
    answer.settle(kept(found).events(), "completed")
    result = TurnResult(
        [answer],
        CONSTRAINTS,
        acts=ACTS,
        calls=CALLS,
        found=kept(found),
        follow_ups=["Only free ones?"],
        response_time_ms=70,
    )
    live = end_of_turn(
        AnswerPlace(generation.pk, saved.session_id, alice.pk, saved.message_id),
        result,
        status="completed",
        final_offset=3,
    )
    message = ChatMessage.objects.get(generation_id=generation.pk)
    frame = sse.split_frames(read_rows(generation.pk)[-1].frames)[-1][1]
    assert frame == live.last_frame({"A": message.pk})
    assert message.metadata == {**live.answers[0].metadata, "recovered": True}
    assert (message.status, generation.status) == ("completed", "completed")
    assert (message.metadata["acts"], message.metadata["tool_calls"]) == (ACTS, CALLS)
    assert sse.chunk_of(frame)["act"] == {
        "kind": "compare",
        "refers_to": [1, 2],
        "read_by": "rules",
    }
    metadata: Any = sse.chunk_of(frame)["event_metadata"]
    first = str(found.events[0].event.id)
    assert metadata[first]["next_dates"] == [
        start.isoformat() for start in found.events[0].next_dates
    ]


def test_recovered_answer_that_broke_off_has_its_text_and_the_error(
    alice: User, worker: UUID, found: Retrieval
) -> None:
    saved = orphan(alice, worker, found, token_chunk("A", "Go to [2"))
    generation = Generation.objects.get(session_id=saved.session_id)
    message = ChatMessage.objects.get(generation_id=generation.pk)
    assert (message.status, generation.status) == ("interrupted", "interrupted")
    assert (message.content, message.metadata["error_code"]) == ("Go to [2", "server_error")
    last = sse.chunk_of(sse.split_frames(read_rows(generation.pk)[-1].frames)[-1][1])
    assert (last["done"], last["error_code"]) == (True, "server_error")
    assert last["all_event_ids"] == [each.event.id for each in found.events]
