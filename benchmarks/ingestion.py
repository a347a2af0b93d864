"""Events imported a second, beside the floor: embedding the same texts and nothing else."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import table
from events.demo.generate import generate_events
from events.ingestion.store import store_events
from events.ingestion.types import EventDraft
from events.models import Event, Venue
from events.search_index import embedding_text
from rag.embedding import get_backend

EVENTS = 2000
SOURCE = "benchmark"


class _Constant:
    """An embedder that costs nothing, to see what all the rest costs."""

    name = "constant"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), 384), np.float32)
        vectors[:, 0] = 1
        return vectors


def _rate_without_model(drafts: Sequence[EventDraft]) -> float:
    try:
        began = time.perf_counter()
        store_events(SOURCE, drafts, embedder=_Constant())
        return len(drafts) / (time.perf_counter() - began)
    finally:
        Event.objects.filter(source=SOURCE).delete()
        Venue.objects.filter(events__isnull=True).delete()


def run() -> None:
    """Stores generated events, fresh and then again unchanged."""
    drafts = list(generate_events(datetime.now(UTC), count=EVENTS))
    backend = get_backend()
    backend.embed(["warm"])

    began = time.perf_counter()
    backend.embed([embedding_text(draft) for draft in drafts])
    floor = len(drafts) / (time.perf_counter() - began)

    rates = []
    try:
        for _ in range(2):
            began = time.perf_counter()
            store_events(SOURCE, drafts, embedder=backend)
            rates.append(len(drafts) / (time.perf_counter() - began))
    finally:
        Event.objects.filter(source=SOURCE).delete()
        Venue.objects.filter(events__isnull=True).delete()
    rates.append(_rate_without_model(drafts))
    rows: list[tuple[str, float, float]] = [
        ("embedding alone (floor)", floor, 1.0),
        ("new events, embedded and stored", rates[0], rates[0] / floor),
        ("the same events again, unchanged", rates[1], rates[1] / floor),
        ("new events, stored with a constant vector", rates[2], rates[2] / floor),
    ]
    print(table(["what", "events/s", "to the floor"], rows))
