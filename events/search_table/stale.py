"""Finds stale search rows and writes them anew."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from events.models import Event, EventWords
from events.search_table.rows import Embedder, event_text, filters_of, reindex, text_hash

BATCH = 256
# An event that is being changed is left for the next round.
_ROUNDS = 5
_SECONDS_BETWEEN_ROUNDS = 0.5


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Counts of events: checked, written anew, and left because they kept changing."""

    checked: int
    redone: int
    left: int


def indexable_events() -> QuerySet[Event]:
    """The events that belong into the search table."""
    return Event.objects.searchable()


def refresh_stale_rows(
    *,
    embedder: Embedder,
    every: bool = False,
    on_checked: Callable[[int], None] = lambda count: None,
) -> Refreshed:
    """Makes stale rows anew (all of them with `every`), batch by batch.

    Each batch is one short transaction, so that searches go on meanwhile, and a
    run that is interrupted has done what it has done: the next one goes on.
    """
    checked, redone = 0, 0
    left: list[int] = []
    for batch in _batches():
        due = [event for event in batch if every or is_stale(event, embedder.name)]
        written = _redo(due, embedder, every=every)
        redone += len(written)
        left += [event.pk for event in due if event.pk not in written]
        checked += len(batch)
        on_checked(len(batch))
    for _ in range(_ROUNDS):
        if not left:
            break
        time.sleep(_SECONDS_BETWEEN_ROUNDS)
        redone_now, left = _redo_left(left, embedder, every=every)
        redone += redone_now
    return Refreshed(checked, redone, len(left))


def stale_events(model_name: str) -> Iterator[Sequence[Event]]:
    """Events without a row, or with one that is not theirs any more, in batches."""
    for batch in _batches():
        if stale := [event for event in batch if is_stale(event, model_name)]:
            yield stale


def is_stale(event: Event, model_name: str) -> bool:
    """Whether an event lacks a row or words, or its row is not what it would be now."""
    if needs_vector(event, model_name) or not getattr(event, "has_words", True):
        return True
    row = event.search_row
    return any(getattr(row, name) != value for name, value in filters_of(event).items())


def needs_vector(event: Event, model_name: str) -> bool:
    """Whether an event has no vector, or one of another text or model."""
    row = getattr(event, "search_row", None)
    return (
        row is None
        or row.embedding_model != model_name
        or row.text_hash != text_hash(event_text(event))
    )


def _batches() -> Iterator[list[Event]]:
    """Goes through the table by primary key, so that it may be rewritten meanwhile."""
    last = 0
    while batch := list(_with_rows(indexable_events().filter(pk__gt=last))[:BATCH]):
        last = batch[-1].pk
        yield batch


def _with_rows(events: QuerySet[Event]) -> QuerySet[Event]:
    return (
        events.select_related("venue", "search_row")
        .defer("search_row__embedding")
        .annotate(has_words=Exists(EventWords.objects.filter(pk=OuterRef("pk"))))
        .order_by("pk")
    )


def _redo(events: Sequence[Event], embedder: Embedder, *, every: bool) -> set[int]:
    """The ids of those whose rows were written."""
    if not events:
        return set()
    kept = [event for event in events if not (every or needs_vector(event, embedder.name))]
    return reindex(events, embedder, keeping={event.pk for event in kept})


def _redo_left(ids: list[int], embedder: Embedder, *, every: bool) -> tuple[int, list[int]]:
    """Tries the events that were left; how many were written, and which are still left."""
    redone, left = 0, list[int]()
    for start in range(0, len(ids), BATCH):
        found = _with_rows(indexable_events().filter(pk__in=ids[start : start + BATCH]))
        due = [event for event in found if every or is_stale(event, embedder.name)]
        written = _redo(due, embedder, every=every)
        redone += len(written)
        left += [event.pk for event in due if event.pk not in written]
    return redone, left
