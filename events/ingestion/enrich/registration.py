"""Reads whether registration is required, from explicit words of an event's texts."""

from __future__ import annotations

from dataclasses import dataclass

from events.ingestion.enrich.clues import Clue, fold, remembered
from events.ingestion.enrich.evidence import excerpt

_NAMES = (
    r"(?:(?:pre-?|advanced? )?registration|(?:pre-?|advance )?registering|rsvps?|sign[- ]?ups?"
    r"|reservations?|(?:advance )?tickets?|booking)"
)
# What each of the names holds.
_NAMED = "regist|rsvp|sign|reserv|ticket|book"
_NEEDED = r"(?:required|needed|necessary|mandatory|a must)"
_NOT_REQUIRED = Clue(
    rf"\bno (?:\w+ or )?(?:advance |prior )?{_NAMES}(?: or [\w-]+)?(?: is| are)? {_NEEDED}"
    rf"|\b{_NAMES}(?: is| are)? not {_NEEDED}|\b{_NAMES}\b[^.!\n]{{0,40}}\bbut not {_NEEDED}"
    r"|\bno need to (?:pre-?)?(?:register|rsvp|sign up|reserve)\b"
    r"(?! for (?:both|each|every|all))"
    rf"|\b(?:without|no) (?:pre-?)?{_NAMES}[.!,;]",
    _NAMED,
    "no |not |without ",
)
_REQUIRED = Clue(
    rf"\b{_NAMES}(?: is| are)? {_NEEDED}(?! for (?:groups|vendors|large))"
    rf"|[-–|(:]\s?{_NAMES} required"
    r"|\b(?:must|need to|have to|required to) (?:pre-?)?(?:register|rsvp|sign up|reserve|book)\b"
    r"(?! to (?:win|vote))"
    r"|\brsvp only\b|\bby (?:pre-?registration|reservation|rsvp) only\b"
    r"|\b(?:pre-?)?(?:registered|ticketed) (?:participants|guests|attendees) only\b",
    _NAMED,
    "required|needed|necessary|mandatory|must|need to|have to|only",
)


@dataclass(frozen=True, slots=True)
class Registration:
    """`required` is None when the texts do not say it, or contradict each other."""

    required: bool | None = None
    evidence: str = ""


@remembered
def read_registration(title: str, description: str) -> Registration:
    """Reads whether one has to register, reserve or hold a ticket.

    An invitation ("register here", "please RSVP") is no duty, and counts for nothing.
    """
    text = f"{title}\n{description}"
    folded = fold(text)
    denied = list(_NOT_REQUIRED.finditer(text, folded))
    spans = [match.span() for match in denied]
    asked = [
        match
        for match in _REQUIRED.finditer(text, folded)
        if not any(start < match.end() and match.start() < end for start, end in spans)
    ]
    if bool(denied) == bool(asked):
        return Registration()
    found = (asked or denied)[0]
    return Registration(bool(asked), excerpt(text, *found.span()))
