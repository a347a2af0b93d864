"""`debug: true` keeps a trace, for its owner's eyes only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from events.models import Event, Venue
from tests.conftest import Person
from tests.factories import make_event


@pytest.fixture
def concerts(committed: None) -> Iterator[list[Event]]:
    events = [
        make_event("Jazz concert", metadata_tags=["music"]),
        make_event("Jazz concert far away", point=(35.6, -82.55), metadata_tags=["music"]),
        make_event("Jazz concert next year", starts_in=timedelta(days=400)),
        make_event("Chess club", metadata_tags=["games"]),
    ]
    yield events
    Event.objects.filter(pk__in=[event.pk for event in events]).delete()
    Venue.objects.filter(pk__in=[event.venue_id for event in events]).delete()


def test_debug_turn_keeps_a_trace_of_why(ann: Person, ben: Person, concerts: list[Event]) -> None:
    body = {"message": "jazz concerts in Newton, MA in the next 3 days", "debug": True}
    answer = ann.client.post("/chat", json=body).json()
    run_id = answer["debug_run_id"]

    kept = ann.client.get(f"/chat/traces/{run_id}").json()
    trace = kept["trace"]
    assert kept["session_id"] == answer["session_id"]
    assert trace["message"] == body["message"]
    assert trace["constraints"]["sources"]["place"] == "message"
    assert [plan["plan"] for plan in trace["plans"]] == ["exact", "exact"]
    removed = {each["filter"]: each["removed"] for each in trace["filters"]}
    assert removed == {"dates": 1, "place": 1}
    verdicts = {each["title"]: each["why_not"] for each in trace["candidates"]}
    assert verdicts == {"Jazz concert": None, "Chess club": "other_topic"}
    assert trace["candidates"][0]["ranking_factors"].keys() >= {"relevance", "similarity", "time"}

    assert ben.client.get(f"/chat/traces/{run_id}").status_code == 404
    assert ann.client.get(f"/chat/traces/{uuid4()}").status_code == 404
    assert ann.client.get("/chat/traces/nonsense").status_code == 422


def test_turn_without_debug_keeps_none(ann: Person, concerts: list[Event]) -> None:
    answer = ann.client.post("/chat", json={"message": "jazz"}).json()
    assert answer["debug_run_id"] is None
