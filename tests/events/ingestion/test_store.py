from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext
from numpy.typing import NDArray

from events.ingestion.locations.venues import store_venues, venue_key
from events.ingestion.records import EventDraft, VenueDraft
from events.ingestion.store import BATCH, StoreReport, store_events
from events.models import EmbeddingDue, Event, EventSearchRow, Venue
from events.search_table.vectors import embed_due
from tests.events.ingestion.hashing_embedder import HashingEmbedder
from tests.events.ingestion.moments import utc

pytestmark = pytest.mark.django_db

HALL = VenueDraft(
    "Hall", city="Davis", state="CA", latitude=38.5, longitude=-121.7, precision="place"
)
DRAFT = EventDraft(
    external_id="a",
    title="Concert",
    start_time=utc(2026, 12, 6, 3),
    timezone="America/Los_Angeles",
    end_time=utc(2026, 12, 6, 5),
    description="Loud",
    venue=HALL,
    min_price=Decimal("10.50"),
    age_min=5,
    audience_tags=("kids",),
    metadata_tags=("music",),
)


def store(*drafts: EventDraft, embedder: HashingEmbedder | None = None) -> StoreReport:
    return store_events("feed", drafts, embedder=embedder or HashingEmbedder())


def test_store_events_writes_event_venue_and_search_row() -> None:
    assert store(DRAFT) == StoreReport(created=1)
    event = Event.objects.select_related("venue", "search_row").get()
    assert (event.source, event.external_id, event.title) == ("feed", "a", "Concert")
    assert (event.start_time, event.end_time) == (DRAFT.start_time, DRAFT.end_time)
    assert event.min_price == Decimal("10.50")
    assert event.venue is not None
    assert (event.venue.name, event.venue.city) == ("Hall", "Davis")
    row = event.search_row
    assert (row.starts_at, row.ends_at) == (DRAFT.start_time, DRAFT.end_time)
    assert (row.min_price, row.age_min, row.age_max) == (10.5, 5, None)
    assert (row.audience_tags, row.metadata_tags) == (["kids"], ["music"])
    assert row.embedding_model == "hashing"


def test_store_events_twice_changes_nothing() -> None:
    drafts = [DRAFT, replace(DRAFT, external_id="b", title="Talk")]
    store(*drafts)
    before = list(Event.objects.order_by("pk").values())
    embedder = HashingEmbedder()
    assert store(*drafts, embedder=embedder) == StoreReport(unchanged=2)
    assert list(Event.objects.order_by("pk").values()) == before
    assert embedder.texts == []


def test_store_events_change_without_new_words_keeps_the_vector() -> None:
    store(DRAFT)
    vector = EventSearchRow.objects.get().embedding
    embedder = HashingEmbedder()
    later = replace(DRAFT, start_time=utc(2026, 12, 6, 4), min_price=None)
    assert store(later, embedder=embedder) == StoreReport(updated=1)
    row = EventSearchRow.objects.get()
    assert (row.starts_at, row.min_price) == (utc(2026, 12, 6, 4), None)
    assert row.embedding == vector
    assert embedder.texts == []


def test_store_events_new_words_get_a_new_vector() -> None:
    store(DRAFT)
    before = EventSearchRow.objects.get()
    store(replace(DRAFT, title="Quiet evening"))
    after = EventSearchRow.objects.get()
    assert after.text_hash != before.text_hash
    assert after.embedding != before.embedding


def test_store_events_other_model_gets_a_new_vector_with_the_next_change() -> None:
    store(DRAFT)
    store(replace(DRAFT, room_name="Upstairs"), embedder=HashingEmbedder("other"))
    assert EventSearchRow.objects.get().embedding_model == "other"


def test_store_events_cancelled_loses_its_row_and_gets_it_back() -> None:
    store(DRAFT)
    assert store(replace(DRAFT, event_status="cancelled")) == StoreReport(updated=1)
    assert Event.objects.get().event_status == "cancelled"
    assert EventSearchRow.objects.count() == 0
    store(DRAFT)
    assert EventSearchRow.objects.count() == 1


def test_store_events_postponed_keeps_its_row() -> None:
    store(replace(DRAFT, event_status="postponed"))
    assert EventSearchRow.objects.count() == 1


