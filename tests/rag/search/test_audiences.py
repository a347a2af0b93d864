"""A search for an audience alone goes by tags and ages, not by likeness to its name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rag.retrieval.pipeline import find_events
from rag.retrieval.whole import count_events
from rag.types import Constraints, EventCount, Retrieval
from tests.factories import make_event

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def _titles(found: Retrieval) -> set[str]:
    return {each.event.title for each in found.in_tier("recommended")}


@pytest.fixture
def tweens() -> Constraints:
    """A wish for tweens, among events for several ages."""
    make_event("Craft crew", now=NOW, audience_tags=["kids"], age_min=9, age_max=12)
    make_event("Rhymes on laps", now=NOW, audience_tags=["kids", "babies"], age_max=2)
    make_event("Brick hour", now=NOW, audience_tags=["kids"])
    make_event("Robot league", now=NOW, age_min=8, age_max=14)
    make_event("Budget hearing", now=NOW)
    return Constraints(query="tweens", audience="tweens")


def test_known_ages_decide_before_tags(tweens: Constraints) -> None:
    found = find_events(tweens, now=NOW)
    assert _titles(found) == {"Craft crew", "Brick hour", "Robot league"}
    assert found.fits


def test_count_is_that_of_the_list(tweens: Constraints) -> None:
    assert count_events(tweens, now=NOW) == EventCount(3, 3)


def test_where_few_name_an_audience_the_silent_ones_are_looked_at() -> None:
    make_event("Chair yoga", now=NOW, audience_tags=["seniors"])
    make_event("Tea dance", now=NOW)
    found = find_events(Constraints(query="seniors", audience="seniors"), now=NOW)
    assert _titles(found) >= {"Chair yoga"}
