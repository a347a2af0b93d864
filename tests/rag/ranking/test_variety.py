"""One entry a happening, and different things among the first few."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rag.ranking.order import Kin, first_of_each, vary

START = datetime(2026, 12, 5, 19, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    event_id: int
    score: float


def ids(entries: list[Entry]) -> list[int]:
    return [entry.event_id for entry in entries]


ENTRIES = [Entry(number, 1 - number / 1000) for number in range(5)]


def test_first_of_each_keeps_the_best_date_of_a_series() -> None:
    kin = {n: Kin(f"Story time {n}", START + timedelta(days=n), series="s") for n in (0, 1, 3)}
    assert ids(first_of_each(ENTRIES, kin)) == [0, 2, 4]


def test_first_of_each_keeps_one_of_two_calendars_copies() -> None:
    kin = {1: Kin("Jazz Night!", START), 2: Kin("jazz night", START), 3: Kin("Jazz Night", START + timedelta(1))}  # fmt: skip  # noqa: E501
    assert ids(first_of_each(ENTRIES, kin)) == [0, 1, 3, 4]


def test_vary_puts_another_venue_between_equals() -> None:
    kin = {n: Kin(f"{word} evening", START, venue_id=1) for n, word in enumerate("abc")}
    kin[3] = Kin("quiz", START, venue_id=2)
    assert ids(vary(ENTRIES, kin)) == [0, 3, 4, 1, 2]


def test_vary_never_hides_what_is_far_better() -> None:
    kin = {n: Kin("same title", START, venue_id=1) for n in range(2)}
    entries = [Entry(0, 0.9), Entry(1, 0.85), Entry(2, 0.3)]
    assert ids(vary(entries, kin)) == [0, 1, 2]


def test_vary_leaves_what_follows_the_first_few_in_order() -> None:
    kin = {n: Kin("same", START, venue_id=1) for n in range(5)}
    assert ids(vary(ENTRIES, kin, first=2))[2:] == [2, 3, 4]
    assert vary([], {}) == []


def test_first_of_each_keeps_one_date_of_what_one_venue_repeats() -> None:
    kin = {n: Kin("Open mic", START + timedelta(days=7 * n), venue_id=n // 2) for n in range(4)}
    assert ids(first_of_each(ENTRIES[:4], kin)) == [0, 2]
