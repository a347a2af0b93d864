"""`any_of` finds what `in` finds."""

from __future__ import annotations

import pytest

from events.models import Event, MergeDue, Venue
from tests.events.ingestion.moments import utc

pytestmark = pytest.mark.django_db


@pytest.fixture
def events() -> list[Event]:
    venue = Venue.objects.create(key="hall|1", name="Hall")
    return [
        Event.objects.create(
            source="feed",
            external_id=name,
            title=name,
            start_time=utc(2026, 12, 5),
            timezone="UTC",
            venue=venue if name == "b" else None,
        )
        for name in ("a", "b", 'it\'s {c}, "d"')
    ]


def test_any_of_finds_texts_numbers_and_related_rows(events: list[Event]) -> None:
    one, two, three = events
    MergeDue.objects.mark(each.pk for each in events)
    by_name = Event.objects.filter(external_id__any_of=["b", three.external_id, "x"])
    assert set(by_name) == {two, three}
    assert set(Event.objects.filter(pk__any_of={one.pk, three.pk, 2**40})) == {one, three}
    assert list(Event.objects.filter(venue__any_of=[two.venue_id])) == [two]
    assert [due.event for due in MergeDue.objects.filter(pk__any_of=[two.pk])] == [two]


def test_any_of_nothing_finds_nothing(events: list[Event]) -> None:
    assert not Event.objects.filter(pk__any_of=[]).exists()
    assert not Event.objects.filter(external_id__any_of=[]).exists()
