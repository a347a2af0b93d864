from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.grid import NO_CELL, cell_of, unit_vector
from events.models import Event, EventSearchRow, Venue
from events.search_table.rows import (
    TEXT_LIMIT,
    embedding_text,
    event_text,
    reindex,
    row_end,
    text_hash,
    write_search_rows,
)
from events.search_table.stale import stale_events
from tests.events.ingestion.hashing_embedder import HashingEmbedder
from tests.events.ingestion.moments import utc

START = utc(2026, 12, 5, 19)


def make_event(external_id: str = "a", **fields: object) -> Event:
    values: dict[str, object] = {"title": "Concert", "start_time": START, "timezone": "UTC"}
    return Event.objects.create(source="feed", external_id=external_id, **(values | fields))


def make_venue() -> Venue:
    return Venue.objects.create(
        key="hall|1", name="Hall", latitude=38.5, longitude=-121.7, precision="venue"
    )


def rows_of(*events: Event) -> dict[int, EventSearchRow]:
    embedder = HashingEmbedder()
    reindex(events, embedder)
    return {row.pk: row for row in EventSearchRow.objects.all()}


def test_embedding_text_begins_with_what_tells_most() -> None:
    event = Event(
        title="Concert",
        description="Loud  and\nlong",
        metadata_tags=["music"],
        audience_tags=["kids"],
    )
    assert embedding_text(event, "Hall") == "Concert. Hall. music, kids. Loud and long"


@given(st.text(max_size=600), st.text(max_size=2000), st.text(max_size=400))
def test_embedding_text_has_a_limit(title: str, description: str, venue: str) -> None:
    event = Event(title=title, description=description, metadata_tags=["x" * 99] * 9)
    assert len(embedding_text(event, venue)) <= TEXT_LIMIT


def test_row_end_is_always_after_the_start() -> None:
    instant = START + timedelta(microseconds=1)
    assert row_end(START, None) == instant
    assert row_end(START, START) == instant
    assert row_end(START, START + timedelta(hours=1)) == START + timedelta(hours=1)


@pytest.mark.django_db
def test_write_search_rows_point_is_a_unit_vector_in_its_cell() -> None:
    event = make_event(venue=make_venue(), end_time=START + timedelta(hours=2))
    row = rows_of(event)[event.pk]
    assert row.cell == cell_of(38.5, -121.7)
    assert (row.x, row.y, row.z) == unit_vector(38.5, -121.7)
    assert (row.starts_at, row.ends_at) == (START, START + timedelta(hours=2))
    assert not row.can_attend_online
    assert row.text_hash == text_hash(event_text(event))
    assert np.linalg.norm(row.embedding) == pytest.approx(1, abs=1e-2)


@pytest.mark.django_db
def test_write_search_rows_online_event_has_no_point() -> None:
    venue = make_venue()
    online = make_event("a", venue=venue, event_attendance_mode="online")
    mixed = make_event("b", venue=venue, event_attendance_mode="mixed")
    nowhere = make_event("c")
    rows = rows_of(online, mixed, nowhere)
    assert [rows[event.pk].cell == NO_CELL for event in (online, mixed, nowhere)] == [
        *(True, False, True),
    ]
    assert [rows[event.pk].x is None for event in (online, mixed, nowhere)] == [True, False, True]
    assert [rows[event.pk].can_attend_online for event in (online, mixed, nowhere)] == [
        *(True, True, False),
    ]


@pytest.mark.django_db
def test_write_search_rows_cancelled_event_loses_its_row() -> None:
    event = make_event()
    rows_of(event)
    event.event_status = Event.Status.CANCELLED
    write_search_rows([event], {}, "hashing")
    assert EventSearchRow.objects.count() == 0


@pytest.mark.django_db
def test_stale_events_are_those_without_row_or_with_an_old_vector() -> None:
    fresh, changed, missing, cancelled = (make_event(each) for each in "abcd")
    rows_of(fresh, changed)
    Event.objects.filter(pk=changed.pk).update(title="Quiet evening")
    Event.objects.filter(pk=cancelled.pk).update(event_status="cancelled")
    assert [[event.pk for event in batch] for batch in stale_events("hashing")] == [
        [changed.pk, missing.pk]
    ]
    assert [[event.pk for event in batch] for batch in stale_events("other")] == [
        [fresh.pk, changed.pk, missing.pk]
    ]


@pytest.mark.django_db
def test_reindex_leaves_nothing_stale() -> None:
    for name in "abc":
        make_event(name)
    embedder = HashingEmbedder("new")
    for batch in stale_events("new"):
        reindex(batch, embedder)
    assert list(stale_events("new")) == []
    assert EventSearchRow.objects.filter(embedding_model="new").count() == 3
