"""What is kept of the found events while an answer is written."""

from __future__ import annotations

from chat_service.turns.follow_ups import follow_up_questions
from chat_service.turns.found import Finding, Findings
from tests.chat_service.samples import numbered, retrieval


def test_findings_say_of_each_event_what_the_end_needs() -> None:
    events = [*numbered(3), *numbered(1, "context")]
    assert Findings.of(retrieval(None, *events)).unpacked() == [
        Finding(
            event_id=each.event.id,
            tier=each.tier,
            score=each.score,
            distance_miles=each.distance_miles,
            factors=each.factors,
            next_dates=[start.isoformat() for start in each.next_dates],
        )
        for each in events
    ]


def test_findings_of_nothing_are_empty() -> None:
    assert Findings.of(retrieval()).unpacked() == []


def test_findings_propose_what_fits_the_search() -> None:
    searched = retrieval(None, *numbered(3))
    assert Findings.of(searched).proposals == follow_up_questions(
        searched.constraints, searched.events
    )
