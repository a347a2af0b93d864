"""Fusion by rank: both halves count, and neither's scale does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rag.ranking.scoring import RRF_K, fuse
from rag.types import Candidate

START = datetime(2026, 12, 5, 19, tzinfo=UTC)


def candidate(
    event_id: int, similarity: float, coverage: float = 0.0, named: float = 0
) -> Candidate:
    return Candidate(
        event_id, START, START, False, True, None, None, None, (), (), similarity, None,
        coverage=coverage, named=named,
    )  # fmt: skip


def test_fuse_first_in_both_is_the_best_possible() -> None:
    fused = fuse([candidate(1, 0.5, 1.0), candidate(2, 0.9, 0.5), candidate(3, 0.95, 1.0)])
    assert fused[3] == pytest.approx(1.0)
    assert fused[1] == pytest.approx((1 / (RRF_K + 3) + 1 / (RRF_K + 1)) / (2 / (RRF_K + 1)))
    assert fused[2] == pytest.approx((1 / (RRF_K + 2) + 1 / (RRF_K + 3)) / (2 / (RRF_K + 1)))


def test_fuse_without_words_follows_similarity_alone() -> None:
    fused = fuse([candidate(1, 0.2), candidate(2, 0.8)])
    assert fused == {2: pytest.approx(1.0), 1: pytest.approx((RRF_K + 1) / (RRF_K + 2))}


def test_fuse_equal_candidates_share_the_better_rank() -> None:
    fused = fuse([candidate(1, 0.4), candidate(2, 0.4), candidate(3, 0.1)])
    assert fused[1] == fused[2] == pytest.approx(1.0)
    assert fused[3] == pytest.approx((RRF_K + 1) / (RRF_K + 3))


def test_fuse_name_ranks_before_mere_words() -> None:
    fused = fuse([candidate(1, 0.5, coverage=1.0), candidate(2, 0.5, coverage=0.5, named=1.0)])
    assert fused[2] > fused[1]


def test_fuse_of_nothing_is_nothing() -> None:
    assert fuse([]) == {}
