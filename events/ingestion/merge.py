"""Duplicates within one file, unique ids, and series."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from events.ingestion.raw import Skipped
from events.ingestion.types import EventDraft
from events.ingestion.venues import venue_key
from events.text import fold_name

_STATUS_RANK = {"scheduled": 0, "postponed": 1, "cancelled": 2}


@dataclass(frozen=True, slots=True)
class Merged:
    """What is left to store, and which entries were joined to another one."""

    drafts: Sequence[EventDraft]
    merged: Sequence[Skipped]


def merge(drafts: Sequence[EventDraft]) -> Merged:
    """Joins entries that describe one happening and makes the ids unique.

    One happening: same folded title, start and place. The fuller entry stays.
    Entries that share an id but differ are told apart by their start.
    """
    kept: dict[tuple[str, datetime, str], EventDraft] = {}
    merged: list[Skipped] = []
    for draft in drafts:
        key = _happening(draft)
        other = kept.get(key)
        if other is None:
            kept[key] = draft
            continue
        winner, loser = sorted((other, draft), key=_fullness, reverse=True)
        kept[key] = _joined(winner, loser)
        merged.append(
            Skipped(
                loser.external_id,
                loser.title,
                "merged duplicate",
                f"merged: same title, start and venue as {winner.external_id}",
            )
        )
    return Merged(_with_series(_with_unique_ids(list(kept.values()))), merged)


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


def _with_unique_ids(drafts: list[EventDraft]) -> list[EventDraft]:
    """Entries that share an id get their start behind it, and a count if that is shared too."""
    shared = {uid for uid, count in Counter(d.external_id for d in drafts).items() if count > 1}
    taken: Counter[str] = Counter()
    unique: list[EventDraft] = []
    for draft in drafts:
        if draft.external_id in shared:
            stamp = draft.start_time.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
            where = hashlib.sha256(repr(_happening(draft)).encode()).hexdigest()[:8]
            draft = replace(draft, external_id=f"{draft.external_id[:460]}#{stamp}")
            taken[draft.external_id] += 1
            if taken[draft.external_id] > 1:
                draft = replace(draft, external_id=f"{draft.external_id}-{where}")
        unique.append(draft)
    return unique


def _with_series(drafts: list[EventDraft]) -> list[EventDraft]:
    """Events of one title at one venue form a series, unless the feed named one."""
    names = [series_name(draft) for draft in drafts]
    counts = Counter(names)
    return [
        replace(draft, series_id=name) if counts[name] > 1 and not draft.series_id else draft
        for draft, name in zip(drafts, names, strict=True)
    ]


def series_name(draft: EventDraft) -> str:
    """The id of the series that an event belongs to where its feed names none."""
    where = venue_key(draft.venue) if draft.venue else draft.attendance_mode
    return f"{fold_name(draft.title)[:300] or draft.title[:300]} @ {where}"[:500]
