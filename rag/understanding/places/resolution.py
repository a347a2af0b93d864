"""Decides which of the places that the gazetteer knows the words name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from events.places.regions import region_of
from rag.types import Centre, Mended
from rag.understanding.places.lookup import Namesake, PlaceLookup
from rag.understanding.places.mention import Mention, Text, is_called_state, without_state
from rag.understanding.places.namesakes import (
    Reference,
    area_around,
    has_article,
    is_bare_name,
    is_named_after_preposition,
    likelihood,
)
from rag.understanding.places.recognition import find_mentions, find_zip_codes, is_nickname
from rag.understanding.places.vocabulary import (
    LANGUAGES,
    NAMES_OF_PEOPLE,
    NEVER_UNKNOWN,
    NOT_A_TOWN,
    ORDINARY_WORDS,
)
from rag.understanding.text import Span, Utterance
from rag.understanding.word_lists import compile_patterns

MOST_ALTERNATIVES = 5
# An alternate name counts only for places that people know by several names.
_ALTERNATE_POPULATION = 50_000
# A state's name means the state ("California", not the town in Maryland), unless a town of that
# name is at least this large ("Washington").
_NEVER_MISSPELT = ORDINARY_WORDS | NOT_A_TOWN | LANGUAGES | NEVER_UNKNOWN
# Shorter names are one slip away from too many others.
_LEAST_LETTERS = 6
# … but not from the calendar's own towns, after a preposition: "in bostn".
_LEAST_OF_OWN = 5
_LARGER_THAN_ITS_STATE = 300_000

_PATTERNS = compile_patterns(__file__, "patterns.toml", "resolution")


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """The place that the words name, and which words do.

    `is_here` asks for the user's own place, `is_anywhere` for none at all.
    """

    centre: Centre | None = None
    span: Span | None = None
    alternatives: tuple[Centre, ...] = ()
    radius_miles: float | None = None
    unknown: str | None = None
    is_here: bool = False
    is_anywhere: bool = False
    phrases: tuple[Span, ...] = ()
    refused: tuple[str, ...] = ()
    mended: tuple[Mended, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceSearch:
    """The mentions of one text, before and after they are looked up."""

    text: Text
    mentions: tuple[Mention, ...]
    here: Span | None
    anywhere: Span | None

    @classmethod
    def of(cls, utterance: Utterance, taken: Sequence[Span]) -> PlaceSearch:
        """Finds where places may be named outside the words taken already."""
        here = _PATTERNS["here"].search(utterance.low)
        anywhere = _PATTERNS["anywhere"].search(utterance.low)
        phrases = tuple(Span(*found.span()) for found in (here, anywhere) if found)
        text = Text(utterance, (*taken, *phrases))
        return cls(
            text,
            tuple(find_mentions(text)),
            Span(*here.span()) if here else None,
            Span(*anywhere.span()) if anywhere else None,
        )

    @property
    def keys(self) -> set[str]:
        """Every name to look up."""
        return {key for mention in self.mentions for key in mention.keys}

    def read(
        self, known: Mapping[str, Sequence[Namesake]], gazetteer: PlaceLookup, reference: Reference
    ) -> PlaceWords:
        """The place named, given the candidates of `keys`."""
        refused = refused_places(self, known)
        phrases = (
            *(span for span in (self.here, self.anywhere) if span),
            *refused.values(),
        )
        chosen = (
            _zip_code(self, gazetteer)
            or _chosen(self, known, reference)
            or _area(self, gazetteer)
            or _misspelt(self, known, gazetteer, reference)
            or PlaceWords(unknown=_unknown(self.text, self.mentions))
        )
        return replace(
            chosen,
            is_here=self.here is not None and chosen.centre is None,
            is_anywhere=self.anywhere is not None and chosen.centre is None,
            phrases=phrases,
            refused=tuple({self.text.utterance.fold(*words): None for words in refused}),
        )


def _zip_code(search: PlaceSearch, gazetteer: PlaceLookup) -> PlaceWords | None:
    utterance = search.text.utterance
    for code, span in find_zip_codes(utterance, search.text.taken):
        before = utterance.low[: span.start].split()[-1:] or [""]
        is_named = before[0].strip(",") in _ZIP_BEFORE or len(before[0]) == 2
        if is_named or span.end >= len(utterance.low.rstrip("?!. ")) or span.start == 0:
            centre = gazetteer.postal_code(code)
            if centre is not None:
                return PlaceWords(centre, _with_town(search, span))
    return None


_ZIP_BEFORE = frozenset("in near around of from zip code zipcode to at".split())  # noqa: SIM905


def _with_town(search: PlaceSearch, span: Span) -> Span:
    """A ZIP code's words with the "Newton, MA" or the preposition in front of it."""
    qualified = (m for m in search.mentions if m.evidence == "region")
    towns = [m for m in qualified if 0 <= span.start - m.span.end <= 2]
    if towns:  # the longest after a preposition, else the shortest: not "jazz Newton"
        town = next((m for m in towns if m.preposition), towns[-1])
        return Span(town.span.start, span.end)
    before = search.text.utterance.low[: span.start]
    found = re.search(r"(?:(?:in|near|around|at) )?(?:the )?(?:zip(?: ?code)? )?$", before[-24:])
    return Span(span.start - (len(found.group()) if found else 0), span.end)


