"""What is kept of the found events while an answer is written."""

from __future__ import annotations

import json

from chat_service.llm.builtin.advice import follow_up_questions
from chat_service.turns.found_events import FoundEvent, KeptRetrieval, packed_retrieval
from rag.types import Retrieval
from tests.chat_service.samples import ENGLISH, numbered, retrieval


def _kept(found: Retrieval) -> KeptRetrieval:
    follow_ups = follow_up_questions(found.constraints, found.events, ENGLISH)
    return KeptRetrieval.of(packed_retrieval(found), found, follow_ups)


def test_kept_retrieval_has_of_each_event_what_the_end_needs() -> None:
    events = [*numbered(3), *numbered(1, "context")]
    assert _kept(retrieval(None, *events)).events() == [
        FoundEvent(
            event_id=each.event.id,
            tier=each.tier,
            score=each.score,
            distance_miles=each.distance_miles,
            factors=each.factors,
            next_dates=[start.isoformat() for start in each.next_dates],
        )
        for each in events
    ]


def test_kept_retrieval_of_nothing_is_empty() -> None:
    assert _kept(retrieval()).events() == []


def test_kept_retrieval_has_the_follow_ups_that_fit_the_search() -> None:
    searched = retrieval(None, *numbered(3))
    assert _kept(searched).follow_ups == follow_up_questions(
        searched.constraints, searched.events, ENGLISH
    )


def test_basis_gives_the_same_events_back() -> None:
    kept = _kept(retrieval(None, *numbered(3), *numbered(1, "context")))
    basis = json.loads(kept.basis({"constraints": {"query": "jazz"}, "variants": ["A", "B"]}))
    assert (basis["constraints"], basis["variants"]) == ({"query": "jazz"}, ["A", "B"])
    again = KeptRetrieval.of_basis(basis)
    assert (again.events(), again.plan) == (kept.events(), kept.plan)


def test_basis_that_was_never_written_is_empty() -> None:
    kept = KeptRetrieval.of_basis({})
    assert (kept.events(), kept.plan, kept.debug_run_id) == ([], None, None)
