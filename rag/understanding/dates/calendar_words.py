"""The words of the calendar, and pieces of patterns made of them."""

from __future__ import annotations

import re

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
