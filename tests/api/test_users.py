"""Accounts over the API: sign up, confirm, recover, change, take along, delete."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test.utils import override_settings
from django.utils import timezone

from accounts.authentication import issue_tokens
from accounts.mail import PAUSE
from accounts.models import User
from accounts.registration import send_reset, send_verification
from events.models import ChatMessage, Feed
from tests.conftest import PASSWORD, Person
from tests.fakes.ollama import Reply
from tests.serving import Service

NEW_PASSWORD = "another fine long sentence"
_numbers = count()


@pytest.fixture
def nobody(service: Service, committed: None) -> Iterator[httpx.Client]:
    """A client that is not signed in; who signs up with an address of example.net is deleted."""
    with service.client() as client:
        yield client
    User.objects.filter(email__iendswith="@example.net").delete()


@pytest.fixture
def address() -> str:
    return f"Newcomer{next(_numbers)}@example.net"


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Path]:
    """Where the mails of this process land."""
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend", EMAIL_FILE_PATH=tmp_path
    ):
        yield tmp_path


def codes(outbox: Path, expected: int) -> list[str]:
    """The codes of the mails, once so many have come."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        told = [path.read_text() for path in sorted(outbox.iterdir())]
        found = [code for text in told for code in re.findall(r"\n\n(\S{20,})\n\n", text)]
        if len(found) >= expected:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{expected} mails were expected")


def sign_up(client: httpx.Client, email: str, **fields: Any) -> httpx.Response:
    return client.post("/users", json={"email": email, "password": PASSWORD, **fields})


def sign_in(client: httpx.Client, login: str, password: str = PASSWORD) -> httpx.Response:
    return client.post("/token", json={"username": login, "password": password})


def test_new_account_can_sign_in_and_sees_itself(
    nobody: httpx.Client, service: Service, address: str
) -> None:
    made = sign_up(nobody, address, first_name="Ada", last_name="Byron")
    assert made.status_code == 201
    told = made.json()
    assert (told["email"], told["first_name"], told["last_name"]) == (address, "Ada", "Byron")
    assert (told["username"], told["email_verified"]) == (address.partition("@")[0], False)
    pair = sign_in(nobody, address.upper()).json()
    with service.client(pair["access"]) as client:
        assert client.get("/users/me").json() == told


def test_two_with_the_same_beginning_get_names_of_their_own(nobody: httpx.Client) -> None:
    first = sign_up(nobody, "same.name@example.net").json()
    second = sign_up(nobody, "same.name@two.example.net")
    assert second.status_code == 201
    assert second.json()["username"] != first["username"] == "same.name"
    User.objects.filter(pk=second.json()["id"]).delete()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "new\x00comer@example.net"}, "email"),
        ({"email": "new@example.net\nBcc: all@example.net"}, "email"),
        ({"email": "x" * 250 + "@example.net"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "password123"}, "password"),
        ({"password": 5}, "password"),
        ({"username": "two words"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"first_name": "\x07"}, "first_name"),
    ],
)
def test_bad_sign_up_is_refused_and_leaves_nothing(
    nobody: httpx.Client, address: str, fields: dict[str, Any], wrong: str
) -> None:
    response = nobody.post("/users", json={"email": address, "password": PASSWORD, **fields})
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert list(response.json()["fields"]) == [wrong]
    assert not User.objects.filter(email__iendswith="@example.net").exists()


def test_address_and_name_belong_to_one_account(nobody: httpx.Client, ann: Person) -> None:
    taken = sign_up(nobody, ann.user.email.upper())
    assert (taken.status_code, list(taken.json()["fields"])) == (422, ["email"])
    named = sign_up(nobody, "other@example.net", username=ann.user.username)
    assert (named.status_code, list(named.json()["fields"])) == (422, ["username"])


def test_of_many_who_sign_up_at_once_one_is_taken(
    nobody: httpx.Client, service: Service, address: str
) -> None:
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: sign_up(nobody, address).status_code, range(5)))
    assert sorted(answers) == [201, 422, 422, 422, 422]


