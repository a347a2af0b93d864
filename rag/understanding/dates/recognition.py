"""Finds what may be a day, a period or a time of day in a text, before any zone is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.understanding.dates import times_of_day
from rag.understanding.dates.canonical import Canonical
from rag.understanding.dates.clock import Clock, Period
from rag.understanding.dates.rules import RULES
from rag.understanding.dates.times_of_day import FoundTime
from rag.understanding.text import Span, longest_first

# No message names more days than these; the limit bounds the time that joining them takes.
_MOST_DAYS = 24
_MOST_TIMES = 12


@dataclass(frozen=True, slots=True)
class FoundDay:
    """Words that name a day or period, still to be put on a clock."""

    span: Span
    match: re.Match[str]
    evaluate: Callable[[re.Match[str], Clock], Period | None]

    def on(self, clock: Clock) -> Period | None:
        return self.evaluate(self.match, clock)


@dataclass(frozen=True, slots=True)
class FoundDates:
    """Everything in a message that may be a date or a time, in order."""

    low: str
    days: tuple[FoundDay, ...]
    times: tuple[FoundTime, ...]

    def without(self, taken: list[Span]) -> FoundDates:
        """The finds that do not overlap words which turned out to be something else."""
        return replace(
            self,
            days=tuple(d for d in self.days if not any(d.span.overlaps(s) for s in taken)),
            times=tuple(t for t in self.times if not any(t.span.overlaps(s) for s in taken)),
        )

    @property
    def spans(self) -> list[Span]:
        """The words that name days."""
        return [day.span for day in self.days]


def find_dates(low: str, recurring: Sequence[Span] = ()) -> FoundDates:
    """Finds the words for days and times in lower-case text; of overlapping ones the longest.

    In `recurring` words, weekdays name no day.
    """
    named = low
    for span in recurring:
        named = named[: span.start] + "x" * (span.end - span.start) + named[span.end :]
    text = Canonical.of(named)
    found = [
        FoundDay(text.span(match), match, rule.evaluate)
        for rule in RULES
        for match in rule.pattern.finditer(text.low)
    ]
    by_span = {(day.span.start, day.span.end): day for day in reversed(found)}
    kept = longest_first(day.span for day in found)
    the_days = tuple(by_span[span.start, span.end] for span in kept[:_MOST_DAYS])
    times = tuple(
        time
        for time in times_of_day.find_times(low, text if named == low else None)
        if not any(time.span.overlaps(span) for span in kept)
    )
    return FoundDates(low, the_days, times[:_MOST_TIMES])
