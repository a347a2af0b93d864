"""Only a pgvector that searches can rely on is accepted."""

from __future__ import annotations

import pytest

from superschedules.preparation import is_recent_enough, require_pgvector


@pytest.mark.parametrize(
    ("version", "accepted"),
    [("0.8.5", True), ("0.8.10", True), ("0.9", True), ("1.0.0", True), ("0.8.4", False),
     ("0.7.9", False), ("0.8", False)],
)  # fmt: skip
def test_is_recent_enough_compares_numbers(version: str, accepted: bool) -> None:
    assert is_recent_enough(version) is accepted


def test_require_pgvector_accepts_the_one_that_comes_along(db: None) -> None:
    require_pgvector()
