"""Requests that are refused before a turn begins leave nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Person
from tests.serving import Service

BAD_REQUESTS: dict[str, tuple[dict[str, Any], str]] = {
    "empty": ({"message": "   "}, "message"),
    "none": ({}, "message"),
    "5000 characters": ({"message": "x" * 5000}, "message"),
    "a number": ({"message": 7}, "message"),
    "lat 91": ({"message": "hi", "context": {"user_location": {"lat": 91, "lng": 0}}}, "lat"),
    "lng missing": ({"message": "hi", "context": {"user_location": {"lat": 1}}}, "lng"),
    "distance -1": (
        {"message": "hi", "context": {"max_distance_miles": -1, "location": "Newton, MA"}},
        "max_distance_miles",
    ),
    "distance without centre": (
        {"message": "hi", "context": {"max_distance_miles": 5}},
        "max_distance_miles",
    ),
    "is_virtual maybe": ({"message": "hi", "context": {"is_virtual": "maybe"}}, "is_virtual"),
    "unknown zone": ({"message": "hi", "context": {"timezone": "Mars/Olympus"}}, "timezone"),
    "zone path": ({"message": "hi", "context": {"timezone": "../../etc/passwd"}}, "timezone"),
    "range reversed": (
        {"message": "hi", "context": {"date_range": {"from": "2027-01-02", "to": "2027-01-01"}}},
        "context",
    ),
    "range of numbers": ({"message": "hi", "context": {"date_range": {"from": 5}}}, "from"),
    "one of two models": ({"message": "hi", "single_model_mode": False}, "single_model_mode"),
    "session id": ({"message": "hi", "session_id": "abc"}, "session_id"),
    "client id": ({"message": "hi", "client_message_id": "abc"}, "client_message_id"),
}


@pytest.mark.parametrize("path", ["/chat/stream", "/chat"])
@pytest.mark.parametrize("kind", BAD_REQUESTS)
def test_bad_request_is_refused_and_leaves_nothing(
    service: Service, ann: Person, path: str, kind: str
) -> None:
    body, field = BAD_REQUESTS[kind]
    response = ann.client.post(path, json=body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert any(name.split(".")[-1] == field for name in response.json()["fields"]), response.json()
    assert ann.client.get("/chat/sessions").json() == []
    assert service.ollama.chats == []
