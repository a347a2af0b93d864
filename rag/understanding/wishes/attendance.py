"""Online or in person: what the words say of the way to attend."""

from __future__ import annotations

import re

from rag.understanding.text import Span, Wish

_ONLINE = re.compile(
    r"\b(?:only )?(?:online|on-line|virtual(?:ly)?|remotely|over zoom|on zoom|via zoom|by zoom|zoom"
    r"|webinars?|live-?streams?|live-?stream(?:ed|ing)|live stream(?:s|ed|ing)?|streamed|from home"
    r"|(?:watch|attend|join|do|see)(?: it| that)? (?:at|from) home"
    r"|from my (?:couch|sofa)|web-?based"
    r"|remote(?= (?:meetups?|meetings?|talks?|sessions?|conferences?)\b)"
    r"|remote (?:events?|classes|class|workshops?"
    r"|attendance"
    r"|only))\b(?:[ -]only)?(?: (?:ones|events?))?"
)
# Words that are about something sold, booked or built online, not attended there.
_NOT_ATTENDING = re.compile(
    r"[ -](?:registration|tickets?|booking|sign-?ups?|sales?|stores?|shops?|shopping|dating"
    r"|calendar"
    r"|reviews?|marketing|business(?:es)?|safety|security|banking|privacy|reality|lenses|lens"
    r"|art gallery|assistants?|machines?|photography|scams?|gaming addiction)\b"
)
_DOING = re.compile(
    r"\b(?:register|book|buy|sign up|order|rsvp|reserve|pay|tickets?|sold|available|listed|found"
    r"|saw|see it)(?: (?:it|them|tickets?|a spot|seats))? $"
)
_KEPT_WORDS = frozenset({"webinar", "webinars", "livestream", "livestreams"})
_NO = (
    r"(?:not|no|nothing|non|never|without|except|excluding|isn'?t|aren'?t|don'?t want(?: it| them)?"
    r"|do not want|don'?t (?:like|do)|can'?t do|rather than|instead of|hate|tired of|sick of)"
    r"[ -](?:an? |any |to be |to go |in )?"
)
_NOT_ONLINE = re.compile(
    rf"\b{_NO}(?:online|virtual(?:ly)?|zoom|webinars?|livestreams?|remote(?:ly)?)\b(?: (?:events?"
    rf"|stuff|ones|things))?"
)
_PERSON = (
    r"(?:in[ -]person|face[ -]to[ -]face|offline|on-?site|in real life|real life only|irl"
    r"|in the flesh|physical events?|live in person)"
)
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
