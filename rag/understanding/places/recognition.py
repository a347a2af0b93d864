"""Finds where in a message a place may be named, by grammar alone, before any look-up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.text import fold_name
from events.places.regions import Region
from rag.understanding.places.mention import Mention, RegionWords, Text, region_at
from rag.understanding.places.vocabulary import (
    BEFORE_NAME,
    BEFORE_OF,
    BEFORE_TO,
    COMPANIES,
    CONNECTIVES,
    EVENT_NOUNS,
    LARGE_NICKNAMES,
    NICKNAMES,
    NO_BARE_AFTER,
    PREPOSITIONS,
    SPELLED_OUT,
    SUBJECT_BEFORE,
)
from rag.understanding.text import Span, Utterance
from rag.understanding.wishes.topic import content_runs

_NEAR_TO = ("close", "closer", "nearer", "next")
_LONGEST_NAME = 5
_MOST_MENTIONS = 120
# "Melbourne laneway bars": so many words may stand between a town and what is on there.
_MOST_BETWEEN = 3
# Postal codes in front of a town, as most of Europe writes them: "10178 Berlin".
_POSTAL = re.compile(r"(?:[a-z]{1,2}-)?[0-9]{4,5}")
_BEFORE_TOWN = re.compile(r" [A-Z][^\W\d]")
_ZIP = re.compile(r"(?<![\w$.,-])([0-9]{5})(?:-[0-9]{4})?(?![\w%]|[.,][0-9])")


def find_mentions(text: Text) -> list[Mention]:
    """The stretches that may name a place, the best evidence first, boundedly many."""
    if len(text.utterance.words) == 0:
        return []
    found: list[Mention] = []
    for source in (_with_region(text), _after_preposition(text), _bare(text)):
        for mention in source:
            if len(found) >= _MOST_MENTIONS:
                return found
            found.append(mention)
    return found


def find_zip_codes(utterance: Utterance, taken: Sequence[Span]) -> list[tuple[str, Span]]:
    """Five-digit numbers that nothing else has claimed, with their place in the text."""
    return [
        (found[1], Span(*found.span()))
        for found in _ZIP.finditer(utterance.low)
        if not any(Span(*found.span()).overlaps(span) for span in taken)
        and not _BEFORE_TOWN.match(utterance.text, found.end())
    ][:3]


def _keys(utterance: Utterance, first: int, last: int) -> tuple[str, ...]:
    """The folded spellings under which a name may be listed."""
    key = utterance.fold(first, last)
    if key in NICKNAMES:
        return (NICKNAMES[key][0],)
    head, _, rest = key.partition(" ")
    if head in SPELLED_OUT and rest:
        return (key, f"{SPELLED_OUT[head]} {rest}")
    return (key,) if key else ()


def _nickname(utterance: Utterance, first: int, last: int) -> tuple[Region, ...] | None:
    """The region of a nickname; None when the words are none, or not written as one."""
    key = utterance.fold(first, last)
    if key not in NICKNAMES:
        return None
    if key in LARGE_NICKNAMES and not utterance.words[first].text.isupper():
        return None
    return (Region("US", NICKNAMES[key][1]),)


def _with_region(text: Text) -> Iterator[Mention]:
    """ "Newton, MA", "Newton ma", "Paris, France": names in front of a region."""
    utterance = text.utterance
    words = utterance.words
    for index in range(1, len(words)):
        gap = utterance.gap_after(index - 1)
        if gap not in (", ", " ", ",", " , "):
            continue
        region = region_at(utterance, index)
        if region is None or (text.is_taken(index) and not words[index].text.isupper()):
            continue
        has_comma = "," in gap
        end = index + region.words - 1
        is_clear = has_comma or region.is_sure or region.is_seldom_a_word
        if not is_clear and not _ends_here(text, end):
            continue
        for first in range(max(0, index - _LONGEST_NAME), index):
            if utterance.is_one_name(first, index - 1):
                yield _qualified(text, first, index, region, has_comma)


def _ends_here(text: Text, last: int) -> bool:
    gap = text.utterance.gap_after(last)
    if last + 1 >= len(text.utterance.words) or gap.strip():
        return True
    # "London on 3/12": what introduces a date is no code.
    return text.is_taken(last + 1) and text.utterance.words[last].low != "on"


def _qualified(text: Text, first: int, index: int, region: RegionWords, comma: bool) -> Mention:
    utterance = text.utterance
    start, preposition = phrase_start(text, first)
    nickname = _nickname(utterance, first, index - 1)
    last = _last_region(utterance, index + region.words - 1)
    return Mention(
        "region",
        first,
        index - 1,
        Span(start, utterance.words[last].end),
        _keys(utterance, first, index - 1),
        preposition,
        nickname or region.regions,
        is_sure=comma or (region.is_sure and not region.is_code) or _is_large(text, first, index),
    )


def _last_region(utterance: Utterance, last: int) -> int:
    """The last word of "MA, USA": a second region after a comma belongs to the first."""
    if utterance.gap_after(last) != ", " or last + 1 >= len(utterance.words):
        return last
    further = region_at(utterance, last + 1)
    return last + further.words if further and not further.is_code else last


def _is_large(text: Text, first: int, index: int) -> bool:
    """Whether both the town and the code are written with capitals ("Newton MA")."""
    words = text.utterance.words
    return words[first].text[0].isupper() and words[index].text.isupper()


def phrase_start(text: Text, first: int) -> tuple[int, str]:
    """Where the phrase begins with its preposition, and that preposition."""
    words = text.utterance.words
    index = first
    while index > max(0, first - 2) and words[index - 1].low in BEFORE_NAME:
        index -= 1
    if index > 0 and words[index].text[0].isupper() and _POSTAL.fullmatch(words[index - 1].low):
        index -= 1
    if index > 0 and words[index - 1].low in PREPOSITIONS:
        return words[index - 1].start, words[index - 1].low
    if index > 0 and words[index - 1].low == "à" and words[index].text[0].isupper():
        return words[index - 1].start, "in"
    if index > 1 and words[index - 1].low == "to" and words[index - 2].low in BEFORE_TO:
        is_near = words[index - 2].low in _NEAR_TO
        return words[index - 2].start, "near" if is_near else "to"
    if index > 1 and words[index - 1].low == "of" and words[index - 2].low in BEFORE_OF:
        return words[index - 2].start, "of"
    if words[index].start in text.after_distances:
        return words[index].start, "near"
    return words[first].start, ""


def _after_preposition(text: Text) -> Iterator[Mention]:
    """Names after "in", "near", "5 miles from" …, the longest first."""
    utterance = text.utterance
    words = utterance.words
    for first in range(len(words)):
        start, preposition = phrase_start(text, first)
        if not preposition:
            continue
        subject = words[first - 2].low if first > 1 else ""
        is_name = words[first].text[0].isupper() and not utterance.text.istitle()
        if preposition == "in" and subject in SUBJECT_BEFORE and not is_name:
            continue
        for last in range(min(first + _LONGEST_NAME, len(words)) - 1, first - 1, -1):
            if not utterance.is_one_name(first, last):
                continue
            if text.is_taken(first) and (last == first or text.is_taken(last)):
                continue
            yield Mention(
                "preposition",
                first,
                last,
                Span(start, words[last].end),
                _keys(utterance, first, last),
                preposition,
                _nickname(utterance, first, last) or (),
                is_closed=text.is_closed_after(last),
            )


def _bare(text: Text) -> Iterator[Mention]:
    """Names without a preposition: the whole message, the end or the start of a part of it."""
    utterance = text.utterance
    words = utterance.words
    runs = content_runs(utterance, text.taken)
    if 1 < len(words) < _LONGEST_NAME and utterance.is_one_name(0, len(words) - 1):
        yield _bare_mention(text, 0, len(words) - 1, is_whole=True)
    for first, last in runs:
        whole = len(runs) == 1 and last - first < _LONGEST_NAME
        for begin in range(max(first, last - _LONGEST_NAME + 1), last + 1):
            follows = words[begin - 1].low if begin > 0 else ""
            if begin > 1 and follows == "about" and words[begin - 2].low in ("what", "how"):
                follows = ""
            is_whole = whole and begin == first
            if begin > 0 and "&" in utterance.gap_after(begin - 1):
                continue  # "Romeo & Juliet" is no town
            if utterance.is_one_name(begin, last) and (
                follows not in NO_BARE_AFTER or (is_whole and follows == "the")
            ):
                yield _bare_mention(text, begin, last, is_whole=is_whole)
        yield from _before_what_is_on(text, first, last)


def _before_what_is_on(text: Text, first: int, last: int) -> Iterator[Mention]:
    """Names at the start of words that nobody claimed: "boston concerts", "orlando with kids"."""
    utterance = text.utterance
    words = utterance.words
    begin = min(first + (words[first].low in BEFORE_NAME), last)
    for end in range(min(last, begin + _LONGEST_NAME) - 1, begin - 1, -1):
        if not utterance.is_one_name(begin, end):
            continue
        follows = words[end + 1].low
        is_sure = follows in EVENT_NOUNS or (
            begin == 0 and follows in CONNECTIVES and utterance.gap_after(end) == " "
        )
        if is_sure or utterance.gap_after(end).strip() in ("/", ","):
            yield _bare_mention(text, begin, end, is_whole=False, is_sure=is_sure)
        elif last - end <= _MOST_BETWEEN:
            after = {words[i].low for i in range(end + 1, last + 1)}
            is_loose = words[last].low not in EVENT_NOUNS
            if not after & (COMPANIES | NO_BARE_AFTER):
                mention = _bare_mention(text, begin, end, is_whole=False, is_sure=False)
                yield replace(mention, is_loose=is_loose)


def _bare_mention(
    text: Text, first: int, last: int, *, is_whole: bool, is_sure: bool = True
) -> Mention:
    words = text.utterance.words
    return Mention(
        "bare",
        first,
        last,
        Span(words[first].start, words[last].end),
        _keys(text.utterance, first, last),
        regions=_nickname(text.utterance, first, last) or (),
        is_sure=is_sure,
        is_closed=text.is_closed_after(last),
        is_whole=is_whole,
    )


def is_nickname(name: str) -> bool:
    """Whether a name is one of the nicknames ("NYC", "Philly")."""
    return fold_name(name) in NICKNAMES
