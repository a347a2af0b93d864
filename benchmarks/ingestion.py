"""Events imported a second, beside the floor: embedding the same texts and nothing else."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from benchmarks.figures import table
from events.demo.generate import generate_events
from events.ingestion.store import store_events
from events.models import Event, Venue
from events.search_index import embedding_text
from rag.embedding import get_backend

EVENTS = 2000
SOURCE = "benchmark"


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
    rows: list[tuple[str, float, float]] = [
        ("embedding alone (floor)", floor, 1.0),
        ("new events, embedded and stored", rates[0], rates[0] / floor),
        ("the same events again, unchanged", rates[1], rates[1] / floor),
    ]
    print(table(["what", "events/s", "to the floor"], rows))
