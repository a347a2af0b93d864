"""Reads what a title counts by: numbers, letters, ages, clocks, dates, addresses.

Sisters of one series share all other words, so these are taken out of the title and
compared on their own: "Ride (A+)" and "Ride (B+)", "Part 1" and "Part 2", "ages 3-5".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from core.text import fold_name
from events.merging.wording.words import words_of

_COUNTED = "|".join(sorted(words_of("counted")))
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DASH = r"\s?(?:-|–|—|to)\s?"
_DATE = re.compile(
    rf"(?:\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
    rf"\b(?P<date>(?:{_MONTHS})[a-z]*\.? \d{{1,2}}(?:st|nd|rd|th)?\b"
    r"|\d{1,2}/\d{1,2}(?:/\d{2,4})?\b)",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\b(\d{1,2})(?::(\d\d))?\s?([ap])\.?m\b\.?|\b(\d{1,2}):(\d\d)\b", re.IGNORECASE
)
_AGES = re.compile(
    rf"\b(?:ages?|grades?|gr\.?)\s?(\d{{1,2}}|k)(?:(?:{_DASH}|, ?|\+|(?= ))(\d{{1,2}}|up)?)*"
    rf"|\b(\d{{1,2}}|birth){_DASH}(\d{{1,2}})[\s-]?(?:yrs?|years?)\b"
    r"|\bu-?(\d{1,2})\b|\b(\d{1,2})\s?(?:\+|and (?:up|over|older|under))",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\b(\d+) (?:[A-Z][\w.]* ){1,3}"
    r"(?:St|Street|Ave|Avenue|Rd|Road|Blvd|Dr|Drive|Way|Ln|Lane|Pike)\b"
)
# A catalogue's number at the head, "10th Annual", a year.
_NO_COUNT = re.compile(
    r"^#?\d{3,} ?[-–—:]|\b\d{5,}\b|\b(?:19|20)\d\d\b"
    r"|\b\d+(?:st|nd|rd|th) (?:annual|anniversary|birthday|year)(?: (?:tour|show|season))?\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_ORDINAL = re.compile(rf"\b(\d+)(?:st|nd|rd|th) (?=(?:{_COUNTED})s?\b)", re.IGNORECASE)
_SPELLED_OUT = {
    word: str(number)
    for number, words in enumerate(
        (
            *("one first i", "two second ii", "three third iii", "four fourth iv", "five fifth v"),
            *(
                "six sixth vi",
                "seven seventh vii",
                "eight eighth viii",
                "nine ninth ix",
                "ten tenth",
            ),
        ),
        1,
    )
    for word in words.split()
}
_ORDINALS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
_CARDINALS = "one|two|three|four|five|six|seven|eight|nine|ten|i{1,3}|iv|vi{0,3}|ix"
_SPELLED_NUMBER = re.compile(
    rf"\b({_ORDINALS}) (?=(?:{_COUNTED})s?\b)"
    rf"|(?<=\b)((?:{_COUNTED})s? )({_CARDINALS})\b|\b(i{{2,3}}|iv|(?-i:(?<=[a-z] )I))$",
    re.IGNORECASE,
)
# "5K", "CS101", "p18"; a decade and an ordinal are none.
_CODE = re.compile(r"(?:[a-z]{1,4}\d{1,4}|\d{1,3}(?!(?:st|nd|rd|th|s)$)[a-z]{1,2})")
_CLASS_OF = re.compile(r"\bclass of ((?:19|20)\d\d)\b", re.IGNORECASE)
# A lone capital that is no article, initial or part of "B & B".
_LETTER = re.compile(
    r"\(([A-H])[+-]?\)|(?<![\w&'’.-])(?<!& )([B-H])[+-]?(?![\w&'’.]| ?[&+] ?\w|-\w)"
    rf"|(?<=\s)(A)(?:[+-](?!\w)|$|(?=[/,:)]))"
    rf"|\b(?:{_COUNTED}) (A)\b|\b(A)[+-]? (?=(?:{_COUNTED})\b)",
)


@dataclass(frozen=True, slots=True)
class Markers:
    """What a title counts by, each kind as a set; nothing where it does not."""

    numbers: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    ages: frozenset[str] = frozenset()
    clocks: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()

    def beyond(self, other: Markers) -> frozenset[str]:
        """The numbers, codes and letters by which this one counts and the other does not at all."""
        told = ((self.numbers, other.numbers), (self.codes, other.codes))
        every = (*told, (self.letters, other.letters))
        return frozenset().union(*(mine for mine, theirs in every if mine and not theirs))

    def contrast(self, other: Markers) -> tuple[str, str] | None:
        """The first kind that both count by and differ in."""
        for name in _KINDS:
            left, right = getattr(self, name), getattr(other, name)
            if left and right and left != right:
                if name == "codes" and (left <= right or right <= left):
                    continue  # one title merely names more
                return _told(left - right or left), _told(right - left or right)
        return None


_NONE: frozenset[str] = frozenset()
_KINDS = tuple(field.name for field in fields(Markers))


NO_MARKERS = Markers()


def _told(values: frozenset[str]) -> str:
    return " ".join(sorted(values))


def read_markers(title: str) -> tuple[Markers, str]:
    """The markers of a title, and the title without them.

    >>> read_markers("Ride (B+): Part Two, 9am")[0].letters
    frozenset({'b'})
    """
    if not _DIGIT.search(title):
        dates = clocks = ages = addresses = codes = _NONE
        rest = title
    else:
        dates = frozenset(fold_name(match["date"]) for match in _DATE.finditer(title))
        rest = _DATE.sub(" ", title)
        addresses = frozenset(_ADDRESS.findall(rest))
        rest = _CLASS_OF.sub(r"class y\1", _ADDRESS.sub(" ", rest))
        rest = _NO_COUNT.sub(" ", rest)
        clocks = frozenset(map(_clock, _CLOCK.finditer(rest)))
        rest = _CLOCK.sub(" ", rest)
        ages = frozenset(map(_age, _AGES.finditer(rest)))
        rest = _ORDINAL.sub(r"\1 ", _AGES.sub(" ", rest))
        codes = frozenset(word for word in fold_name(rest).split() if _CODE.fullmatch(word))
    rest = _SPELLED_NUMBER.sub(_numeral, rest)
    letters = frozenset(
        next(group for group in match.groups() if group).lower()
        for match in _LETTER.finditer(rest)
        if not rest.isupper()
    )
    numbers = frozenset(word for word in fold_name(rest).split() if word.isdigit())
    return Markers(numbers, letters, ages, clocks, dates, addresses, codes), rest


def _numeral(match: re.Match[str]) -> str:
    before, noun, after, last = match.groups()
    return f" {noun or ''}{_SPELLED_OUT[(before or after or last).lower()]} "


def _clock(match: re.Match[str]) -> str:
    """Minutes of a half day: "9:00" says no half."""
    hour, minute, _, plain_hour, plain_minute = match.groups()
    return f"{int(hour or plain_hour) % 12}:{minute or plain_minute or '00'}"


def _age(match: re.Match[str]) -> str:
    """The first and the last number: "4, 5, 6" is "4-6"."""
    words = re.findall(r"\d+|\bk\b", match[0].lower())
    return "-".join(dict.fromkeys((words[0], words[-1]))) if words else ""
