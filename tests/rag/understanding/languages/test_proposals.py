"""What the answerer proposes to say in a language is read there as its English is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chat_service.llm.phrases import languages, phrases_of
from rag.types import Constraints, Reading
from rag.understanding import read
from rag.understanding.places.lookup import StoredPlaces
from tests.rag.understanding.languages.test_messages import turn_of

SAID = [
    key
    for key in phrases_of().templates
    if key.startswith("next.") or (key.startswith("relax.") and key.endswith("_message"))
]
# What the conversation wished for so far, which proposals change.
WISHES = "free concerts for kids on Saturday morning online within 10 miles of Boston, MA"
FILLED = {"first": "2026-12-05", "last": "2026-12-12"}


def _proposal(language: str, key: str) -> str:
    say = phrases_of(language)
    return say.templates[key].format(**FILLED, distance=say("distance.miles_other", count=20))


def _wishes(reading: Reading) -> Constraints:
    """The wishes, without the hour that "now" stands for and without topics in other words."""
    return replace(reading.constraints, language="en")


@pytest.mark.parametrize("key", SAID)
@pytest.mark.parametrize("language", [each for each in languages() if each != "en"])
def test_proposal_is_read_as_in_english(gazetteer: StoredPlaces, language: str, key: str) -> None:
    standing = read(WISHES, turn_of(gazetteer, shown=False)).constraints
    in_english = turn_of(gazetteer, shown=True, standing=standing)
    spoken = replace(in_english, standing=replace(standing, language=language))

    expected = read(_proposal("en", key), in_english)
    found = read(_proposal(language, key), spoken)

    assert found.constraints.language == language
    assert found.acts[0].kind == expected.acts[0].kind
    assert found.acts[0].refers_to == expected.acts[0].refers_to
    assert _wishes(found) == _wishes(expected)
