"""How far is too far, and whether one has to go there at all: "within 5 miles", "online"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from rag.understanding.numbers import COUNT, number
from rag.understanding.text import Span, Wish
from rag.understanding.word_lists import compile_patterns

MILES_PER_KM = 0.621371
_MILES_PER = {"k": MILES_PER_KM, "mile": 1.0, "mi": 1.0, "ml": 1.0}
_MILES_PER |= {"m": MILES_PER_KM / 1000, "y": 1 / 1760, "f": 1 / 5280}
# Half of the way around the earth: no place is farther.
FARTHEST_MILES = 12_500.0

_PATTERNS = compile_patterns(__file__, "patterns.toml", "reach", count=COUNT)
# Distances named by how people get there, in miles.
_BY_WORDS = {"on_foot": 1.0, "by_bike": 5.0, "short_drive": 10.0, "driving": 25.0}
_BY_WORDS |= {"nearby": 5.0, "neighbourhood": 2.0}
_MILES_AN_HOUR = {"walk": 3.0, "bike": 10.0, "ride": 10.0, "drive": 40.0, "": 30.0}

_BY = {"car": "drive", "bike": "bike", "foot": "walk", "bike ride": "bike"}


@dataclass(frozen=True, slots=True)
class DistanceWords:
    """The distance in miles, or whether the known one is to grow (1) or to shrink (-1)."""

    miles: Wish[float]
    step: int = 0
    is_nearby: bool = False


def read_distance(low: str) -> DistanceWords:
    """What lower-case text says of the distance."""
    dropped = _PATTERNS["any"].search(low)
    if dropped:
        return DistanceWords(Wish(None, said=True, spans=(Span(*dropped.span()),)))
    return _in_miles(low) or _in_words(low) or _in_time(low) or _relative(low)


def _in_miles(low: str) -> DistanceWords | None:
    for pattern in (_PATTERNS["within"], _PATTERNS["away"], _PATTERNS["alone"]):
        for found in pattern.finditer(low):
            if not _is_activity(low, found):
                return DistanceWords(_wish(_miles(found), found))
    return None


def _in_words(low: str) -> DistanceWords | None:
    for name, miles in _BY_WORDS.items():
        found = _PATTERNS[name].search(low)
        if found:
            near = found.group() in ("nearby", "close by")
            return DistanceWords(_wish(miles, found), is_nearby=near)
    return None


def _in_time(low: str) -> DistanceWords | None:
    for found in _PATTERNS["by_time"].finditer(low):
        if found["of"] or found["how"] or found["by"]:
            return DistanceWords(_wish(_miles_in(found), found))
    return None


def _relative(low: str) -> DistanceWords:
    for pattern, step in ((_PATTERNS["wider"], 1), (_PATTERNS["closer"], -1)):
        found = pattern.search(low)
        if found:
            return DistanceWords(Wish(None, spans=(Span(*found.span()),)), step)
    return DistanceWords(Wish())


def _wish(miles: float, found: re.Match[str]) -> Wish[float]:
    return Wish(
        min(round(miles, 2 if miles >= 1 else 3) or 0.001, FARTHEST_MILES),
        said=True,
        spans=(Span(*found.span()),),
    )


def _is_activity(low: str, found: re.Match[str]) -> bool:
    """ "A 5k run" and "in a 10 mile race" are things to do, not distances."""
    rest = low[found.end() :]
    is_event = re.match(
        r"[ -](?:runs?|walks?|race|hike|ride|swim|fun run|marathon|trail|loop)\b", rest
    )
    return bool(is_event) or (
        found["unit"] == "k" and not re.search("within|radius", found.group())
    )


_FRACTIONS = str.maketrans({"½": " 1/2", "¼": " 1/4", "¾": " 3/4"})


def _amount(words: str) -> float:
    """The value of an amount; of a comma the digits behind it are decimals."""
    digits = words.translate(_FRACTIONS).split(" of ")[0]
    if "/" in digits:
        return float(sum(Fraction(part) for part in digits.split()))
    if words.startswith("half"):
        return 0.5
    if "quarter" in words:
        return 0.75 if words.startswith("three") else 0.25
    return float(words.replace(",", ".")) if words[0].isdigit() else float(number(words))


def _miles(found: re.Match[str]) -> float:
    amount = _amount(found["amount"]) + (0.5 if found["half"] or found["half2"] else 0.0)
    unit = found["unit"]
    return amount * next(miles for start, miles in _MILES_PER.items() if unit.startswith(start))


def _miles_in(found: re.Match[str]) -> float:
    amount = _amount(found["amount"]) + (0.5 if found["more"] else 0.0)
    hours = amount / (60 if found["unit"].startswith("m") else 1)
    how = found["how"] or found["by"] or ""
    return hours * _MILES_AN_HOUR[_BY.get(how, how)]


_KEPT_WORDS = frozenset({"webinar", "webinars", "livestream", "livestreams"})
_ATTENDANCE = compile_patterns(__file__, "patterns.toml", "attendance")


def read_attendance(low: str) -> Wish[bool]:
    """True for online only, False for in person only; said without a value: either."""
    if found := _ATTENDANCE["either"].search(low):
        return Wish(None, said=True, spans=(Span(*found.span()),))
    if found := _ATTENDANCE["not_in_person"].search(low):
        return Wish(True, said=True, spans=(Span(*found.span()),))
    if found := _ATTENDANCE["not_online"].search(low):
        person = [Span(*also.span()) for also in _ATTENDANCE["in_person"].finditer(low)]
        return Wish(False, said=True, spans=(Span(*found.span()), *person))
    if found := _ATTENDANCE["in_person"].search(low):
        return Wish(False, said=True, spans=(Span(*found.span()),))
    online = [
        found for found in _ATTENDANCE["online"].finditer(low) if not _is_about_selling(low, found)
    ]
    if not online:
        return Wish()
    spans = tuple(Span(*found.span()) for found in online if found.group() not in _KEPT_WORDS)
    return Wish(True, said=True, spans=spans)


def _is_about_selling(low: str, found: re.Match[str]) -> bool:
    if _ATTENDANCE["not_attending"].match(low, found.end()):
        return True
    return _ATTENDANCE["doing"].search(low[max(0, found.start() - 30) : found.start()]) is not None
