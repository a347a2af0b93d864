"""`POST /chat/understand`: what a message means and finds; nothing is saved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from events.models import Event, Venue
from tests.conftest import Person
from tests.factories import make_event
from tests.serving import Service, stream_turn

PATH = "/chat/understand"


@pytest.fixture
def pottery(committed: None) -> Iterator[list[Event]]:
    events = [make_event("Pottery class for beginners", min_price=40) for _ in range(3)]
    yield events
    Event.objects.filter(pk__in=[event.pk for event in events]).delete()
    Venue.objects.filter(pk__in=[event.venue_id for event in events]).delete()


def test_message_is_understood_and_counted(
    service: Service, ann: Person, pottery: list[Event]
) -> None:
    answer = ann.client.post(PATH, json={"message": "pottery near Newton, MA in the next 3 days"})
    assert answer.status_code == 200
    body = answer.json()
    assert body["constraints"]["place"]["label"] == "Newton, MA"
    assert body["constraints"]["query"] == "pottery"
    assert (body["matches"], body["relaxations"]) == (3, [])
    assert service.ollama.chats == []
    assert ann.client.get("/chat/sessions").json() == []


def test_little_found_comes_with_what_would_bring_more(ann: Person, pottery: list[Event]) -> None:
    message = "pottery under $10 near Newton, MA in the next 3 days"
    body = ann.client.post(PATH, json={"message": message}).json()
    assert body["matches"] == 0
    [relaxation] = body["relaxations"]
    assert (relaxation["label"], relaxation["matches"]) == ("without the price limit", 3)
    assert relaxation["constraints"]["max_price"] is None


def test_session_lends_its_standing_wishes_to_its_owner_alone(ann: Person, ben: Person) -> None:
    session_id = stream_turn(ann.client, "jazz in Newton, MA")[-1].chunk["session_id"]
    follow_up = {"message": "what about Sunday?", "session_id": session_id}
    mine = ann.client.post(PATH, json=follow_up).json()["constraints"]
    assert (mine["place"]["label"], mine["sources"]["place"]) == ("Newton, MA", "session")
    theirs = ben.client.post(PATH, json=follow_up).json()["constraints"]
    assert theirs["place"] is None


@pytest.mark.parametrize(
    "body", [{}, {"message": " "}, {"message": "hi", "context": {"max_distance_miles": 5}}]
)
def test_bad_request_is_refused(ann: Person, body: dict[str, object]) -> None:
    response = ann.client.post(PATH, json=body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


def test_ambiguous_place_comes_with_what_else_it_may_mean(ann: Person) -> None:
    point = {"lat": 39.9, "lng": -83.8}
    body = {"message": "jazz in Springfield", "context": {"user_location": point}}
    constraints = ann.client.post(PATH, json=body).json()["constraints"]

    assert constraints["place"]["label"] == "Springfield, OH"
    assert [other["label"] for other in constraints["alternatives"]][:3] == [
        "Springfield, MO",
        "Springfield, MA",
        "Springfield, IL",
    ]
