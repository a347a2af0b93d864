"""Signing in, renewing, and every way in which a token can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from ninja_jwt.tokens import AccessToken, RefreshToken

from tests.conftest import Person
from tests.serving import Service


def test_token_is_issued_for_username_and_for_email(service: Service, ann: Person) -> None:
    with service.client() as client:
        for login in (
            {"username": ann.user.username},
            {"username": ann.user.email.upper()},
            {"email": ann.user.email},
        ):
            response = client.post("/token", json={**login, "password": ann.password})
            assert response.status_code == 200
            assert set(response.json()) == {"access", "refresh"}


@pytest.mark.parametrize(
    "credentials",
    [
        {"username": "nobody-at-all", "password": "x"},
        {"username": "\x00", "password": "x"},
        {"username": "' OR 1=1 --", "password": "x"},
    ],
)
def test_token_is_refused_for_unknown_people(service: Service, credentials: dict[str, str]) -> None:
    with service.client() as client:
        response = client.post("/token", json=credentials)
    expected = (
        (422, "invalid_request") if credentials["username"] == "\x00" else (401, "auth_failed")
    )
    assert (response.status_code, response.json()["code"]) == expected


def test_wrong_password_and_unknown_name_answer_the_same(service: Service, ann: Person) -> None:
    with service.client() as client:
        wrong = client.post("/token", json={"username": ann.user.username, "password": "no"})
        unknown = client.post("/token", json={"username": "no-such-name", "password": "no"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


def test_inactive_user_gets_no_token_and_old_tokens_fail(service: Service, ann: Person) -> None:
    ann.user.is_active = False
    ann.user.save()
    response = ann.client.post(
        "/token", json={"username": ann.user.username, "password": ann.password}
    )
    assert (response.status_code, response.json()["code"]) == (401, "auth_failed")
    response = ann.client.get("/chat/sessions")
    assert (response.status_code, response.json()["code"]) == (401, "auth_failed")


def test_refresh_rotates_and_the_old_one_is_dead(service: Service, ann: Person) -> None:
    with service.client() as client:
        first = client.post(
            "/token", json={"username": ann.user.username, "password": ann.password}
        ).json()
        second = client.post("/token/refresh", json={"refresh": first["refresh"]})
        again = client.post("/token/refresh", json={"refresh": first["refresh"]})
        third = client.post("/token/refresh", json={"refresh": second.json()["refresh"]})
    assert second.status_code == third.status_code == 200
    assert (again.status_code, again.json()["code"]) == (401, "token_invalid")


def test_revoked_refresh_token_is_dead(service: Service, ann: Person) -> None:
    refresh = str(RefreshToken.for_user(ann.user))
    with service.client() as client:
        assert client.post("/token/revoke", json={"refresh": refresh}).status_code == 204
        response = client.post("/token/refresh", json={"refresh": refresh})
    assert (response.status_code, response.json()["code"]) == (401, "token_invalid")


def _expired(ann: Person) -> str:
    token = AccessToken.for_user(ann.user)
    token.set_exp(lifetime=timedelta(seconds=-1))
    return str(token)


def _tampered(ann: Person) -> str:
    head, payload, signature = ann.token.split(".")
    return ".".join((head, payload, signature[::-1]))


WRONG_TOKENS: dict[str, tuple[Callable[[Person], str], str]] = {
    "none": (lambda _: "", "auth_required"),
    "other scheme": (lambda _: "Basic YTpi", "auth_required"),
    "garbage": (lambda _: "Bearer garbage", "token_invalid"),
    "expired": (lambda ann: f"Bearer {_expired(ann)}", "token_expired"),
    "tampered": (lambda ann: f"Bearer {_tampered(ann)}", "token_invalid"),
    "refresh": (lambda ann: f"Bearer {RefreshToken.for_user(ann.user)}", "token_invalid"),
}


@pytest.mark.parametrize("kind", WRONG_TOKENS)
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/chat/sessions"), ("POST", "/chat/stream"), ("POST", "/chat"), ("GET", "/events")],
)
def test_wrong_tokens_are_refused_everywhere(
    service: Service, ann: Person, kind: str, method: str, path: str
) -> None:
    make, code = WRONG_TOKENS[kind]
    with service.client() as client:
        response = client.request(
            method, path, json={"message": "hi"}, headers={"Authorization": make(ann)}
        )
    assert (response.status_code, response.json()["code"]) == (401, code)
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/chat/ping", "/live", "/docs", "/openapi.json"])
def test_public_paths_need_no_token(service: Service, path: str) -> None:
    with service.client() as client:
        assert client.get(path).status_code == 200


def test_token_of_a_deleted_user_fails(service: Service, ann: Person) -> None:
    ann.user.delete()
    response = ann.client.get("/chat/sessions")
    assert (response.status_code, response.json()["code"]) == (401, "auth_failed")