def test_mailed_code_confirms_the_address_once_and_again(
    nobody: httpx.Client, ann: Person, outbox: Path
) -> None:
    send_verification(ann.user.email, now=timezone.now())
    [code] = codes(outbox, 1)
    for _ in range(2):
        assert nobody.post(f"/users/verify/{code}").json() == {"status": "verified"}
    assert ann.client.get("/users/me").json()["email_verified"] is True
    send_verification(ann.user.email, now=timezone.now() + 2 * PAUSE)
    assert len(list(outbox.iterdir())) == 1  # there is nothing left to confirm


@pytest.mark.parametrize("code", ["x", "a:b:c", "%00", "x" * 2000])
def test_code_that_was_never_mailed_confirms_nothing(nobody: httpx.Client, code: str) -> None:
    response = nobody.post(f"/users/verify/{code}")
    assert (response.status_code, response.json()["code"]) == (401, "token_invalid")


def test_code_of_an_old_address_confirms_nothing(
    nobody: httpx.Client, ann: Person, outbox: Path
) -> None:
    send_verification(ann.user.email, now=timezone.now())
    [code] = codes(outbox, 1)
    change = {"email": "moved@example.net", "current_password": ann.password}
    assert ann.client.patch("/users/me", json=change).json()["email"] == "moved@example.net"
    assert nobody.post(f"/users/verify/{code}").json()["code"] == "token_invalid"
    assert ann.client.get("/users/me").json()["email_verified"] is False


@pytest.mark.parametrize("path", ["/reset", "/users/resend-verification"])
def test_answer_does_not_tell_whether_an_address_is_known(
    nobody: httpx.Client, ann: Person, path: str
) -> None:
    known = nobody.post(path, json={"email": ann.user.email})
    unknown = nobody.post(path, json={"email": "unknown@example.net"})
    assert known.status_code == unknown.status_code == 200
    assert known.content == unknown.content


def test_nobody_is_flooded_with_mails(ann: Person, outbox: Path) -> None:
    now = timezone.now()
    send_reset(ann.user.email, now=now)
    send_reset(ann.user.email, now=now + PAUSE - timedelta(seconds=1))
    send_reset(ann.user.email.upper(), now=now + 2 * PAUSE)
    assert len(codes(outbox, 2)) == 2


def test_mailed_code_sets_one_new_password(nobody: httpx.Client, ann: Person, outbox: Path) -> None:
    refresh = issue_tokens(ann.user)["refresh"]
    send_reset(ann.user.email, now=timezone.now())
    [code] = codes(outbox, 1)
    weak = nobody.post("/reset/confirm", json={"token": code, "password": "weak"})
    assert (weak.status_code, list(weak.json()["fields"])) == (422, ["password"])
    body = {"token": code, "password": NEW_PASSWORD}
    assert nobody.post("/reset/confirm", json=body).json() == {"status": "changed"}
    again = nobody.post("/reset/confirm", json=body)
    assert (again.status_code, again.json()["code"]) == (401, "token_invalid")
    assert sign_in(nobody, ann.user.username).status_code == 401
    assert sign_in(nobody, ann.user.username, NEW_PASSWORD).status_code == 200
    dead = nobody.post("/token/refresh", json={"refresh": refresh})
    assert (dead.status_code, dead.json()["code"]) == (401, "token_invalid")


@pytest.mark.parametrize("code", ["x", ".", "1.", "9" * 30 + ".x", "-1.x", "\x00.x", "٣.x"])
def test_code_that_was_never_mailed_resets_nothing(nobody: httpx.Client, code: str) -> None:
    response = nobody.post("/reset/confirm", json={"token": code, "password": NEW_PASSWORD})
    assert (response.status_code, response.json()["code"]) == (401, "token_invalid")


