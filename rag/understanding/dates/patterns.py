"""Days and hours that recur: "every Tuesday evening", "weekday lunch", "except Wednesdays".

They narrow the range of dates; a weekday in the singular names a day instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time

from rag.types import TimePattern
from rag.understanding.dates.calendar_words import DAY_NAME, MONTH, weekday_number
from rag.understanding.dates.clock import MIDNIGHT
from rag.understanding.dates.clock_times import FoundTime, TimeBound
from rag.understanding.numbers import ordinal
from rag.understanding.text import Span
from rag.understanding.word_lists import compile_patterns

_PATTERNS = compile_patterns(__file__, "patterns.toml", "patterns", day_name=DAY_NAME, month=MONTH)
RECURS = _PATTERNS["recurs"]

_WORK_WEEK, _WEEKEND = (1, 2, 3, 4, 5), (6, 7)


@dataclass(frozen=True, slots=True)
class PatternWords:
    """The weekdays that the words name as recurring, which words do, and which are in names."""

    pattern: TimePattern | None = None
    spans: tuple[Span, ...] = ()
    names: tuple[Span, ...] = ()

    @property
    def weekdays(self) -> tuple[Span, ...]:
        """The words in which a weekday names no single day."""
        return (*self.spans, *self.names)


def read_patterns(low: str) -> PatternWords:
    """The recurring weekdays of lower-case text, without their hours."""
    refused = list(_PATTERNS["refused"].finditer(low))
    out = {day for found in refused for day in _numbers(found["out"])}
    spans = [Span(*found.span()) for found in refused]
    names = [Span(*found.span()) for found in _PATTERNS["named_after"].finditer(low)]
    weekdays: list[int] = []
    for found in _PATTERNS["of_months"].finditer(low):
        if _PATTERNS["date_word"].search(found["what"]):
            continue
        if " or " in found["what"]:
            names.append(Span(*found.span("day")))
        else:
            spans.append(Span(*found.span("day")))
            weekdays.extend(_numbers(found["day"]))
    nth: tuple[int, ...] = ()
    for found in _PATTERNS["recurring"].finditer(low):
        span = Span(*found.span())
        is_of_a_week = found["kind"] and _PATTERNS["which"].search(
            low[max(0, span.start - 8) : span.start]
        )
        if is_of_a_week or any(span.overlaps(other) for other in (*spans, *names)):
            continue
        spans.append(span)
        named = found["nthday"] or found["each"] or found["plural"] or found["before"]
        weekdays.extend(_numbers(named or found["kind"] or "weekdays"))
        if found["nth"]:
            nth = tuple(ordinal(word) for word in re.findall(_PATTERNS["nth"], found["nth"]))
    if not spans:
        return PatternWords(names=tuple(names))
    wanted = set(weekdays) or set(range(1, 8))
    kept = tuple(sorted(wanted - out)) or tuple(sorted(wanted))
    return PatternWords(TimePattern(kept, nth), tuple(spans), tuple(names))


def _numbers(words: str) -> list[int]:
    """ISO weekdays of names, or of "weekdays" and "weekends"."""
    if words.startswith("weekend"):
        return list(_WEEKEND)
    names = re.findall(DAY_NAME, words)
    return [weekday_number(name) + 1 for name in names] or list(_WORK_WEEK)


def with_hours(pattern: TimePattern, bound: TimeBound | None) -> TimePattern:
    """The pattern at these hours; past midnight they end on the next day."""
    if bound is None or (bound.start == 0 and bound.end >= MIDNIGHT):
        return replace(pattern, starts=None, ends=None)
    starts, ends = (time(each % MIDNIGHT // 60, each % 60) for each in (bound.start, bound.end))
    return replace(pattern, starts=starts, ends=ends)


def hours_alone(low: str, times: Sequence[FoundTime]) -> bool:
    """Whether times of day without any day mean hours, and not part of a name."""
    for found in times:
        words = low[found.span.start : found.span.end]
        before, after = low[: found.span.start], low[found.span.end :].strip()
        is_end = not after or after[0] in "?!.,;" or after == "only"
        stands_alone = is_end and _PATTERNS["alone"].search(before)
        if _PATTERNS["sure_hours"].search(words) or stands_alone:
            return True
    return False


def only_hours(low: str, times: Sequence[FoundTime]) -> tuple[Span, ...]:
    """The words that are nothing but hours; "evening" may be part of the topic too."""
    return tuple(
        found.span
        for found in times
        if _PATTERNS["no_topic"].search(low[found.span.start : found.span.end])
        or low[: found.span.start].endswith((", ", "only "))
    )
