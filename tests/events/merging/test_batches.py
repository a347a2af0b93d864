"""Many happenings at once: as many statements as for two, and each whole or left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from numpy.typing import NDArray

from events.ingestion.records import EventDraft
from events.ingestion.store import store_events
from events.merging.apply import apply_plan
from events.merging.merge import merge_copies
from events.merging.plan import make_plan
from events.models import EmbeddingDue, Event, MergeDecision, MergeDue
from events.search_table.vectors import embed_due
from tests.events.ingestion.hashing_embedder import HashingEmbedder
from tests.events.merging.stored import DRAFT, FULLER, HALL, NOW, event, merge

pytestmark = pytest.mark.django_db


def happenings(count: int) -> list[EventDraft]:
    """Pairs of entries of one happening each, a day apart from the next pair."""
    return [
        replace(
            each,
            external_id=f"{each.external_id}{number}",
            start_time=each.start_time + timedelta(days=number),
            end_time=None,
            url="",
        )
        for number in range(count)
        for each in (DRAFT, FULLER)
    ]


def test_merge_costs_as_many_statements_for_any_number_of_happenings(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    store_events("town", happenings(2), embedder=HashingEmbedder())
    with CaptureQueriesContext(connection) as few:
        assert merge().merged == 2
    store_events("paper", happenings(40)[4:], embedder=HashingEmbedder())
    with django_assert_num_queries(len(few)):
        assert merge().merged == 38
    assert Event.objects.listed().count() == 40
    assert MergeDecision.objects.standing().count() == 40


def test_apply_plan_leaves_only_the_happening_that_changed_meanwhile() -> None:
    class Meddling(HashingEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            Event.objects.filter(external_id="a1").update(updated_at=NOW)
            return super().embed(texts)

    store_events("town", happenings(3), embedder=None)
    due = list(MergeDue.objects.values_list("pk", flat=True))
    plan = make_plan(due)
    done, left = apply_plan(
        plan.changing(due), plan, trust=lambda source: 50, embedder=Meddling(), now=NOW
    )
    assert (done.merged, left) == (2, 1)
    assert set(MergeDue.objects.values_list("event__external_id", flat=True)) == {"a1", "b1"}
    assert set(EmbeddingDue.objects.values_list("event__external_id", flat=True)) == {"a1", "b1"}
    assert merge().merged == 1


def test_merge_without_an_embedder_leaves_changed_words_due() -> None:
    store_events("town", [replace(DRAFT, venue=replace(HALL, name="Hall"))], embedder=None)
    store_events("paper", [FULLER], embedder=None)
    embed_due(HashingEmbedder())
    assert EmbeddingDue.objects.count() == 0
    store_events("town", [replace(DRAFT, metadata_tags=("music",))], embedder=HashingEmbedder())
    assert merge_copies(embedder=None, now=NOW).merged == 1
    assert EmbeddingDue.objects.get().event == event("paper", "b")
