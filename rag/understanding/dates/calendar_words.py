"""The words of the calendar, and pieces of patterns made of them."""

from __future__ import annotations

import re

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fourteen": 14,
    "thirty": 30,
    "couple": 2,
    "couple of": 2,
    "few": 3,
    "several": 3,
}

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
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
NUMBER = (
    r"(?:[0-9]{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen"
    r"|thirty|(?:a )?couple(?: of)?|(?:a )?few|several)"
)

_DIGITS = re.compile(r"[0-9]+")


def number(words: str) -> int:
    """The value of a match of `NUMBER`: 3, "three", "a couple of".

    >>> number("a few")
    3
    """
    if words.isdigit():
        return int(words)
    parts = words.split()
    return _NUMBERS[parts[1] if len(parts) > 1 and parts[0] == "a" else parts[0]]


def month_number(word: str) -> int:
    """1 to 12 of a match of `MONTH`."""
    return _MONTHS.index(word[:3]) + 1


def weekday_number(word: str) -> int:
    """0 (Monday) to 6 of a match of `WEEKDAY`."""
    return next(index for index, name in enumerate(WEEKDAYS) if name.startswith(word[:3]))


def day_numbers(words: str) -> list[int]:
    """Every number in a list of days ("5th, 6 and 7")."""
    return [int(digits) for digits in _DIGITS.findall(words)]
