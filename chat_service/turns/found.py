"""What the end of an answer needs of the events that were found, kept small while it is written.

A model takes its time, and many answers wait beside one another. As objects the sixty
events of a search take 180 KB, of which the end says only numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chat_service.streams.sse import compact
from chat_service.turns.follow_ups import follow_up_questions
from rag.types import Retrieval, Tier


@dataclass(frozen=True, slots=True)
class Finding:
    """One found event, as far as the end speaks of it. `next_dates` are RFC 3339."""

    event_id: int
    tier: Tier
    score: float
    distance_miles: float | None
    factors: Mapping[str, float]
    next_dates: Sequence[str]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found, packed; `proposals` are the follow-up questions that fit it."""

    plan: str
    debug_run_id: UUID | None
    proposals: Sequence[str]
    _packed: bytes

    @classmethod
    def of(cls, retrieval: Retrieval) -> Findings:
        """The same as a retrieval's events, in their order."""
        packed = [
            [
                found.event.id,
                found.tier,
                found.score,
                found.distance_miles,
                dict(found.factors),
                [start.isoformat() for start in found.next_dates],
            ]
            for found in retrieval.events
        ]
        return cls(
            plan=retrieval.plan,
            debug_run_id=retrieval.debug_run_id,
            proposals=follow_up_questions(retrieval.constraints, retrieval.events),
            _packed=json.dumps(packed, separators=(",", ":")).encode(),
        )

    def unpacked(self) -> list[Finding]:
        """The found events, best first."""
        return [Finding(*each) for each in json.loads(self._packed)]


def basis_of(
    retrieval: Retrieval, constraints: Mapping[str, Any] | None, variants: Sequence[str]
) -> str:
    """What the answer is made from, as one line of JSON for the journal."""
    return compact(
        {
            "constraints": constraints,
            "variants": variants,
            "events": [
                [found.event.id, found.score, found.distance_miles, found.tier]
                for found in retrieval.events
            ],
            "plan": retrieval.plan,
        }
    )
