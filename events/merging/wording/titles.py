"""Compares two titles: their likeness, and what only one of them says."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from core.text import fold_name
from events.merging.wording.contrasts import RULED, Contrast, title_contrast
from events.merging.wording.markers import NO_MARKERS, Markers, read_markers
from events.merging.wording.words import spelled_alike, words_of

# Line breaks that a feed lost: "Keb’ MoRoom On The Porch".
_RUN_TOGETHER = re.compile(r"(?<=[a-z’'])(?=[A-Z][a-z])")
# "In Millersville Pa": the town that a ticket seller puts at the end.
_IN_TOWN = re.compile(r" [Ii]n [A-Z][\w.]+(?: [A-Z][\w.]+)?,? [A-Z][A-Za-z]$")
# Behind the head of a title stands what one publisher adds and the other leaves out.
_TAIL = re.compile(r": | [-–—|] |! | \(| w/ ?| with | at the | @ ")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
_EMPTY, COMMON, PARTS, _VENUE_KINDS = (
    words_of(name) for name in ("empty", "common", "parts", "venue_kinds")
)
_ALIKE = 86
_LONG = 7
_SHORTENED = 5
_FOUR_LETTERS = 4
_VOWELS = frozenset("aeiouy")
_TELLING_HEAD = 2.0
_INITIALS = range(2, 7)


@dataclass(frozen=True, slots=True)
class TitleWords:
    """`telling` words tell an event from others; `markers` are kept beside them.

    `about_place` are the words of the title that name its own venue, town or publisher;
    `every` are both together; `head` is what stands before a colon, dash or bracket.
    `in_order` are its words as they stand, and `firsts` their first letters.
    """

    telling: frozenset[str]
    markers: Markers = NO_MARKERS
    about_place: frozenset[str] = frozenset()
    every: frozenset[str] = frozenset()
    head: frozenset[str] = frozenset()
    in_order: tuple[str, ...] = ()
    firsts: str = ""


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """`likeness` from 0 to 1; `shared` counts words, common ones half.

    `own` are the words that only one of the titles has; `by_place` says that
    they share no more than the name of a place; `one_head` that
    they differ only behind a colon, dash or bracket, `head_is_common` that what stands before it
    may name a series; `other_places` that each names a place of its own.
    """

    likeness: float
    shared: float
    own: tuple[frozenset[str], frozenset[str]]
    contrast: Contrast | None = None
    by_place: bool = False
    one_head: bool = False
    head_is_common: bool = False
    other_places: bool = False

    @property
    def is_within(self) -> bool:
        """Whether one title says all that the other one says."""
        return self.shared > 0 and not all(self.own)

    @property
    def says_no_more(self) -> bool:
        """Whether both titles say the same in other order."""
        return self.shared > 0 and not any(self.own)


@lru_cache(maxsize=16_384)  # a series has one title and place
def title_words(title: str, context: tuple[str, ...] = ()) -> TitleWords:
    """The words of a title by what they are good for."""
    markers, rest = read_markers(_IN_TOWN.sub("", title))
    folded = [word for word in _words(_RUN_TOGETHER.sub(" ", rest)) if word not in _EMPTY]
    named = [_name_words(text) for text in context]
    around = {_stem(word) for words in named for word in words}
    shortened = frozenset().union(*map(_shortened, context))
    firsts = "".join(word[0] for word in folded)
    telling = _telling(word for word in folded if not _spelled_by(word, folded, firsts))
    about_place = (telling & (around | shortened)) - COMMON
    if about_place:
        about_place |= _named_whole(named, folded)
        about_place |= telling & around & _VENUE_KINDS
    head = _TAIL.split(rest.strip(), maxsplit=1)[0]
    return TitleWords(
        telling - about_place,
        markers,
        about_place | shortened,
        telling,
        _telling(word for word in _words(head) if word not in _EMPTY),
        tuple(map(_stem, folded)),
        firsts,
    )


def _words(text: str) -> list[str]:
    return spelled_alike(fold_name(text)).split()


def _telling(words: Iterable[str]) -> frozenset[str]:
    return frozenset(
        _stem(word)
        for word in words
        if len(word) > 1 and not word.isdigit() and not _ORDINAL.fullmatch(word)
    )


def _named_whole(names: Iterable[Sequence[str]], title: Collection[str]) -> frozenset[str]:
    """The words of the names that a title gives in full, common words and all."""
    whole = (words for words in names if len(words) > 1 and set(words) <= set(title))
    return frozenset(_stem(word) for words in whole for word in words)


@lru_cache(maxsize=8192)
def _name_words(name: str) -> list[str]:
    return _words(name)


@lru_cache(maxsize=8192)
def _shortened(text: str) -> frozenset[str]:
    """A name by its initials, and each two or more neighbouring words of it by theirs."""
    firsts = "".join(word[0] for word in fold_name(text).split()[: _INITIALS.stop])
    size = len(firsts)
    runs = (firsts[one:end] for one in range(size) for end in range(one + 2, size + 1))
    return frozenset(runs) - RULED


def _spelled_by(letters: str, words: Sequence[str], firsts: str) -> Sequence[str]:
    """The neighbouring words that begin with these letters, as "ttac" says them."""
    if len(letters) not in _INITIALS or letters in RULED or (at := firsts.find(letters)) < 0:
        return ()
    return words[at : at + len(letters)]


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    """Without a plural's ending, so that "Sunsets" meets "Sunset"."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def match_titles(one: TitleWords, other: TitleWords) -> TitleMatch:
    """Compares word by word, in any order, forgiving small slips of the pen."""
    left, right = _without_places(one, other), _without_places(other, one)
    by_place = not left & right and not one.every.isdisjoint(other.every)
    if by_place:
        left, right = one.every, other.every
    common = left & right
    mine, theirs = set(left - common), set(right - common)
    shared = _weight(common) + _take_similar(mine, theirs)
    shared += _take_initials(mine, other, theirs) + _take_initials(theirs, one, mine)
    total = _weight(left) + _weight(right)
    likeness = 2 * shared / total if total else float(one == other)
    return TitleMatch(
        likeness,
        shared,
        (
            frozenset(mine) | one.markers.beyond(other.markers),
            frozenset(theirs) | other.markers.beyond(one.markers),
        ),
        title_contrast(one, other),
        by_place=by_place,
        one_head=_weight(one.head) >= _TELLING_HEAD and one.head == other.head,
        head_is_common=len(one.head - COMMON) < _TELLING_HEAD,
        other_places=_name_other_places(one, other),
    )


