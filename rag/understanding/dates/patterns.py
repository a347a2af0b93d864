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

_AND = r"(?:,? and |,? or | & |/|, )(?:on |every |each )?"
_PLURALS = rf"{DAY_NAME}s(?:{_AND}{DAY_NAME}s?)*"
_ANY = rf"{DAY_NAME}s?(?:{_AND}{DAY_NAME}s?)*"
_NTH = r"(?:first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|last)"
_PART = r"(?:mornings|afternoons|evenings|nights)"
_WEEKDAYS = r"(?:weekdays|weeknights|week ?nights|work ?days|school (?:days|nights))"
_OF_MONTH = r"(?: (?:of|in) (?:the|each|every|a) month)"
# "Last Sunday of the month" is this month's.
_NTHS = rf"(?!last \w+ (?:of|in) the month){_NTH}(?:{_AND}(?:the )?{_NTH})*"
_THIS_OR_NEXT = r"(?! (?:(?:of|in) )?(?:this|next))"
_RECURRING = re.compile(
    rf"\b(?:on )?(?:the |every |each )*(?P<nth>{_NTHS}) (?P<nthday>{DAY_NAME}s?)"
    rf"(?:{_OF_MONTH}|\b(?! (?:of|in) (?!the month)\w))(?! (?:week|weekend))"
    rf"|\b(?:on |for |during )?(?:every|each) (?P<each>{_ANY}|weekday|weeknight|weekend)s?\b"
    rf"|\b(?:on |for |during )?(?P<plural>{_PLURALS})\b(?! child| later| from (?:now|today))"
    rf"|(?<!to )(?<!- )(?<!-)(?<!through )(?<!until )\b(?P<before>{_ANY})(?= {_PART}\b)"
    rf"|\b(?:on |for |during |only )?(?:the )?(?P<kind>{_WEEKDAYS}|weekends)\b{_THIS_OR_NEXT}"
    rf"|\b(?:on a |a )?(?P<single>weekday|week day|weeknight)(?=s?\b{_THIS_OR_NEXT})"
    r"|\b(?P<week>during the week|mid-?week)\b(?! (?:of|after|before))"
)
# "Monday contra dance in December": every Monday of it; with an alternative the weekday is part
# of a name, as it is in "the chess Sundays".
_OF_MONTHS = re.compile(
    rf"(?:^|\b(?:an?|any|for|find|me) )(?P<day>{DAY_NAME})(?= (?!in\b)(?P<what>[a-z' ]{{3,60}}?)"
    rf" (?:in|during|throughout) {MONTH}(?! [0-9]{{1,2}}\b))"
)
_NAMED_AFTER = re.compile(rf"\bthe (?!{_NTH}|same|next|last|coming)[a-z]+ {DAY_NAME}s\b")
_DATE_WORD = re.compile(rf"\b(?:on|at|to|until|and|after|before|{DAY_NAME})\b|^(?:{_PART})?s?$")
_REFUSED = re.compile(
    r"\b(?:except(?:ing)?(?: for)?|but not|not|no|excluding|other than|besides|apart from|never"
    rf"|can'?t do|don'?t want)(?: on)?(?: the| any)? (?P<out>{_PLURALS}|weekends|{_WEEKDAYS})\b"
)
# No day recurs without one of these.
RECURS = re.compile(
    rf"days|nights|mornings|noons|evenings|every|each|week ?(?:day|night|ends)|the week|mid-?week"
    rf"|{_NTH} {DAY_NAME}|day [a-z' ]+ (?:in|during|throughout) "
)
# Before these a word for many weekdays says which week: "this week's weekdays".
_WHICH = re.compile(r"\b(?:this|next|coming|all|[0-9]+|two|three|few|couple|of) $")
# What says that hours are meant where no day is: "in the evening", "after 6pm", not "quiz night".
_SURE_HOURS = re.compile(
    r"(?:in|during) the |at (?:night|lunch)|mornings$|noons$|evenings$|day ?time|after "
    r"|before |[ap]m\b|noon|[0-9]:[0-9]|around |about |lunch"
)
_NO_TOPIC = re.compile(r"[0-9]|ings$|noons$|^(?:after|before|around|at|during) |noon$|lunch")
_ALONE = re.compile(r"(?:^|[,;.] |\bonly |\bthe )$")
_WORK_WEEK, _WEEKEND = (1, 2, 3, 4, 5), (6, 7)


@dataclass(frozen=True, slots=True)
class PatternWords:
    """The weekdays that the words name as recurring, which words do, and which are in names."""

    pattern: TimePattern | None = None
    spans: tuple[Span, ...] = ()
    names: tuple[Span, ...] = ()


def read_patterns(low: str) -> PatternWords:
    """The recurring weekdays of lower-case text, without their hours."""
    refused = list(_REFUSED.finditer(low))
    out = {day for found in refused for day in _numbers(found["out"])}
    spans = [Span(*found.span()) for found in refused]
    names = [Span(*found.span()) for found in _NAMED_AFTER.finditer(low)]
    weekdays: list[int] = []
    for found in _OF_MONTHS.finditer(low):
        if _DATE_WORD.search(found["what"]):
            continue
        if " or " in found["what"]:
            names.append(Span(*found.span("day")))
        else:
            spans.append(Span(*found.span("day")))
            weekdays.extend(_numbers(found["day"]))
    nth: tuple[int, ...] = ()
    for found in _RECURRING.finditer(low):
        span = Span(*found.span())
        is_of_a_week = found["kind"] and _WHICH.search(low[max(0, span.start - 8) : span.start])
        if is_of_a_week or any(span.overlaps(other) for other in (*spans, *names)):
            continue
        spans.append(span)
        named = found["nthday"] or found["each"] or found["plural"] or found["before"]
        weekdays.extend(_numbers(named or found["kind"] or "weekdays"))
        if found["nth"]:
            nth = tuple(ordinal(word) for word in re.findall(_NTH, found["nth"]))
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
        stands_alone = is_end and _ALONE.search(before)
        if _SURE_HOURS.search(words) or stands_alone:
            return True
    return False


def only_hours(low: str, times: Sequence[FoundTime]) -> tuple[Span, ...]:
    """The words that are nothing but hours; "evening" may be part of the topic too."""
    return tuple(
        found.span
        for found in times
        if _NO_TOPIC.search(low[found.span.start : found.span.end])
        or low[: found.span.start].endswith((", ", "only "))
    )
