"""Stores drafts: venues, events and their search rows, all or nothing per batch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.bulk import Upsert, commit_without_waiting, concrete_fields, upsert_rows
from events.ingestion.duplicates.series import keep_series
from events.ingestion.locations.venues import store_venues, venue_key
from events.ingestion.records import EventDraft, VenueDraft
from events.models import Event, MergeDue, Venue
from events.models.event import utc_offset
from events.models.event_fields import CONTENT
from events.search_table.rows import (
    Embedder,
    Vector,
    embedding_text,
    text_hash,
    write_search_rows,
)

BATCH = 500
_REMEMBERED_VECTORS = 10_000
# Part of every content hash: raise it when the rules of understanding change,
# and the next import rewrites what they decided.
RULES_VERSION = 3

_UPDATED = (*CONTENT, "utc_offset", "filled", "content_hash", "updated_at")
_STORED = Upsert(
    model=Event,
    columns=(
        *("source", "external_id", *_UPDATED),
        *("sequence", "withdrawn_by_hand", "created_at"),
    ),
    unique=("source", "external_id"),
    updates=_UPDATED,
    expressions=(
        ("sequence", "events_event.sequence + 1"),
        (
            "withdrawn_at",
            "CASE WHEN events_event.withdrawn_by_hand THEN events_event.withdrawn_at END",
        ),
    ),
    returning="external_id, id, sequence, withdrawn_at, merged_into_id",
)
# What a draft and its venue say, by name; unlike `asdict`, without a copy of each value.
_EVENT = tuple(each.name for each in fields(EventDraft))
_VENUE = tuple(each.name for each in fields(VenueDraft))
# Digests that are stored were made with other names of two fields: with the new ones, the next
# import would take each event for a changed one.
_EARLIER_NAMES = {"event_attendance_mode": "attendance_mode", "event_status": "status"}
_DIGEST_NAMES = tuple(_EARLIER_NAMES.get(name, name) for name in _EVENT)
_event_values, _venue_values = attrgetter(*_EVENT), attrgetter(*_VENUE)
_STORED_FIELDS = concrete_fields(Event, _STORED.columns)


@dataclass(frozen=True, slots=True)
class StoreReport:
    """Counts of events that were new, changed, or the same as before."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: StoreReport) -> StoreReport:
        return StoreReport(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """The stored state of an external id; the row's hash is empty without a row."""

    content_hash: str
    row_hash: str
    row_model: str
    withdrawn: bool
    belongs_in_search: bool


def store_events(
    source: str,
    drafts: Sequence[EventDraft],
    *,
    embedder: Embedder | None,
    on_progress: Callable[[int], None] = lambda count: None,
) -> StoreReport:
    """Creates and updates a source's events; the same drafts again change nothing.

    External ids must be unique among the drafts. Each batch is one
    transaction: a process that is killed leaves whole batches, and the next
    run goes on from there. Vectors are made outside of it, and only for events
    whose text changed; without an `embedder` these are marked as due (see
    `events.search_table.vectors`). A withdrawn event that its feed holds again is listed
    again, unless somebody withdrew it by hand; one that was merged into another
    stays so, and out of the search.
    """
    report = StoreReport()
    memory = _Memory(embedder) if embedder else None
    for start in range(0, len(drafts), BATCH):
        batch = drafts[start : start + BATCH]
        report += _store_batch(source, batch, memory)
        on_progress(len(batch))
    return report


def content_hash(draft: EventDraft) -> str:
    """Digest of everything that a draft says."""
    said = dict(zip(_DIGEST_NAMES, _event_values(draft), strict=True))
    del said["version"]  # which of several counts; it says nothing of the event
    content = json.dumps([RULES_VERSION, said], default=_plain, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _plain(value: object) -> object:
    """Converts what JSON has no form for: a venue to its fields, times and prices to text."""
    if isinstance(value, VenueDraft):
        return dict(zip(_VENUE, _venue_values(value), strict=True))
    return str(value)


class _Memory:
    """Embeds each text of one import once: the dates of a series share their words."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, Vector] = {}
        self.name = embedder.name

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of the texts, in their order."""
        if len(self._vectors) >= _REMEMBERED_VECTORS:
            self._vectors.clear()
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, self._embedder.embed(new), strict=True))
        return [self._vectors[text] for text in texts]