def _name_other_places(one: TitleWords, other: TitleWords) -> bool:
    left, right = one.every & one.about_place, other.every & other.about_place
    return bool(left and right) and left.isdisjoint(right)


def _weight(words: Iterable[str]) -> float:
    return sum(0.5 if word in COMMON else 1.0 for word in words)


def _without_places(one: TitleWords, other: TitleWords) -> frozenset[str]:
    """A venue that only one title names tells nothing; one that both name does not count either."""
    return one.telling - other.about_place


def _take_similar(mine: set[str], theirs: set[str]) -> int:
    """Takes out of both what differs by a slip ("obervatory"), and counts it."""
    taken = 0
    for word in sorted(mine):
        if len(word) < 4:
            continue
        near = [each for each in theirs if _is_slip(word, each)]
        if near:
            mine.remove(word)
            theirs.remove(min(near))
            taken += 1
    return taken


def _is_slip(one: str, other: str) -> bool:
    """Whether two words differ by a slip, an ending or what is left out of one.

    "sediment" and "sedimentation", "etown" and "elizabethtown", initials with one letter more.
    """
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    size = len(short)
    if short[0] == long[0]:
        is_initials = size >= _FOUR_LETTERS and _VOWELS.isdisjoint(long)
        if long.startswith(short) and (size >= _LONG or is_initials):
            return True
        if size >= _SHORTENED and long.endswith(short[1:]):
            return True
    # No words of such lengths can be alike enough.
    if 200 * size < _ALIKE * (size + len(long)):
        return False
    return fuzz.ratio(one, other, score_cutoff=_ALIKE) > 0


def _take_initials(mine: set[str], other: TitleWords, theirs: set[str]) -> float:
    """Takes out what the other title spells out ("TTAC"), and counts it as its words."""
    taken = 0.0
    for word in sorted(mine):
        if spelled_out := theirs.intersection(_spelled_by(word, other.in_order, other.firsts)):
            mine.discard(word)
            theirs -= spelled_out
            taken += _weight(spelled_out)
    return taken
