"""Slips of the finger in the words of the calendar: "wensday", "satuday", "febuary", "wkend".

A word one letter away from a long word of the calendar (one too many, one
missing, a wrong one, two exchanged) is taken for it. That also reads month
names of other languages ("Dezember", "oktober").
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.understanding.word_lists import read_words

# Shorter words are one letter away from too many other words ("june" and "tune"), and "August"
# from the town Augusta.
_WORDS = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("january", "february", "september", "october", "november", "december"),
    *("tomorrow", "tonight", "weekend", "morning", "afternoon", "evening", "thanksgiving"),
)
# Spellings further away, or of shorter words, that people do write.
_SLIPS = {
    "weds": "wednesday",
    "wensday": "wednesday",
    "wendsday": "wednesday",
    "wedsday": "wednesday",
    "wenesday": "wednesday",
    "satday": "saturday",
    "saterday": "saturday",
    "febuary": "february",
    "tommorow": "tomorrow",
    "tomorow": "tomorrow",
    "tomoz": "tomorrow",
    "tomo": "tomorrow",
    "2moz": "tomorrow",
    "tonit": "tonight",
    "wkend": "weekend",
    "wknd": "weekend",
    "wkends": "weekends",
}
# Neighbours that are words, names or towns of their own.
_OWN_TEXT = """
sundae sundar sundry sunda sunray sundby munday monda mondai mondal mondale mounday moneday frida
fridey mourning weeknd octobeer ottober weekender
"""
_OWN = frozenset(_OWN_TEXT.split())
_TOPICS, _OWN_TOPICS = (read_words(__file__, "spelling.toml")[name] for name in ("topics", "own"))
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(r"[a-z0-9]{4,14}", re.IGNORECASE)
_FORTNIGHT = re.compile(r"\b(?:(?:a|one) )?fortnight\b(?!')", re.IGNORECASE)


@lru_cache(maxsize=1)
def misspellings() -> dict[str, str]:
    """Every spelling one slip away from a word, and that word; the first letter stays."""
    found: dict[str, str] = {}
    for word in _WORDS:
        for near in _one_slip_away(word):
            if near not in _OWN and near not in _WORDS and near.removesuffix("s") != word:
                found.setdefault(near, word)
    return found | _SLIPS


@lru_cache(maxsize=1)
def misspelt_topics() -> dict[str, str]:
    """Every spelling one slip away from what events are about, and the right one."""
    slips = {
        near: word
        for word in sorted(_TOPICS)
        for near in _one_slip_away(word)
        if near.removesuffix("s") != word
    }
    known = _TOPICS | _OWN_TOPICS | misspellings().keys()
    return {near: word for near, word in slips.items() if near not in known}


def topics_mended(text: str) -> tuple[tuple[str, str], ...]:
    """The misspelt topics of a text, as typed and as read.

    >>> topics_mended("comdey shows")
    (('comdey', 'comedy'),)
    """
    known = misspelt_topics()
    words = _WORD.findall(text)
    return tuple((word, known[word.lower()]) for word in words if word.lower() in known)


def _one_slip_away(word: str) -> set[str]:
    near: set[str] = set()
    for at in range(1, len(word) + 1):
        head, tail = word[:at], word[at:]
        near.update(head + letter + tail for letter in _LETTERS)
        if tail:
            near.add(head + tail[1:])
            near.update(head + letter + tail[1:] for letter in _LETTERS)
        if len(tail) > 1:
            near.add(head + tail[1] + tail[0] + tail[2:])
    return near - {word}


def mended(text: str) -> str:
    """The text with the words of the calendar spelled right.

    >>> mended("trivia on Wensday")
    'trivia on Wednesday'
    """
    for typed, word in topics_mended(text):
        text = text.replace(typed, word)
    known = misspellings()
    if not any(word.lower() in known for word in _WORD.findall(text)):
        return _FORTNIGHT.sub("two weeks", text)
    return _FORTNIGHT.sub("two weeks", _WORD.sub(_right, text))


def _right(found: re.Match[str]) -> str:
    word = found.group()
    right = misspellings().get(word.lower(), word)
    return right.capitalize() if word[0].isupper() and right is not word else right
