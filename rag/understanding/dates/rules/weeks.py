"""Weeks and weekends: "this weekend", "next week", "early next week", "the week after this"."""

from __future__ import annotations

import re
from datetime import timedelta

from rag.understanding.dates.calendar_words import MONTH
from rag.understanding.dates.clock import DAY, EVENING, Clock, Period, days
from rag.understanding.dates.rules.rule import AFTER_NEXT, WHICH, Rule, offset_of

_PARTS_OF_WEEK = {"early": (0, 2), "beginning": (0, 2), "start": (0, 2), "mid": (1, 3)}
_PARTS_OF_WEEK |= {"middle": (1, 3), "late": (3, 6), "end": (4, 6)}

# "This weekend after 6pm" names a time, "the weekend after Easter" a weekend.
_TIME = r"next|[0-9]|noon|midnight|midday|dark|work|school|dinner|lunch"

_WEEKEND = r"(?:week-?end|wk?e?nd|wkend)"

PART = r"(?P<part>early|late|mid|middle|beginning|start|end)"


def _weekend(found: re.Match[str], clock: Clock) -> Period:
    """Friday 17:00 to Monday; asked on a Saturday or Sunday it is the one going on."""
    monday = clock.today - timedelta(days=clock.today.weekday())
    offset = 2 if found["after"] else offset_of(found["which"])
    friday = monday + timedelta(days=4 + 7 * offset)
    return Period(clock.moment(friday, EVENING), clock.moment(friday + timedelta(days=3)))


def _week(found: re.Match[str], clock: Clock) -> Period:
    monday = clock.today - timedelta(days=clock.today.weekday())
    monday += timedelta(days=7 * (2 if found["after"] else offset_of(found["which"])))
    return days(clock, monday, monday + timedelta(days=6))


def _work_week(found: re.Match[str], clock: Clock) -> Period:
    """Monday to Friday of this week or the next one."""
    monday = clock.today - timedelta(days=clock.today.weekday())
    monday += timedelta(days=7 * offset_of(found["which"]))
    return days(clock, monday, monday + timedelta(days=4))


def _part_of_week(found: re.Match[str], clock: Clock) -> Period:
    """ "early next week" is Monday to Wednesday, its end Friday to Sunday."""
    monday = clock.today - timedelta(days=clock.today.weekday())
    monday += timedelta(days=7 * offset_of(found["which"]))
    first, last = _PARTS_OF_WEEK[found["part"]]
    return days(clock, monday + DAY * first, monday + DAY * last)


def _after_this(found: re.Match[str], clock: Clock) -> Period:
    """ "the weekend after this one"."""
    monday = clock.today - timedelta(days=clock.today.weekday()) + 7 * DAY
    if found["unit"] == "week":
        return days(clock, monday, monday + 6 * DAY)
    return Period(clock.moment(monday + 4 * DAY, EVENING), clock.moment(monday + 7 * DAY))


RULES: tuple[Rule, ...] = (
    Rule(
        re.compile(
            rf"\b(?:over |on |at )?(?:{WHICH}|(?P<bare>the )){_WEEKEND}\b(?! (?:of"
            rf"|around|(?:before|after) (?!{_TIME})))(?:'s\b)?{AFTER_NEXT}"
        ),
        _weekend,
    ),
    Rule(
        re.compile(
            rf"\b(?P<which>)weekend(?P<after>)(?! in {MONTH})"
            r"(?= ?(?:$|[?!.,;])| (?:events?|plans|activit|fun"
            r"|things|ideas|morning|afternoon|evening|night|in|near|around|for|with))"
        ),
        _weekend,
    ),
    Rule(
        re.compile(rf"\b(?:{WHICH})week\b(?:'s\b)?(?! ?(?:end|day|night)){AFTER_NEXT}"),
        _week,
    ),
    Rule(
        re.compile(rf"\b(?P<which>)(?:the )?{_WEEKEND}(?P<after> after (?:the )?next)\b"), _weekend
    ),
    Rule(re.compile(r"\b(?P<which>)(?:the )?week(?P<after> after (?:the )?next)\b"), _week),
    Rule(re.compile(rf"\b(?:{WHICH})(?:work ?week|weekdays?|weeknights?)\b"), _work_week),
    Rule(
        re.compile(r"\b(?:weekdays?|weeknights?) (?:of |in )?(?P<which>this |next )week\b"),
        _work_week,
    ),
    Rule(
        re.compile(
            rf"\b(?:the )?{PART}(?: (?:of|in|part of))? (?P<which>the|this|next) week\b"
            r"(?! (?:of|in))"
        ),
        _part_of_week,
    ),
    Rule(
        re.compile(r"\b(?:the )?(?P<unit>week|weekend) after this(?: one)?\b"),
        _after_this,
    ),
)
