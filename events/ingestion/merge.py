"""Duplicates within one file, unique ids, and series."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import overload

from events.ingestion.raw import Skipped, SkippedLog
from events.ingestion.spool import DraftSpool
from events.ingestion.types import EventDraft
from events.ingestion.venues import venue_key
from events.text import fold_name

_STATUS_RANK = {"scheduled": 0, "postponed": 1, "cancelled": 2}


@dataclass(frozen=True, slots=True)
class Merged:
    """What is left to store, and which entries were joined to another one."""

    drafts: Sequence[EventDraft]
    merged: Sequence[Skipped]


def merge(drafts: Iterable[EventDraft]) -> Merged:
    """Joins entries that describe one happening and makes the ids unique.

    One happening: same folded title, start and place. The fuller entry stays.
    Entries that share an id but differ are told apart by their start.
    """
    merger = Merger()
    for draft in drafts:
        merger.add(draft)
    return merger.merged()


class Merger:
    """Takes the drafts of one file, one at a time; holds digests of them, not the drafts."""

    def __init__(self) -> None:
        self._spool = DraftSpool()
        self._kept: dict[int, int] = {}  # digest of a happening → number in the spool
        self._joined = SkippedLog()

    def add(self, draft: EventDraft) -> None:
        """Keeps a draft, or joins it to the one of the same happening."""
        key = _digest(*_happening(draft))
        if key not in self._kept:
            self._kept[key] = self._spool.append(draft)
            return
        other = self._spool[self._kept[key]]
        winner, loser = sorted((other, draft), key=_fullness, reverse=True)
        self._kept[key] = self._spool.append(_joined(winner, loser))
        self._joined.add(
            Skipped(
                loser.external_id,
                loser.title,
                "merged duplicate",
                f"merged: same title, start and venue as {winner.external_id}",
            )
        )

    def close(self) -> None:
        """Gives up what was added."""
        self._spool.close()

    def merged(self) -> Merged:
        """Everything that was added."""
        numbers = array("Q", self._kept.values())
        self._kept.clear()
        return Merged(_Drafts(self._spool, numbers), self._joined.entries)


class _Drafts(Sequence[EventDraft]):
    """The kept drafts in their order, read when they are asked for.

    Whether an id or a series' name occurs once is only known when all are there.
    """

    def __init__(self, spool: DraftSpool, numbers: array[int]) -> None:
        self._spool = spool
        self._numbers = numbers
        self._shared, self._series = self._found_twice()
        self._new_ids = self._told_apart() if self._shared else {}

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

    def _found_twice(self) -> tuple[set[int], set[int]]:
        """Digests of the ids, and of the series' names, of more than one draft."""
        ids, names = _Twice(), _Twice()
        for number in self._numbers:
            draft = self._spool[number]
            ids.add(_digest(draft.external_id))
            names.add(_digest(series_name(draft)))
        return ids.twice, names.twice

    def _told_apart(self) -> dict[int, str]:
        """Entries that share an id get their start behind it, and a mark if that is shared too."""
        taken: set[str] = set()
        new: dict[int, str] = {}
        for index, number in enumerate(self._numbers):
            draft = self._spool[number]
            if _digest(draft.external_id) not in self._shared:
                continue
            stamp = draft.start_time.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
            where = hashlib.sha256(repr(_happening(draft)).encode()).hexdigest()[:8]
            stamped = f"{draft.external_id[:460]}#{stamp}"
            new[index] = f"{stamped}-{where}" if stamped in taken else stamped
            taken.add(stamped)
        return new


class _Twice:
    """Which numbers came more than once."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self.twice: set[int] = set()

    def add(self, number: int) -> None:
        (self.twice if number in self._seen else self._seen).add(number)


def _digest(*parts: object) -> int:
    text = "\n".join(str(part) for part in parts)
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest())


def _happening(draft: EventDraft) -> tuple[str, datetime, str]:
    where = venue_key(draft.venue) if draft.venue else draft.attendance_mode
    if draft.room_name:
        where = f"{where}|{fold_name(draft.room_name)}"
    # A title of symbols alone folds to nothing and stands for itself.
    title = fold_name(draft.title) or draft.title
    return title, draft.start_time.astimezone(UTC), where


def _fullness(draft: EventDraft) -> tuple[bool, bool, int, str]:
    """A cancellation beats all; then an end, then the longer text; then the id, to be stable."""
    return (
        draft.status == "cancelled",
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
        status=max(winner.status, loser.status, key=_STATUS_RANK.__getitem__),
    )


def series_name(draft: EventDraft) -> str:
    """The id of the series that an event belongs to where its feed names none."""
    where = venue_key(draft.venue) if draft.venue else draft.attendance_mode
    return f"{fold_name(draft.title)[:300] or draft.title[:300]} @ {where}"[:500]
