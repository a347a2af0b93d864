"""Keeps one entry of each happening and varies the first few. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import accumulate
from typing import Protocol, TypeVar

from core.text import fold_name

# How many of the first entries are varied.
VARIED = 8
# What an entry's score loses for each earlier entry at its venue, and for a similar title.
_SAME_VENUE, _SAME_TITLE = 0.005, 0.02
_TITLE_SHARE = 0.6
# The varied entries are chosen from this many times their number.
_LOOKED_AT = 3


@dataclass(frozen=True)
class Kin:
    """The fields by which two events are compared: one happening, or much alike.

    `series` is empty for an event outside of any.
    """

    title: str
    starts_at: datetime
    series: str = ""
    venue_id: int | None = None

    @cached_property
    def name(self) -> str:
        """The title without case, accents and signs."""
        return fold_name(self.title) or self.title

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(self.name.split())


class Entry(Protocol):
    """Anything hashable with an event and a score."""

    @property
    def event_id(self) -> int: ...
    @property
    def score(self) -> float: ...


S = TypeVar("S", bound=Entry)


def first_of_each(scored: Sequence[S], kin: Mapping[int, Kin]) -> list[S]:
    """The best date of each series and the best of copies; what is unknown stands alone."""
    seen: set[Hashable] = set()
    kept = []
    for one in scored:
        keys = set(_keys(kin.get(one.event_id)))
        if not keys & seen:
            kept.append(one)
        seen |= keys
    return kept


def _keys(kin: Kin | None) -> Iterator[Hashable]:
    if kin is None:
        return
    if kin.series:
        yield ("series", kin.series)
    yield (kin.name, kin.starts_at)


def vary(scored: Sequence[S], kin: Mapping[int, Kin], *, first: int = VARIED) -> list[S]:
    """Reorders the first few entries so that they differ in place and title.

    The given order is not that of the scores alone, so an entry counts no more than
    the least score before it.
    """
    waiting = list(scored[: first * _LOOKED_AT])
    worth = dict(zip(waiting, accumulate((one.score for one in waiting), min), strict=True))
    chosen: list[S] = []
    while waiting and len(chosen) < first:
        best = max(waiting, key=lambda one: worth[one] - _likeness(one, chosen, kin))
        waiting.remove(best)
        chosen.append(best)
    return [*chosen, *waiting, *scored[first * _LOOKED_AT :]]


def _likeness(one: S, chosen: Sequence[S], kin: Mapping[int, Kin]) -> float:
    mine = kin.get(one.event_id)
    if mine is None:
        return 0.0
    others = [other for each in chosen if (other := kin.get(each.event_id)) is not None]
    same_venue = sum(mine.venue_id is not None and mine.venue_id == o.venue_id for o in others)
    same_title = any(_share(mine.words, other.words) >= _TITLE_SHARE for other in others)
    return _SAME_VENUE * same_venue + _SAME_TITLE * same_title


def _share(words: frozenset[str], others: frozenset[str]) -> float:
    """How many of the words of two titles they have in common (Jaccard)."""
    return len(words & others) / max(len(words | others), 1)
