"""Who it is for: ages and audiences ("my 4 year old", "18+", "kids", "seniors")."""

from __future__ import annotations

import re

from rag.types import AgeRange
from rag.understanding.numbers import SMALL_NUMBER, number
from rag.understanding.text import Span, Wish
from rag.understanding.word_lists import compile_patterns, read_toml

OLDEST = 120

_PATTERNS = compile_patterns(__file__, "patterns.toml", "company", small_number=SMALL_NUMBER)

_NAMED_FIRST = (_PATTERNS["is"], _PATTERNS["children_of"])
_AGE_PATTERNS = (
    _PATTERNS["years"],
    _PATTERNS["aged"],
    *_NAMED_FIRST,
    _PATTERNS["and_over"],
    _PATTERNS["over"],
)


def read_age(low: str) -> Wish[AgeRange]:
    """The ages that lower-case text names: of one person, of several, or a range."""
    if found := _PATTERNS["any"].search(low):
        return Wish(None, said=True, spans=(Span(*found.span()),))
    if found := _PATTERNS["months_old"].search(low):
        return _one(number(found["age"]) // (12 if "month" in found.group() else 52), found)
    if found := _PATTERNS["children_under"].search(low):
        span = Span(found.start("who") + len(found["who"]), found.end())
        youngers = AgeRange(None, max(0, number(found["age"]) - 1))
        return Wish(youngers, said=True, spans=(span,))
    for pattern in _AGE_PATTERNS:
        found = pattern.search(low)
        named = found and (found["age"] or found.groupdict().get("young"))
        if found and named and number(named) <= OLDEST:
            start = found.start("age") if pattern in _NAMED_FIRST else found.start()
            ages = _range(found, is_least=pattern in (_PATTERNS["and_over"], _PATTERNS["over"]))
            return Wish(ages, said=True, spans=(Span(start, found.end()),))
    for pattern, less in ((_PATTERNS["and_under"], 0), (_PATTERNS["under"], 1)):
        if found := pattern.search(low):
            most = max(0, number(found["age"]) - less)
            return Wish(AgeRange(None, most), said=True, spans=(Span(*found.span()),))
    if found := _PATTERNS["grader"].search(low):
        return _one(int(found["grade"][:-2]) + 5, found)
    if found := _PATTERNS["kindergartner"].search(low):
        return _one(5, found)
    return Wish()


def _range(found: re.Match[str], *, is_least: bool) -> AgeRange:
    """From the youngest to the oldest that the words name; an open end is left open."""
    ages = [
        age for each in _PATTERNS["ages"].findall(found.group()) if (age := number(each)) <= OLDEST
    ]
    if is_least or _PATTERNS["open_above"].search(found.group()):
        return AgeRange(min(ages))
    return AgeRange(None if found.group().endswith("under") else min(ages), max(ages))


def _one(age: int, found: re.Match[str]) -> Wish[AgeRange]:
    return Wish(AgeRange(age, age), said=True, spans=(Span(*found.span()),))


_AUDIENCES = tuple(
    (tag, re.compile(rf"\b(?:{'|'.join(patterns)})(?!\w)"))
    for tag, patterns in read_toml(__file__, "audiences.toml").items()
)
_LEFT_HANGING = frozenset({"for", "with", "and", "the", "my", "our", "only"})


def without_audience(query: str, audience: str) -> str:
    """A topic without the words that name an audience, nor what joined them to it."""
    pattern = next(pattern for tag, pattern in _AUDIENCES if tag == audience)
    words = pattern.sub(" ", query.lower()).split()
    kept = [word for word in query.split() if word.lower() in words]
    while kept and kept[-1].lower() in _LEFT_HANGING:
        kept.pop()
    return " ".join(kept)


def _dropped(low: str) -> Wish[str] | None:
    """ "Forget the seniors", "not just for kids": that audience is no longer wanted."""
    for pattern in (_PATTERNS["forget"], _PATTERNS["not_just"]):
        found = pattern.search(low)
        if found and any(audience.match(found["who"]) for _, audience in _AUDIENCES):
            return Wish(None, said=True, spans=(Span(*found.span()),))
    return None


def read_audience(low: str) -> Wish[str]:
    """The audience that lower-case text names; its words stay in the topic."""
    if dropped := _dropped(low):
        return dropped
    if found := _PATTERNS["without"].search(low):
        return Wish("adults", said=True, spans=(Span(*found.span()),))
    for tag, pattern in _AUDIENCES:
        if pattern.search(low):
            return Wish(tag, said=True)
    anyone = _PATTERNS["anyone"].search(low)
    return Wish(None, said=True, spans=(Span(*anyone.span()),)) if anyone else Wish()


# Whole years, both ends included.
AUDIENCE_AGES = {
    "babies": (0, 1),
    "toddlers": (1, 3),
    "kids": (3, 11),
    "tweens": (9, 12),
    "teens": (13, 17),
    "students": (16, 30),
    "adults": (18, 130),
    "seniors": (60, 130),
}


def age_suits(audience: str, age: AgeRange) -> bool:
    """Whether somebody of these ages may belong to an audience."""
    youngest, oldest = AUDIENCE_AGES.get(audience, (0, 130))
    return (age.min or 0) <= oldest and (age.max is None or age.max >= youngest)
