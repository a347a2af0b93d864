"""Weekdays, weeks and weekends: "next Friday", "the first Friday of May", "early next week"."""

from __future__ import annotations

import re

from rag.understanding.dates.calendar_words import (
    DAY_NAME,
    MONTH,
    WEEKDAY,
    weekday_number,
)
from rag.understanding.dates.clock import (
    AFTER_NEXT,
    DAY,
    WHICH,
    Clock,
    Period,
    Rules,
    coming_months,
    days,
    first_of_month,
    offset_of,
    week,
    weekend,
)
from rag.understanding.numbers import COUNT, number, ordinal

_TITLES = (
    r"(?! (?:school|night live|night fever|night lights|addams|funday|salutations?|sets? (?:in|on)"
    r"|bear|valley|city|the musical|prayer|sermon)\b)"
)

_WEEKDAY_SHORT_ONLY_IF = (
    r"(?:(?<=\bon )|(?<=\bthis )|(?<=\bnext )|(?<=\bby )|(?<=\bfor )|(?<=\buntil )|(?<=\bevery )"
    r"|(?<=[a-z]-)|(?<=- )|(?<=/)|(?<=\bor )|(?<=\band )|(?<=\bto )|(?<=, )|^)"
)


def _weekday(found: re.Match[str], clock: Clock) -> Period:
    """The nearest such day, today included; "next" is that of the following week."""
    number_of_day, which = weekday_number(found["weekday"]), found["which"] or ""
    if found["after"] or ("next" in which and "this" not in which):
        return week(clock, clock.today, 2 if found["after"] else 1, number_of_day, number_of_day)
    day = clock.today + (number_of_day - clock.today.weekday()) % 7 * DAY
    if "last" in which or "past" in which:
        return days(clock, day - 7 * DAY, day - 7 * DAY)
    return days(clock, day, day, repeats=True, weekly=True)


def _nth_weekday(found: re.Match[str], clock: Clock) -> Period | None:
    """ "the first Friday of December", "the last Sunday of the month"."""
    nth, weekday = ordinal(found["nth"]), weekday_number(found["weekday"])
    for first in coming_months(clock, found["month"], skip=found["which"] == "next"):
        length = (first_of_month(first, 1) - first).days
        such = range((weekday - first.weekday()) % 7, length, 7)
        day = first + such[nth - 1 if nth > 0 else nth] * DAY
        if day >= clock.today:
            return days(clock, day, day, repeats=True)
    return None


def _weekday_in_weeks(found: re.Match[str], clock: Clock) -> Period:
    """ "a week from Friday"; "two Sundays from now" is the second one after today."""
    weekday, count = found["weekday"] or found["weekday2"], number(found["count"])
    ahead = (weekday_number(weekday) - clock.today.weekday()) % 7
    if found["weekday2"] and ahead:
        count -= 1
    day = clock.today + (ahead + 7 * count) * DAY
    return days(clock, day, day)


_PARTS_OF_WEEK = {"early": (0, 2), "beginning": (0, 2), "start": (0, 2), "mid": (1, 3)}
_PARTS_OF_WEEK |= {"middle": (1, 3), "late": (3, 6), "end": (4, 6)}

# "This weekend after 6pm" names a time, "the weekend after Easter" a weekend.
_TIME = r"next|[0-9]|noon|midnight|midday|dark|work|school|dinner|lunch"

_WEEKEND = r"(?:week-?end|wk?e?nd|wkend)"

PART = r"(?P<part>early|late|mid|middle|beginning|start|end)"


def _weekend(found: re.Match[str], clock: Clock) -> Period:
    """Friday 17:00 to Monday; asked on a Saturday or Sunday it is the one going on."""
    return weekend(clock, clock.today, 2 if found["after"] else offset_of(found["which"]))


def _week(found: re.Match[str], clock: Clock) -> Period:
    """The week asked for; the coming one begins on the next Monday."""
    is_coming = re.search("coming|upcoming", found["which"]) is not None
    return week(clock, clock.today, 2 if found["after"] else offset_of(found["which"]) or is_coming)


def _work_week(found: re.Match[str], clock: Clock) -> Period:
    """Monday to Friday of this week or the next one."""
    return week(clock, clock.today, offset_of(found["which"]), last=4)


def _part_of_week(found: re.Match[str], clock: Clock) -> Period:
    """ "early next week" is Monday to Wednesday, its end Friday to Sunday."""
    return week(clock, clock.today, offset_of(found["which"]), *_PARTS_OF_WEEK[found["part"]])


