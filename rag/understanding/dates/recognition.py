"""Finds what may be a day, a period or a time of day in a text, before any zone is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.understanding.dates.calendar_words import DAY_NAME, Canonical
from rag.understanding.dates.clock import EVENING, MIDNIGHT, MORNING, NOON, Clock, Evaluate, Period
from rag.understanding.dates.clock_times import CLOCK_WORDS, HOUR, FoundTime, TimeBound, clock_times
from rag.understanding.dates.rules import RULES
from rag.understanding.text import Span, longest_first

# Names of parts of the day, with the hours from which and to which each goes.
_HOURS: dict[str, tuple[int, int]] = {
    "morning": (5, 12),
    "afternoon, arvo": (12, 17),
    "after lunch": (13, 17),
    "evening, night, nite, after work": (17, 24),
    "early morning": (5, 9),
    "late morning": (10, 12),
    "early afternoon": (12, 15),
    "late afternoon": (15, 17),
    "early evening": (17, 20),
    "late evening, late night": (21, 24),
    "lunchtime, lunch time, lunch, midday": (11, 14),
    "daytime, day time": (9, 17),
    "after school": (15, 19),
    "after dinner": (19, 24),
    "after dark": (18, 24),
    "early in the day, earlier in the day": (5, 17),
    "later in the day, late in the day, pm": (12, 24),
    "am": (0, 12),
}
_PARTS = {
    name: TimeBound(start * HOUR, end * HOUR)
    for names, (start, end) in _HOURS.items()
    for name in names.split(", ")
}
_PART = re.compile(
    r"\b(?:(?:in|during) the |at |in )?(?:(?P<when>early|late)[ -](?:in the )?)?"
    r"(?P<part>morning|afternoon|arvo|evening|night|nite|lunch ?time|midday|day ?time"
    r"|(?<=day )[ap]m)s?\b"
    r"(?!'|s?(?: (?:market|fever|lights)))"
)
_EARLY_DAY = re.compile(rf"\b(?P<when>early|late) (?:on )?(?:this |next )?{DAY_NAME} $")
_OTHER_PART = re.compile(
    r"\b(?:at|around|over|during|for) lunch(?: hours?)?\b(?! (?:and|with|at|in)\b)"
    r"|(?<=weekday |eekdays )lunch(?:es)?\b"
    r"|\bafter (?:work|school|dinner|lunch|dark)\b(?! (?:care|program))"
    r"|\b(?:earl(?:y|ier)|later?) in the day\b"
)
# "Not in the evening" leaves the rest of the day.
_NOT_BEFORE = re.compile(
    r"\b(?:not|no|except|but not"
    r"|(?:can'?t|cannot|can not|(?:do|does|wo)n'?t|(?:do|does) not|never)(?: [a-z]+){1,2})"
    r"(?: in the| at| after| the)? $"
)
_NOT_BEFORE_AT_MOST = 40


def find_times(low: str, text: Canonical | None = None) -> list[FoundTime]:
    """Every time of day in lower-case text, in order; of overlapping ones the longest.

    `text` is the same in digits, when that is known.
    """
    text = text or Canonical.of(low)
    found = [*_parts(low), *(clock_times(text) if CLOCK_WORDS.search(text.low) else ())]
    kept = {(span.start, span.end) for span in longest_first(f.span for f in found)}
    unique = {(f.span.start, f.span.end): f for f in reversed(found)}
    return [unique[key] for key in sorted(kept)]


def _parts(low: str) -> list[FoundTime]:
    found = []
    for match in _PART.finditer(low):
        before = _EARLY_DAY.search(low, 0, match.start())
        when = match["when"] or (before["when"] if before else None)
        name = f"{when} {match['part']}" if when else match["part"]
        bound = _PARTS.get(name) or _PARTS[match["part"]]
        start = match.start()
        if refused := _NOT_BEFORE.search(low[max(0, start - _NOT_BEFORE_AT_MOST) : start]):
            start -= len(refused.group())
            bound = _rest_of_day(bound)
        found.append(FoundTime(Span(start, match.end()), bound, needs_day=True, is_part=True))
    for match in _OTHER_PART.finditer(low):
        bound = _PARTS.get(match.group(), _PARTS["lunch"])
        found.append(FoundTime(Span(*match.span()), bound, needs_day=True, is_part=True))
    return found


def _rest_of_day(bound: TimeBound) -> TimeBound:
    """The day without one of its ends; all of it when both ends stay."""
    if bound.end == MIDNIGHT:
        return TimeBound(0, bound.start)
    return TimeBound(bound.end, MIDNIGHT) if bound.start <= MORNING else TimeBound()


def both(one: TimeBound, other: TimeBound) -> TimeBound:
    """What two bounds leave together; the latter alone when they exclude each other.

    A clock without am or pm is of the part of the day beside it: "Friday night after 9",
    "at 7 in the morning".
    """
    one, other = _of_part(one, other), _of_part(other, one)
    start, end = max(one.start, other.start), min(one.end, other.end)
    if start >= end and end <= NOON <= start < end + NOON:
        end += NOON  # "after 6 but not later than 9"
    return TimeBound(start, end) if start < end else other


def _of_part(clock: TimeBound, part: TimeBound) -> TimeBound:
    """The clock half a day on in an evening, half a day back in a morning."""
    if part.start >= EVENING and NOON - 4 * HOUR < clock.start < NOON:
        end = clock.end + NOON if clock.end <= NOON + HOUR else clock.end
        return TimeBound(clock.start + NOON, end)
    if part.end <= NOON <= clock.start and part.start >= MORNING:
        end = clock.end - NOON if clock.end < MIDNIGHT else clock.end
        return TimeBound(clock.start - NOON, end)
    return clock


# No message names more days than these; the limit bounds the time that joining them takes.
_MOST_DAYS = 24
_MOST_TIMES = 12


@dataclass(frozen=True, slots=True)
class FoundDay:
    """Words that name a day or period, still to be put on a clock."""

    span: Span
    match: re.Match[str]
    evaluate: Evaluate

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
        FoundDay(text.span(match), match, mean)
        for group in RULES
        if group.trigger.search(text.low)
        for pattern, mean in group.rules
        for match in pattern.finditer(text.low)
    ]
    by_span = {(day.span.start, day.span.end): day for day in reversed(found)}
    kept = longest_first(day.span for day in found)
    the_days = tuple(by_span[span.start, span.end] for span in kept[:_MOST_DAYS])
    times = tuple(
        time
        for time in find_times(low, text if named == low else None)
        if not any(time.span.overlaps(span) for span in kept)
    )
    return FoundDates(low, the_days, times[:_MOST_TIMES])
