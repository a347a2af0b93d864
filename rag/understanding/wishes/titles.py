"""Names of works, bands and teams whose words would mean a day, an age or a place elsewhere.

They are known in two ways: by a word beside any name ("the band Wednesday",
"Chicago the musical"), or from the list in `titles.txt`, for the names that people
use without such a word.
"""

from __future__ import annotations

import re

from rag.understanding.text import Span
from rag.understanding.word_lists import read_lines

_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_KIND = (
    r"(?:bands?|duo|trio|quartet|group|rapper|singer|musical|play|film|movie|opera|ballet|novel"
    r"|book|album|song|podcast|comedian)"
)
# The name that "the band" announces has one or two words; one of these words ends it.
_LITTLE = (
    r"(?!(?:on|in|at|near|this|next|tomorrow|tonight|today|for|from|with|and|or|is|are|was|will"
    r"|that|who|which|playing|plays|show|tour|called|named|playlist|class(?:es)?|camp|practice"
    r"|nights?|club|of|by|about|performs?|performing|after|before|until|festival|competition|every"
    r"|weekend|coming|live|anywhere|here|there|to|the|around|within|under|online|a|an)\b)"
)
_ANNOUNCED = re.compile(
    rf"\b(?:the {_KIND}|{_KIND}s? (?:called|named))"
    rf" (?P<name>(?:the )?{_LITTLE}[a-z0-9][\w'&]*(?: [0-9]+\b)?)"
)
_NO_DAY = rf"(?!(?:{_WEEKDAY}|today|tonight|tomorrow|weekend|night|evening|free)\b)"
# "Chicago the musical", "Boston (the tribute band)", "Kansas, the band".
_EXPLAINED = re.compile(
    rf"\b{_NO_DAY}(?P<name>[a-z0-9][\w'&]*),? \(?the (?:\w+ )?{_KIND}\b"
    rf"|\b{_NO_DAY}(?P<tribute>[a-z][\w'&]*) (?:tribute|cover) (?:band|act|show|night|concert)\b"
)
# A weekday that plays or tours is a band; a number belongs to its name ("Friday 13").
_WEEKDAY_NAMES = re.compile(
    rf"\bwhen (?:do|does|will|is|are) (?P<name>{_WEEKDAY}(?: [0-9]{{1,2}})?)"
    r" (?:play|playing|perform|tour|touring|on tour|coming)\b"
    rf"|\b(?:{_WEEKDAY} 13)\b"
)
_LISTED = re.compile(
    rf"(?<![\w'])(?:{'|'.join(read_lines(__file__, 'titles.txt'))})(?![\w])", re.IGNORECASE
)


def find_titles(low: str) -> tuple[Span, ...]:
    """Where names stand whose words say nothing of dates, prices, ages or places."""
    explained = ((m, "name" if m["name"] else "tribute") for m in _EXPLAINED.finditer(low))
    weekdays = ((m, "name" if m["name"] else 0) for m in _WEEKDAY_NAMES.finditer(low))
    return (
        *(Span(*match.span()) for match in _LISTED.finditer(low)),
        *(Span(*match.span("name")) for match in _ANNOUNCED.finditer(low)),
        *(Span(*match.span(group)) for match, group in (*explained, *weekdays)),
    )


def without_titles(low: str, titles: tuple[Span, ...]) -> str:
    """The text with such names blotted out, character by character as long."""
    for title in titles:
        low = low[: title.start] + "x" * (title.end - title.start) + low[title.end :]
    return low