def _chosen(
    search: PlaceSearch, known: Mapping[str, Sequence[Namesake]], reference: Reference
) -> PlaceWords | None:
    elsewhere: set[int] = set()
    refused = refused_places(search, known)
    for mention in search.mentions:
        if any(mention.last == last for _, last in refused):
            continue
        if mention.last in elsewhere and mention.evidence != "region":
            continue
        if mention.evidence != "region" and is_called_state(search.text.utterance, mention):
            continue
        candidates = [c for key in mention.keys for c in known.get(key, ())]
        fitting = _fitting(search.text, mention, candidates, reference)
        if mention.evidence != "region" and _is_own_town(mention, reference, fitting):
            continue
        if not fitting:
            if mention.evidence == "region" and mention.is_sure:
                elsewhere.add(mention.last)  # "Candler NC" is no town of Arizona
            continue
        ranked = sorted(fitting, key=lambda c: likelihood(c, reference), reverse=True)
        places = list({c.centre.location_id: c.centre for c in ranked}.values())
        span, miles = area_around(search.text.utterance, mention.span)
        alternatives = tuple(places[1 : 1 + MOST_ALTERNATIVES])
        return PlaceWords(places[0], span, alternatives, radius_miles=miles)
    return None


def _is_own_town(mention: Mention, reference: Reference, fitting: Sequence[Namesake]) -> bool:
    """Whether the calendar has a town of the name that the place table does not know."""
    own = reference.own
    is_own = any(own.is_town(key) for key in mention.keys)
    return is_own and not any(own.has_events(each.centre) for each in fitting)


def refused_places(
    search: PlaceSearch, known: Mapping[str, Sequence[Namesake]]
) -> dict[tuple[int, int], Span]:
    """First and last word of each place not wanted ("not in Boston"), and the words that say so."""
    low = search.text.utterance.low
    refused: dict[tuple[int, int], Span] = {}
    for mention in search.mentions:
        if mention.preposition and any(key in known for key in mention.keys):
            start = mention.span.start
            found = _PATTERNS["refused"].search(low[max(0, start - 24) : start])
            if found and mention.is_closed:
                span = Span(start - len(found.group()), mention.span.end)
                refused[mention.first, mention.last] = span
    return refused


def _fitting(
    text: Text, mention: Mention, candidates: list[Namesake], reference: Reference
) -> list[Namesake]:
    """The candidates that the evidence is strong enough for."""
    if mention.regions:
        candidates = [c for c in candidates if any(r.holds(c.centre) for r in mention.regions)]
    if not candidates:
        return []
    primary = [c for c in candidates if c.is_primary]
    name = text.utterance.fold(mention.first, mention.last)
    if is_nickname(name) and mention.regions:
        return primary[:1] or candidates[:1]
    if mention.evidence == "region":
        is_ordinary = name in ORDINARY_WORDS and not mention.is_sure
        is_part = name in NOT_A_TOWN and not primary  # "Central Park, New York"
        return [] if is_ordinary or is_part else primary or candidates
    largest = max((c.centre.population or 0 for c in primary), default=0)
    if region_of(name) and largest < _LARGER_THAN_ITS_STATE:
        return []
    if not primary:
        primary = [c for c in candidates if (c.centre.population or 0) >= _ALTERNATE_POPULATION]
        if (len(name) < 4 and name.isascii()) or name in NAMES_OF_PEOPLE:
            return []
    if mention.evidence == "preposition":
        return primary if is_named_after_preposition(text, mention, name, primary) else []
    return primary if is_bare_name(text, mention, name, primary, reference) else []


