"""Joins the duplicates within one file, drops older versions, and makes the ids unique."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import overload

import numpy as np

from core.text import fold_name
from events.ingestion.duplicates.series import series_name
from events.ingestion.duplicates.spool import DraftSpool
from events.ingestion.locations.venues import venue_key
from events.ingestion.records import EventDraft, Skipped, SkippedLog

_STATUS_RANK = {"scheduled": 0, "postponed": 1, "cancelled": 2}


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """The drafts to store, and the entries that were joined to another one."""

    drafts: Sequence[EventDraft]
    joined: Sequence[Skipped]


def deduplicate(drafts: Iterable[EventDraft]) -> Deduplicated:
    """Joins entries that describe one happening and makes the ids unique.

    One happening: same folded title, start and place. The fuller entry stays.
    Entries that share an id but differ get their start behind it.
    """
    deduplicator = Deduplicator()
    for draft in drafts:
        deduplicator.add(draft)
    return deduplicator.result()


class Deduplicator:
    """Takes the drafts of one file, one at a time; holds digests of them, not the drafts."""

    def __init__(self) -> None:
        self._spool = DraftSpool()
        self._kept: dict[int, int] = {}  # digest of a happening → its position here:
        self._numbers = array("Q")  # numbers in the spool
        self._ids = array("Q")  # digests of the ids
        self._names = array("Q")  # digests of the series' names
        self._joined = SkippedLog()

    def add(self, draft: EventDraft) -> None:
        """Keeps a draft, or joins it to the one of the same happening."""
        key = _digest(*_happening(draft))
        position = self._kept.setdefault(key, len(self._numbers))
        if position == len(self._numbers):
            for column in (self._numbers, self._ids, self._names):
                column.append(0)
            self._put(position, draft)
            return
        other = self._spool[self._numbers[position]]
        if newer := _newer(other, draft):
            self._put(position, newer)
            return
        winner, loser = sorted((other, draft), key=_fullness, reverse=True)
        self._put(position, _joined(winner, loser))
        self._joined.add(
            Skipped(
                loser.external_id,
                loser.title,
                "merged duplicate",
                f"merged: same title, start and venue as {winner.external_id}",
            )
        )

    def _put(self, position: int, draft: EventDraft) -> None:
        self._numbers[position] = self._spool.append(draft)
        self._ids[position] = _digest(draft.external_id)
        self._names[position] = _digest(series_name(draft))

    def close(self) -> None:
        """Gives up what was added."""
        self._spool.close()

    def result(self) -> Deduplicated:
        """Everything that was added."""
        self._kept.clear()
        shared = _found_twice(self._ids)
        if self._drop_older_versions(shared):
            shared = _found_twice(self._ids)
        series = _found_twice(self._names)
        return Deduplicated(
            _Drafts(self._spool, self._numbers, shared, series), self._joined.entries
        )

    def _drop_older_versions(self, shared: set[int]) -> bool:
        """Drops entries of which the file holds a newer version; whether there were any."""
        latest: dict[str, tuple[int, EventDraft]] = {}
        dropped: set[int] = set()
        for index, digest in enumerate(self._ids) if shared else ():
            if digest not in shared:
                continue
            this = index, self._spool[self._numbers[index]]
            known = latest.setdefault(this[1].external_id, this)
            newer = _newer(known[1], this[1]) if known is not this else None
            if newer is None:
                continue
            older = known if newer is this[1] else this
            latest[newer.external_id] = this if older is known else known
            dropped.add(older[0])
            reason = "the file holds a newer version of it"
            self._joined.add(Skipped(newer.external_id, older[1].title, "older version", reason))
        for column in (self._numbers, self._ids, self._names) if dropped else ():
            kept = [each for index, each in enumerate(column) if index not in dropped]
            column[:] = array("Q", kept)
        return bool(dropped)


class _Drafts(Sequence[EventDraft]):
    """The kept drafts in their order, read when they are asked for.

    `shared` and `series` are digests of the ids, and of the series' names, of more
    than one draft: that is only known when all are there.
    """

    def __init__(
        self, spool: DraftSpool, numbers: array[int], shared: set[int], series: set[int]
    ) -> None:
        self._spool = spool
        self._numbers = numbers
        self._series = series
        self._new_ids = self._distinct_ids(shared) if shared else {}

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> EventDraft: ...
    @overload
    def __getitem__(self, index: slice) -> list[EventDraft]: ...
    def __getitem__(self, index: int | slice) -> EventDraft | list[EventDraft]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        draft = self._spool[self._numbers[index]]
        if index in self._new_ids:
            draft = replace(draft, external_id=self._new_ids[index])
        if not draft.series_id and _digest(name := series_name(draft)) in self._series:
            draft = replace(draft, series_id=name)
        return draft

    def _distinct_ids(self, shared: set[int]) -> dict[int, str]:
        """Entries that share an id get their start behind it, and a mark if that is shared too."""
        taken: set[str] = set()
        new: dict[int, str] = {}
        for index, number in enumerate(self._numbers):
            draft = self._spool[number]
            if _digest(draft.external_id) not in shared:
                continue
            stamp = draft.start_time.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
            where = hashlib.sha256(repr(_happening(draft)).encode()).hexdigest()[:8]
            stamped = f"{draft.external_id[:460]}#{stamp}"
            new[index] = f"{stamped}-{where}" if stamped in taken else stamped
            taken.add(stamped)
        return new


def _found_twice(digests: array[int]) -> set[int]:
    """The digests that occur more than once."""
    found, counts = np.unique(np.frombuffer(digests, np.uint64), return_counts=True)
    return set(found[counts > 1].tolist())


def _digest(*parts: object) -> int:
    text = "\n".join(map(str, parts))
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest())


def _newer(one: EventDraft, other: EventDraft) -> EventDraft | None:
    """The newer of two versions of one entry; None where they are none.

    No number is 0. Entries of one id and one number are taken for different ones unless they
    share the title, and the day as well where the number is 0: programs that know no versions
    write that, and the same id, again and again.
    """
    if one.external_id != other.external_id or one.version == other.version:
        return None
    numbers = _number(one), _number(other)
    if numbers[0] == numbers[1]:
        if not (one.version and other.version) or one.title != other.title:
            return None
        if not numbers[0] and one.start_time.date() != other.start_time.date():
            return None
    return max(one, other, key=lambda draft: (_number(draft), draft.version))


def _number(draft: EventDraft) -> int:
    return int(draft.version.partition(" ")[0] or 0)


def _happening(draft: EventDraft) -> tuple[str, datetime, str]:
    where = venue_key(draft.venue) if draft.venue else draft.event_attendance_mode
    if draft.room_name:
        where = f"{where}|{fold_name(draft.room_name)}"
    # A title of symbols alone folds to nothing and stands for itself.
    title = fold_name(draft.title) or draft.title
    return title, draft.start_time.astimezone(UTC), where


def _fullness(draft: EventDraft) -> tuple[bool, bool, int, str]:
    """A cancellation beats all; then an end, then the longer text; then the id, to be stable."""
    return (
        draft.event_status == "cancelled",
        draft.end_time is not None,
        len(draft.description),
        draft.external_id,
    )


def _joined(winner: EventDraft, loser: EventDraft) -> EventDraft:
    """The winner, with what only the other one knows."""
    return replace(
        winner,
        end_time=winner.end_time or loser.end_time,
        url=winner.url or loser.url,
        price=winner.price or loser.price,
        min_price=winner.min_price if winner.min_price is not None else loser.min_price,
        audience_tags=tuple(dict.fromkeys(winner.audience_tags + loser.audience_tags)),
        metadata_tags=tuple(dict.fromkeys(winner.metadata_tags + loser.metadata_tags)),
        event_status=max(winner.event_status, loser.event_status, key=_STATUS_RANK.__getitem__),
    )