def test_names_can_be_changed_and_rights_cannot(ann: Person, ben: Person) -> None:
    changes = {"first_name": "Ann", "username": "ann.new", "is_staff": True, "id": 1}
    changed = ann.client.patch("/users/me", json=changes).json()
    assert (changed["first_name"], changed["username"]) == ("Ann", "ann.new")
    assert (changed["is_staff"], changed["id"]) == (False, ann.user.pk)
    taken = ann.client.patch("/users/me", json={"username": ben.user.username})
    assert (taken.status_code, list(taken.json()["fields"])) == (422, ["username"])


@pytest.mark.parametrize("change", [{"email": "new@example.net"}, {"password": NEW_PASSWORD}])
@pytest.mark.parametrize("password", [{}, {"current_password": "wrong"}])
def test_address_and_password_want_the_password(
    ann: Person, change: dict[str, str], password: dict[str, str]
) -> None:
    before = ann.client.get("/users/me").json()
    response = ann.client.patch("/users/me", json={**change, **password})
    assert (response.status_code, list(response.json()["fields"])) == (422, ["current_password"])
    assert ann.client.get("/users/me").json() == before


def test_new_password_ends_refresh_tokens(nobody: httpx.Client, ann: Person) -> None:
    refresh = issue_tokens(ann.user)["refresh"]
    change = {"password": NEW_PASSWORD, "current_password": ann.password}
    assert ann.client.patch("/users/me", json=change).status_code == 200
    assert nobody.post("/token/refresh", json={"refresh": refresh}).status_code == 401
    assert sign_in(nobody, ann.user.email, NEW_PASSWORD).status_code == 200


def test_export_has_everything_of_mine_and_nothing_of_others(
    service: Service, ann: Person, ben: Person
) -> None:
    service.ollama.reply = Reply(tokens=["an answer"])
    turn = ann.client.post("/chat", json={"message": "pottery", "debug": True}).json()
    ann.client.post("/feeds", json={"message_id": turn["message_id"], "title": "Pots"})
    ben.client.post("/chat", json={"message": "secret"})
    response = ann.client.get("/users/me/export")
    assert response.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        found = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    assert found["profile.json"]["email"] == ann.user.email
    talk = found.pop(f"conversations/{turn['session_id']}.json")
    assert [message["content"] for message in talk["messages"]] == ["pottery", "an answer"]
    assert [feed["title"] for feed in found["feeds.json"]] == ["Pots"]
    assert [trace["id"] for trace in found["search_traces.json"]] == [turn["debug_run_id"]]
    assert not [name for name in found if name.startswith("conversations/")]
    assert b"secret" not in response.content


def test_deleted_account_takes_everything_along(
    nobody: httpx.Client, service: Service, ann: Person
) -> None:
    turn = ann.client.post("/chat", json={"message": "pottery"}).json()
    ann.client.post("/feeds", json={"message_id": turn["message_id"]})
    refresh = issue_tokens(ann.user)["refresh"]
    assert ann.client.delete("/users/me").status_code == 204
    assert ann.client.get("/users/me").json()["code"] == "auth_failed"
    assert sign_in(nobody, ann.user.email).json()["code"] == "auth_failed"
    assert nobody.post("/token/refresh", json={"refresh": refresh}).status_code == 401
    assert not ChatMessage.objects.filter(user_id=ann.user.pk).exists()
    assert not Feed.objects.filter(user_id=ann.user.pk).exists()


def test_account_can_be_deleted_while_it_is_used(service: Service, ann: Person) -> None:
    def use(_: int) -> set[int]:
        with service.client(ann.token) as client:
            return {
                client.post(path, json={"message": "hi"}).status_code
                for _ in range(4)
                for path in ("/chat/sessions", "/chat")
            }

    with ThreadPoolExecutor(4) as pool:
        uses = pool.map(use, range(3))
        deleted = pool.submit(ann.client.delete, "/users/me").result().status_code
        answers = set().union(*uses)
    assert deleted == 204
    assert answers <= {200, 201, 401, 404, 503}
    assert not User.objects.filter(pk=ann.user.pk).exists()
