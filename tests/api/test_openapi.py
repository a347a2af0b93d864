"""The OpenAPI document: complete, and true of what the service answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from events.models import Event, Venue
from tests.api.conftest import SOURCE
from tests.conftest import Person
from tests.factories import make_event
from tests.fakes.ollama import Reply
from tests.serving import Service, read_stream

PREFIX = "/api/v1"
METHODS = {"get", "post", "put", "patch", "delete"}
PUBLIC = {
    ("post", "/token"),
    ("post", "/token/refresh"),
    ("post", "/token/revoke"),
    ("post", "/users"),
    ("post", "/users/verify/{token}"),
    ("post", "/users/resend-verification"),
    ("post", "/reset"),
    ("post", "/reset/confirm"),
    ("get", "/chat/ping"),
    ("get", "/live"),
    ("get", "/feeds/{token}.{suffix}"),  # the address is the permission
    ("get", "/calendars/{token}.ics"),  # the same
}
Document = dict[str, Any]


@pytest.fixture
def document(service: Service) -> Document:
    with service.client() as nobody:
        response = nobody.get("/openapi.json")
    assert response.status_code == 200
    served: Document = response.json()
    return served


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """(method, path below the prefix with 1 for every parameter, operation)."""
    for path, item in document["paths"].items():
        assert path.startswith(PREFIX)
        for method in METHODS & set(item):
            yield method, path.removeprefix(PREFIX), item[method]


def _complaints(document: Document, schema: Document, answer: object) -> list[str]:
    """What is wrong with an answer, by its schema."""
    whole = {**schema, "components": document["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(answer)]


def test_document_describes_operations_that_differ_in_their_ids(document: Document) -> None:
    assert document["openapi"].startswith("3.1")
    ids = [operation["operationId"] for _, _, operation in _operations(document)]
    assert len(ids) == len(set(ids)) > len(PUBLIC)


def test_every_operation_but_the_public_ones_wants_a_bearer_token(document: Document) -> None:
    schemes = document["components"]["securitySchemes"]
    open_to_all = set()
    for method, path, operation in _operations(document):
        wanted = [name for choice in operation.get("security", []) for name in choice]
        if not wanted:
            open_to_all.add((method, path))
        for name in wanted:
            assert (schemes[name]["type"], schemes[name]["scheme"]) == ("http", "bearer")
    assert open_to_all == PUBLIC


def test_every_operation_refuses_who_has_no_token(document: Document, service: Service) -> None:
    asked = 0
    with service.client() as nobody:
        for method, path, _ in _operations(document):
            if (method, path) in PUBLIC:
                continue
            response = nobody.request(method, re.sub(r"\{\w+\}", "1", path))
            told = response.json()
            assert (response.status_code, told["code"]) == (401, "auth_required"), (method, path)
            assert (set(told), told["fields"]) == ({"code", "detail", "fields"}, {})
            asked += 1
    assert asked >= 15


@pytest.fixture
def jazz(committed: None) -> Iterator[Event]:
    event = make_event(
        "Documented jazz quartet",
        starts_in=timedelta(hours=20),
        price="$10–$15",
        min_price=10,
        metadata_tags=["music"],
    )
    yield event
    Event.objects.filter(pk=event.pk).delete()
    Venue.objects.filter(pk__in=[event.venue_id]).delete()


@pytest.fixture
def check(document: Document) -> Callable[[httpx.Response, str], Any]:
    """Checks an answer against what is documented for `path`; returns its body."""

    def checked(response: httpx.Response, path: str) -> Any:
        operation = document["paths"][PREFIX + path][response.request.method.lower()]
        documented = operation["responses"]
        assert str(response.status_code) in documented, (path, response.status_code)
        content = documented[str(response.status_code)].get("content")
        if content is None:
            assert response.content == b""
            return None
        answer = response.json()
        assert _complaints(document, content["application/json"]["schema"], answer) == []
        return answer

    return checked


def test_answers_are_as_documented(
    check: Callable[[httpx.Response, str], Any], service: Service, ann: Person, jazz: Event
) -> None:
    service.ollama.reply = Reply(tokens=["Hear the quartet [1]."])
    question = {"message": "live jazz in Newton, MA in the next 3 days"}
    client, one = ann.client, "/chat/sessions/{session_id}"

    login = {"username": ann.user.username, "password": ann.password}
    pair = check(client.post("/token", json=login), "/token")
    pair = check(client.post("/token/refresh", json={"refresh": pair["refresh"]}), "/token/refresh")
    check(client.post("/token/revoke", json={"refresh": pair["refresh"]}), "/token/revoke")
    for path in ("/live", "/chat/ping", "/chat/health"):
        check(client.get(path), path)

    session = check(client.post("/chat/sessions", json={"title": "kept"}), "/chat/sessions")
    here = f"/chat/sessions/{session['id']}"
    turn = check(client.post("/chat", json={**question, "session_id": session["id"]}), "/chat")
    assert turn["suggested_event_ids"] == [jazz.pk]
    note = {"role": "user", "content": "remember"}
    check(client.post(f"{here}/messages", json=note), f"{one}/messages")
    assert len(check(client.get(here), one)["messages"]) == 3
    for part in ("messages", "history"):
        check(client.get(f"{here}/{part}"), f"{one}/{part}")
    check(client.patch(here, json={"title": "new"}), one)
    assert len(check(client.get("/chat/sessions"), "/chat/sessions")) == 1
    for verb in ("archive", "unarchive", "clear"):
        check(client.post(f"{here}/{verb}"), f"{one}/{verb}")
    check(client.delete(here), one)

    [event] = check(client.get("/events", params={"ids": jazz.pk}), "/events")
    assert check(client.get(f"/events/{jazz.pk}"), "/events/{event_id}") == event


def test_what_staff_write_is_answered_as_documented(
    check: Callable[[httpx.Response, str], Any], staff: Person, written: None
) -> None:
    client, one = staff.client, "/events/{event_id}"
    jazz = {"title": "Jazz", "start_time": "2030-07-05T19:30:00", "timezone": "America/New_York"}
    event = check(client.post("/events", json={**jazz, "source": SOURCE}), "/events")
    here = f"/events/{event['id']}"
    assert check(client.put(here, json=jazz), one) == event
    assert check(client.patch(here, json={"price": "$5"}), one) == {**event, "price": "$5"}
    check(client.patch(here, json={"price": None}), one)
    check(client.patch(here, content="{"), one)
    check(client.delete(here), one)
    check(client.put(f"/events/{2**60}", json=jazz), one)

    file = {"file": ("town.csv", b"title,start\nJazz,soon")}
    sent = client.post("/imports", files=file, data={"source": SOURCE})
    imported = check(sent, "/imports")
    check(client.get(f"/imports/{imported['id']}"), "/imports/{import_id}")
    check(client.get("/imports"), "/imports")
    check(client.post("/imports", json={}), "/imports")
    check(client.get(f"/imports/{2**60}"), "/imports/{import_id}")


@pytest.mark.parametrize(
    ("method", "path", "documented", "body", "status"),
    [
        ("POST", "/token", "/token", {"username": "nobody", "password": "wrong"}, 401),
        ("POST", "/token/refresh", "/token/refresh", {"refresh": "used up"}, 401),
        ("GET", "/chat/sessions/9007199254740991", "/chat/sessions/{session_id}", None, 404),
        ("GET", "/chat/sessions?limit=0", "/chat/sessions", None, 422),
        ("GET", "/events/9007199254740991", "/events/{event_id}", None, 404),
        ("GET", "/events/0", "/events/{event_id}", None, 422),
        ("POST", "/events", "/events", {}, 403),
        ("POST", "/imports", "/imports", {}, 403),
    ],
)
def test_refusals_are_as_documented(
    check: Callable[[httpx.Response, str], Any],
    ann: Person,
    method: str,
    path: str,
    documented: str,
    body: Document | None,
    status: int,
) -> None:
    response = ann.client.request(method, path, json=body)
    assert response.status_code == status
    assert set(check(response, documented)) == {"code", "detail", "fields"}


def test_chunks_of_a_stream_are_as_documented(document: Document, ann: Person, jazz: Event) -> None:
    operation = document["paths"][f"{PREFIX}/chat/stream"]["post"]
    content = operation["responses"]["200"]["content"]
    assert "text/event-stream" in content
    schema = {"$ref": "#/components/schemas/StreamChunk"}
    with ann.client.stream("POST", "/chat/stream", json={"message": "jazz in Newton"}) as response:
        chunks = [sent.chunk for sent in read_stream(response)]
    assert len(chunks) > 3
    for chunk in chunks:
        assert _complaints(document, schema, chunk) == []


def test_docs_page_loads_nothing_from_another_host(service: Service) -> None:
    with service.client() as nobody:
        page = nobody.get("/docs")
    assert page.status_code == 200
    loaded = re.findall(r"""(?:src|href)\s*=\s*["']([^"']+)""", page.text)
    assert loaded
    assert [address for address in loaded if re.match(r"(?:https?:)?//", address)] == []


def test_every_operation_declares_what_the_edge_answers(document: Document) -> None:
    for method, path, operation in _operations(document):
        declared = set(operation["responses"])
        assert {"500", "503"} <= declared, (method, path)
        if operation.get("security"):
            assert "401" in declared, (method, path)
        if "requestBody" in operation:
            assert {"400", "413", "422"} <= declared, (method, path)
        if operation.get("parameters"):
            assert "422" in declared, (method, path)


def test_every_signed_in_post_takes_an_idempotency_key(document: Document) -> None:
    for method, path, operation in _operations(document):
        headers = [each["name"] for each in operation.get("parameters", [])]
        takes_one = method == "post" and bool(operation.get("security"))
        assert headers.count("Idempotency-Key") == int(takes_one), (method, path)


def test_streams_are_declared_as_nothing_else(document: Document) -> None:
    streams = {
        (method, path)
        for method, path, operation in _operations(document)
        if "text/event-stream" in operation["responses"].get("200", {}).get("content", {})
    }
    assert streams == {
        ("post", "/chat/stream"),
        ("get", "/chat/generations/{generation_id}/stream"),
        ("post", "/chat/messages/{message_id}/edit"),
        ("post", "/chat/messages/{message_id}/regenerate"),
    }
    for method, path in streams:
        content = document["paths"][PREFIX + path][method]["responses"]["200"]["content"]
        assert list(content) == ["text/event-stream"]
