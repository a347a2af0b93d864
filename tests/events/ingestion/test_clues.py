"""Looking for words first finds what the patterns alone would find."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.ingestion.cleaning import clean_text
from events.ingestion.enrich import ages, prices, registration, tags
from events.ingestion.enrich.clues import Clue, remembered
from events.ingestion.fetching.fetch import fetch_anew
from tests.events.ingestion.moments import utc
from tests.events.ingestion.parsing import parse_file


def clues() -> Iterator[tuple[str, Clue]]:
    for module in (ages, prices, registration):
        for name, value in vars(module).items():
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, Clue):
                    yield f"{module.__name__}.{name}", each


@pytest.fixture(scope="module")
def texts(shared_data: Path) -> list[str]:
    found = []
    for name in ("davis.ics", "montclair.ics"):
        events = parse_file(fetch_anew(str(shared_data / name)), now=utc(2026, 11, 20)).events
        found += [f"{event.title}\n{clean_text(event.description)}" for event in events]
    return sorted(set(found))


def test_clues_miss_nothing_in_real_calendars(texts: list[str]) -> None:
    for name, clue in clues():
        for text in texts:
            plain = [match.span() for match in clue.pattern.finditer(text)]
            assert [match.span() for match in clue.finditer(text)] == plain, (name, text)


def test_ages_stand_nowhere_without_their_hint(texts: list[str]) -> None:
    silent = [text for text in texts if not ages._HINT.search(text.casefold())]
    patterns = [clue.pattern for name, clue in clues() if name.startswith(ages.__name__)]
    assert silent
    assert not [text for text in silent for each in patterns if each.search(text)]


@pytest.mark.parametrize("name", ["topics", "audience"])
def test_vocabularies_are_written_in_lower_case(name: str) -> None:
    path = Path(tags.__file__).with_name(f"{name}.toml")
    entries = tomllib.loads(path.read_text("utf-8")).values()
    words = [word for fields in entries for listed in fields.values() for word in listed]
    assert [word for word in words if re.search(r"(?<!\\)[A-Z]", word)] == []


@given(st.text("aİJß Zz"), st.sampled_from(["JAZZ", "Jazz", "jazz"]))
def test_words_are_found_in_any_case_and_told_as_written(around: str, word: str) -> None:
    words = tags.Vocabulary({"music": ["jazz", "opera"]})
    assert words.matching_tags(f"{around} {word} {around}")["music"].lower() == "jazz"
    assert f" {word} " in f"{around} {word} {around}"


def test_remembered_reads_a_text_once_unless_it_is_long() -> None:
    seen: list[str] = []

    @remembered
    def read(text: str) -> int:
        seen.append(text)
        return len(text)

    assert [read("ab"), read("ab"), read("x" * 3000), read("x" * 3000)] == [2, 2, 3000, 3000]
    assert [len(text) for text in seen] == [2, 3000, 3000]
