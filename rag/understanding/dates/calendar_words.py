"""The words of the calendar, and numbers, days and clocks in digits.

"Half past seven" becomes "7:30", "May twenty-first" "may 21st". The rules are written for
digits alone, so that each combination of words works as its digits do. A rewritten text
remembers which characters of the message its own stand for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.understanding.numbers import (
    CARDINAL,
    HIGH_ORDINAL,
    SMALL_NUMBER,
    WRITTEN_ORDINAL,
    number,
    ordinal,
)
from rag.understanding.text import Span

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
MONTH = rf"{MONTH_NAME}\b\.?"
# A day's number, never the start of "5k", "5:30", "5pm" or "5%".
DAY = (
    r"(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?"
    r"(?![0-9a-z:%]| ?[ap]\.?m\b| (?:miles?|mi|km|minutes|hours|people|dollars|bucks|years?)\b)"
)
YEAR = r"(?:,? ?(?P<year>20[0-9]{2})\b)"
WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday|s)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)\b\.?"
)

# A weekday written out, as it may stand in the plural.
DAY_NAME = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"

_CAPITALS = re.compile(
    r"\b(?:MON|TUES?|WED|THU(?:RS?)?|FRI|SAT|SUN|JAN|FEB|MAR|APR|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC)\b"
)
# What stands beside such capitals where they are of the calendar.
_DATE_BEFORE = re.compile(
    r"(?:\b(?:on|in|this|next|by|until|from|to|every|early|late|mid|last|before|after|since|of)"
    rf"|[0-9](?:st|nd|rd|th)?|(?:{_CAPITALS.pattern}),?(?: and| or| &| to)?)[ -]$|[-/,]$",
    re.IGNORECASE,
)
_DATE_AFTER = re.compile(
    rf"\.?,?[ -]?(?:[0-9]|(?:and |or |& |to |- ?)?(?:{_CAPITALS.pattern})|(?:morning|afternoon"
    r"|evening|night|noon|after|before|at|from)s?\b)|[-/]|[?!.]*$"
)

# Numbers behind a month are its days: "dec 12 noon".
NO_MONTH_BEFORE = "".join(
    rf"(?<!{end} )"
    for end in (
        *("ary", "jan", "feb", "mar", "rch", "apr", "ril", "may", "une", "uly"),
        *("aug", "ust", "sep", "ept", "oct", "nov", "dec", "ber"),
    )
)

_DIGITS = re.compile(r"[0-9]+")


def capital_names(text: str) -> list[tuple[int, int]]:
    """Where "SAT", "DEC" and the like stand for something else: "SAT prep", "the DEC Alpha".

    Capitals tell nothing in a text that is written in them alone.
    """
    if text.isupper():
        return []
    return [
        found.span()
        for found in _CAPITALS.finditer(text)
        if text[max(0, found.start() - 4) : found.start()].lower() == "the "
        or not (
            _DATE_BEFORE.search(text[max(0, found.start() - 12) : found.start()])
            or _DATE_AFTER.match(text, found.end())
        )
    ]


def month_number(word: str) -> int:
    """1 to 12 of a match of `MONTH`."""
    return _MONTHS.index(word[:3]) + 1


def weekday_number(word: str) -> int:
    """0 (Monday) to 6 of a match of `WEEKDAY`."""
    return next(index for index, name in enumerate(WEEKDAYS) if name.startswith(word[:3]))


def day_numbers(words: str) -> list[int]:
    """Every number in a list of days ("5th, 6 and 7")."""
    return [int(digits) for digits in _DIGITS.findall(words)]


_HOUR = rf"(?P<hour>{SMALL_NUMBER}|1[0-2]|0?[1-9])\b(?![:./])"
# What follows a time of day, and not a count of something.
_ENDS = (
    r"(?=[ -]?(?:$|[?!.,;)]|(?:on|in|at|near|around|this|next|tomorrow|today|tonight|for|with|and"
    r"|but|or|to|till?|until|before|after|please|sharp|every|onwards?|(?:mon|tues|wednes|thurs|fri"
    r"|satur|sun)day)\b|o'?clock|[ap]\.?m\b))"
)
_MINUTES = (
    r"(?:\b(?:a )?(?P<part>half|quarter)|(?<!\bfrom )(?<!between )(?<!\bages )(?<!\baged )"
    r"(?<!\bof )\b(?P<minutes>(?:twenty[- ])?five|ten|twenty|[1-5]?[0-9](?= min))"
    r"(?: min(?:ute)?s?)?)"
)
_MINUTES_BEHIND = (
    r"(?P<minutes>fifteen|(?:twenty|thirty|forty|fifty)(?:[- ]five)?|(?:oh|o)[- ]five)"
)
_BEFORE_HOUR = (
    r"(?:at|around|about|after|before|by|until|till?|from|between|past|than|to|and|or|since|@)"
)
_PARTS = {"half": 30, "quarter": 15}
_LOW_MINUTES = re.compile(r"(?:oh|o)[- ]")
_Rewrite = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def _spoken(found: re.Match[str]) -> str:
    """ "ten past six" is 6:10, "quarter to nine" 8:45."""
    hour = number(found["hour"])
    minutes = _PARTS[found["part"]] if found["part"] else number(found["minutes"])
    if found["way"] in ("to", "of", "before", "till", "til"):
        hour, minutes = (hour - 2) % 12 + 1, 60 - minutes
    return f"{hour}:{minutes:02d}"


def _hour_minute(found: re.Match[str]) -> str:
    minutes = number(_LOW_MINUTES.sub("", found["minutes"]))
    return f"{number(found['hour'])}:{minutes:02d}"


def _half(found: re.Match[str]) -> str:
    return f"{number(found['hour'])}:30"


def _value(found: re.Match[str]) -> str:
    return str(number(found["value"]))


def _year(found: re.Match[str]) -> str:
    return str(2000 + number(found["short"]))


def _nth(found: re.Match[str]) -> str:
    nth = ordinal(found["value"])
    return f"{nth}{'th' if 10 < nth < 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(nth % 10, 'th')}"


def _iso(found: re.Match[str]) -> str:
    return f"{found['year']}-{month_number(found['month'])}-{found['day']}"


def _with_half(found: re.Match[str]) -> str:
    """ "8 in the morning" is 8 am, "9 in the evening" and "11 at night" pm, "1 at night" am."""
    hour = int(found["clock"].split(":")[0])
    is_am = found["part"] == "morning" or (found["part"] == "night" and hour in (12, 1, 2, 3))
    return f"{found['clock']}{'am' if is_am else 'pm'}"


# No number is written without one of these.
_TRIGGER = re.compile(rf"[0-9]|half|quarter|{CARDINAL}|{WRITTEN_ORDINAL}|{HIGH_ORDINAL}")
# Each works on what those before it leave. A group named `value` is replaced, else the match.
_REWRITES: tuple[_Rewrite, ...] = (
    (re.compile(rf"\btwo thousand (?:and )?(?P<short>{CARDINAL})\b"), _year),
    (re.compile(rf"\b(?P<value>{HIGH_ORDINAL})\b"), _nth),
    (re.compile(rf"\b{WEEKDAY},? the (?P<value>{WRITTEN_ORDINAL})\b"), _nth),
    (re.compile(rf"\b{MONTH} (?:the )?(?P<value>{CARDINAL})\b(?! (?:to|past)\b)"), _value),
    (
        re.compile(rf"\b(?P<year>20[0-9]{{2}})[-/ ](?P<month>{MONTH})[-/ ](?P<day>[0-9]{{1,2}})\b"),
        _iso,
    ),
    (
        re.compile(rf"{_MINUTES} (?P<way>past|after|to|before|till?|of) {_HOUR}{_ENDS}"),
        _spoken,
    ),
    (re.compile(rf"\b{_HOUR}[- ]{_MINUTES_BEHIND}{_ENDS}"), _hour_minute),
    (re.compile(rf"\bhalf {_HOUR}{_ENDS}"), _half),
    (re.compile(rf"\b{_BEFORE_HOUR} (?P<value>{SMALL_NUMBER}){_ENDS}"), _value),
    (re.compile(rf"\b(?P<value>{SMALL_NUMBER})(?= ?(?:o'?clock|[ap]\.?m\b))"), _value),
    (
        re.compile(
            r"(?<![0-9.,:$€£])\b(?P<h>[01]?[0-9]|2[0-3])(?:\.(?P<m>[0-5][0-9])(?= ?[ap]\.?m\b)"
            r"|h(?P<m2>[0-5][0-9])\b)"
        ),
        lambda found: f"{found['h']}:{found['m'] or found['m2']}",
    ),
    (
        re.compile(
            rf"\b(?P<before>{_BEFORE_HOUR}) (?P<h>[01]?[0-9]|2[0-3])\.(?P<m>[0-5][05]){_ENDS}"
        ),
        lambda found: f"{found['before']} {found['h']}:{found['m']}",
    ),
    (
        re.compile(r"(?<![\w.,:$€£/-])(?P<value>[0-9]{1,2}(?::[0-9]{2})?[ap])(?![\w.'])"),
        lambda found: f"{found['value']}m",
    ),
    (
        re.compile(
            rf"(?<![\w.,:$€£/-]){NO_MONTH_BEFORE}(?P<clock>[0-9]{{1,2}}(?::[0-9]{{2}})?)"
            r"(?: ?o'?clock)? (?:in the |at )(?P<part>morning|afternoon|evening|night)\b"
        ),
        _with_half,
    ),
    (
        re.compile(
            r"(?<![\w.,:$€£/-])(?P<value>(?P<clock>[0-9]{1,2}(?::[0-9]{2})?),)"
            r"(?= (?:this |to)(?P<part>morning|afternoon|evening|night)\b)"
        ),
        _with_half,
    ),
    (re.compile(r"(?<=[0-9]-[0-9]{2})(?P<value>t)(?=[0-9]{2}:[0-9]{2})"), lambda found: " "),
    (
        re.compile(rf"(?<![\w/])(?P<m>{MONTH_NAME})/?(?P<d>[0-9]{{1,2}})(?![\w:])"),
        lambda found: f"{found['m']} {found['d']}",
    ),
)


@dataclass(frozen=True, slots=True)
class Canonical:
    """A text in digits; `starts` and `ends` are where its characters stand in the message."""

    low: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    @classmethod
    def of(cls, low: str) -> Canonical:
        text = cls(low)
        if not _TRIGGER.search(low):
            return text
        for pattern, replacement in _REWRITES:
            if found := list(pattern.finditer(text.low)):
                text = text._rewritten(found, replacement)
        return text

    def _rewritten(
        self, found: Sequence[re.Match[str]], replacement: Callable[[re.Match[str]], str]
    ) -> Canonical:
        low, starts, ends = [], list[int](), list[int]()
        known_starts = self.starts or range(len(self.low))
        known_ends = self.ends or range(1, len(self.low) + 1)
        done = 0
        for each in found:
            begin, end = each.span("value" if "value" in each.re.groupindex else 0)
            new = replacement(each)
            low += [self.low[done:begin], new]
            starts += [*known_starts[done:begin], *[known_starts[begin]] * len(new)]
            ends += [*known_ends[done:begin], *[known_ends[end - 1]] * len(new)]
            done = end
        low.append(self.low[done:])
        starts += known_starts[done:]
        ends += known_ends[done:]
        return Canonical("".join(low), tuple(starts), tuple(ends))

    def span(self, found: re.Match[str]) -> Span:
        """The characters of the message that a match of this text stands for."""
        begin, end = found.span()
        if self.starts is None or self.ends is None or begin == end:
            return Span(begin, end)
        return Span(self.starts[begin], self.ends[end - 1])
