"""Requests sent again, and at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chat_service.streams import sse
from events.models import ChatMessage, ChatSession, Generation, IdempotentRequest
from tests.conftest import Person
from tests.fakes.ollama import Gate, Reply
from tests.serving import Service
from tests.streams.reading import ended, messages_of, start


def send(person: Person, service: Service, key: str | None, body: dict[str, Any]) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    with service.client(person.token) as client:
        return client.post("/chat/stream", json=body, headers=headers)


def of_stream(response: httpx.Response) -> bytes:
    assert response.status_code == 200, response.text
    return response.content.replace(sse.KEEPALIVE, b"")


@pytest.mark.parametrize("by", ["key", "client_message_id", "both"])
def test_hundred_concurrent_sends_with_one_key_are_one_message(
    service: Service, ann: Person, by: str
) -> None:
    service.ollama.reply = Reply(tokens=["once ", "only"], delay=0.05)
    key = str(uuid4()) if by != "client_message_id" else None
    body: dict[str, Any] = {"message": "hello"}
    if by != "key":
        body["client_message_id"] = str(uuid4())
    count = 100 if by == "key" else 10
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: send(ann, service, key, body), range(count)))
    assert len({of_stream(answer) for answer in answers}) == 1
    assert ChatSession.objects.filter(user=ann.user).count() == 1
    assert Generation.objects.filter(user=ann.user).count() == 1
    roles = ChatMessage.objects.filter(user=ann.user).values_list("role", flat=True)
    assert sorted(roles) == ["assistant", "user"]
    assert len(service.ollama.chats) == 1


def test_same_key_gives_the_same_json_answer(service: Service, ann: Person) -> None:
    headers = {"Idempotency-Key": "once"}
    first = ann.client.post("/chat", json={"message": "hi"}, headers=headers)
    again = ann.client.post("/chat", json={"message": "hi"}, headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    streamed = send(ann, service, "once", {"message": "hi"})
    assert f'"generation_id":"{first.json()["generation_id"]}"'.encode() in streamed.content


@pytest.mark.parametrize("change", ["body", "operation"])
def test_same_key_for_something_else_is_refused(service: Service, ann: Person, change: str) -> None:
    headers = {"Idempotency-Key": "taken"}
    assert ann.client.post("/chat", json={"message": "one"}, headers=headers).status_code == 200
    path = "/chat" if change == "body" else "/chat/sessions"
    refused = ann.client.post(path, json={"message": "two"}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_mismatch")


def test_same_key_of_somebody_else_is_another_key(
    service: Service, ann: Person, ben: Person
) -> None:
    mine, theirs = (send(person, service, "same", {"message": "hi"}) for person in (ann, ben))
    assert of_stream(mine) != of_stream(theirs)


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_bad_key_is_refused(service: Service, ann: Person, key: str) -> None:
    for path, body in (("/chat", {"message": "hi"}), ("/chat/sessions", {"title": "t"})):
        refused = ann.client.post(path, json=body, headers={"Idempotency-Key": key})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert ChatSession.objects.filter(user=ann.user).count() == 0


def test_other_posts_are_repeatable_too(service: Service, ann: Person) -> None:
    def create(_: int) -> httpx.Response:
        headers = {"Idempotency-Key": "new session"}
        with service.client(ann.token) as client:
            return client.post("/chat/sessions", json={"title": "one"}, headers=headers)

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(create, range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 19
    assert ChatSession.objects.filter(user=ann.user).count() == 1


def test_refused_request_keeps_no_key(service: Service, ann: Person) -> None:
    headers = {"Idempotency-Key": "retry"}
    refused = ann.client.post("/chat/sessions", json={"title": "t" * 999}, headers=headers)
    assert refused.status_code == 422
    made = ann.client.post("/chat/sessions", json={"title": "short"}, headers=headers)
    assert made.status_code == 201


def test_old_key_is_free_again(service: Service, ann: Person) -> None:
    first = of_stream(send(ann, service, "old", {"message": "hi"}))
    for kept in IdempotentRequest.objects.filter(user=ann.user):
        IdempotentRequest.objects.filter(pk=kept.pk).update(
            created_at=kept.created_at.replace(year=kept.created_at.year - 1)
        )
    assert of_stream(send(ann, service, "old", {"message": "hi, again"})) != first


def test_second_send_while_one_runs_names_the_running_one(service: Service, ann: Person) -> None:
    gate = Gate()
    service.ollama.reply = Reply(tokens=["busy"], gate=gate)
    generation, session = start(ann.client, "first")
    call = {"name": "find_place", "parameters": {"name": "newton"}}
    calls = [
        ("/chat/stream", {"message": "second", "session_id": session}),
        ("/chat", {"message": "second", "session_id": session}),
        (f"/chat/sessions/{session}/messages", {"role": "user", "content": "a note"}),
        (f"/chat/sessions/{session}/tool-call", call),
    ]
    for path, body in calls:
        refused = ann.client.post(path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "generation_in_progress")
        assert refused.json()["fields"] == {"generation_id": generation}
    gate.release()
    assert ended(ann.client, generation) == "completed"
    assert [message["content"] for message in messages_of(ann.client, session)] == ["first", "busy"]


def race(service: Service, person: Person, pairs: int) -> None:
    """Pairs of sends into one session: each is answered or refused, and nothing is lost."""
    service.ollama.reply = lambda body: Reply(tokens=["re: ", body["messages"][-1]["content"][-6:]])
    session = person.client.post("/chat/sessions", json={}).json()["id"]
    accepted: list[str] = []

    def tab(text: str) -> str | None:
        with service.client(person.token) as client:
            answer = client.post("/chat", json={"message": text, "session_id": session})
        assert answer.status_code in {200, 409}, answer.text
        return text if answer.status_code == 200 else None

    with ThreadPoolExecutor(2) as tabs:
        for number in range(pairs):
            sent = tabs.map(tab, [f"m{number}a", f"m{number}b"])
            accepted += [text for text in sent if text]
    assert len(accepted) >= pairs
    messages = list(ChatMessage.objects.filter(session_id=session).order_by("pk"))
    assert [message.role for message in messages] == ["user", "assistant"] * len(accepted)
    asked = [message for message in messages if message.role == "user"]
    assert sorted(message.content for message in asked) == sorted(accepted)
    assert [m.parent_id for m in messages] == [None, *(m.pk for m in messages[:-1])]


def test_racing_sends_into_one_session_lose_nothing(service: Service, ann: Person) -> None:
    race(service, ann, 20)


@pytest.mark.slow
def test_thousand_racing_pairs(service: Service, ann: Person) -> None:
    race(service, ann, 1000)