def test_store_events_sources_do_not_touch_each_other() -> None:
    store(DRAFT)
    report = store_events("other", [DRAFT], embedder=HashingEmbedder())
    assert report == StoreReport(created=1)
    assert Event.objects.count() == 2
    assert Venue.objects.count() == 1


def test_store_events_embeds_the_words_of_a_series_once() -> None:
    dates = [
        replace(DRAFT, external_id=f"{day}", start_time=utc(2026, 12, day)) for day in range(1, 29)
    ]
    embedder = HashingEmbedder()
    store(*[replace(each, end_time=None) for each in dates], embedder=embedder)
    assert len(embedder.texts) == 1
    assert EventSearchRow.objects.count() == 28


def test_store_events_killed_in_the_middle_leaves_whole_batches() -> None:
    class Dying(HashingEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if any(f"Concert {BATCH + 50}" in text for text in texts):
                raise KeyboardInterrupt
            return super().embed(texts)

    drafts = [
        replace(DRAFT, external_id=f"{number:03}", title=f"Concert {number}")
        for number in range(BATCH + 100)
    ]
    with pytest.raises(KeyboardInterrupt):
        store(*drafts, embedder=Dying())
    assert Event.objects.count() == EventSearchRow.objects.count() == BATCH
    assert store(*drafts) == StoreReport(created=100, unchanged=BATCH)


def test_store_events_embeds_outside_of_its_transaction() -> None:
    depth = len(connection.savepoint_ids)

    class Watching(HashingEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            assert len(connection.savepoint_ids) == depth
            return super().embed(texts)

    store(DRAFT, embedder=Watching())


def test_store_events_failure_while_writing_leaves_nothing_of_the_batch() -> None:
    too_long = replace(DRAFT, external_id="b", room_name="x" * 400)
    with pytest.raises(DataError), transaction.atomic():
        store(DRAFT, too_long)
    assert (Event.objects.count(), Venue.objects.count()) == (0, 0)


def test_store_venues_keeps_the_better_point() -> None:
    exact = replace(HALL, latitude=38.51, longitude=-121.71, precision="venue")
    store_venues([HALL])
    store_venues([exact])
    store_venues([replace(HALL, street_address="1 Main St")])
    venue = Venue.objects.get()
    assert (venue.latitude, venue.longitude, venue.precision) == (38.51, -121.71, "venue")
    assert venue.street_address == "1 Main St"
    assert venue.key == venue_key(HALL)


def test_store_events_uses_the_stored_venues_better_point() -> None:
    store_venues([replace(HALL, latitude=38.9, longitude=-121.0, precision="venue")])
    store(DRAFT)
    event = Event.objects.select_related("venue").get()
    assert event.venue is not None
    assert event.venue.latitude == 38.9
    assert EventSearchRow.objects.get().z == pytest.approx(np.sin(np.radians(38.9)))


def test_store_events_without_an_embedder_leaves_the_vectors_due() -> None:
    assert store_events("feed", [DRAFT], embedder=None) == StoreReport(created=1)
    row = EventSearchRow.objects.get()
    assert (row.embedding, row.embedding_model, row.min_price) == (None, "", 10.5)
    assert EmbeddingDue.objects.get().event == Event.objects.get()
    assert embed_due(HashingEmbedder()) == 1
    row.refresh_from_db()
    assert (row.embedding is None, row.embedding_model) == (False, "hashing")
    changed = replace(DRAFT, price="$12", min_price=Decimal(12))
    assert store_events("feed", [changed], embedder=None) == StoreReport(updated=1)
    assert EmbeddingDue.objects.count() == 0
    store_events("feed", [replace(changed, title="Talk")], embedder=None)
    assert EmbeddingDue.objects.count() == 1


def test_store_events_costs_as_many_statements_for_any_number_of_events(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    def drafts(source: str, count: int) -> list[EventDraft]:
        return [
            replace(DRAFT, external_id=f"{source}{number}", venue=replace(HALL, name=f"{number}"))
            for number in range(count)
        ]

    with CaptureQueriesContext(connection) as few:
        store_events("few", drafts("few", 2), embedder=None)
    with django_assert_num_queries(len(few)):
        store_events("many", drafts("many", BATCH), embedder=None)
