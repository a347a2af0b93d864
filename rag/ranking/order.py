"""Orders what was selected: one entry a happening, varied, and what is of interest first. Pure."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from functools import cached_property
from itertools import accumulate
from typing import Generic, Protocol, TypeVar

from core.text import fold_name
from rag.ranking.scoring import Ranked
from rag.types import EventSummary

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

    `series` is empty for an event outside of any; `is_demo` tells made-up events.
    """

    title: str
    starts_at: datetime
    series: str = ""
    venue_id: int | None = None
    is_all_day: bool = False
    is_demo: bool = False

    @cached_property
    def name(self) -> str:
        """The title without case, accents and signs."""
        return fold_name(self.title) or self.title

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(self.name.split())


def kin_of(event: EventSummary, *, is_demo: bool) -> Kin:
    """The fields of an event that was loaded."""
    return Kin(
        title=event.title,
        starts_at=event.start_time,
        series=f"{event.source}:{event.series_id}" if event.series_id else "",
        venue_id=event.venue["id"] if event.venue else None,
        is_all_day=event.all_day,
        is_demo=is_demo,
    )


NO_KIN = Kin("", datetime.min.replace(tzinfo=UTC))


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
    if kin.venue_id is not None:
        yield (kin.name, kin.venue_id)


def vary(scored: Sequence[S], kin: Mapping[int, Kin], *, first: int = VARIED) -> list[S]:
    """Reorders the first few entries so that they differ in place and title.

    The given order is not that of the scores alone, so an entry counts no more than
    the least score before it.
    """
    looked_at = scored[: first * _LOOKED_AT]
    worth = accumulate((one.score for one in looked_at), min)
    waiting = [
        _Waiting(one, least, kin.get(one.event_id))
        for one, least in zip(looked_at, worth, strict=True)
    ]
    chosen: list[S] = []
    while waiting and len(chosen) < first:
        best = max(waiting, key=_Waiting.value)
        waiting.remove(best)
        chosen.append(best.entry)
        for other in waiting:
            other.step_back_from(best)
    return [*chosen, *(each.entry for each in waiting), *scored[first * _LOOKED_AT :]]


@dataclass(slots=True, eq=False)
class _Waiting(Generic[S]):
    """An entry that may be chosen next, and how it resembles those chosen before."""

    entry: S
    worth: float
    kin: Kin | None
    same_venue: int = 0
    same_title: bool = False

    def value(self) -> float:
        return self.worth - (_SAME_VENUE * self.same_venue + _SAME_TITLE * self.same_title)

    def step_back_from(self, chosen: _Waiting[S]) -> None:
        mine, other = self.kin, chosen.kin
        if mine is None or other is None:
            return
        self.same_venue += mine.venue_id is not None and mine.venue_id == other.venue_id
        self.same_title = self.same_title or _share(mine.words, other.words) >= _TITLE_SHARE


def _share(words: frozenset[str], others: frozenset[str]) -> float:
    """How many of the words of two titles they have in common (Jaccard)."""
    return len(words & others) / max(len(words | others), 1)


# Entries that tell when a place is open or shut, as calendars of towns and churches have them.
_NOTICE = re.compile(
    r"\b(?:closed|closes early|office hours|office open|opening hours|hours of operation"
    r"|no school|no classes?|school holiday|teacher (?:work ?day|in-?service)|deadline"
    r"|cancel+ed|postponed|rescheduled)\b",
    re.IGNORECASE,
)
# Regular gatherings of those who belong: they are found when asked for.
_ROUTINE = re.compile(
    r"\b(?:worship|minyan|daven|eucharist|holy communion|mass|vespers"
    r"|(?:morning|evening|daily|noon) prayer|prayer (?:service|meeting)|sunday service"
    r"|(?:sub)?committee|(?:board|council|commission|staff|vestry|aa|na|al-?anon) meetings?"
    r"|(?:board|council) of \w+|choir (?:rehearsal|practice))\b",
    re.IGNORECASE,
)


class Interest(IntEnum):
    """What somebody who asks "what's on?" wants to hear first."""

    BEGINS = 0
    ROUTINE = 1
    ALL_DAY = 2
    GOES_ON = 3
    NOTICE = 4


def by_interest(
    ranked: Sequence[Ranked], kin: Mapping[int, Kin], since: datetime, town_miles: float
) -> list[Ranked]:
    """What begins at or after a moment, routine last; then what lasts all day, goes on, or
    is a notice.

    Of each, what takes place in the town (so many miles around its middle) comes before what
    takes place around it. The order within is kept.
    """
    return sorted(
        ranked,
        key=lambda one: (
            _interest(one, kin.get(one.event_id), since),
            (one.candidate.distance_miles or 0.0) > town_miles,
        ),
    )


def _interest(one: Ranked, kin: Kin | None, since: datetime) -> Interest:
    if kin is not None and _NOTICE.search(kin.title):
        return Interest.NOTICE
    if one.candidate.starts_at < since:
        return Interest.GOES_ON
    if kin is not None and kin.is_all_day:
        return Interest.ALL_DAY
    return Interest.ROUTINE if kin is not None and _ROUTINE.search(kin.title) else Interest.BEGINS
