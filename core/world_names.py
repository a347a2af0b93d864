"""Names of months, days, countries and zones in the languages of feeds (CLDR, by Babel).

Every table is keyed by folded names (`core.text.fold_name`) and is read at its first use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from babel import localedata

from core.text import fold_name

# In the order in which one of two meanings wins: "listopad" is November (Czech, Polish)
# rather than October (Croatian).
_LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "de_AT", "pl", "sv", "da", "nb", "nn", "fi", "cs"),
    *("hu", "ro", "tr", "el", "ru", "uk", "sk", "sl", "bg", "ca", "gl", "eu", "hr", "sr", "et"),
    *("lv", "lt", "is", "ga", "cy", "id", "vi", "ja", "zh", "ko", "ar", "he"),
)
# Forms that people write and CLDR does not list.
_MORE_MONTHS = {"sept": 9, "maerz": 3, "fev": 2, "fevr": 2, "set": 9, "mrt": 3, "agos": 8}
_SHORTEST_BEGINNING = 3


def _data() -> Iterator[Mapping[str, Any]]:
    # Without what a language inherits, which would take ten times as long to join.
    for language in _LANGUAGES:
        yield localedata.load(language, merge_inherited=False)


def _forms(data: Mapping[str, Any], kind: str) -> Iterator[tuple[str, int]]:
    """Names in running text and alone, whole and short, of months (1–12) or days (0–6)."""
    for context in data.get(kind, {}).values():
        for width in ("wide", "abbreviated"):
            names = context.get(width)
            if isinstance(names, Mapping):
                yield from ((fold_name(name), number) for number, name in names.items())


@cache
def _months() -> Mapping[str, int]:
    found: dict[str, int] = {}
    for data in _data():
        for name, month in _forms(data, "months"):
            if not name[:1].isdigit():
                found.setdefault(name, month)
    return _MORE_MONTHS | found


@cache
def month_of(word: str) -> int | None:
    """The month of a name ("Dez.", "décembre", "Decem"); None for another word."""
    folded = fold_name(word)
    if (month := _months().get(folded)) is not None or len(folded) < _SHORTEST_BEGINNING:
        return month
    begun = {number for name, number in _months().items() if name.startswith(folded)}
    return begun.pop() if len(begun) == 1 else None


@cache
def weekdays() -> Mapping[str, frozenset[int]]:
    """Name → the weekdays that it may mean, Monday 0: "mar" is a Tuesday, "do" a Thursday."""
    found: dict[str, frozenset[int]] = {"tues": frozenset({1}), "thurs": frozenset({3})}
    for data in _data():
        for name, day in _forms(data, "days"):
            if len(name) > 1:
                found[name] = found.get(name, frozenset()) | {day}
    return found


@cache
def country_names() -> Mapping[str, str]:
    """A country's name in any of the languages → its ISO code; the first meaning wins."""
    found: dict[str, str] = {}
    for data in _data():
        for code, name in data.get("territories", {}).items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(fold_name(name), code)
    return found


def zone_group_names() -> Iterator[tuple[str, str]]:
    """(CLDR's group of zones, its name): ("Japan", "Japan Standard Time")."""
    for data in _data():
        for group, names in data.get("meta_zones", {}).items():
            yield from ((group, name) for name in names.get("long", {}).values() if name)