def _store_batch(source: str, batch: Sequence[EventDraft], memory: _Memory | None) -> StoreReport:
    batch = keep_series(source, batch)
    known = _known(source, batch)
    hashes = {draft.external_id: content_hash(draft) for draft in batch}
    changed = [
        draft
        for draft in batch
        if _has_changed(known.get(draft.external_id), hashes[draft.external_id])
    ]
    vectors = _vectors(changed, known, memory) if memory else {}
    if changed:
        with transaction.atomic():
            commit_without_waiting()
            venues = store_venues(draft.venue for draft in changed if draft.venue)
            stored = _upsert([_event(source, draft, venues, hashes) for draft in changed])
            MergeDue.objects.mark(event.pk for event in stored)
            by_pk = {
                event.pk: vectors[event.external_id]
                for event in stored
                if event.external_id in vectors
            }
            write_search_rows(stored, by_pk, memory.name if memory else "")
    updated = sum(draft.external_id in known for draft in changed)
    return StoreReport(len(changed) - updated, updated, len(batch) - len(changed))


def _has_changed(known: _Known | None, digest: str) -> bool:
    return known is None or known.content_hash != digest or known.withdrawn


def _known(source: str, batch: Sequence[EventDraft]) -> dict[str, _Known]:
    rows = Event.objects.filter(
        source=source, external_id__any_of=[draft.external_id for draft in batch]
    ).values_list(
        "external_id",
        "content_hash",
        "search_row__text_hash",
        "search_row__embedding_model",
        "withdrawn_at",
        "withdrawn_by_hand",
        "merged_into_id",
    )
    return {
        uid: _Known(
            digest,
            row or "",
            model or "",
            withdrawn=withdrawn_at is not None and not by_hand,
            belongs_in_search=merged_into is None and not by_hand,
        )
        for uid, digest, row, model, withdrawn_at, by_hand, merged_into in rows
    }


def _vectors(
    changed: Sequence[EventDraft], known: dict[str, _Known], memory: _Memory
) -> dict[str, Vector]:
    """New vectors by external id, for events whose text or model is not the stored one."""
    texts = dict(_texts_to_embed(changed, known, memory.name))
    return dict(zip(texts, memory.embed(list(texts.values())), strict=True))


def _texts_to_embed(
    changed: Sequence[EventDraft], known: dict[str, _Known], model_name: str
) -> Iterator[tuple[str, str]]:
    for draft in changed:
        stored = known.get(draft.external_id)
        if draft.event_status == Event.Status.CANCELLED or (
            stored and not stored.belongs_in_search
        ):
            continue
        text = embedding_text(draft, draft.venue.name if draft.venue else "")
        if stored and (stored.row_hash, stored.row_model) == (text_hash(text), model_name):
            continue
        yield draft.external_id, text


def _event(
    source: str, draft: EventDraft, venues: dict[str, Venue], hashes: dict[str, str]
) -> Event:
    event = event_of(source, draft, venues[venue_key(draft.venue)] if draft.venue else None)
    event.content_hash = hashes[draft.external_id]
    return event


def event_of(source: str, draft: EventDraft, venue: Venue | None) -> Event:
    """A draft as an event that is not yet saved."""
    content: dict[str, Any] = {name: getattr(draft, name) for name in CONTENT}
    content |= {
        "venue": venue,
        "utc_offset": utc_offset(draft.start_time, draft.timezone),
        "audience_tags": list(draft.audience_tags),
        "metadata_tags": list(draft.metadata_tags),
        "evidence": dict(draft.evidence),
    }
    return Event(source=source, external_id=draft.external_id, **content)


def _upsert(events: Iterable[Event]) -> list[Event]:
    """Inserts or updates by (source, external_id); what feeds do not know comes back with it.

    A withdrawal by hand and being merged into another event outlast an update.
    """
    events = sorted(events, key=lambda event: event.external_id)
    now = timezone.now()
    names = [field.attname for field in _STORED_FIELDS]
    values = attrgetter(*names)
    rows = []
    for event in events:
        event.updated_at = event.created_at = now
        rows.append(dict(zip(names, values(event), strict=True)))
    lives = {uid: life for uid, *life in upsert_rows(_STORED, rows)}
    for event in events:
        event.pk, event.sequence, event.withdrawn_at, event.merged_into_id = lives[
            event.external_id
        ]
    return events
