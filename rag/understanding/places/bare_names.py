"""Whether a name without a preposition means a town: "boston yoga", "orlando with kids"."""

from __future__ import annotations

from rag.understanding.places.lookup import Namesake
from rag.understanding.places.mention import Mention, Text
from rag.understanding.places.namesakes import HOME_COUNTRY, Reference
from rag.understanding.places.vocabulary import (
    LANGUAGES,
    NAMES_OF_PEOPLE,
    NOT_A_TOWN,
    ORDINARY_WORDS,
)

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
