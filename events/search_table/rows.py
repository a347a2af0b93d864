"""Keeps the search row of an event in step with the event itself."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from core.bulk import Upsert, upsert_rows
from core.grid import NO_CELL, cell_of, unit_vector
from core.text import fold_name
from events.models import EmbeddingDue, Event, EventSearchRow, EventWords, Venue
from events.search_table.words import write_words

Vector = NDArray[np.float32]

# The model reads at most 256 tokens, and its time grows with each of them;
# what an event is about stands at its beginning.
TEXT_LIMIT = 360
_LONGEST_LINE = 160

_FILTER_FIELDS = (
    *("cell", "starts_at", "ends_at", "can_attend_online", "can_attend_in_person"),
    *("group_key", "x", "y", "z"),
    *("min_price", "currency", "age_min", "age_max", "audience_tags", "metadata_tags"),
)
_VECTOR_FIELDS = ("text_hash", "embedding_model")
_WITH_VECTORS = Upsert(
    model=EventSearchRow,
    columns=("event", *_FILTER_FIELDS, *_VECTOR_FIELDS),
    unique=("event_id",),
    updates=(*_FILTER_FIELDS, *_VECTOR_FIELDS, "embedding"),
    vectors="embedding",
)
# Of rows that are there, the vector stays; where nothing changed, so does the row.
_WITHOUT_VECTORS = replace(_WITH_VECTORS, updates=_FILTER_FIELDS, only_changed=True, vectors="")


class Embedder(Protocol):
    """Turns texts into unit vectors; `name` identifies the model (see `rag.embedding`)."""

    name: str

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class Embeddable(Protocol):
    """The fields that the vector of a stored event or a draft depends on."""

    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def metadata_tags(self) -> Sequence[str]: ...
    @property
    def audience_tags(self) -> Sequence[str]: ...


def embedding_text(event: Embeddable, venue_name: str = "") -> str:
    """The words that an event's vector stands for, most telling first, ≤ `TEXT_LIMIT`.

    A venue's name helps ("Asheville Music Hall"); its town does not, since
    places are filtered by distance.
    """
    tags = ", ".join([*event.metadata_tags, *event.audience_tags])
    parts = [event.title[:_LONGEST_LINE], venue_name[:_LONGEST_LINE], tags[:_LONGEST_LINE]]
    head = ". ".join(part for part in parts if part)
    text = " ".join(f"{head}. {event.description[: TEXT_LIMIT * 2]}".split())
    if len(text) <= TEXT_LIMIT:
        return text
    return text[:TEXT_LIMIT].rpartition(" ")[0] or text[:TEXT_LIMIT]


def event_text(event: Event) -> str:
    """`embedding_text` of a stored event with its venue."""
    return embedding_text(event, event.venue.name if event.venue else "")


def text_hash(text: str) -> str:
    """Digest of an embedding text, to know whether a vector is still the event's."""
    return hashlib.sha256(text.encode()).hexdigest()


def write_search_rows(
    events: Sequence[Event], vectors: Mapping[int, Vector], model_name: str
) -> None:
    """Writes the rows of stored events; call it inside their transaction.

    `vectors` holds, by event id, those that were made anew; the other events
    keep theirs. One whose vector is not that of its words, or that has none, is
    marked as due (see `events.search_table.vectors`) and found by words, place and time
    meanwhile. Events that are not to be found (any more) lose their row.
    """
    gone = [event.pk for event in events if not event.is_searchable]
    if gone:
        EventSearchRow.objects.filter(pk__any_of=gone).delete()
        EventWords.objects.filter(pk__any_of=gone).delete()
    if cleared := [*gone, *vectors]:
        EmbeddingDue.objects.filter(pk__any_of=cleared).delete()
    listed = [event for event in events if event.is_searchable]
    _write_fresh([event for event in listed if event.pk in vectors], vectors, model_name)
    _write_kept([event for event in listed if event.pk not in vectors])
    write_words(listed)


def _write_fresh(events: Sequence[Event], vectors: Mapping[int, Vector], model_name: str) -> None:
    if not events:
        return
    events = sorted(events, key=lambda event: event.pk)
    rows = [
        _row(event, text_hash=text_hash(event_text(event)), embedding_model=model_name)
        for event in events
    ]
    upsert_rows(_WITH_VECTORS, rows, np.stack([vectors[event.pk] for event in events]))


