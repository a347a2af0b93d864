"""Reads whether an event is off, or put off, from a field that says so or from its title.

A title says it at the beginning or the end of one of its parts ("CANCELLED: Choir", "Choir
(abgesagt)", "Концерт отменён - Зимний вечер"); in the midst of one it may be a story's own.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from events.ingestion.enrich.clues import remembered

_SCHEDULED = frozenset({"scheduled", "confirmed", "active", "tentative", "on", "upcoming"})
# What parts a title; a hyphen only between blanks or beside the word itself.
_PARTS = re.compile(
    r"\s+[-–—~]+\s*|[:|*()\[\]{}<>!;,/•：、。・|！（）［］【】「」『』《》〈〉]+|--+|\s*[–—]\s*"
)
_BEFORE = r"(?:^|(?<=[\W_]))"
_AFTER = r"(?=$|[\W_])"
# A story tells of what was cancelled; a notice says what is.
_STORY = re.compile(r"\b(?:was|were|got|gets?|getting|being|be|never|un|who|almost)\s*$")
_OF_ANOTHER_KIND = r"(?! (?:flights?|stamps?|culture|checks?|debts?|plans|dates)\b)"
_REASON = (
    r"(?= (?:due to|because|owing to|until|till|to|wegen|aufgrund|auf|bis|pour cause|en raison|au"
    r"|por|debido|al?|hasta|ate|a causa|causa|per|wegens|vanwege|naar|tot|из-за|на|z powodu|na)\b)"
)
# A look for parts of words costs a fraction of the patterns, and nearly no title holds one.
_HINTS_ASCII = (
    *("cancel", "called off", "postpon", "put off", "delayed", "abgesagt", "aus", "entf", "absage"),
    *("verschob", "verlegt", "verschieb", "annul", "supprim", "report", "decal", "suspen", "anul"),
    *("aplazad", "pospuest", "postergad", "adiad", "rinviat", "posticip", "rimand", "geannul"),
    *("afgel", "geschrapt", "afgebl", "gaat niet", "vervalt", "uitgest", "verplaatst", "verzet"),
    *("odwo", "prze", "inst", "aflyst", "avlyst", "uppskj", "udsat", "utsatt", "iptal", "ertelen"),
    *("zrus", "odlo", "take place", "nicht statt", "lieu", "luogo"),
)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str], re.Pattern[str]], ...]:
    """(status, at a part's beginning, at its end, anywhere: a sentence, or before a reason)."""
    tags = tomllib.loads(Path(__file__).with_name("status.toml").read_text("utf-8"))
    found = []
    for status, words in tags.items():
        written, joined = "|".join(words["written"]), "|".join(words["joined"])
        said = rf"(?:(?:event|termin|veranstaltung) )?(?:{written}){_AFTER}{_OF_ANOTHER_KIND}"
        begins = re.compile(rf"\W*(?:{said}|(?:{joined}))")
        ends = re.compile(rf"(?:{_BEFORE}(?:{written})|(?:{joined}))\W*$")
        sentences = "|".join(words["sentences"])
        reasoned = rf"{_BEFORE}(?:{written}){_REASON}"
        anywhere = re.compile(rf"{reasoned}|{_BEFORE}(?:{sentences}){_AFTER}")
        found.append((status, begins, ends, anywhere))
    return tuple(found)


def read_status(stated: str, title: str) -> str:
    """`scheduled`, `cancelled` or `postponed`, by a field of the feed, else by the title."""
    return _stated(stated.strip().casefold()) or _in_title(title)


@remembered
def _stated(text: str) -> str:
    """The status that a field names: "CANCELLED", "abgesagt", "EventPostponed"."""
    word = re.sub(r"^event(?:_|(?=[a-z]))", "", text)
    for status, begins, ends, _ in _patterns() if word and word not in _SCHEDULED else ():
        if begins.match(word) or ends.search(word):
            return status
    return ""


def _in_title(title: str) -> str:
    lowered = title.casefold()
    if not title.isascii():
        return _said_in(lowered)
    for hint in _HINTS_ASCII:
        if hint in lowered:
            return _said_in(lowered)
    return "scheduled"


@remembered
def _said_in(title: str) -> str:
    for status, begins, ends, anywhere in _patterns():
        for part in _PARTS.split(title):
            bare = part.strip()
            if not bare:
                continue
            if begins.match(bare):
                return status
            match = ends.search(bare) or anywhere.search(bare)
            if match and not _STORY.search(bare[: match.start()]):
                return status
    return "scheduled"