def _after_this(found: re.Match[str], clock: Clock) -> Period:
    """ "the weekend after this one"."""
    return (week if found["unit"] == "week" else weekend)(clock, clock.today, 1)


RULES = Rules.of(
    r"mon|tue|wed|thu|fri|sat|sun|w(?:ee)?k|we?nd",
    (
        r"(?<!\bblack )(?<!\bgood )(?<!\bcasual )(?<!\bfreaky )(?<!\bruby )(?<!\bthe last )"
        r"(?<!\bfirst )(?<!\b1st )(?<!\bsecond )(?<!\b2nd )(?<!\bthird )(?<!\b3rd )"
        r"(?<!\bevery )(?<!\beach )"
        rf"\b(?:(?:early|late) (?:on )?(?=(?:\w+ )?{DAY_NAME} (?:morning|afternoon|evening"
        r"|night)))?"
        r"(?P<which>this coming |this next |this upcoming |this past |this |next |last |past "
        r"|coming |upcoming )?(?P<weekday>monday|tuesday|wednesday|thursday|friday"
        r"|saturday|sunday|tues|thurs|thur|thu|tue"
        r"|fri)\b(?:\.(?= [a-z0-9]))?(?:'s\b(?! (?:child|restaurant)))?"
        rf"(?P<after> after next)?{_TITLES}",
        _weekday,
    ),
    (
        rf"(?:\b(?P<which>this |next )|{_WEEKDAY_SHORT_ONLY_IF})(?P<weekday>mon|wed|sat|sun)\b"
        r"(?P<after> after next)?(?! (?:salutations?|valley|city|dance|in the)\b)",
        _weekday,
    ),
    (
        r"(?<!\bthe )(?<!\bin )\b(?P<which>)(?P<weekday>mon|wed|sat|sun)(?P<after>)\.?"
        r"(?= ?(?:$|[?!.,;]| ?- ?[a-z]| (?:morning|afternoon|evening|night|and|or|through|to"
        r"|after|before|at) ?))(?! salut)",
        _weekday,
    ),
    (
        r"\b(?:the )?(?P<nth>first|1st|second|2nd|third|3rd|fourth|4th|last) "
        rf"(?P<weekday>{WEEKDAY}) (?:of|in) (?:(?P<which>this|next|the) month"
        rf"|(?P<month>{MONTH}))",
        _nth_weekday,
    ),
    (
        rf"\b(?P<count>{COUNT}) (?:weeks? (?:from|after) (?:this )?(?P<weekday>{WEEKDAY})"
        rf"|(?P<weekday2>{DAY_NAME})s? (?:from (?:now|today)|later)\b)",
        _weekday_in_weeks,
    ),
    (
        rf"\b(?:over |on |at )?(?:{WHICH}|(?P<bare>the )){_WEEKEND}\b(?! (?:of"
        rf"|around|(?:before|after) (?!{_TIME})))(?:'s\b)?{AFTER_NEXT}",
        _weekend,
    ),
    (
        rf"\b(?P<which>)weekend(?P<after>)(?! in {MONTH})"
        r"(?= ?(?:$|[?!.,;])| (?:events?|plans|activit|fun"
        r"|things|ideas|morning|afternoon|evening|night|in|near|around|for|with))",
        _weekend,
    ),
    (rf"\b(?:{WHICH})week\b(?:'s\b)?(?! ?(?:end|day|night)){AFTER_NEXT}", _week),
    (rf"\b(?P<which>)(?:the )?{_WEEKEND}(?P<after> after (?:the )?next)\b", _weekend),
    (r"\b(?P<which>)(?:the )?week(?P<after> after (?:the )?next)\b", _week),
    (r"(?<!\bof )\b(?P<which>the )week(?P<after>)(?= ?[?!.]*$)", _week),
    (rf"\b(?:{WHICH})(?:work ?week|weekdays?|weeknights?)\b", _work_week),
    (r"\b(?:weekdays?|weeknights?) (?:of |in )?(?P<which>this |next )week\b", _work_week),
    (
        rf"\b(?:the )?{PART}(?: (?:of|in|part of))? (?P<which>the|this|next) week\b"
        r"(?! (?:of|in))",
        _part_of_week,
    ),
    (r"\b(?:the )?(?P<unit>week|weekend) after this(?: one)?\b", _after_this),
)
