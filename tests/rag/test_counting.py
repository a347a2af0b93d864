"""Counts of what fits: of happenings and of dates, to the last one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.models import Event
from events.search_table.rows import reindex
from rag.embedding import get_backend
from rag.retrieval.whole import count_events
from rag.types import Centre, Constraints, EventCount
from tests.factories import make_event

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
NEWTON = Centre("Newton, MA", 42.337, -71.209, timezone="America/New_York")
pytestmark = pytest.mark.django_db


def _near(query: str = "", **wishes: Any) -> Constraints:
    return Constraints(
        place=NEWTON,
        max_distance_miles=10,
        date_to=NOW + timedelta(days=30),
        query=query,
        **wishes,
    )


def test_more_than_a_first_page_of_matches_is_counted_whole() -> None:
    model = make_event("Kazoo parade 0", now=NOW)
    others = Event.objects.bulk_create(
        Event(
            external_id=f"kazoo {number}",
            source="tests",
            title=f"Kazoo parade {number}",
            start_time=model.start_time + timedelta(minutes=number),
            timezone=model.timezone,
            venue=model.venue,
        )
        for number in range(1, 520)
    )
    reindex(others, get_backend())
    make_event("Tax advice for landlords", now=NOW)
    assert count_events(_near("kazoo parade"), now=NOW) == EventCount(520, 520)
    assert count_events(_near(), now=NOW) == EventCount(521, 521)


def test_wishes_narrow_a_count() -> None:
    make_event("Kazoo parade", now=NOW, min_price=0)
    make_event("Kazoo gala", now=NOW, min_price=50)
    make_event("Kazoo trip", now=NOW, point=(40.7, -74.0), min_price=0)
    make_event("Kazoo farewell", now=NOW, starts_in=timedelta(days=40), min_price=0)
    assert count_events(_near(), now=NOW) == EventCount(2, 2)
    assert count_events(_near(max_price=0), now=NOW) == EventCount(1, 1)


def test_dates_of_one_happening_count_once_as_a_happening() -> None:
    first = make_event("Weekly kazoo choir", now=NOW)
    for days in (8, 15):
        make_event("Weekly kazoo choir", now=NOW, starts_in=timedelta(days=days), venue=first.venue)
    assert count_events(_near("kazoo choir"), now=NOW) == EventCount(1, 3)
    assert count_events(_near(), now=NOW) == EventCount(1, 3)


def test_named_title_is_counted_alone() -> None:
    for day in (1, 2, 3):
        make_event("Kazoo parade", starts_in=timedelta(days=day), now=NOW)
    make_event("Kazoo night at the parade ground", now=NOW)
    counted = count_events(_near("kazoo parade", names=("kazoo parade",)), now=NOW)
    assert counted.dates == 3


def test_only_what_holds_the_topic_is_counted() -> None:
    for number in (1, 2, 3):
        make_event(f"Zither club {number}", now=NOW)
    make_event("Garden club", now=NOW)
    make_event("Board meeting", now=NOW)
    assert count_events(_near("zither club"), now=NOW) == EventCount(3, 3)


def test_count_of_what_lacks_a_word_is_not_exact() -> None:
    make_event("Zither jamboree", now=NOW)
    counted = count_events(_near("zither jamboree gathering"), now=NOW)
    assert counted == EventCount(1, 1, is_exact=False)