def _write_kept(events: Sequence[Event]) -> None:
    """Writes rows without a new vector, and marks those whose vector is of other words."""
    if not events:
        return
    rows = EventSearchRow.objects.filter(pk__any_of=[event.pk for event in events])
    stored = dict(rows.values_list("pk", "text_hash"))
    due = [event.pk for event in events if stored.get(event.pk) != text_hash(event_text(event))]
    EmbeddingDue.objects.mark(due)
    # A row without a vector is in no index of vectors, and compared by no search by meaning.
    wanted = [_row(event, text_hash="", embedding_model="") for event in events]
    wanted.sort(key=lambda row: row["event_id"])
    upsert_rows(_WITHOUT_VECTORS, wanted)


def _row(event: Event, **vector: str) -> dict[str, Any]:
    return {"event_id": event.pk, **filters_of(event), **vector}


def filters_of(event: Event) -> dict[str, Any]:
    """The columns of a row beside its vector."""
    in_person = event.event_attendance_mode != Event.AttendanceMode.ONLINE
    venue = event.venue if in_person else None
    return {
        **_point(venue),
        "starts_at": event.start_time,
        "ends_at": row_end(event.start_time, event.end_time),
        "can_attend_online": event.is_virtual,
        "can_attend_in_person": in_person,
        "group_key": group_key(event),
        "min_price": None if event.min_price is None else float(event.min_price),
        "currency": event.currency,
        "age_min": event.age_min,
        "age_max": event.age_max,
        "audience_tags": list(event.audience_tags),
        "metadata_tags": list(event.metadata_tags),
    }


def group_key(event: Event) -> int:
    """A number shared by the dates and copies of one happening: same title, same venue.

    The venue counts, not the calendar, so that two calendars that announce one
    concert meet, and a weekly event that each week has an entry of its own does too.
    """
    title = fold_name(event.title) or event.title
    digest = hashlib.blake2b(f"{title}|{event.venue_id or ''}".encode(), digest_size=8)
    return int.from_bytes(digest.digest(), signed=True)


def row_end(start: datetime, end: datetime | None) -> datetime:
    """The end of the half-open range, in UTC; without a length it is the start's instant."""
    shortest = start.astimezone(UTC) + timedelta(microseconds=1)
    return shortest if end is None else max(end.astimezone(UTC), shortest)


def _point(venue: Venue | None) -> Mapping[str, Any]:
    if venue is None or venue.latitude is None or venue.longitude is None:
        return {"cell": NO_CELL, "x": None, "y": None, "z": None}
    return _point_on_earth(venue.latitude, venue.longitude)


@lru_cache(maxsize=4096)
def _point_on_earth(latitude: float, longitude: float) -> Mapping[str, Any]:
    x, y, z = unit_vector(latitude, longitude)
    return {"cell": cell_of(latitude, longitude), "x": x, "y": y, "z": z}


def reindex(
    events: Iterable[Event], embedder: Embedder, *, keeping: Collection[int] = ()
) -> set[int]:
    """Embeds events (with venue loaded) anew and writes their rows; returns the ids written.

    The vectors are made before the transaction begins, so that no lock is held
    meanwhile. What was changed since it was read, or is being changed, is left
    out: its vector would be of the old text. `keeping` are the ids of events
    whose vector is right as it is.
    """
    texts = {event.pk: event_text(event) for event in events}
    new = list(dict.fromkeys(text for pk, text in texts.items() if pk not in keeping))
    made = dict(zip(new, embedder.embed(new), strict=True)) if new else {}
    with transaction.atomic():
        current = [event for event in _lock(texts) if event_text(event) == texts[event.pk]]
        vectors = {event.pk: made[texts[event.pk]] for event in current if event.pk not in keeping}
        write_search_rows(current, vectors, embedder.name)
    return {event.pk for event in current}


def _lock(ids: Iterable[int]) -> list[Event]:
    """The events as they are now, locked with their venues; without those that others hold.

    Whoever writes search rows has locked the event or its venue before, each in
    an order of its own. Waiting for them could deadlock; leaving out does not.
    """
    free_events = Event.objects.select_for_update(skip_locked=True, no_key=True)
    free_venues = Venue.objects.select_for_update(skip_locked=True, no_key=True)
    events = free_events.filter(pk__in=list(ids)).order_by("pk")
    wanted = {event.venue_id for event in events} - {None}
    venues = free_venues.in_bulk(wanted)
    locked = []
    for event in events:
        if event.venue_id is None or event.venue_id in venues:
            event.venue = venues.get(event.venue_id)
            locked.append(event)
    return locked
