"""Short ways to store what a feed tells, and to merge it."""

from __future__ import annotations

from dataclasses import replace

from events.ingestion.records import EventDraft, VenueDraft
from events.ingestion.store import store_events
from events.merging.merge import MergeReport, merge_copies
from events.models import Event
from tests.events.ingestion.hashing_embedder import HashingEmbedder
from tests.events.ingestion.moments import utc

NOW = utc(2026, 11, 20)
HALL = VenueDraft(
    "Blue Door", city="Davis", state="CA", latitude=38.5449, longitude=-121.7405, precision="venue"
)
DRAFT = EventDraft(
    external_id="a",
    title="Rosa Lind Quartet",
    start_time=utc(2026, 12, 6, 3),
    timezone="America/Los_Angeles",
    venue=HALL,
)
FULLER = replace(
    DRAFT,
    external_id="b",
    title="Rosa Lind Quartet at the Blue Door",
    end_time=utc(2026, 12, 6, 5),
    description="An evening of new songs for strings and voice. " * 4,
    url="https://example.org/events/rosa-lind-quartet",
)


def store(source: str, *drafts: EventDraft) -> MergeReport:
    """Stores drafts as an import does, and merges what is due."""
    store_events(source, drafts, embedder=HashingEmbedder())
    return merge()


def merge() -> MergeReport:
    return merge_copies(embedder=HashingEmbedder(), now=NOW)


def event(source: str, external_id: str = "a") -> Event:
    return Event.objects.select_related("venue").get(source=source, external_id=external_id)
