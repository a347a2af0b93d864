"""The main job on real calendars: import them, ask, and look at what is saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.grid import distance_miles
from events.ingestion.pipeline import ImportOptions, import_calendar
from events.ingestion.report import ImportReport
from events.models import Event, Place
from rag.embedding import get_backend
from tests.conftest import Person
from tests.serving import Service, stream_turn

pytestmark = pytest.mark.slow

# The calendars begin on this Friday; asked then, whatever day the test runs on.
ASKED_AT = "2026-11-20T15:00:00-05:00"
FRIDAY_EVENING = datetime(2026, 11, 20, 17, tzinfo=ZoneInfo("America/New_York"))
MONDAY = datetime(2026, 11, 23, tzinfo=ZoneInfo("America/New_York"))
FILES = {"asheville.ics": 3792, "conferences.jsonld": 393}


def _import(path: Path) -> ImportReport:
    options = ImportOptions(fallback_zone="UTC")
    return import_calendar(str(path), options, embedder=get_backend(), now=timezone.now())


@pytest.fixture
def calendars(committed: None, shared_data: Path) -> Iterator[dict[str, ImportReport]]:
    yield {name: _import(shared_data / name) for name in FILES}
    Event.objects.filter(source__in=["asheville", "conferences"]).delete()


def _ask(person: Person, message: str, **context: Any) -> list[dict[str, Any]]:
    """The events that the saved answer references."""
    context = {"current_date": ASKED_AT, **context}
    last = stream_turn(person.client, message, context=context)[-1].chunk
    detail = person.client.get(f"/chat/sessions/{last['session_id']}").json()
    references: list[dict[str, Any]] = detail["messages"][-1]["referenced_events"]
    assert references
    return references


def test_real_calendars_are_imported_and_answered_from(
    service: Service, ann: Person, calendars: dict[str, ImportReport], shared_data: Path
) -> None:
    service.ollama.models.clear()  # no model: the built-in answerer speaks
    try:
        _check_import(calendars, shared_data)
        _check_music(_ask(ann, "What live music is on in Asheville this weekend?"))
        for event in _ask(ann, "online conferences about Python", is_virtual=True):
            assert event["is_virtual"] is True
            assert "tech" in event["metadata_tags"]
        _check_berlin(_ask(ann, "tech conferences within 100 miles of Berlin"))
    finally:
        service.ollama.models.append("llama3.2:3b")


def _check_import(calendars: dict[str, ImportReport], folder: Path) -> None:
    for name, count in FILES.items():
        report = calendars[name]
        assert report.found == count
        stored = report.stored
        assert stored.created + len(report.merged) + len(report.skipped) == count
        again = _import(folder / name).stored
        assert (again.created, again.updated) == (0, 0)


def _check_music(events: list[dict[str, Any]]) -> None:
    asheville = Place.objects.get(name="Asheville", region_code="NC", country_code="US")
    assert len(events) >= 5
    for event in events:
        assert "music" in event["metadata_tags"]
        venue = event["venue"]
        away = distance_miles(
            asheville.latitude, asheville.longitude, venue["latitude"], venue["longitude"]
        )
        assert away < 15
        start = datetime.fromisoformat(event["start_time"]).astimezone(UTC)
        assert start < MONDAY
        end = event["end_time"]
        assert start >= FRIDAY_EVENING or (end and datetime.fromisoformat(end) > FRIDAY_EVENING)


def _check_berlin(events: list[dict[str, Any]]) -> None:
    for event in events:
        assert "tech" in event["metadata_tags"]
        assert event["distance_miles"] <= 100
