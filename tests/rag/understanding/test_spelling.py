"""Slips in the words of the calendar are mended, and words of their own are left."""

from __future__ import annotations

import pytest

from rag.understanding.text import mended
from tests.rag.understanding.conftest import Ask


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("trivia on Wensday", "trivia on Wednesday"),
        ("tommorrow mornin", "tomorrow morning"),
        ("thrusday or satuday", "thursday or saturday"),
        ("febuary 14", "february 14"),
        ("12. Dezember", "12. December"),
        ("in a fortnight", "in two weeks"),
        ("wkend", "weekend"),
        ("a sundae with Frida", "a sundae with Frida"),
        ("mondays and weekends", "mondays and weekends"),
        ("a mourning walk", "a mourning walk"),
        ("the weeknd", "the weeknd"),
        ("Augusta", "Augusta"),
    ],
)
def test_calendar_is_spelled_right(text: str, right: str) -> None:
    assert mended(text) == right


@pytest.mark.parametrize(
    ("text", "query", "mended"),
    [
        ("comdey shows", "comedy", [("comdey", "comedy")]),
        ("farmrs markt tomorrow", "farmers market", [("farmrs", "farmers"), ("markt", "market")]),
        (
            "dungons and dragens",
            "dungeons and dragons",
            [("dungons", "dungeons"), ("dragens", "dragons")],
        ),
        ("comedy", "comedy", []),
        ("a concerto", "concerto", []),
        ("trivial pursuit", "trivial pursuit", []),
    ],
)
def test_misspelt_topic_is_mended_and_told(
    ask: Ask, text: str, query: str, mended: list[tuple[str, str]]
) -> None:
    found = ask(text)

    assert found.query.startswith(query)
    assert [(each.typed, each.read) for each in found.mended] == mended
