"""What is not changed is not written: neither its row nor its entries in any index."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from events.ingestion.records import EventDraft
from events.ingestion.store import store_events
from events.search_table.rows import write_search_rows
from tests.events.ingestion.hashing_embedder import HashingEmbedder
from tests.events.merging.stored import DRAFT, FULLER, event

pytestmark = pytest.mark.django_db

TABLES = ("events_event", "events_venue", "events_eventsearchrow", "events_eventwords")
OTHER = replace(FULLER, start_time=FULLER.start_time + timedelta(hours=1))


def store(*drafts: EventDraft) -> None:
    store_events("town", drafts, embedder=HashingEmbedder())


def versions() -> dict[str, dict[int, str]]:
    """Where each row lies: any update puts a new version of it elsewhere."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            key = "event_id" if table.startswith("events_events") else "id"
            key = "event_id" if table == "events_eventwords" else key
            cursor.execute(f"SELECT {key}, ctid::text FROM {table}")
            found[table] = dict(cursor.fetchall())
    return found


def rewritten(before: dict[str, dict[int, str]]) -> dict[str, set[int]]:
    """The ids of rows of each table that were written since."""
    return {
        table: {pk for pk, place in rows.items() if before[table].get(pk) != place}
        for table, rows in versions().items()
        if rows != before[table]
    }


def test_same_drafts_again_write_no_row() -> None:
    store(DRAFT, OTHER)
    before = versions()
    assert len(before["events_eventsearchrow"]) == 2
    store(DRAFT, OTHER)
    assert rewritten(before) == {}


def test_change_of_one_event_leaves_the_others_rows() -> None:
    store(DRAFT, OTHER)
    before = versions()
    store(replace(DRAFT, title="Rosa Lind Trio"), OTHER)
    changed = {event("town").pk}
    assert rewritten(before) == {
        "events_event": changed,
        "events_eventsearchrow": changed,
        "events_eventwords": changed,
    }


def test_change_that_no_search_asks_for_leaves_the_search_row() -> None:
    store(DRAFT, OTHER)
    before = versions()
    store(replace(DRAFT, url="https://example.org/new", evidence={"price": "$5"}), OTHER)
    assert rewritten(before) == {"events_event": {event("town").pk}}


def test_change_of_a_filter_rewrites_the_row_and_keeps_its_vector() -> None:
    store(DRAFT)
    vector = event("town").search_row.embedding
    before = versions()
    store(replace(DRAFT, age_min=18))
    changed = {event("town").pk}
    assert rewritten(before) == {"events_event": changed, "events_eventsearchrow": changed}
    row = event("town").search_row
    assert (row.age_min, row.embedding) == (18, vector)


def test_row_that_is_written_again_as_it_is_stays() -> None:
    store(DRAFT, OTHER)
    before = versions()
    write_search_rows([event("town"), event("town", "b")], {}, "hashing")
    assert rewritten(before) == {}
