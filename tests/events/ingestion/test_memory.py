"""An import holds one batch and not its whole file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from benchmarks.calendars import write_calendar
from benchmarks.whole_import import SOURCE, import_apart
from events.models import Event, Venue
from tests.serving import database_url

MB = 1_000_000
SMALL, LARGE = 1, 8
# The file itself is held (up to 20 MB), and of its events some numbers each; the drafts of
# seven megabytes would be 30 more.
MOST_GROWTH = 40


@pytest.fixture
def cleared(committed: None) -> Iterator[None]:
    before = set(Venue.objects.values_list("pk", flat=True))
    yield
    _delete_events()
    Venue.objects.exclude(pk__in=before).delete()


@transaction.atomic
def _delete_events() -> None:
    """Locked in one order first: the running service makes their vectors meanwhile."""
    mine = Event.objects.filter(source=SOURCE)
    list(mine.order_by("pk").select_for_update().values_list("pk"))
    mine.delete()


@pytest.mark.slow
def test_import_of_a_large_file_needs_little_more_memory(cleared: None, tmp_path: Path) -> None:
    found = []
    for size in (SMALL, LARGE):
        path = tmp_path / "calendar.ics"
        events = write_calendar(path, now=timezone.now(), least_bytes=size * MB)
        found.append(import_apart(path, database_url=database_url()))
        assert found[-1]["events"] == events
        _delete_events()
    small, large = (each["megabytes"] for each in found)
    assert large - small < MOST_GROWTH
