"""Conversations over HTTP: their whole life, and that Ben sees nothing of Ann's."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from chat_service.stores.session_list import SessionQuery, find_sessions
from events.models import ChatMessage, ChatSession
from tests.conftest import Person


def _create(person: Person, **body: Any) -> dict[str, Any]:
    response = person.client.post("/chat/sessions", json=body)
    assert response.status_code == 201
    session: dict[str, Any] = response.json()
    return session


def test_session_lives_from_creation_to_deletion(ann: Person) -> None:
    session = _create(ann, title="Weekend", context={"location": "Newton, MA", "mine": [1]})
    path = f"/chat/sessions/{session['id']}"
    assert session["context"] == {"location": "Newton, MA", "mine": [1]}
    assert (session["message_count"], session["is_active"]) == (0, True)

    note = ann.client.post(f"{path}/messages", json={"role": "user", "content": " remember me "})
    assert note.status_code == 201
    assert note.json()["content"] == "remember me"

    patched = ann.client.patch(path, json={"title": "Sunday"}).json()
    assert (patched["title"], patched["message_count"]) == ("Sunday", 1)
    assert patched["updated_at"] > session["updated_at"]

    detail = ann.client.get(path).json()
    assert detail["session"]["title"] == "Sunday"
    assert [m["content"] for m in detail["messages"]] == ["remember me"]
    assert ann.client.get(f"{path}/history").json() == [{"role": "user", "content": "remember me"}]

    assert ann.client.post(f"{path}/archive").json() == {"status": "archived"}
    assert ann.client.get("/chat/sessions").json() == []
    assert len(ann.client.get("/chat/sessions?archived=true").json()) == 1
    assert ann.client.post(f"{path}/unarchive").json() == {"status": "unarchived"}
    assert ann.client.post(f"{path}/clear").json() == {"status": "cleared"}
    assert ann.client.get(path).json()["messages"] == []

    assert ann.client.delete(path).status_code == 204
    assert ann.client.get(path).status_code == 404


def test_title_comes_from_the_first_message(ann: Person) -> None:
    session = _create(ann)
    path = f"/chat/sessions/{session['id']}"
    words = "what is on for kids near Newton this weekend, preferably free?"
    ann.client.post(f"{path}/messages", json={"role": "user", "content": words})
    ann.client.post(f"{path}/messages", json={"role": "user", "content": "and later?"})
    assert ann.client.get(path).json()["session"]["title"] == words[:50] + "..."


def test_list_is_paged_and_the_latest_comes_first(ann: Person) -> None:
    ids = [_create(ann, title=f"number {n}")["id"] for n in range(5)]
    ann.client.post(f"/chat/sessions/{ids[1]}/messages", json={"role": "user", "content": "up"})
    response = ann.client.get("/chat/sessions?limit=2")
    assert [s["id"] for s in response.json()] == [ids[1], ids[4]]
    assert response.headers["X-Total-Count"] == "5"
    link = response.headers["Link"]
    assert link.endswith('; rel="next"')
    following = ann.client.get(link[1 : link.index(">")])
    assert [s["id"] for s in following.json()] == [ids[3], ids[2]]


def test_list_searches_titles_and_messages(ann: Person) -> None:
    by_title, by_message = _create(ann, title="Jazz night"), _create(ann, title="other")
    _create(ann, title="neither")
    ann.client.post(
        f"/chat/sessions/{by_message['id']}/messages", json={"role": "user", "content": "more JAZZ"}
    )
    found = ann.client.get("/chat/sessions", params={"q": "jazz"}).json()
    assert {s["id"] for s in found} == {by_title["id"], by_message["id"]}
    assert ann.client.get("/chat/sessions", params={"q": "100%"}).json() == []


def test_list_shows_each_session_as_it_is_shown_alone(ann: Person) -> None:
    session = _create(ann, title="Ünïcode", context={"location": "Newton, MA", "mine": [1, None]})
    path = f"/chat/sessions/{session['id']}"
    ann.client.post(f"{path}/messages", json={"role": "user", "content": "hello"})
    assert ann.client.get("/chat/sessions").json() == [ann.client.get(path).json()["session"]]


def test_page_behind_the_last_one_is_empty_and_says_how_many_there_are(ann: Person) -> None:
    _create(ann)
    response = ann.client.get("/chat/sessions?offset=5")
    assert (response.json(), response.headers["X-Total-Count"]) == ([], "1")
    assert "Link" not in response.headers


def test_list_is_one_statement_whatever_its_length(
    alice: User, bob: User, django_assert_num_queries: Any
) -> None:
    ChatSession.objects.create(user=bob, title="not yours")
    for count in (0, 30):
        ChatSession.objects.bulk_create(ChatSession(user=alice, title="x") for _ in range(count))
        with django_assert_num_queries(1):
            found = find_sessions(alice.pk, SessionQuery("", archived=False, limit=20, offset=0))
        assert (found.total, len(found.rows)) == (count, min(count, 20))


def test_list_of_an_inactive_user_is_refused(ann: Person) -> None:
    User.objects.filter(pk=ann.user.pk).update(is_active=False)
    response = ann.client.get("/chat/sessions")
    assert (response.status_code, response.json()["code"]) == (401, "auth_failed")


def test_messages_page_backwards(ann: Person) -> None:
    session = ChatSession.objects.create(user=ann.user, title="long")
    ids = [
        ChatMessage.objects.create(session=session, user=ann.user, role="user", content=str(n)).pk
        for n in range(60)
    ]
    path = f"/chat/sessions/{session.pk}"
    assert [m["id"] for m in ann.client.get(path).json()["messages"]] == ids[10:]
    page = ann.client.get(f"{path}/messages?limit=25")
    assert [m["id"] for m in page.json()] == ids[35:]
    link = page.headers["Link"]
    page = ann.client.get(link[1 : link.index(">")])
    assert [m["id"] for m in page.json()] == ids[10:35]
    page = ann.client.get(f"{path}/messages?limit=25&before_id={ids[10]}")
    assert [m["id"] for m in page.json()] == ids[:10]
    assert "Link" not in page.headers


CALLS = [
    ("GET", "", None),
    ("PATCH", "", {"title": "mine now"}),
    ("DELETE", "", None),
    ("POST", "/archive", None),
    ("POST", "/unarchive", None),
    ("POST", "/clear", None),
    ("GET", "/messages", None),
    ("POST", "/messages", {"role": "user", "content": "hello"}),
    ("GET", "/history", None),
]


@pytest.mark.parametrize(("method", "suffix", "body"), CALLS)
def test_ben_gets_the_same_404_for_anns_session_and_for_none(
    ann: Person, ben: Person, method: str, suffix: str, body: dict[str, str] | None
) -> None:
    session = _create(ann, title="private")
    foreign = ben.client.request(method, f"/chat/sessions/{session['id']}{suffix}", json=body)
    missing = ben.client.request(method, f"/chat/sessions/9007199254740991{suffix}", json=body)
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json() == missing.json()
    after = ann.client.get(f"/chat/sessions/{session['id']}").json()
    assert (after["session"]["title"], after["messages"]) == ("private", [])
    assert ben.client.get("/chat/sessions").json() == []


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/chat/sessions", {"title": "x" * 201}, "title"),
        ("POST", "/chat/sessions", {"context": {"user_location": {"lat": 91, "lng": 0}}}, "lat"),
        ("GET", "/chat/sessions?limit=0", None, "limit"),
        ("GET", "/chat/sessions?limit=101", None, "limit"),
        ("GET", "/chat/sessions?offset=-1", None, "offset"),
        ("GET", "/chat/sessions/0", None, "session_id"),
        ("GET", "/chat/sessions/abc", None, "session_id"),
        ("GET", "/chat/sessions/99999999999999999999", None, "session_id"),
    ],
)
def test_bad_requests_name_the_field(
    ann: Person, method: str, path: str, body: Any, field: str
) -> None:
    response = ann.client.request(method, path, json=body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert any(name.endswith(field) for name in response.json()["fields"])


@pytest.mark.parametrize("role", ["assistant", "system", "tool", "root"])
def test_only_users_notes_can_be_written(ann: Person, role: str) -> None:
    session = _create(ann)
    response = ann.client.post(
        f"/chat/sessions/{session['id']}/messages", json={"role": role, "content": "I said so"}
    )
    assert response.status_code == 422
    assert ann.client.get(f"/chat/sessions/{session['id']}").json()["messages"] == []


def test_unstorable_characters_are_dropped_or_refused(ann: Person) -> None:
    headers = {"Content-Type": "application/json"}
    nul = b'{"title": "a\\u0000b", "context": {"k\\u0000": ["\\u0000", "\\ud800"]}}'
    session = ann.client.post("/chat/sessions", content=nul, headers=headers)
    assert session.status_code == 201
    assert (session.json()["title"], session.json()["context"]) == ("ab", {"k": ["", ""]})
    half = ann.client.post("/chat/sessions", content=b'{"title": "\\ud800"}', headers=headers)
    assert (half.status_code, set(half.json()["fields"])) == (422, {"title"})


def test_trailing_slash_answers_the_same(ann: Person) -> None:
    response = ann.client.post("/chat/sessions/", json={"title": "slashed"})
    assert (response.status_code, response.json()["title"]) == (201, "slashed")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/no/such/path", 404, "not_found"),
        ("PUT", "/chat/sessions", 405, "invalid_request"),
        ("GET", "/chat/stream", 405, "invalid_request"),
    ],
)
def test_unknown_paths_and_methods_answer_in_the_one_shape(
    ann: Person, method: str, path: str, status: int, code: str
) -> None:
    response = ann.client.request(method, path)
    assert response.status_code == status
    assert set(response.json()) == {"code", "detail", "fields"}
    assert response.json()["code"] == code


def test_malformed_and_huge_bodies_are_refused(ann: Person) -> None:
    headers = {"Content-Type": "application/json"}
    malformed = ann.client.post("/chat/sessions", content=b'{"title": ', headers=headers)
    assert (malformed.status_code, malformed.json()["code"]) == (400, "invalid_request")
    huge = b'{"title": "' + b"x" * 2_000_000 + b'"}'
    response = ann.client.post("/chat/sessions", content=huge, headers=headers)
    assert (response.status_code, response.json()["code"]) == (413, "invalid_request")
    assert ann.client.get("/chat/sessions").json() == []


DEEP = b'{"context": {"x": ' + b"[" * 500 + b"]" * 500 + b"}}"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"null", 422),
        (b"[]", 422),
        (b"5", 422),
        (b'"text"', 422),
        (b'{"context": {"x": NaN}}', 400),
        (b'{"context": {"x": -Infinity}}', 400),
        (b'{"context": {"x": 1e999}}', 422),
        (DEEP, 422),
        (DEEP * 2000, 413),
        (b"[" * 100_000, 422),
        (b'{"context": {"age_range": {"min": 9, "max": 3}}}', 422),
        (b'{"context": {"current_date": 5}}', 422),
        (b'{"context": {"current_date": "0001-01-01T00:00:00+14:00"}}', 422),
        (b'{"context": {"date_range": {"to": "9999-12-31T23:59:59-12:00"}}}', 422),
        (b'{"context": {"date_range": {"from": "1764950400"}}}', 422),
    ],
)
def test_bodies_that_no_client_means_are_refused(ann: Person, body: bytes, status: int) -> None:
    response = ann.client.post("/chat/sessions", content=body)
    assert (response.status_code, response.json()["code"]) == (status, "invalid_request")
    assert ann.client.get("/chat/sessions").json() == []


def test_body_a_hundred_levels_deep_is_kept(ann: Person) -> None:
    nested = b'{"context": {"x": ' + b"[" * 97 + b"]" * 97 + b"}}"
    session = ann.client.post("/chat/sessions", content=nested)
    assert session.status_code == 201
    here = f"/chat/sessions/{session.json()['id']}"
    assert ann.client.get(here).json()["session"]["context"] == session.json()["context"]


def test_model_settings_lose_what_cannot_be_stored(ann: Person) -> None:
    here = f"/chat/sessions/{_create(ann)['id']}"
    settings = b'{"model_settings": {"k\\u0000": ["\\u0000", "\\ud800"]}}'
    response = ann.client.patch(here, content=settings)
    assert response.status_code == 200
    assert response.json()["context"]["model_settings"] == {"k": ["", ""]}
    assert ann.client.patch(here, content=b'{"model_settings": {"k": NaN}}').status_code == 400


def test_null_changes_nothing(ann: Person) -> None:
    session = ann.client.post("/chat/sessions", json={"title": "kept"}).json()
    nothing = {"title": None, "is_active": None, "context": None, "model_settings": None}
    changed = ann.client.patch(f"/chat/sessions/{session['id']}", json=nothing).json()
    assert {**changed, "updated_at": ""} == {**session, "updated_at": ""}
