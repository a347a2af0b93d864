"""Number words, ordinals and lengths of time: "twenty-five", "third", "an hour and a half"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SMALL_WORDS = "one two three four five six seven eight nine ten eleven twelve"
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINAL_WORDS = "first second third fourth fifth sixth seventh eighth ninth tenth"
_ORDINAL_DIGITS = "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th"
_SMALL, _TENS, _WRITTEN = _SMALL_WORDS.split(), _TENS_WORDS.split(), _ORDINAL_WORDS.split()
_VALUES = (
    {word: value for value, word in enumerate(_SMALL, start=1)}
    | {word: 10 * value for value, word in enumerate(_TENS, start=2)}
    | {"a": 1, "an": 1, "couple": 2, "few": 3, "several": 3}
)
_TEENS_WORDS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TEENS = _TEENS_WORDS.split()
_VALUES |= {word: value for value, word in enumerate(_TEENS, start=13)}
_HIGH_NTH_WORDS = (
    "eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_ORDINALS = {
    word: nth for words in (_WRITTEN, _ORDINAL_DIGITS.split()) for nth, word in enumerate(words, 1)
} | {word: nth for nth, word in enumerate(_HIGH_NTH_WORDS.split(), start=11)}
_ORDINALS |= {"twentieth": 20, "thirtieth": 30}

# One to twelve, as ages are written.
SMALL_NUMBER = rf"(?:{'|'.join(_SMALL)})"
# A count of days, weeks, hours or miles. "Fourteen" and "thirty" are the days of two weeks and
# of a month; longer words are not said of those.
COUNT = (
    rf"(?:[0-9]{{1,3}}|an?|{'|'.join(_SMALL)}|fourteen|thirty"
    r"|(?:a )?couple(?: of)?|(?:a )?few|several)"
)
# An amount of money without digits. "One" is left out: "one pound" is a weight more often.
AMOUNT = (
    rf"{'|'.join(_SMALL[1:])}|fifteen|(?:{'|'.join(_TENS)})(?:[ -]five)?"
    r"|(?:(?:a|one|two|three|five) )?hundred"
)
# "First" to "tenth" as words alone.
WRITTEN_ORDINAL = rf"(?:{'|'.join(_WRITTEN)})"

# The words for one to ninety-nine, and those for the 11th to the 31st.
CARDINAL = (
    rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_SMALL[:9])}))?"
    rf"|{'|'.join((*_TEENS, *_SMALL[::-1]))})"
)
HIGH_ORDINAL = (
    rf"(?:(?:twenty|thirty)[- ](?:{'|'.join(_WRITTEN[:9])})|{_HIGH_NTH_WORDS.replace(' ', '|')}"
    r"|twentieth|thirtieth)"
)


def number(words: str) -> int:
    """The value of a match of `COUNT`, `SMALL_NUMBER`, `CARDINAL` or `AMOUNT`, or of digits.

    >>> number("a couple of"), number("twenty-five"), number("two hundred")
    (2, 25, 200)
    """
    if words.isdigit():
        return int(words)
    parts = words.replace("-", " ").removeprefix("a ").removesuffix(" of").split()
    if parts[-1] == "hundred":
        return 100 * (_VALUES[parts[0]] if len(parts) > 1 else 1)
    return sum(_VALUES[part] for part in parts)


def ordinal(word: str) -> int:
    """1 for "first" and "1st", up to 31 for "thirty-first"; -1 for "last"."""
    if word == "last":
        return -1
    tens, _, unit = word.replace("-", " ").rpartition(" ")
    return (_VALUES[tens] if tens else 0) + _ORDINALS[unit]


# Minutes of the units whose length is fixed; months and years are counted by the calendar.
_FIXED = {"w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "min": 1, "s": 0}
_MONTHS = {"y": 12, "mon": 1}
_HALF = r" and (?:a )?half"
_EACH = re.compile(
    rf"\b(?P<count>[0-9]{{1,3}}(?:\.[0-9])?|{COUNT})(?P<half>{_HALF})?(?:[ -]|(?<=[0-9]))"
    rf"(?P<unit>y|mon|w|d|h|min|s)[a-z]*(?P<half2>{_HALF})?"
)
_MOST_MINUTES, _MOST_MONTHS = 1000 * 24 * 60, 1200


def _lengths(units: str) -> str:
    each = rf"(?:[0-9]{{1,3}}\.[0-9]|{COUNT})(?:{_HALF})?[ -]?(?:{units})\b"
    return rf"(?:half an hour\b|{each}(?:,? (?:and )?{each}){{0,5}}(?:{_HALF})?)"


_CLOCK_UNITS = "h(?:ou)?rs?|min(?:ute)?s?|sec(?:ond)?s?"
# A length of a day's hours, and any length: "2 days 1 hour", "two and a half weeks".
HOURS = _lengths(_CLOCK_UNITS)
LENGTH = _lengths(f"years?|months?|weeks?|days?|{_CLOCK_UNITS}")


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: so many months by the calendar, and so many minutes."""

    months: int
    minutes: int

    @classmethod
    def of(cls, words: str) -> Length:
        """The length that a match of `LENGTH` or `HOURS` names.

        >>> Length.of("a year and two months"), Length.of("an hour and a half")
        (Length(months=14, minutes=0), Length(months=0, minutes=90))
        """
        if words.startswith("half"):
            return cls(0, 30)
        months = minutes = 0.0
        for each in _EACH.finditer(words):
            digits = each["count"][0].isdigit()
            count = float(each["count"]) if digits else number(each["count"])
            count += 0.5 if each["half"] or each["half2"] else 0
            months += count * _MONTHS.get(each["unit"], 0)
            minutes += count * _FIXED.get(each["unit"], 0)
        return cls(min(int(months), _MOST_MONTHS), min(int(minutes), _MOST_MINUTES))
