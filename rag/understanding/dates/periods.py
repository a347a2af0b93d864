"""Words that name longer stretches: weekends, weeks, months, seasons, "the next 3 days"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from rag.understanding.dates.calendar_words import MONTH, month_number
from rag.understanding.dates.clock import DAY, EVENING, Clock, Period, days, is_before
from rag.understanding.dates.days import Rule
from rag.understanding.numbers import COUNT, number

_THIRDS = {"early": (1, 10), "beginning": (1, 10), "start": (1, 10), "mid": (11, 20)}
_THIRDS |= {"middle": (11, 20), "late": (21, 31), "end": (21, 31)}


_PARTS_OF_WEEK = {"early": (0, 2), "beginning": (0, 2), "start": (0, 2), "mid": (1, 3)}
_PARTS_OF_WEEK |= {"middle": (1, 3), "late": (3, 6), "end": (4, 6)}


def first_of_month(day: date, ahead: int = 0) -> date:
    months = day.month - 1 + ahead
    return date(day.year + months // 12, months % 12 + 1, 1)


def offset_of(which: str | None) -> int:
    """0 for this one, 1 for the following, -1 for the one before."""
    if not which:
        return 0
    if "next" in which or "following" in which:
        return 1
    return -1 if "last" in which or "past" in which else 0


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


def _month(found: re.Match[str], clock: Clock) -> Period:
    first = first_of_month(clock.today, 2 if found["after"] else offset_of(found["which"]))
    return days(clock, first, first_of_month(first, 1) - DAY)


def third(clock: Clock, first: date, part: str, *, repeats: bool = False) -> Period:
    length = (first_of_month(first, 1) - first).days
    begin, end = _THIRDS[part]
    return days(
        clock, first.replace(day=begin), first.replace(day=min(end, length)), repeats=repeats
    )


def _part_of_week(found: re.Match[str], clock: Clock) -> Period:
    """ "early next week" is Monday to Wednesday, its end Friday to Sunday."""
    monday = clock.today - timedelta(days=clock.today.weekday())
    monday += timedelta(days=7 * offset_of(found["which"]))
    first, last = _PARTS_OF_WEEK[found["part"]]
    return days(clock, monday + DAY * first, monday + DAY * last)


def _named_month(found: re.Match[str], clock: Clock) -> Period | None:
    """ "in December", "early March", "next May": the nearest whose end is ahead."""
    month, which = month_number(found["month"]), found["which"] or ""
    given = found["year"]
    years = [int(given)] if given else [clock.today.year, clock.today.year + 1]
    for year in years:
        first = date(year, month, 1)
        part = next((part for part in _THIRDS if part in which), None)
        period = (
            third(clock, first, part, repeats=not given)
            if part
            else days(clock, first, first_of_month(first, 1) - DAY, repeats=not given)
        )
        is_current = "next" in which and first == first_of_month(clock.today)
        if given or (period.end and is_before(clock.now, period.end) and not is_current):
            return period
    return None


def _next_while(found: re.Match[str], clock: Clock) -> Period:
    """From now on for so many times 24 hours; months are calendar months."""
    count = number(found["count"]) if found["count"] else 3
    unit = found["unit"]
    if unit.startswith("month"):
        last = first_of_month(clock.today, count)
        length = (first_of_month(last, 1) - last).days
        return Period(clock.now, clock.moment(last.replace(day=min(clock.today.day, length))))
    if unit.startswith("weekend"):
        monday = clock.today - timedelta(days=clock.today.weekday())
        friday = monday + timedelta(days=4)
        return Period(
            clock.moment(friday, EVENING), clock.moment(monday + timedelta(days=7 * count))
        )
    hours = {"h": 1, "d": 24, "w": 24 * 7}[unit[0]]
    return Period(clock.now, clock.later(timedelta(hours=hours * count)))


def _next_hour(found: re.Match[str], clock: Clock) -> Period:
    return Period(clock.now, clock.later(timedelta(minutes=30 if "half" in found.group() else 60)))


def _after_this(found: re.Match[str], clock: Clock) -> Period:
    """ "the weekend after this one"."""
    monday = clock.today - timedelta(days=clock.today.weekday()) + 7 * DAY
    if found["unit"] == "week":
        return days(clock, monday, monday + 6 * DAY)
    return Period(clock.moment(monday + 4 * DAY, EVENING), clock.moment(monday + 7 * DAY))


def _in_weeks(found: re.Match[str], clock: Clock) -> Period:
    """ "in two weeks", "in a month": that calendar week or month."""
    count = number(found["count"])
    if found["unit"].startswith("weekend"):
        monday = clock.today + timedelta(days=7 * count - clock.today.weekday())
        return Period(clock.moment(monday + 4 * DAY, EVENING), clock.moment(monday + 7 * DAY))
    if found["unit"].startswith("week"):
        monday = clock.today + timedelta(days=7 * count - clock.today.weekday())
        return days(clock, monday, monday + timedelta(days=6))
    first = first_of_month(clock.today, count)
    return days(clock, first, first_of_month(first, 1) - DAY)


# "This weekend after 6pm" names a time, "the weekend after Easter" a weekend.
_TIME = r"next|[0-9]|noon|midnight|midday|dark|work|school|dinner|lunch"
WHICH = (
    r"(?:the )?(?P<which>all of this |all this |all of the |all |the whole "
    r"|this coming |this upcoming |this past |this |next |coming |upcoming "
    r"|following |last |past |the rest of the |rest of the |rest of this |later this )"
)
_WEEKEND = r"(?:week-?end|wk?e?nd|wkend)"
PART = r"(?P<part>early|late|mid|middle|beginning|start|end)"
_AFTER_NEXT = r"(?P<after> after next)?"
_MONTH_CLEAR = (
    r"(?:january|february|july|september|october|november|december|feb|sept?|oct|nov|dec)\b\.?"
)
# Before these, "march", "may", "april", "june", "august" and "jan" are months.
_MONTH_COMES = "".join(
    rf"(?<=\b{word} )|"
    for word in (
        "in",
        "during",
        "until",
        "till",
        "through",
        "by",
        "since",
        "before",
        "after",
        "throughout",
        "of",
    )
).rstrip("|")
_OF_MONTH = (
    r"(?:(?P<which>this|next|early|mid|late|(?:the )?(?:beginning|start|middle|end) of)[ -])"
)
_YEAR = r"(?:,? (?P<year>20[0-9]{2})\b)"
NO_DAY = r"(?! ?(?:[0-9]{1,2}(?:st|nd|rd|th)?\b(?!:)|the [0-9]))"
NO_VERB = r"(?! (?:i|we|you|be|not|have|need|of (?!20)|madness|for (?:life|our)|against|on wash))"

RULES: tuple[Rule, ...] = (
    Rule(
        re.compile(
            rf"\b(?:over |on |at )?(?:{WHICH}|(?P<bare>the )){_WEEKEND}\b(?! (?:of"
            rf"|around|(?:before|after) (?!{_TIME})))(?:'s\b)?{_AFTER_NEXT}"
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
        re.compile(rf"\b(?:{WHICH})week\b(?:'s\b)?(?! ?(?:end|day|night)){_AFTER_NEXT}"),
        _week,
    ),
    Rule(re.compile(rf"\b(?P<which>){_WEEKEND}(?P<after> after next)\b"), _weekend),
    Rule(re.compile(r"\b(?P<which>)(?:the )?week(?P<after> after next)\b"), _week),
    Rule(re.compile(r"\b(?P<which>)(?:the )?month(?P<after> after next)\b"), _month),
    Rule(re.compile(rf"\b(?:{WHICH})(?:work ?week|weekdays?|weeknights?)\b"), _work_week),
    Rule(
        re.compile(r"\b(?:weekdays?|weeknights?) (?:of |in )?(?P<which>this |next )week\b"),
        _work_week,
    ),
    Rule(re.compile(rf"\b(?:{WHICH})month\b(?:'s\b)?{_AFTER_NEXT}"), _month),
    Rule(
        re.compile(
            rf"\b(?:the )?{PART}(?: (?:of|in|part of))? (?P<which>the|this|next) week\b"
            r"(?! (?:of|in))"
        ),
        _part_of_week,
    ),
    Rule(
        re.compile(rf"\b{_OF_MONTH}?(?P<month>{_MONTH_CLEAR}){NO_DAY}{_YEAR}?"),
        _named_month,
    ),
    Rule(
        re.compile(rf"\b(?:{_OF_MONTH}|{_MONTH_COMES})(?P<month>{MONTH}){NO_DAY}{NO_VERB}{_YEAR}?"),
        _named_month,
    ),
    Rule(re.compile(rf"\b(?P<which>)(?P<month>{MONTH}){_YEAR}"), _named_month),
    Rule(
        re.compile(r"\b(?P<which>)(?P<month>april|june|august)(?P<year>)(?= ?[?!.]?$)"),
        _named_month,
    ),
    Rule(
        re.compile(
            rf"\b(?:(?:in|over|during|within|for) )?(?:the )?(?:next|coming|upcoming|following)"
            rf" (?P<count>{COUNT}) (?P<unit>hours?|days?|weeks?|weekends?|months?)\b"
        ),
        _next_while,
    ),
    Rule(
        re.compile(
            r"\b(?:(?:in|over|during|within|for) )?(?:the )?(?:next|coming|upcoming)(?P<count>)"
            r" (?P<unit>hours|days|weeks|weekends|months)\b"
        ),
        _next_while,
    ),
    Rule(
        re.compile(r"\b(?:in |within )?the (?:next|coming) (?:half[ -](?:an )?)?hour\b"), _next_hour
    ),
    Rule(
        re.compile(r"\b(?:the )?(?P<unit>week|weekend) after this(?: one)?\b"),
        _after_this,
    ),
    Rule(
        re.compile(
            rf"\bwithin (?P<count>{COUNT}) (?P<unit>days?|weeks?|months?)\b(?! (?:of|drive|walk"
            rf"|ride))"
        ),
        _next_while,
    ),
    Rule(
        re.compile(rf"\bin (?P<count>{COUNT}) (?P<unit>week(?:end)?s?|months?)\b(?! old)"),
        _in_weeks,
    ),
    Rule(
        re.compile(rf"\b(?P<count>{COUNT}) (?P<unit>weekends?|months?) from (?:now|today)\b"),
        _in_weeks,
    ),
)
