"""Slips in the words of the calendar are mended, and words of their own are left."""

from __future__ import annotations

import pytest

from rag.understanding.spelling import mended


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
