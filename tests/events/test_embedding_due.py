"""Events whose vector is still to be made: marked, found by words, and made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from events.ingestion.records import EventDraft
from events.models import EmbeddingDue, Event, EventSearchRow
from events.search_table.rows import text_hash
from events.search_table.vectors import embed_due
from events.writing.single import create_event, update_event, withdraw_event
from rag.embedding import get_backend
from rag.retrieval.pipeline import find_events
from rag.types import Constraints

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
DRAFT = EventDraft(
    "a",
    "Zephyr Quintet plays Brahms",
    NOW + timedelta(days=1),
    "UTC",
    event_attendance_mode="online",
)


def written(draft: EventDraft = DRAFT) -> Event:
    return create_event(source="tests", draft=draft, venue_id=None)


def found(query: str) -> list[int]:
    return [each.event.id for each in find_events(Constraints(query=query), now=NOW).events]


def test_event_without_a_vector_is_found_by_its_words() -> None:
    event = written()
    row = EventSearchRow.objects.get()
    assert (row.embedding_model, row.text_hash) == ("", "")
    assert found("Zephyr Quintet") == [event.pk]


def test_embed_due_makes_the_vector_and_takes_the_mark() -> None:
    event = written()
    assert list(EmbeddingDue.objects.values_list("pk", flat=True)) == [event.pk]
    assert embed_due(get_backend()) == 1
    row = EventSearchRow.objects.get()
    assert row.embedding_model == get_backend().name
    assert row.text_hash == text_hash("Zephyr Quintet plays Brahms.")
    assert (EmbeddingDue.objects.count(), embed_due(get_backend())) == (0, 0)


def test_update_event_without_new_words_keeps_the_vector() -> None:
    event = written()
    embed_due(get_backend())
    before = EventSearchRow.objects.get()
    later = replace(DRAFT, start_time=NOW + timedelta(days=2))
    update_event(event.pk, draft=later, venue_id=None)
    after = EventSearchRow.objects.get()
    assert after.starts_at == NOW + timedelta(days=2)
    assert (after.text_hash, EmbeddingDue.objects.count()) == (before.text_hash, 0)


def test_update_event_with_new_words_is_due() -> None:
    event = written()
    embed_due(get_backend())
    other = replace(DRAFT, title="Opening of the ice rink")
    update_event(event.pk, draft=other, venue_id=None)
    assert EmbeddingDue.objects.count() == 1
    assert found("ice rink") == [event.pk]
    assert embed_due(get_backend(), only=[event.pk]) == 1
    assert EventSearchRow.objects.get().text_hash == text_hash("Opening of the ice rink.")


def test_withdrawn_event_is_not_due_any_more() -> None:
    event = written()
    withdraw_event(event.pk)
    assert (EmbeddingDue.objects.count(), EventSearchRow.objects.count()) == (0, 0)


def test_update_event_of_a_withdrawn_one_makes_no_row() -> None:
    event = written()
    withdraw_event(event.pk)
    other = replace(DRAFT, title="Opening of the ice rink")
    update_event(event.pk, draft=other, venue_id=None)
    assert (EmbeddingDue.objects.count(), EventSearchRow.objects.count()) == (0, 0)
    update_event(event.pk, draft=other, venue_id=None, withdrawn=False)
    assert embed_due(get_backend()) == 1
