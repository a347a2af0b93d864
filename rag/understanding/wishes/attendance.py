"""Online or in person: what the words say of the way to attend."""

from __future__ import annotations

import re

from rag.understanding.text import Span, Wish
from rag.understanding.word_lists import read_patterns

_PATTERNS = read_patterns(__file__, "patterns.toml", "attendance")

_ONLINE = re.compile(_PATTERNS["online"])
# Words that are about something sold, booked or built online, not attended there.
_NOT_ATTENDING = re.compile(_PATTERNS["not_attending"])
_DOING = re.compile(_PATTERNS["doing"])
_KEPT_WORDS = frozenset({"webinar", "webinars", "livestream", "livestreams"})
_NO = _PATTERNS["no"]
_NOT_ONLINE = re.compile(
    rf"\b{_NO}(?:online|virtual(?:ly)?|zoom|webinars?|livestreams?|remote(?:ly)?)\b(?: (?:events?"
    rf"|stuff|ones|things))?"
)
_PERSON = _PATTERNS["person"]
_IN_PERSON = re.compile(rf"\b(?:only )?{_PERSON}\b(?:[ -]only)?(?: (?:ones|events?))?(?: only)?")
_NOT_IN_PERSON = re.compile(rf"\b{_NO}{_PERSON}\b")
_EITHER = re.compile(
    rf"\b(?:online|virtual|remote|zoom) ?(?:or|and|/|&|and/or|as well as) ?{_PERSON}\b"
    rf"|\b{_PERSON} ?(?:or|and|/|&|and/or|as well as) ?(?:online|virtual|remote|zoom)\b"
    r"|\b(?:either (?:way|is fine|works)|both (?:are|is) (?:fine|ok|okay))\b"
    r"|\bonline(?: ones| events?| stuff| things)?(?: is| are)? (?:too|also|as well|fine|ok|okay)\b"
    r"|\b(?:doesn'?t|does not) matter (?:if"
    r"|whether) (?:it'?s )?(?:online|virtual|in person)"
)


def read_attendance(low: str) -> Wish[bool]:
    """True for online only, False for in person only; said without a value: either."""
    if found := _EITHER.search(low):
        return Wish(None, said=True, spans=(Span(*found.span()),))
    if found := _NOT_IN_PERSON.search(low):
        return Wish(True, said=True, spans=(Span(*found.span()),))
    if found := _NOT_ONLINE.search(low):
        person = [Span(*also.span()) for also in _IN_PERSON.finditer(low)]
        return Wish(False, said=True, spans=(Span(*found.span()), *person))
    if found := _IN_PERSON.search(low):
        return Wish(False, said=True, spans=(Span(*found.span()),))
    online = [found for found in _ONLINE.finditer(low) if not _is_about_selling(low, found)]
    if not online:
        return Wish()
    spans = tuple(Span(*found.span()) for found in online if found.group() not in _KEPT_WORDS)
    return Wish(True, said=True, spans=spans)


def _is_about_selling(low: str, found: re.Match[str]) -> bool:
    if _NOT_ATTENDING.match(low, found.end()):
        return True
    return _DOING.search(low[max(0, found.start() - 30) : found.start()]) is not None
