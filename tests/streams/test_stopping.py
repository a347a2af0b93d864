"""Ending an answer early: on request from any worker, or when nobody reads it any more."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest
from django.db import transaction

from chat_service.stores.conversations import lock_session
from tests.conftest import Person
from tests.fakes.ollama import Gate, Reply
from tests.serving import Service, read_stream, running_service, stream_turn, text_of
from tests.streams.conftest import PATIENT
from tests.streams.reading import ended, eventually, messages_of, start, status_of, whole


@pytest.mark.parametrize("where", ["the same worker", "another worker"])
def test_stop_closes_the_model_and_saves_what_was_written(
    service: Service, ann: Person, second: Service, where: str
) -> None:
    gate = Gate(2)
    service.ollama.reply = Reply(tokens=["so ", "far ", "no ", "further"], gate=gate)
    with ann.client.stream("POST", "/chat/stream", json={"message": "go"}) as response:
        events = read_stream(response)
        first = next(events).chunk
        read = next(events).chunk["token"] + next(events).chunk["token"]
        generation = first["generation_id"]
        stopper = (second if where == "another worker" else service).client(ann.token)
        asked_at = time.monotonic()
        with stopper:
            told = stopper.post(f"/chat/generations/{generation}/stop").json()
        last = list(events)[-1].chunk
    assert (told["status"], told["message_ids"]) == ("stopped", [last["message_id"]])
    assert service.ollama.chats[-1].ended.wait(1)
    left_at = service.ollama.chats[-1].client_left_at
    assert left_at is not None
    assert left_at - asked_at < 1
    assert (last["model"], last["done"], "error" in last) == ("SYSTEM", True, False)
    answer = messages_of(ann.client, first["session_id"])[1]
    assert (answer["status"], answer["content"], read) == ("stopped", "so far ", "so far ")
    again = ann.client.post(f"/chat/generations/{generation}/stop")
    assert (again.status_code, again.json()["status"]) == (200, "stopped")


def test_stop_before_the_first_word_saves_an_empty_answer(service: Service, ann: Person) -> None:
    service.ollama.reply = Reply(tokens=["never"], gate=Gate())
    generation, session = start(ann.client, "go")
    assert ann.client.post(f"/chat/generations/{generation}/stop").json()["status"] == "stopped"
    answer = messages_of(ann.client, session)[1]
    assert (answer["status"], answer["content"]) == ("stopped", "")


def test_stop_of_an_ended_answer_changes_nothing(service: Service, ann: Person) -> None:
    generation, _ = start(ann.client, "go")
    assert ended(ann.client, generation) == "completed"
    before = whole(ann.client, generation)
    assert ann.client.post(f"/chat/generations/{generation}/stop").json()["status"] == "completed"
    assert whole(ann.client, generation) == before


def test_answer_ends_with_its_last_reader_when_asked_to(service: Service, ann: Person) -> None:
    service.ollama.reply = Reply(tokens=["unheard"], gate=Gate())
    generation, session = start(ann.client, "go", on_disconnect="stop")
    assert ended(ann.client, generation) == "stopped"
    assert messages_of(ann.client, session)[1]["status"] == "stopped"


def test_answer_goes_on_while_somebody_reads_it_on_another_worker(
    service: Service, ann: Person, second: Service
) -> None:
    gate = Gate()
    service.ollama.reply = Reply(tokens=["still ", "heard"], gate=gate)
    with (
        second.client(ann.token) as elsewhere,
        ann.client.stream(
            "POST", "/chat/stream", json={"message": "go", "on_disconnect": "stop"}
        ) as first,
    ):
        generation = next(read_stream(first)).chunk["generation_id"]
        with elsewhere.stream("GET", f"/chat/generations/{generation}/stream") as response:
            events = read_stream(response)
            assert next(events).chunk["generation_id"] == generation
            first.close()
            assert not eventually(lambda: status_of(ann.client, generation) != "running", 2.5)
            gate.release(2)
            assert [sent.chunk["done"] for sent in events][-1] is True
    assert ended(ann.client, generation) == "completed"


def test_two_readers_and_a_stalled_one_do_not_wait_for_each_other(
    service: Service, ann: Person
) -> None:
    """The stalled one takes nothing at all; its connection's buffers fill and stay full."""
    tokens = ["x" * 20_000] * 60
    service.ollama.reply = Reply(tokens=tokens, delay=0.002)
    with ann.client.stream("POST", "/chat/stream", json={"message": "go"}) as stalled:
        generation = next(read_stream(stalled)).chunk["generation_id"]
        assert whole(ann.client, generation).count(b"x" * 20_000) == len(tokens)
        assert status_of(ann.client, generation) == "completed"


def test_answer_without_an_end_is_bounded_in_pieces_and_in_time(
    service: Service, ann: Person, tmp_path: Path
) -> None:
    limits = {**PATIENT, "LLM_MAX_TOKENS": "16", "GENERATION_MAX_SECONDS": "3"}
    with (
        running_service(tmp_path, service.ollama, **limits) as strict,
        strict.client(ann.token) as client,
    ):
        service.ollama.reply = Reply(tokens=["x"] * 10_000)
        sent = stream_turn(client, "go")
        assert 32 <= len(text_of(sent)) < 10_000
        assert "error" not in sent[-1].chunk
        service.ollama.reply = Reply(tokens=["slow "] * 10_000, delay=0.5)
        sent = stream_turn(client, "go")
        assert sent[-1].chunk["error_code"] == "llm_timeout"
        answer = messages_of(client, sent[-1].chunk["session_id"])[1]
        assert (answer["status"], answer["content"]) == ("failed", text_of(sent))
    assert all(chat.ended.wait(5) for chat in service.ollama.chats[-2:])


def test_message_of_somebody_who_left_while_it_was_saved_is_answered(
    service: Service, ann: Person
) -> None:
    """The connection breaks off while the message waits to be written."""
    generation, session = start(ann.client, "first", model_a="builtin")
    assert ended(ann.client, generation) == "completed"
    with transaction.atomic():
        lock_session(ann.user.pk, session)
        with pytest.raises(httpx.ReadTimeout):
            ann.client.post(
                "/chat/stream", json={"message": "second", "session_id": session}, timeout=0.5
            )
        time.sleep(0.3)
    assert eventually(lambda: len(messages_of(ann.client, session)) == 4)
    second = messages_of(ann.client, session)[3]
    assert (second["status"], second["content"]) == ("completed", "I would go to [1] and [2].")
