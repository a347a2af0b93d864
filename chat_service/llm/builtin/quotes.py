"""Quotes the words of a listing: the sentence that answers, and how it must look to be one."""

from __future__ import annotations

import re

from chat_service.llm.builtin.briefs import Brief, Teller, quoted

_QUOTE_LENGTH = 400
# What a sentence must speak of to be the answer: nearness in meaning alone is not enough.
ENDING = re.compile(
    r"\b(?:until|till|ends?|ending|clos(?:es|ing)|hours?|minutes?|run ?time)\b|[-–—] ?\d",
    re.IGNORECASE,
)
WHO = re.compile(
    r"\b(?:ages?|aged|years?|grades?|kids?|child(?:ren)?|teens?|adults?|seniors?|famil(?:y|ies)"
    r"|bab(?:y|ies)|toddlers?)\b",
    re.IGNORECASE,
)
BY_WHOM = re.compile(
    r"\b(?:organi[sz]|host|present|sponsor|contact|led by|run by|put on|email|call)", re.IGNORECASE
)
BOOKING = re.compile(
    r"\b(?:regist|rsvp|ticket|sign(?:ed|s|ing)?[ -]?up|reserv|book|drop[ -]?in|walk[ -]?in)",
    re.IGNORECASE,
)
# What answers wherever it stands, though the question is put in other words.
HOURS = re.compile(
    r"\b\d{1,2}(?::\d\d)? ?(?:[ap]\.?m\.?)? ?(?:[-–—]|to|until|till) ?"
    r"\d{1,2}(?::\d\d)? ?[ap]\.?m\b",
    re.IGNORECASE,
)
BOOKED = re.compile(
    r"\b(?:registration|register|rsvp)\b.*\b(?:required|not needed|necessary|must|please|at)\b"
    r"|\bno (?:registration|sign[ -]?up|need to register)\b|\b(?:must|please) (?:register|rsvp)\b",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    r"[$€£] ?\d|\b(?:free admission|admission is free|suggested donation)\b", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
MONEY = re.compile(r"[$€£¥]|\b(?:free|fee|cost|price|ticket|donation|admission)", re.IGNORECASE)


def quote(brief: Brief, tell: Teller, about: re.Pattern[str] | None = None) -> str:
    """The sentence of the description that answers, if there is one that is about it.

    "Yes" or "no" comes first where it plainly says so.
    """
    words = quoted(brief.get("quote") or "", _QUOTE_LENGTH)
    if not words or (about is not None and not about.search(words)):
        return ""
    says = {"yes": "about.quote_yes", "no": "about.quote_no"}.get(brief.get("says") or "")
    return tell.say(says or "about.quote", quote=words, event=tell.event(brief))


def sentence(brief: Brief, tell: Teller, pattern: re.Pattern[str]) -> str:
    """The first sentence of the description that a pattern is met in, quoted."""
    sentences = _SENTENCE_END.split(brief.get("description") or "")
    met = next((each for each in sentences if pattern.search(each)), "")
    words = quoted(met, _QUOTE_LENGTH)
    return tell.say("about.quote", quote=words, event=tell.event(brief)) if words else ""
