"""Number words and ordinals have one table."""

from __future__ import annotations

import re

import pytest

from rag.understanding.numbers import AMOUNT, COUNT, SMALL_NUMBER, WRITTEN_ORDINAL, number, ordinal


@pytest.mark.parametrize(
    ("pattern", "words", "value"),
    [
        (COUNT, "7", 7),
        (COUNT, "a", 1),
        (COUNT, "a couple of", 2),
        (COUNT, "a few", 3),
        (COUNT, "fourteen", 14),
        (SMALL_NUMBER, "twelve", 12),
        (AMOUNT, "fifteen", 15),
        (AMOUNT, "twenty-five", 25),
        (AMOUNT, "thirty five", 35),
        (AMOUNT, "a hundred", 100),
        (AMOUNT, "three hundred", 300),
    ],
)
def test_number_words_have_a_value(pattern: str, words: str, value: int) -> None:
    assert re.fullmatch(pattern, words) is not None
    assert number(words) == value


def test_ordinals_are_written_in_two_ways() -> None:
    assert [ordinal(word) for word in ("first", "1st", "tenth", "10th", "last")] == [
        1,
        1,
        10,
        10,
        -1,
    ]
    assert re.fullmatch(WRITTEN_ORDINAL, "third") is not None
