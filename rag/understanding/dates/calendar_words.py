"""The words of the calendar, and pieces of patterns made of them."""

from __future__ import annotations

import re

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

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

_DIGITS = re.compile(r"[0-9]+")


def month_number(word: str) -> int:
    """1 to 12 of a match of `MONTH`."""
    return _MONTHS.index(word[:3]) + 1


def weekday_number(word: str) -> int:
    """0 (Monday) to 6 of a match of `WEEKDAY`."""
    return next(index for index, name in enumerate(WEEKDAYS) if name.startswith(word[:3]))


def day_numbers(words: str) -> list[int]:
    """Every number in a list of days ("5th, 6 and 7")."""
    return [int(digits) for digits in _DIGITS.findall(words)]
