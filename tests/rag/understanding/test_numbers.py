"""Number words, ordinals and lengths of time have one table."""

from __future__ import annotations

import re

import pytest

from rag.understanding.numbers import (
    AMOUNT,
    COUNT,
    HOURS,
    LENGTH,
    SMALL_NUMBER,
    WRITTEN_ORDINAL,
    Length,
    number,
    ordinal,
)


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


@pytest.mark.parametrize(
    ("pattern", "words", "length"),
    [
        (LENGTH, "two weeks", Length(0, 2 * 7 * 24 * 60)),
        (LENGTH, "2 years 21 days", Length(24, 21 * 24 * 60)),
        (LENGTH, "a year and a half", Length(18, 0)),
        (LENGTH, "two and a half days", Length(0, 60 * 60)),
        (LENGTH, "1 day and 6 hours", Length(0, 30 * 60)),
        (LENGTH, "3 days, 2 hours and 5 minutes", Length(0, 3 * 24 * 60 + 125)),
        (HOURS, "half an hour", Length(0, 30)),
        (HOURS, "an hour and a half", Length(0, 90)),
        (HOURS, "2.5 hrs", Length(0, 150)),
        (HOURS, "90 minutes", Length(0, 90)),
    ],
)
def test_length_is_months_and_minutes(pattern: str, words: str, length: Length) -> None:
    assert re.fullmatch(pattern, words) is not None
    assert Length.of(words) == length


@pytest.mark.parametrize("words", ["two days", "a week", "three months"])
def test_hours_are_no_days(words: str) -> None:
    assert re.match(HOURS, words) is None
