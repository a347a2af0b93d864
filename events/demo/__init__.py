"""A calendar of invented events: stored once, and renewed before it runs dry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from events.demo.generate import generate_events
from events.ingestion.store import store_events
from events.models import Event
from events.places.loading import load_places, places_are_loaded
from events.search_table.rows import Embedder

__all__ = ["KEEP_AHEAD", "SOURCE", "create_demo_events", "generate_events"]

SOURCE = "demo"
# Far enough to reach into next month from the first day of any month.
KEEP_AHEAD = timedelta(days=35)


def create_demo_events(*, embedder: Embedder, progress: Callable[[int, int], None]) -> int:
    """Fills or renews the demonstration calendar; returns how many events are new.

    Nothing is done while the calendar still reaches `KEEP_AHEAD`. A renewal
    adds days and keeps the ones that are stored. A run that was killed left the
    first days of its calendar; the next one goes on from there.
    `progress(done, total)` is called after each batch.
    """
    now = timezone.now()
    if calendar_reaches(now + KEEP_AHEAD):
        return 0
    if not places_are_loaded():
        load_places()
    drafts = list(generate_events(now))
    stored = 0

    def report_batch(count: int) -> None:
        nonlocal stored
        stored += count
        progress(stored, len(drafts))

    return store_events(SOURCE, drafts, embedder=embedder, on_progress=report_batch).created


def calendar_reaches(moment: datetime) -> bool:
    """Whether a demo event starts at `moment` or later."""
    return Event.objects.filter(source=SOURCE, start_time__gte=moment).exists()
