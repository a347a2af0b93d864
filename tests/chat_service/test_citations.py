"""Which events an answer cites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_service.turns.found_events import (
    FoundEvent,
    KeptRetrieval,
    Reference,
    cited_numbers,
    order_references,
    packed_retrieval,
)
from rag.types import RankedEvent
from tests.chat_service.samples import numbered, retrieval


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("", []),
        ("Go to [2], then [1].", [2, 1]),
        ("[2][3]", [2, 3]),
        ("[1, 3] and [2; 4]", [1, 3, 2, 4]),
        ("[1-3]", [1, 2, 3]),
        ("[3–1]", [1, 2, 3]),
        ("[2 — 3, 1]", [2, 3, 1]),
        ("[ 4 ]", [4]),
        ("[1] is nice, and [1] is near", [1]),
        ("[3] before [2], [3] again", [3, 2]),
        ("[1](https://example.org/1)", [1]),
        ("**[5]**", [5]),
        ("[6] [0] [-1] [007]", []),
        ("[4-9]", [4, 5]),
        ("[6-9]", []),
        ("[1-9999]", [1, 2, 3, 4, 5]),
        ("in [2026] or [99999999999]", []),
        ("event 2, number 3, (4), {5}", []),
        ("[one] [a1] [1a] [1.5] [] [^1]", []),
        ("`items[1]` but [2]", [2]),
        ("```\nrows[1]\n``` and [2]", [2]),
        ("[2] ```rows[1]", [2]),
        ("[٢]", []),
        ("[1", []),
        ("[[1]]", [1]),
    ],
)
def test_cited_numbers(text: str, cited: list[int]) -> None:
    assert cited_numbers(text, 5) == cited


@given(st.text("[]0123456789,;-– `a\n", max_size=60), st.integers(0, 30))
def test_cited_numbers_are_different_and_in_range(text: str, count: int) -> None:
    numbers = cited_numbers(text, count)
    assert len(set(numbers)) == len(numbers)
    assert all(1 <= number <= count for number in numbers)


@given(st.lists(st.integers(1, 20), unique=True, max_size=10))
def test_every_citation_is_found_in_its_order(numbers: list[int]) -> None:
    text = "".join(f"Event [{number}] is on. " for number in numbers)
    assert cited_numbers(text, 20) == numbers


def _found(*events: RankedEvent) -> list[FoundEvent]:
    return KeptRetrieval.of(packed_retrieval(retrieval(None, *events)), None, ()).events()


def test_cited_events_come_alone_and_in_citation_order() -> None:
    events = _found(*numbered(8))
    assert order_references(events, "Best is [7], else [2].") == [
        Reference(events[6], cited=True),
        Reference(events[1], cited=True),
    ]


def test_without_citations_the_best_five_go_with_the_answer() -> None:
    events = _found(*numbered(8))
    assert order_references(events, "Several things are on.") == [
        Reference(found, cited=False) for found in events[:5]
    ]


def test_events_of_the_map_are_never_referenced() -> None:
    events = _found(*numbered(2), *numbered(1, "additional"), *numbered(9, "context"))
    assert order_references(events, "[4]") == [
        Reference(found, cited=False) for found in events[:3]
    ]


def test_nothing_found_gives_no_references() -> None:
    assert order_references([], "See [1].") == []
