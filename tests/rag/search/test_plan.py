"""The choice between the exact scan and the graph, and the sample behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.grid import unit_vector
from rag.search.areas import Circle
from rag.search.filters import SearchFilter, Where
from rag.search.plan import Plan, Sample, choose_plan, graph_candidates, most_exact_rows
from rag.types import AgeRange

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_few_rows_are_compared_and_many_are_walked() -> None:
    assert choose_plan(matching=500, indexed=1_000_000, limit=10) is Plan.EXACT
    assert choose_plan(matching=900_000, indexed=1_000_000, limit=10) is Plan.GRAPH


@given(st.floats(10, 1e7), st.integers(1, 200))
def test_crossing_moves_up_with_table_and_limit(indexed: float, limit: int) -> None:
    crossing = most_exact_rows(indexed, limit)
    assert most_exact_rows(indexed * 2, limit) > crossing
    assert most_exact_rows(indexed, limit + 1) > crossing


@given(st.integers(1, 500))
def test_graph_is_asked_for_more_than_is_wanted_and_for_many_more_if_they_repeat(
    limit: int,
) -> None:
    first, second = graph_candidates(limit)
    assert limit < first < second


def _sample() -> Sample:
    """Four rows, each for ten: in Newton tomorrow, in Tokyo tomorrow, online, Newton last week."""
    newton, tokyo = unit_vector(42.337, -71.209), unit_vector(35.69, 139.69)
    nowhere = (np.nan,) * 3
    rows = [
        (1, 0, 1, newton, 5.0, 0, 12),
        (1, 0, 1, tokyo, np.nan, 0, 32767),
        (1, 1, 0, nowhere, 0.0, 18, 32767),
        (-7, 0, 1, newton, 5.0, 0, 32767),
    ]
    columns = [
        (start, start + 7200, online, in_person, *point, price, low, high)
        for days, online, in_person, point, price, low, high in rows
        for start in (NOW.timestamp() + 86400 * days,)
    ]
    return Sample(np.array(columns, dtype=np.float64).T, scale=10.0)


@pytest.mark.parametrize(
    ("where", "wishes", "rows"),
    [
        (Where.ANYWHERE, {}, 30),
        (Where.IN_PERSON, {}, 20),
        (Where.ONLINE, {}, 10),
        (Where.WITHIN, {"circle": Circle(42.3, -71.2, 10)}, 10),
        (Where.WITHIN, {"circle": Circle(42.3, -71.2, 20_000)}, 20),
        (Where.ONLINE_BEYOND, {"circle": Circle(42.3, -71.2, 10)}, 10),
        (Where.ANYWHERE, {"max_price": 1}, 10),
        (Where.ANYWHERE, {"age": AgeRange(15, 15)}, 10),
    ],
)
def test_estimate_counts_the_sampled_rows_that_pass(
    where: Where, wishes: dict[str, object], rows: float
) -> None:
    wanted = SearchFilter(NOW, NOW + timedelta(days=7), **wishes)  # type: ignore[arg-type]
    assert _sample().estimate(where, wanted) == rows


def test_sample_knows_the_size_of_the_table() -> None:
    assert (_sample().indexed, _sample().online) == (40, 10)
