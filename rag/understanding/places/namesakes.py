"""Whether a name means a town at all ("boston yoga"), and which of several of that name."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from core.grid import distance_miles
from rag.understanding.places.lookup import Namesake
from rag.understanding.places.mention import Mention, Text
from rag.understanding.places.own_names import OwnNames
from rag.understanding.places.vocabulary import (
    LANGUAGES,
    NAMES_OF_PEOPLE,
    NOT_A_TOWN,
    OFTEN_A_TOWN,
    ORDINARY_WORDS,
)
from rag.understanding.text import Span, Utterance

NEAR_MILES = 100.0
_CLOSE_MILES = 25.0
# Bonuses in powers of ten of population: with a bonus of 2, a town is preferred to a namesake
# that is up to a hundred times as large.
_CLOSE_BONUS = 4.0  # within 25 miles of the user
_NEAR_BONUS = 2.5  # within 100 miles of the user
_COUNTRY_BONUS = 1.0  # in the country of the user's zone
_HOME_BONUS = 0.5  # in the home country, when the user's is unknown
_ZONE_BONUS = 0.3  # in the user's zone
_OWN_BONUS = 2.5  # where the calendar has events
_PRIMARY_BONUS = 2.0  # named so itself, not by an alternate name
HOME_COUNTRY = "US"


@dataclass(frozen=True, slots=True)
class Reference:
    """What makes one of several namesakes the likelier one."""

    lat: float | None = None
    lng: float | None = None
    timezone: str | None = None
    country_code: str | None = None
    own: OwnNames = field(default_factory=OwnNames)


def likelihood(candidate: Namesake, reference: Reference) -> float:
    """Powers of ten of population, with what speaks for a namesake added."""
    centre = candidate.centre
    score = math.log10((centre.population or 0) + 100) + _PRIMARY_BONUS * candidate.is_primary
    if reference.lat is not None and reference.lng is not None and candidate.is_primary:
        away = distance_miles(reference.lat, reference.lng, centre.lat, centre.lng)
        score += _CLOSE_BONUS if away <= _CLOSE_MILES else _NEAR_BONUS * (away <= NEAR_MILES)
    if candidate.is_primary and reference.own.has_events(centre):
        score += _OWN_BONUS
    if reference.country_code:
        score += _COUNTRY_BONUS * (centre.country_code == reference.country_code)
    else:
        score += _HOME_BONUS * (centre.country_code == HOME_COUNTRY)
    return score + _ZONE_BONUS * (centre.timezone == reference.timezone)


AREA_AFTER = re.compile(r"(?: metro(?:politan)?)?[ -](?:area|region)\b| (?P<county>county)\b")
# A county is larger than the town that it is named after, and seldom lies around it.
_COUNTY_MILES = 30.0


def area_around(utterance: Utterance, span: Span) -> tuple[Span, float | None]:
    """The span with the "area" of "the Boston area", and how far a "county" reaches."""
    found = AREA_AFTER.match(utterance.low, span.end)
    if found is None:
        return span, None
    return Span(span.start, found.end()), _COUNTY_MILES if found["county"] else None


# How many people a town must have for its bare name to mean it:
_WHOLE_POPULATION = 2_000  # when the name is the whole message
BARE_POPULATION = 15_000  # beside other words, in the home country
_WELL_KNOWN_POPULATION = 200_000  # when people bear the name too, or abroad
_WELL_KNOWN_ABROAD = 50_000  # abroad, as the whole message or in the user's own country
_LOOSE_POPULATION = 100_000  # in front of any other words: "boston yoga"
# Words after the name of an act, which is then no town: "Hamilton tickets".
_BILLED = frozenset({"ticket", "tickets", "tribute"})


def is_bare_name(
    text: Text, mention: Mention, name: str, candidates: list[Namesake], reference: Reference
) -> bool:
    """Whether the words around and the size of the town make a town of the name."""
    if name in ORDINARY_WORDS or name in NOT_A_TOWN or name in LANGUAGES or not candidates:
        return False
    largest = max(c.centre.population or 0 for c in candidates)
    head, *_, last = name.split() if mention.words > 1 else ("", name)
    is_city = mention.first == 0 and (largest >= _LOOSE_POPULATION or head not in ORDINARY_WORDS)
    if last in ORDINARY_WORDS and not mention.is_whole and not is_city:
        return False
    at_home = any(c.centre.country_code == HOME_COUNTRY for c in candidates)
    if name in NAMES_OF_PEOPLE and _is_billed(text, mention):
        return False
    if mention.is_whole:
        return largest >= (_WHOLE_POPULATION if at_home else _WELL_KNOWN_ABROAD)
    if _is_part_of_a_longer_name(text, mention):
        return False
    if not mention.is_sure and (
        name in NAMES_OF_PEOPLE or not _is_in_country(candidates, reference)
    ):
        return False
    if mention.is_loose and not _is_loosely_named(text, mention, candidates, reference):
        return False
    if name in NAMES_OF_PEOPLE:
        return largest >= _WELL_KNOWN_POPULATION and _is_no_person(
            text, mention, candidates, reference
        )
    if _is_in_country(candidates, reference) and reference.country_code and not at_home:
        return largest >= _WELL_KNOWN_ABROAD
    return largest >= (BARE_POPULATION if at_home else _WELL_KNOWN_POPULATION)


def _is_no_person(
    text: Text, mention: Mention, candidates: list[Namesake], reference: Reference
) -> bool:
    """Whether a name that people bear too stands where a town's does."""
    if not mention.is_closed or _opens(text, mention):
        return True
    before = text.utterance.words[mention.first - 1].low if mention.first else ""
    is_surname = before in NAMES_OF_PEOPLE or not mention.first
    return _is_in_zone(candidates, reference) and not is_surname


