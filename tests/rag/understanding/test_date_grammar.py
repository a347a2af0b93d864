"""Numbers, days and clocks in every combination: a message, and the range that it means."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from events.places.zones import country_of_zone, writes_day_first
from rag.understanding.dates.calendar_words import Canonical
from rag.understanding.dates.clock import Clock
from rag.understanding.dates.resolution import read_dates
from rag.understanding.words import Words

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "date_grammar.jsonl").read_text("utf-8").splitlines()
]


def _read(text: str, now: str, timezone: str) -> dict[str, str | None]:
    zone, country = ZoneInfo(timezone), country_of_zone(timezone)
    clock = Clock.at(
        datetime.fromisoformat(now),
        zone,
        day_first=writes_day_first(country),
        country_code=country,
    )
    period = read_dates(Words.of(text).dates, clock).period
    return {
        "date_from": period.start.isoformat() if period else None,
        "date_to": period.end.isoformat() if period and period.end else None,
    }


@pytest.mark.parametrize("row", ROWS, ids=[row["text"] for row in ROWS])
def test_message_means_this_range(row: dict[str, Any]) -> None:
    got = _read(row["text"], row["now"], row["timezone"])
    assert {name: got[name] for name in row["want"]} == row["want"]


CANONICAL = [
    ("at half past seven", "at 7:30"),
    ("a quarter to nine", "8:45"),
    ("twenty to eight on monday", "7:40 on monday"),
    ("five-thirty tomorrow", "5:30 tomorrow"),
    ("nine oh five", "9:05"),
    ("at nine oh-five pm", "at 9:05 pm"),
    ("half past eight in the morning", "8:30am"),
    ("11 at night", "11pm"),
    ("1 at night", "1am"),
    ("tuesday the ninth", "tuesday the 9th"),
    ("may twenty-first", "may 21st"),
    ("jan twenty two, two thousand and twenty seven", "jan 22, 2027"),
    ("2027/feb/3", "2027-2-3"),
    ("2.30pm", "2:30pm"),
    ("oct2", "oct 2"),
    ("kids five to ten years old", "kids five to ten years old"),
    ("ten one-act plays", "ten one-act plays"),
    ("a twenty-five minute talk", "a twenty-five minute talk"),
    ("groups of five to ten people", "groups of five to ten people"),
]


@pytest.mark.parametrize(("words", "digits"), CANONICAL)
def test_words_become_digits(words: str, digits: str) -> None:
    assert Canonical.of(words).low == digits


def test_rewritten_words_keep_their_place() -> None:
    low = "jazz at half past seven on may twenty-first in boston"
    words = Words.of(low)
    assert [low[time.span.start : time.span.end] for time in words.dates.times] == [
        "at half past seven"
    ]
    assert [low[span.start : span.end] for span in words.dates.spans] == ["may twenty-first"]
