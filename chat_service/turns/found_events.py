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
class FoundEvent:
    """One found event, as far as the end speaks of it. `next_dates` are RFC 3339."""

    event_id: int
    tier: Tier
    score: float
    distance_miles: float | None
    factors: Mapping[str, float]
    next_dates: Sequence[str]


@dataclass(frozen=True, slots=True)
class KeptRetrieval:
    """All that was found, packed as JSON; `follow_ups` are the questions that fit it."""

    plan: str | None
    debug_run_id: UUID | None
    follow_ups: Sequence[str]
    _packed: str

    @classmethod
    def of(cls, retrieval: Retrieval) -> KeptRetrieval:
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
            follow_ups=follow_up_questions(retrieval.constraints, retrieval.events),
            _packed=json.dumps(packed, separators=(",", ":")),
        )

    @classmethod
    def of_basis(cls, basis: Mapping[str, Any]) -> KeptRetrieval:
        """What `basis` wrote, read from the journal; empty where it did not come so far."""
        return cls(
            plan=basis.get("plan"),
            debug_run_id=UUID(basis["debug_run_id"]) if basis.get("debug_run_id") else None,
            follow_ups=(),
            _packed=json.dumps(basis.get("found", [])),
        )

    def events(self) -> list[FoundEvent]:
        """The found events, best first; unpacked at each call."""
        return [FoundEvent(*each) for each in json.loads(self._packed)]

    def basis(self, constraints: Mapping[str, Any], variants: Sequence[str]) -> str:
        """What the answer is made from, as one line of JSON for the journal."""
        rest = {
            "constraints": constraints,
            "variants": variants,
            "plan": self.plan,
            "debug_run_id": str(self.debug_run_id) if self.debug_run_id else None,
        }
        return f'{compact(rest)[:-1]},"found":{self._packed}}}'
