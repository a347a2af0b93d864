"""Stores the demonstration calendar, and renews it before it runs dry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from events.demo.generate import COUNT, generate_events
from events.ingestion.store import store_events
from events.models import Event
from events.places import load_places, places_are_loaded
from events.search_index import Embedder

SOURCE = "demo"
# At 60 % the calendar still reaches 37 days ahead, into any "next month".
_RENEW_BELOW = 0.6
_BATCH = 100


def create_demo_events(*, embedder: Embedder, progress: Callable[[int, int], None]) -> int:
    """Fills or renews the demonstration calendar; returns how many events were stored.

    Nothing is done, and 0 returned, while enough demo events are still to
    come. `progress(done, total)` is called after each batch. The calendar is
    stored whole or not at all; events of earlier runs stay.
    """
    now = timezone.now()
    if not calendar_is_stale(upcoming=_count_upcoming(now)):
        return 0
    if not places_are_loaded():
        load_places()
    drafts = list(generate_events(now))
    with transaction.atomic():
        for begin in range(0, len(drafts), _BATCH):
            batch = drafts[begin : begin + _BATCH]
            store_events(SOURCE, batch, embedder=embedder)
            progress(begin + len(batch), len(drafts))
    return len(drafts)


def calendar_is_stale(*, upcoming: int, full: int = COUNT) -> bool:
    """Whether too few of a full calendar's events are still to come."""
    return upcoming < _RENEW_BELOW * full


def _count_upcoming(now: datetime) -> int:
    return Event.objects.filter(source=SOURCE, start_time__gte=now).count()