def _area(search: PlaceSearch, gazetteer: PlaceLookup) -> PlaceWords | None:
    """A state or country as the place: "in Massachusetts", "events in France"."""
    for mention in search.mentions:
        if mention.evidence == "region" or not (mention.is_closed or mention.is_whole):
            continue
        words = search.text.utterance.words
        name = search.text.utterance.text[words[mention.first].start : words[mention.last].end]
        alone = without_state(name)
        regions = mention.regions or region_of(alone)
        if not regions or is_nickname(name) or not _names_an_area(mention):
            continue
        area = gazetteer.region(regions[0].country_code, regions[0].code, regions[0].name)
        if area is not None:
            return PlaceWords(area.centre, mention.span, radius_miles=area.radius_miles)
    return None


def _misspelt(
    search: PlaceSearch,
    known: Mapping[str, Sequence[Namesake]],
    gazetteer: PlaceLookup,
    reference: Reference,
) -> PlaceWords | None:
    """A large town one slip away from what stands where a town's name does ("in raliegh")."""
    for mention in search.mentions:
        name = search.text.utterance.fold(mention.first, mention.last)
        is_place = mention.evidence == "region" or mention.preposition in ("in", "near", "around")
        is_place = is_place or mention.words > 1 or mention.is_whole
        is_short = len(name) < _LEAST_LETTERS
        least = _LEAST_OF_OWN if mention.preposition else _LEAST_LETTERS
        if not is_place or not mention.is_closed or len(name) < least or name in known:
            continue
        own = gazetteer.own.words or {}
        if all(part in own or part in _NEVER_MISSPELT for part in name.split()):
            continue
        right = gazetteer.own.town_spelled(
            name, large=not is_short and (mention.evidence != "bare" or mention.is_whole)
        )
        if right is None or has_article(search.text, mention):
            continue
        corrected = replace(mention, keys=(right,))
        if found := _chosen(
            replace(search, mentions=(corrected,)), gazetteer.find([right]), reference
        ):
            label = found.centre.label.partition(",")[0] if found.centre else right
            return replace(found, mended=(Mended(name, label),))
    return None


def _names_an_area(mention: Mention) -> bool:
    return mention.is_whole or mention.preposition in ("in", "around", "visiting", "visit", "to")


def _unknown(text: Text, mentions: Sequence[Mention]) -> str | None:
    """Words that clearly name a place which nobody knows."""
    words = text.utterance.words
    for mention in mentions:
        name = text.utterance.text[words[mention.first].start : words[mention.last].end]
        folded = text.utterance.fold(mention.first, mention.last)
        is_taken = any(text.is_taken(i) for i in range(mention.first, mention.last + 1))
        if is_taken or has_article(text, mention):
            continue
        parts = range(mention.first, mention.last + 1)
        is_name = all(words[i].text[0].isupper() and not words[i].text.isupper() for i in parts)
        if folded in NOT_A_TOWN | LANGUAGES | ORDINARY_WORDS | NEVER_UNKNOWN or mention.words > 4:
            continue
        has_comma = "," in text.utterance.text[words[mention.last].end : mention.span.end]
        if mention.evidence == "region" and (has_comma or mention.is_sure) and is_name:
            return text.utterance.text[words[mention.first].start : mention.span.end]
        if mention.evidence == "preposition" and mention.is_closed:
            is_clear = mention.preposition in ("in", "near", "around", "outside") and is_name
            plain = mention.preposition == "near" and mention.words == 1 and len(folded) > 3
            is_title = text.utterance.text.isupper() or text.is_title(mention)
            if (is_clear or plain) and not region_of(name) and not is_title:
                return name
    return None
