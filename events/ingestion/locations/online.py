"""Recognises words that say that an event is held online."""

from __future__ import annotations

import re
from dataclasses import dataclass

URL = re.compile(r"https?://[^\s<>\"'|]+", re.IGNORECASE)
MEETING_HOSTS = re.compile(
    r"(?:^|\.)(?:zoom\.us|zoomgov\.com|meet\.google\.com|teams\.(?:microsoft|live)\.com|webex\.com"
    r"|gotomeeting\.com|discord\.(?:com|gg)|youtube\.com|youtu\.be|twitch\.tv|whereby\.com"
    r"|hopin\.com|airmeet\.com|meet\.jit\.si|bluejeans\.com|facebook\.com)$",
    re.IGNORECASE,
)
_ONLINE_WORD = re.compile(
    r"online|virtual(?:ly)?|zoom|webinar|livestream(?:ed|ing)?|streaming|teams|webex|youtube"
    r"|facebook|remote|internet|web|gotomeeting|skype"
)
_FILLER = re.compile(
    r"an?|the|only|events?|meetings?|class|program|session|video|conference|room|via|on|in|through"
    r"|link|call|live|stream|to|view|google|microsoft|ms|and|or|format"
)
_OPENING = re.compile(
    r"(?:online|virtual|zoom)\b(?= *(?:$|[(;:,\[]|-|–|meeting|event|class|program|webinar))",
    re.IGNORECASE,
)
_VIA = re.compile(
    r"\b(?:via|on|over|through|using) (?:zoom|google meet|ms teams|microsoft teams|webex)\b",
    re.IGNORECASE,
)
# Marks of a line that also names a real place.
_ALSO_ONLINE = re.compile(
    r"\s*[\[(](?:multi-?platform|hybrid"
    r"|(?:and |also |& )?(?:online|zoom|virtual|livestream(?:ed)?))[\])]"
    r"|\s*(?:\band\b|&|\+|/|\bor\b)\s*(?:also )?(?:online|via zoom|on zoom|zoom|virtual"
    r"|youtube|facebook|livestream)\b(?:/(?:youtube|facebook|zoom))*"
    r"|^(?:virtual|online|zoom|hybrid)\s*(?:/|&|\+|\band\b)\s*",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s+[-–—|]\s+")
_TITLE_ONLINE = re.compile(
    r"[\[(][^\])]*\b(?:online|zoom|virtual|webinar|livestream)\b[^\])]*[\])]"
    r"|^(?:virtual|online|zoom|livestream|webinar)\b(?! (?:reality|dating|safety|privacy|shopping))"
    r"|[-–|:] *(?:online|virtual|zoom|webinar|livestream)(?: only)?$"
    r"|\b(?:on|via|over) zoom\b|\bwebinar\b",
    re.IGNORECASE,
)
_TITLE_MIXED = re.compile(
    r"\bhybrid\b(?! (?:car|vehicle|plant|rose|bike)s?)"
    r"|\bin[- ]person (?:and|&|or|\+) (?:online|virtual|zoom)"
    r"|\b(?:online|virtual|zoom) (?:and|&|or|\+) in[- ]person",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class OnlineSigns:
    """Signs in a line of attending online, and the rest of the line.

    `mode` is "online", "mixed" or empty when the line is silent.
    """

    mode: str
    link: str
    rest: str


def is_online_only(text: str) -> bool:
    """Whether the words name no place but the net: "Zoom", "Virtual event"."""
    words = re.findall(r"[a-z]+", text.casefold())
    telling = [word for word in words if not _FILLER.fullmatch(word)]
    return bool(telling) and all(_ONLINE_WORD.fullmatch(word) for word in telling)


def online_signs(line: str) -> OnlineSigns:
    """Reads a location line without its town.

    A meeting link counts as online; a link to any other site is only kept.
    """
    link = ""
    is_meeting = False
    for match in URL.finditer(line):
        link = link or match[0].rstrip(".,;)")
        host = match[0].split("/")[2].partition(":")[0]
        is_meeting = is_meeting or bool(MEETING_HOSTS.search(host))
    rest = URL.sub(" ", line).strip(" ,;:-–|")
    if is_online_only(rest) or _OPENING.match(rest) or _VIA.search(rest):
        return OnlineSigns("online", link, "")
    if link and not rest:
        return OnlineSigns("online", link, "")
    offline = [part for part in _PARTS.split(rest) if not is_online_only(part)]
    without = _ALSO_ONLINE.sub("", " - ".join(offline)).strip(" ,;:-–|/")
    if is_meeting or without != " - ".join(_PARTS.split(rest)).strip(" ,;:-–|/"):
        return OnlineSigns("mixed" if without else "online", link, without)
    return OnlineSigns("", link, rest)


def title_mode(title: str) -> str:
    """ "online" or "mixed" when the title says so, else empty."""
    if _TITLE_MIXED.search(title):
        return "mixed"
    return "online" if _TITLE_ONLINE.search(title) else ""
