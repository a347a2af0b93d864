"""For whom an event is, in a few plain words."""

from __future__ import annotations

import re

from events.ingestion.enrich.ages import Ages

_TITLE = {
    "babies": r"\bbab(?:y|ies)(?:time)?\b(?! (?:shower|goat|boomer))|\binfants?\b|\blap[- ]?sit\b|\bbabytime\b",
    "toddlers": r"\btoddlers?\b|\btots?\b|\btwo-year-old\b|\b[12]s & [23]s\b|\bwobblers?\b",
    "kids": r"\bkids?\b|\bchild(?:ren)?(?:['’]s)?\b(?! care)|\bstory ?times?\b|\bpreschool(?:ers?)?\b|\bjunior\b"
    r"|\belementary\b|\blego\b|\bplay ?group\b|\byouth\b|\btweens?\b|\bhora del cuento\b|\bpuppet\b",
    "teens": r"\bteens?\b|\bteenagers?\b|\bhigh school(?:ers)?\b(?! (?:football|varsity))|\bmiddle school(?:ers)?\b"
    r"|\btweens?\b|\bya\b(?! ll)",
    "families": r"\bfamil(?:y|ies)\b(?! (?:law|estate|of|history|winery|wines|caregiver|court|medicine|tree))"
    r"|\ball ages\b|\bintergenerational\b",
    "adults": r"\badults?\b(?! literacy)|\b(?:18|21)\s?\+|\bgrown[- ]?ups\b",
    "seniors": r"\bseniors?\b(?! (?:day|night|warden|minister|pastor|recital|prom|class))|\b(?:50|55|60|65)\s?\+"
    r"|\bolder adults\b|\bsenior(?: fit| total| strength| zumba)",
    "women": r"\bwom[ae]n(?:['’]s)?\b(?!['’]?s? (?:soccer|basketball|volleyball|golf|cross|tennis|swimming|lacrosse"
    r"|track|field|water|gymnastics|softball|rugby|rowing|ice|in film))",
    "students": r"\bstudents?\b",
}
_DESCRIPTION = {
    "babies": r"\bfor (?:babies|infants)\b|\bbabies (?:ages|and|up to)\b|age group: ?baby",
    "toddlers": r"\b(?:for|families and) toddlers\b|\btoddlers (?:ages|and)\b|age group: ?toddler",
    "kids": r"\bfor (?:kids|children|young children|preschoolers|families with)\b|\bchildren (?:ages?|aged|in grades"
    r"|of all ages|up to)\b|\bkids (?:ages?|of all ages|in grades)\b|age group: ?(?:pre-?school|children|family)"
    r"|\ball children\b|\bchildren and (?:their )?(?:families|caregivers|adults)\b|event type: ?story time",
    "teens": r"\bfor teens\b|\bteens (?:ages?|in grades|are|will|can)\b|\bjoin other teens\b",
    "families": r"\bfamily[- ]friendly\b|\bfor (?:the whole |all )?famil(?:y|ies)\b|\bfun for (?:the )?(?:whole|entire)"
    r" family\b|age group: ?family|\bfamilies are (?:invited|welcome)\b|\bfun for all ages\b",
    "adults": r"\bfor adults\b|\badults only\b|\badult(?:-| )only\b",
    "seniors": r"\bfor (?:seniors|older adults)\b|\bseniors (?:ages?|aged|50|55|60)\b",
}
_FOR_TITLE = {tag: re.compile(pattern, re.IGNORECASE) for tag, pattern in _TITLE.items()}
_FOR_DESCRIPTION = {
    tag: re.compile(pattern, re.IGNORECASE) for tag, pattern in _DESCRIPTION.items()
}
AUDIENCES = tuple(_TITLE)


def read_audience(
    title: str, description: str, ages: Ages, stated: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Tags of `AUDIENCES`, those stated by the feed first, then what texts and ages say."""
    tags = dict.fromkeys(word.strip().casefold() for word in stated if word.strip())
    spoken = {tag for tag, pattern in _FOR_TITLE.items() if pattern.search(title)}
    spoken |= {tag for tag, pattern in _FOR_DESCRIPTION.items() if pattern.search(description)}
    spoken |= _by_ages(ages)
    if ages.lowest is not None and ages.lowest >= 18:
        spoken -= {"kids", "teens", "toddlers", "babies", "families"}
    return tuple(tags | dict.fromkeys(tag for tag in AUDIENCES if tag in spoken))


def _by_ages(ages: Ages) -> set[str]:
    low, high = ages.lowest, ages.highest
    if low is None:
        return set()
    if low >= 18:
        return {"seniors"} if low >= 50 else {"adults"}
    if high is None:
        return {"families"} if ages.text == "All ages" else set()
    spans = {"babies": (0, 1), "toddlers": (1, 3), "kids": (3, 12), "teens": (13, 17)}
    # A tag needs most of its span, or to hold all of a narrow one.
    return {
        tag
        for tag, (first, last) in spans.items()
        if min(high, last) - max(low, first) >= min(last - first, high - low) / 2
        and low <= last
        and high >= first
    }
