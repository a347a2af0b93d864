"""Chat turns over real HTTP, with a scripted Ollama behind the service."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from events.models import ChatMessage, ChatSession, Event, Venue
from tests.conftest import Person
from tests.factories import make_event
from tests.fakes.ollama import Gate, Reply
from tests.serving import Service, read_stream, stream_turn, text_of

QUESTION = "live jazz in Newton, MA in the next 3 days"


@pytest.fixture
def jazz(committed: None) -> Iterator[list[Event]]:
    events = [
        make_event("Live jazz quartet at the corner bar", metadata_tags=["music"]),
        make_event("Jazz piano evening", starts_in=timedelta(days=2), metadata_tags=["music"]),
        make_event("Toddler story time", starts_in=timedelta(days=2)),
    ]
    yield events
    Event.objects.filter(pk__in=[event.pk for event in events]).delete()
    Venue.objects.filter(pk__in=[event.venue_id for event in events]).delete()


def test_stream_follows_the_wire_order(service: Service, ann: Person, jazz: list[Event]) -> None:
    service.ollama.reply = Reply(tokens=["Try ", "the quartet ", "[1]", "."])
    sent = stream_turn(ann.client, QUESTION)
    first, *middle, done, last = (event.chunk for event in sent)

    assert (first["model"], first["done"]) == ("SYSTEM", False)
    assert first["constraints"]["place"]["label"] == "Newton, MA"
    assert first["all_event_ids"][:2] == [jazz[0].pk, jazz[1].pk]
    assert all((chunk["model"], chunk["done"]) == ("A", False) for chunk in middle)
    assert (done["model"], done["done"]) == ("A", True)
    assert done["suggested_event_ids"] == [jazz[0].pk]
    assert len(done["follow_up_questions"]) <= 3
    assert (last["model"], last["done"]) == ("SYSTEM", True)
    assert last["session_id"] == first["session_id"]
    assert "error" not in last
    assert last["event_metadata"][str(jazz[0].pk)]["cited"] is True
    assert text_of(sent) == "Try the quartet [1]."

    generation = UUID(first["generation_id"])
    assert [event.id for event in sent] == [f"{generation}:{n + 1}" for n in range(len(sent))]


def test_head_says_how_long_understanding_took(service: Service, ann: Person) -> None:
    with ann.client.stream("POST", "/chat/stream", json={"message": QUESTION}) as response:
        response.read()
    assert re.fullmatch(r"understand;dur=\d+\.\d\d", response.headers["Server-Timing"])


def test_answer_is_saved_with_what_it_referenced(
    service: Service, ann: Person, jazz: list[Event]
) -> None:
    service.ollama.reply = Reply(tokens=["First the piano [2], ", "then the quartet [1]."])
    last = stream_turn(ann.client, QUESTION)[-1].chunk
    detail = ann.client.get(f"/chat/sessions/{last['session_id']}").json()

    assert detail["session"]["title"] == QUESTION
    asked, answered = detail["messages"]
    assert (asked["role"], asked["content"]) == ("user", QUESTION)
    assert (answered["role"], answered["status"]) == ("assistant", "completed")
    assert answered["id"] == last["message_id"]
    assert answered["content"] == "First the piano [2], then the quartet [1]."
    assert [e["id"] for e in answered["referenced_events"]] == [jazz[1].pk, jazz[0].pk]
    assert [e["position"] for e in answered["referenced_events"]] == [0, 1]
    assert all(e["cited"] and e["distance_miles"] < 1 for e in answered["referenced_events"])
    metadata = answered["metadata"]
    assert (metadata["model"], metadata["provider"]) == ("llama3.2:3b", "ollama")
    assert metadata["response_time_ms"] == last["response_time_ms"] > 0
    assert metadata["prompt_tokens"] > 0
    assert metadata["completion_tokens"] == 2
    tiers = {int(key): found["tier"] for key, found in last["event_metadata"].items()}
    listed = [key for key in last["all_event_ids"] if tiers[key] != "context"]
    assert metadata["listed_event_ids"] == listed


def test_answer_that_cites_nothing_saves_its_best_events(
    service: Service, ann: Person, jazz: list[Event]
) -> None:
    service.ollama.reply = Reply(tokens=["There is some jazz."])
    last = stream_turn(ann.client, QUESTION)[-1].chunk
    references = ann.client.get(f"/chat/sessions/{last['session_id']}").json()["messages"][1][
        "referenced_events"
    ]
    assert [e["id"] for e in references[:2]] == [jazz[0].pk, jazz[1].pk]
    assert not any(e["cited"] for e in references)


def test_tokens_reach_the_client_as_they_are_made(service: Service, ann: Person) -> None:
    gate = Gate()
    service.ollama.reply = Reply(tokens=["one ", "two ", "three"], gate=gate)
    with ann.client.stream("POST", "/chat/stream", json={"message": "hello"}) as response:
        assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-cache, no-transform"
        assert response.headers["X-Accel-Buffering"] == "no"
        events = read_stream(response)
        assert next(events).chunk["model"] == "SYSTEM"
        for word in ("one ", "two ", "three"):
            gate.release()
            assert next(events).chunk["token"] == word
        gate.release()
        assert [event.chunk["done"] for event in events] == [True, True]


def test_fast_tokens_are_joined_to_at_most_25_chunks_a_second(
    service: Service, ann: Person
) -> None:
    tokens = [f"{n} " for n in range(200)]
    service.ollama.reply = Reply(tokens=tokens, delay=0.004)
    sent = stream_turn(ann.client, "count")
    text = [event for event in sent if "token" in event.chunk]
    assert text_of(sent) == "".join(tokens)
    assert text[0].chunk["token"] == "0 "
    assert len(text) <= 25 * (text[-1].at - text[0].at) + 3


def test_history_of_ten_messages_is_in_the_request(service: Service, ann: Person) -> None:
    session = ChatSession.objects.create(user=ann.user, title="long")
    for n in range(14):
        role = "user" if n % 2 == 0 else "assistant"
        ChatMessage.objects.create(
            session=session, user=ann.user, role=role, content=f"message {n}"
        )
    stream_turn(ann.client, "and now?", session_id=session.pk)
    messages = service.ollama.chats[-1].json["messages"]
    assert [m["content"] for m in messages[1:-1]] == [f"message {n}" for n in range(4, 14)]
    assert messages[0]["role"] == "system"
    assert "and now?" in messages[-1]["content"]


def test_context_history_counts_only_in_a_new_session(service: Service, ann: Person) -> None:
    context = {"chat_history": [{"role": "user", "content": "I like cheese"}]}
    last = stream_turn(ann.client, "hello", context=context)[-1].chunk
    assert service.ollama.chats[-1].json["messages"][1]["content"] == "I like cheese"
    context = {"chat_history": [{"role": "user", "content": "forged"}]}
    stream_turn(ann.client, "again", context=context, session_id=last["session_id"])
    contents = [m["content"] for m in service.ollama.chats[-1].json["messages"]]
    assert "forged" not in contents
    assert "hello" in contents


def test_foreign_session_gives_a_new_one(service: Service, ann: Person, ben: Person) -> None:
    anns = stream_turn(ann.client, "my secret plans")[-1].chunk["session_id"]
    bens = stream_turn(ben.client, "hello", session_id=anns)[-1].chunk["session_id"]
    assert bens != anns
    assert len(ann.client.get(f"/chat/sessions/{anns}").json()["messages"]) == 2
    assert "secret" not in str(service.ollama.chats[-1].json)


def test_json_answer_is_the_same_turn(service: Service, ann: Person, jazz: list[Event]) -> None:
    service.ollama.reply = Reply(tokens=["See [2] and [1]."])
    answer = ann.client.post("/chat", json={"message": QUESTION}).json()
    assert answer["content"] == "See [2] and [1]."
    assert [event["id"] for event in answer["events"]] == [jazz[1].pk, jazz[0].pk]
    assert answer["suggested_event_ids"] == [jazz[1].pk, jazz[0].pk]
    assert answer["model"] == "llama3.2:3b"
    assert answer["constraints"]["place"]["label"] == "Newton, MA"
    saved = ann.client.get(f"/chat/sessions/{answer['session_id']}").json()["messages"][1]
    assert (saved["id"], saved["generation_id"]) == (answer["message_id"], answer["generation_id"])


@pytest.mark.parametrize(
    "reply",
    [
        Reply(fault="disconnect"),
        Reply(fault="reset"),
        Reply(fault="error"),
        Reply(status=500),
        Reply(fault="hang"),
        Reply(first_delay=3),
        Reply(tokens=()),
        Reply(tokens=(), thinking=["I ", "wonder"]),
        Reply(fault="no_done"),
    ],
    ids=["disconnect", "reset", "error", "500", "hang", "slow", "empty", "thoughts", "no_done"],
)
def test_failure_before_the_first_token_falls_back_to_the_builtin_answerer(
    service: Service, ann: Person, jazz: list[Event], reply: Reply
) -> None:
    service.ollama.reply = reply
    # A model of its own, so that the pause after a failure concerns no other test.
    model = f"m{time.monotonic_ns()}"
    service.ollama.models.append(model)
    sent = stream_turn(ann.client, QUESTION, model_a=model)
    last = sent[-1].chunk
    assert "error" not in last
    assert "Live jazz quartet" in text_of(sent)
    saved = ann.client.get(f"/chat/sessions/{last['session_id']}").json()["messages"][1]
    assert (saved["metadata"]["model"], saved["status"]) == ("builtin", "completed")
    assert jazz[0].pk in [event["id"] for event in saved["referenced_events"]]


def test_unknown_model_falls_back_to_the_builtin_answerer(
    service: Service, ann: Person, jazz: list[Event]
) -> None:
    sent = stream_turn(ann.client, QUESTION, model_a="no-such-model:7b")
    saved = ann.client.get(f"/chat/sessions/{sent[-1].chunk['session_id']}").json()["messages"][1]
    assert saved["metadata"]["model"] == "builtin"
    assert "Live jazz quartet" in saved["content"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("disconnect", "llm_unavailable"),
        ("reset", "llm_unavailable"),
        ("half_line", "llm_unavailable"),
        ("no_done", "llm_unavailable"),
        ("error", "llm_unavailable"),
        ("hang", "llm_timeout"),
    ],
)
def test_failure_after_the_first_token_keeps_what_was_written(
    service: Service, ann: Person, fault: Any, code: str
) -> None:
    service.ollama.reply = Reply(tokens=["I was ", "saying ", "that"], fault=fault, fault_after=2)
    sent = stream_turn(ann.client, "tell me")
    last = sent[-1].chunk
    assert (last["model"], last["done"], last["error_code"]) == ("SYSTEM", True, code)
    assert last["error"]
    assert last["session_id"]
    assert text_of(sent) == "I was saying "
    saved = ann.client.get(f"/chat/sessions/{last['session_id']}").json()["messages"][1]
    assert (saved["status"], saved["content"]) == ("failed", "I was saying ")
    assert saved["metadata"]["error_code"] == code
    answer = ann.client.post("/chat", json={"message": "tell me"})
    assert (answer.status_code, answer.json()["code"]) == (
        504 if code == "llm_timeout" else 503,
        code,
    )


def test_answer_is_saved_when_the_reader_leaves(service: Service, ann: Person) -> None:
    gate = Gate()
    service.ollama.reply = Reply(tokens=["still ", "here"], gate=gate)
    with ann.client.stream("POST", "/chat/stream", json={"message": "go on"}) as response:
        session_id = next(read_stream(response)).chunk["session_id"]
    gate.release(10)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        messages = ann.client.get(f"/chat/sessions/{session_id}").json()["messages"]
        if len(messages) == 2:
            break
        time.sleep(0.05)
    assert (messages[1]["content"], messages[1]["status"]) == ("still here", "completed")


def test_session_deleted_while_answering_ends_with_an_error(service: Service, ann: Person) -> None:
    gate = Gate()
    service.ollama.reply = Reply(tokens=["too ", "late"], gate=gate)
    with ann.client.stream("POST", "/chat/stream", json={"message": "go"}) as response:
        events = read_stream(response)
        session_id = next(events).chunk["session_id"]
        assert ann.client.delete(f"/chat/sessions/{session_id}").status_code == 204
        gate.release(10)
        last = list(events)[-1].chunk
    assert last["error_code"] == "not_found"
    assert ChatMessage.objects.filter(user=ann.user).count() == 0


def test_health_names_the_model(service: Service, ann: Person) -> None:
    health = ann.client.get("/chat/health").json()
    assert health["database"] is True
    assert (health["model"]["model"], health["model"]["available"]) == ("llama3.2:3b", True)


def test_two_people_see_nothing_of_each_other(service: Service, ann: Person, ben: Person) -> None:
    mine = stream_turn(ann.client, "ann's question")[-1].chunk["session_id"]
    theirs = stream_turn(ben.client, "ben's question")[-1].chunk["session_id"]
    assert [s["id"] for s in ann.client.get("/chat/sessions").json()] == [mine]
    assert [s["id"] for s in ben.client.get("/chat/sessions").json()] == [theirs]
    assert ben.client.get(f"/chat/sessions/{mine}").status_code == 404
