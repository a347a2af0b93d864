"""The labelled pairs are complete, and the rule is as good on them as is asked of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.merging.pairs import CALENDAR, NOW, load_pairs
from benchmarks.merging.scoring import Judged, judge_pairs, score_pairs
from events.ingestion.pipeline import ImportOptions, import_calendar
from tests.events.ingestion.hashing_embedder import HashingEmbedder

PAIRS = load_pairs()


@pytest.fixture(scope="module")
def judged(
    shared_data: Path, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> list[Judged]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        drafts = import_calendar(
            str(shared_data / f"{CALENDAR}.ics"),
            ImportOptions("America/Los_Angeles", dry_run=True),
            embedder=HashingEmbedder(),
            now=NOW,
        ).drafts
    return judge_pairs(PAIRS, drafts)


def test_pairs_are_at_least_three_hundred_and_unique() -> None:
    keys = Counter(frozenset((pair.one, pair.other)) for pair in PAIRS)
    assert len(PAIRS) >= 300
    assert [key for key, count in keys.items() if count > 1 or len(key) != 2] == []


def test_pairs_are_judged_with_reasons_and_split_evenly() -> None:
    assert [pair for pair in PAIRS if not pair.why.strip()] == []
    assert Counter((pair.split, pair.same) for pair in PAIRS) == {
        ("dev", True): 50,
        ("test", True): 50,
        ("dev", False): 107,
        ("test", False): 106,
    }


def test_rule_merges_nothing_in_error_and_misses_little(judged: list[Judged]) -> None:
    scores = score_pairs(judged)
    assert scores.pairs == len(PAIRS)
    assert scores.precision >= 0.98
    assert scores.recall >= 0.9


@pytest.mark.parametrize("split", ["dev", "test"])
def test_rule_is_as_careful_on_each_half(judged: list[Judged], split: str) -> None:
    half = score_pairs(each for each in judged if each.pair.split == split)
    assert half.precision >= 0.98
    assert half.recall >= 0.85
