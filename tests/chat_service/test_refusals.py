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


@pytest.mark.parametrize("number", [0, -1, 10**12, 10**30, "7000000000000"])
def test_session_that_cannot_be_is_like_one_that_is_not_there(ann: Person, number: object) -> None:
    answer = ann.client.post("/chat", json={"message": "hi", "session_id": number})
    assert answer.status_code == 200
    made = ann.client.get("/chat/sessions").json()
    assert [session["id"] for session in made] == [answer.json()["session_id"]]


def test_days_of_the_context_count_in_a_session_that_has_a_context_too(ann: Person) -> None:
    session = ann.client.post("/chat/sessions", json={"context": {"location": "Newton, MA"}}).json()
    body = {
        "message": "concerts",
        "session_id": session["id"],
        "context": {
            "timezone": "America/New_York",
            "current_date": "2030-05-01T12:00:00-04:00",
            "date_range": {"from": "2030-05-03", "to": "2030-05-05"},
            "mood": {"any": ["thing"]},
        },
    }
    for path in ("/chat/understand", "/chat"):
        understood = ann.client.post(path, json=body)
        assert understood.status_code == 200, understood.text
        wishes = understood.json()["constraints"]
        assert wishes["place"]["label"] == "Newton, MA"
        # The last day is meant as a whole.
        assert (wishes["date_from"], wishes["date_to"]) == (
            "2030-05-03T00:00:00-04:00",
            "2030-05-06T00:00:00-04:00",
        )


def test_midnight_of_a_range_is_a_moment_and_no_day(ann: Person) -> None:
    body = {
        "message": "concerts",
        "context": {
            "current_date": "2030-05-01T12:00:00Z",
            "date_range": {"from": "2030-05-03T00:00:00Z", "to": "2030-05-05T00:00:00Z"},
        },
    }
    wishes = ann.client.post("/chat/understand", json=body).json()["constraints"]
    assert wishes["date_to"] == "2030-05-04T20:00:00-04:00"  # the same moment in the server's zone
