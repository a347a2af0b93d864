"""Quoted and capitalised names."""

from __future__ import annotations

import pytest

from rag.understanding.wishes.names import capitalised_names, split_quoted
from tests.rag.understanding.conftest import Ask


@pytest.mark.parametrize(
    ("message", "names", "rest"),
    [
        ('tickets for "Blue Ridge Orchestra"', ("Blue Ridge Orchestra",), "tickets for  "),
        ("“March of Dimes” walk", ("March of Dimes",), "  walk"),
        ("„Die Toten Hosen“ in Berlin", ("Die Toten Hosen",), "  in Berlin"),
        ('anything in "Newton"?', (), 'anything in "Newton"?'),
        ('a 5" screen', (), 'a 5" screen'),
        ('""', (), '""'),
        ('"?!"', (), '"?!"'),
        ("kids' shows and parents' nights", (), "kids' shows and parents' nights"),
    ],
)
def test_quoted_names_are_taken_out(message: str, names: tuple[str, ...], rest: str) -> None:
    assert split_quoted(message) == (names, rest)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Blue Ridge Orchestra", ("Blue Ridge Orchestra",)),
        ("the Museum of Fine Arts exhibit", ("Museum of Fine Arts",)),
        ("live music", ()),
        ("Jazz", ()),
    ],
)
def test_capitalised_names_are_runs_of_words(query: str, names: tuple[str, ...]) -> None:
    assert capitalised_names(query) == names


def test_quoted_words_are_neither_place_nor_date(ask: Ask) -> None:
    wanted = ask('is "Boston Marches On" playing in Newton, MA this weekend?')
    assert wanted.place is not None
    assert wanted.place.label == "Newton, MA"
    assert wanted.names == ("Boston Marches On",)
    assert wanted.query.startswith("Boston Marches On")


def test_quoted_name_stands_until_the_topic_changes(ask: Ask) -> None:
    first = ask('"Blue Ridge Orchestra" in Asheville')
    assert ask("what about Sunday?", standing=first).names == ("Blue Ridge Orchestra",)
    assert ask("farmers markets", standing=first).names == ()
