"""The demonstration calendar in the database: made once, renewed in time, never doubled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from numpy.typing import NDArray

from events.demo import KEEP_AHEAD, SOURCE, create_demo_events, generate_events
from events.demo.generate import COUNT
from events.ingestion.store import store_events
from events.models import Event, EventSearchRow
from events.models.search import EMBEDDING_DIMENSIONS

pytestmark = pytest.mark.django_db


class CountingEmbedder:
    """Unit vectors that say nothing, and how many were asked for."""

    name = "counting"

    def __init__(self) -> None:
        self.embedded = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded += len(texts)
        return np.eye(1, EMBEDDING_DIMENSIONS, dtype=np.float32).repeat(len(texts), axis=0)


def no_progress(done: int, total: int) -> None:
    """Where progress is of no interest."""


def test_create_demo_events_fills_the_calendar_once() -> None:
    embedder, steps = CountingEmbedder(), list[tuple[int, int]]()
    created = create_demo_events(
        embedder=embedder, progress=lambda done, total: steps.append((done, total))
    )
    assert created == COUNT == Event.objects.filter(source=SOURCE).count()
    assert steps[-1] == (COUNT, COUNT)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    cancelled = Event.objects.filter(event_status=Event.Status.CANCELLED).count()
    assert EventSearchRow.objects.count() == COUNT - cancelled

    embedded = embedder.embedded
    assert create_demo_events(embedder=embedder, progress=no_progress) == 0
    assert Event.objects.filter(source=SOURCE).count() == COUNT
    assert embedder.embedded == embedded


def test_create_demo_events_renews_a_calendar_that_runs_dry() -> None:
    embedder = CountingEmbedder()
    earlier = list(generate_events(timezone.now() - timedelta(days=30)))
    store_events(SOURCE, earlier, embedder=embedder)
    before = embedder.embedded
    created = create_demo_events(embedder=embedder, progress=no_progress)
    # Thirty days have passed, so thirty are new; the shared days are not stored twice.
    assert 0 < created < COUNT * 0.6
    assert Event.objects.filter(source=SOURCE).count() == COUNT + created
    assert embedder.embedded - before <= created
    assert Event.objects.filter(start_time__gte=timezone.now() + KEEP_AHEAD).exists()
