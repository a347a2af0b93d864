"""`reindex_events` beside searches, writers and itself, and after a change of the model."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from numpy.typing import NDArray

from core.advisory_lock import only_one
from events.models import Event, EventSearchRow, Venue
from events.search_table.rows import event_text, text_hash
from events.search_table.stale import BATCH, Refreshed, refresh_stale_rows
from rag.search.filters import SearchFilter
from rag.search.plan import Plan
from rag.search.run import Found, run_search
from rag.search.statements import Search
from tests.events.ingestion.hashing_embedder import HashingEmbedder
from tests.events.search_table import SOURCE, START, other_connection

WANTED = SearchFilter(START - timedelta(days=1), START + timedelta(days=1))


class Interrupted(Exception):
    pass


class HookedEmbedder(HashingEmbedder):
    """Does something else before each batch is embedded."""

    def __init__(self, act: Callable[[], None], name: str = "hashing") -> None:
        super().__init__(name)
        self.act = act

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.act()
        return super().embed(texts)


def make_events(count: int, venue: Venue | None = None) -> list[Event]:
    return Event.objects.bulk_create(
        Event(source=SOURCE, external_id=str(number), title=f"Concert {number}", timezone="UTC",
              start_time=START, venue=venue)
        for number in range(count)
    )  # fmt: skip


@pytest.fixture
def clean(committed: None) -> Iterator[None]:
    """Committed writes; the events, rows and venues of these tests are deleted at the end."""
    yield
    Event.objects.filter(source=SOURCE).delete()
    Venue.objects.filter(key=SOURCE).delete()


def search(model: str, plan: Plan | None = None) -> Found:
    vector = HashingEmbedder().embed(["Concert"])[0]
    return run_search(Search(WANTED, vector, None, limit=1000, plan=plan, model=model))


def stored(event: Event) -> EventSearchRow:
    return EventSearchRow.objects.get(pk=event.pk)


def test_reindex_leaves_an_event_that_changes_meanwhile_for_the_next_round(clean: None) -> None:
    changing, _ = make_events(2)

    def change() -> None:
        with other_connection() as other:
            later = START + timedelta(hours=1)
            other.execute(
                "UPDATE events_event SET title = 'Talk', start_time = %s"
                " WHERE id = %s AND title <> 'Talk'",
                [later, changing.pk],
            )

    embedder = HookedEmbedder(change)
    assert refresh_stale_rows(embedder=embedder) == Refreshed(checked=2, redone=2, left=0)
    assert embedder.texts == ["Concert 0.", "Concert 1.", "Talk."]
    row = stored(changing)
    assert row.text_hash == text_hash(event_text(Event.objects.get(pk=changing.pk)))
    assert row.starts_at == START + timedelta(hours=1)
    assert np.allclose(row.embedding, HashingEmbedder().embed(["Talk."])[0], atol=1e-3)


def test_reindex_writes_the_filters_that_changed_meanwhile(clean: None) -> None:
    (event,) = make_events(1)

    def move() -> None:
        with other_connection() as other:
            other.execute("UPDATE events_event SET age_min = 7 WHERE id = %s", [event.pk])

    assert refresh_stale_rows(embedder=HookedEmbedder(move)).redone == 1
    assert stored(event).age_min == 7


@pytest.mark.parametrize(
    "change", ["events_event SET room_name = 'B'", "events_venue SET name = 'B'"]
)
def test_reindex_does_not_wait_for_who_is_changing_an_event_or_its_venue(
    clean: None, change: str
) -> None:
    venue = Venue.objects.create(key=SOURCE, name="Hall", precision="venue")
    make_events(1, venue)
    with other_connection() as other, other.transaction():
        other.execute(f"UPDATE {change}")
        busy = refresh_stale_rows(embedder=HashingEmbedder())
    assert busy == Refreshed(checked=1, redone=0, left=1)
    assert refresh_stale_rows(embedder=HashingEmbedder()) == Refreshed(1, 1, 0)


def test_reindex_goes_on_where_it_was_interrupted(clean: None) -> None:
    make_events(BATCH + 3)
    batches = iter([False, True])

    def interrupt() -> None:
        if next(batches):
            raise Interrupted

    with pytest.raises(Interrupted):
        refresh_stale_rows(embedder=HookedEmbedder(interrupt))
    embedder = HashingEmbedder()
    assert refresh_stale_rows(embedder=embedder) == Refreshed(BATCH + 3, 3, 0)
    assert len(embedder.texts) == 3


def test_reindex_mends_filters_without_embedding(clean: None) -> None:
    event, _ = make_events(2)
    refresh_stale_rows(embedder=HashingEmbedder())
    EventSearchRow.objects.filter(pk=event.pk).update(group_key=None, cell=12)
    right, embedder = stored(event).embedding, HashingEmbedder()
    assert refresh_stale_rows(embedder=embedder) == Refreshed(2, 1, 0)
    row = stored(event)
    assert (embedder.texts, row.cell, row.group_key is None) == ([], -1, False)
    assert row.embedding == right
    assert refresh_stale_rows(embedder=embedder, every=True) == Refreshed(2, 2, 0)


def test_searches_go_on_while_rows_of_a_new_model_are_made(clean: None) -> None:
    count = BATCH + 50
    make_events(count)
    refresh_stale_rows(embedder=HashingEmbedder("old"))
    done, found = threading.Event(), []

    def keep_searching() -> None:
        while not done.is_set():
            found.append(tuple(len(search(model).candidates) for model in ("old", "new")))
        connection.close()

    searcher = threading.Thread(target=keep_searching)
    halfway = []

    def look() -> None:
        if not searcher.is_alive():
            searcher.start()
        halfway.append([len(search(model).candidates) for model in ("old", "new")])
        seen = len(found)
        while len(found) < seen + 2:  # searched by another connection meanwhile
            done.wait(0.01)

    try:
        assert refresh_stale_rows(embedder=HookedEmbedder(look, "new")).redone == count
    finally:
        done.set()
        searcher.join()
    assert halfway == [[count, 0], [50, BATCH]]
    assert {old for old, _ in found} <= {count, 50, 0}
    assert {new for _, new in found} <= {0, BATCH, count}


@pytest.mark.parametrize("plan", [Plan.EXACT, Plan.GRAPH])
def test_search_compares_only_vectors_of_its_own_model(clean: None, plan: Plan) -> None:
    events = make_events(6)
    refresh_stale_rows(embedder=HashingEmbedder("old"))
    EventSearchRow.objects.filter(pk__in=[each.pk for each in events[:2]]).update(
        embedding_model="new"
    )
    found = search("new", plan)
    assert {each.event_id for each in found.candidates} == {events[0].pk, events[1].pk}


def test_reindex_twice_at_once_is_refused(committed: None) -> None:
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with only_one("reindex_events"):
            held.set()
            release.wait()
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    try:
        with pytest.raises(CommandError, match="Another process is already doing this"):
            call_command("reindex_events", verbosity=0)
    finally:
        release.set()
        holder.join()