def _is_billed(text: Text, mention: Mention) -> bool:
    """Whether it is the name of an act: "Hamilton tickets"."""
    after = text.utterance.words[mention.last + 1 : mention.last + 2]
    return bool(after) and after[0].low in _BILLED


def _opens(text: Text, mention: Mention) -> bool:
    """Whether the message begins with the name and goes on with when or for whom."""
    is_alone = mention.first == 0 and mention.last + 1 < len(text.utterance.words)
    return is_alone and mention.is_closed and text.utterance.gap_after(mention.last) == " "


def _is_loosely_named(
    text: Text, mention: Mention, candidates: list[Namesake], reference: Reference
) -> bool:
    """Whether a name before any other words is meant: a city of the user's zone ("boston yoga")."""
    words = text.utterance.words
    after = words[mention.last + 1]
    if mention.first != 0 or (words[mention.first].text[0].isupper() and after.text[0].isupper()):
        return False
    largest = max(candidates, key=lambda c: c.centre.population or 0).centre
    enough = _LOOSE_POPULATION if largest.country_code == HOME_COUNTRY else _WELL_KNOWN_ABROAD
    return largest.timezone == reference.timezone and (largest.population or 0) >= enough


def _is_in_country(candidates: list[Namesake], reference: Reference) -> bool:
    """Whether a town of some size lies in the user's country; anywhere when that is unknown."""
    return reference.country_code is None or any(
        c.centre.country_code == reference.country_code
        and (c.centre.population or 0) >= BARE_POPULATION
        for c in candidates
    )


def _is_in_zone(candidates: list[Namesake], reference: Reference) -> bool:
    """Whether the largest lies in the user's own zone, outside the home country."""
    largest = max(candidates, key=lambda c: c.centre.population or 0).centre
    return largest.timezone == reference.timezone and largest.country_code != HOME_COUNTRY


def _is_part_of_a_longer_name(text: Text, mention: Mention) -> bool:
    """Whether a capitalised word precedes: "with Lucy Foley" names no town."""
    words = text.utterance.words
    if mention.first < 2 or text.utterance.gap_after(mention.first - 1) != " ":
        return False
    capitals = (words[mention.first].text[0], words[mention.first - 1].text[0])
    is_shouted = text.utterance.text.isupper()
    return all(letter.isupper() for letter in capitals) and not is_shouted


_SMALL_ABROAD = 15_000


def _is_capitalised(text: Text, mention: Mention) -> bool:
    """Whether the name is written with a capital where other words are not."""
    first = text.utterance.words[mention.first].text
    if text.utterance.text.isupper() or text.is_title(mention):
        return False
    return first[0].isupper()


def is_named_after_preposition(
    text: Text, mention: Mention, name: str, candidates: list[Namesake]
) -> bool:
    largest = max((c.centre.population or 0 for c in candidates), default=0)
    if not candidates or name in NOT_A_TOWN or name in LANGUAGES:
        return False
    if has_article(text, mention) and not AREA_AFTER.match(
        text.utterance.low, text.utterance.words[mention.last].end
    ):
        return False
    is_ordinary = mention.words == 1 and name in ORDINARY_WORDS and name not in NAMES_OF_PEOPLE
    is_capitalised = _is_capitalised(text, mention)
    if mention.preposition in ("at", "by", "to", "towards"):
        if is_ordinary or not mention.is_closed or largest < BARE_POPULATION:
            return False
        return mention.preposition != "by" or (is_capitalised and name not in NAMES_OF_PEOPLE)
    if is_ordinary:
        return mention.is_closed and (is_capitalised or name in OFTEN_A_TOWN)
    if is_capitalised or mention.words > 1:
        return True
    at_home = any(c.centre.country_code == HOME_COUNTRY for c in candidates)
    return at_home or largest >= _SMALL_ABROAD


def has_article(text: Text, mention: Mention) -> bool:
    """Whether "the" stands in front: "in the plaza" is no town, "in the Boston area" is one."""
    return mention.first > 0 and text.utterance.words[mention.first - 1].low == "the"
