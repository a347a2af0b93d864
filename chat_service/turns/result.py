"""What a turn has come to so far, and the messages and last chunk that follow from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chat_service.llm.builtin.provider import BuiltinProvider
from chat_service.streams.chunks import EventMetadata, StreamChunk
from chat_service.streams.generation import LiveGeneration
from chat_service.streams.sse import compact
from chat_service.turns.found import Finding, Findings
from chat_service.turns.open import OpenedTurn
from chat_service.turns.references import Reference, order_references
from chat_service.turns.save import Answer, Conclusion, SavedReference
from core.errors import AppError
from events.models import ChatMessage
from rag.service import constraints_to_json

SUGGESTED_AT_MOST = 5


@dataclass(slots=True)
class Outcome:
    """How one model's answer went. `error` is None when it completed."""

    variant: str = "A"
    text: str = ""
    model: str = ""
    provider: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    response_time_ms: int = 0
    references: Sequence[Reference] = field(default_factory=tuple)
    error: AppError | None = None
    status: str = ""

    def made_by(self) -> str:
        """Who answers and what is known of its cost, as one line of JSON for the journal."""
        made = {
            "model": self.model,
            "provider": self.provider,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
        }
        return compact({self.variant: made})

    @property
    def suggested_event_ids(self) -> list[int]:
        return [reference.found.event_id for reference in self.references][:SUGGESTED_AT_MOST]

    def settle(self, events: Sequence[Finding], status: str) -> None:
        """Fixes what the text refers to, and the status unless it has one."""
        self.status = self.status or (ChatMessage.Status.FAILED if self.error else status)
        if not self.references:
            # The built-in answerer cites every event that it names.
            assume_best = self.provider != BuiltinProvider.name
            self.references = order_references(events, self.text, assume_best=assume_best)


@dataclass(slots=True)
class TurnResult:
    """The whole turn: what was found, and the answers, the first model's first."""

    outcomes: list[Outcome]
    found: Findings | None = None
    follow_ups: list[str] = field(default_factory=list)
    error: AppError | None = None
    response_time_ms: int = 0

    def events(self) -> Sequence[Finding]:
        """What was found, unpacked at each call."""
        return self.found.unpacked() if self.found else ()

    @property
    def first(self) -> Outcome:
        return self.outcomes[0]

    def event_fields(self, events: Sequence[Finding]) -> dict[str, Any]:
        """The fields of the last chunk that speak of events."""
        cited = {
            reference.found.event_id
            for outcome in self.outcomes
            for reference in outcome.references
            if reference.cited
        }
        return {
            "suggested_event_ids": self.first.suggested_event_ids,
            "recommended_event_ids": [
                found.event_id for found in events if found.tier == "recommended"
            ],
            "all_event_ids": [found.event_id for found in events],
            "event_metadata": {
                found.event_id: EventMetadata(
                    tier=found.tier,
                    final_score=round(found.score, 4),
                    ranking_factors=found.factors,
                    cited=found.event_id in cited,
                    next_dates=list(found.next_dates),
                )
                for found in events
            },
        }


def conclusion_of(
    turn: OpenedTurn, generation: LiveGeneration, result: TurnResult, status: str
) -> Conclusion:
    """The end of a turn with everything that is to be saved and said."""
    events = result.events()
    return Conclusion(
        generation_id=generation.id,
        session_id=turn.session_id,
        user_id=turn.user_id,
        user_message_id=turn.user_message_id,
        status=status,
        answers=[_answer(turn, result, outcome, events) for outcome in result.outcomes],
        final=_final_chunk(turn, generation, result, events),
        final_offset=generation.last_offset + 1,
        constraints=constraints_to_json(turn.constraints),
    )


def _answer(
    turn: OpenedTurn, result: TurnResult, outcome: Outcome, events: Sequence[Finding]
) -> Answer:
    error = outcome.error or result.error
    metadata: dict[str, Any] = {
        "model": outcome.model,
        "provider": outcome.provider,
        "response_time_ms": outcome.response_time_ms,
        "prompt_tokens": outcome.prompt_tokens,
        "completion_tokens": outcome.completion_tokens,
        "constraints": constraints_to_json(turn.constraints),
        "follow_up_questions": result.follow_ups,
        "suggested_event_ids": outcome.suggested_event_ids,
        "all_event_ids": [found.event_id for found in events],
        # Those that fit what was asked; the others are only there at the same time.
        "listed_event_ids": [found.event_id for found in events if found.tier != "context"],
        "search_plan": result.found.plan if result.found else None,
        "reply_to": turn.user_message_id,
    }
    if error is not None:
        metadata["error_code"] = error.code
    references = [
        SavedReference(each.found.event_id, each.found.score, each.found.distance_miles, each.cited)
        for each in outcome.references
    ]
    return Answer(outcome.variant, outcome.text, outcome.status, metadata, references)


def _final_chunk(
    turn: OpenedTurn, generation: LiveGeneration, result: TurnResult, events: Sequence[Finding]
) -> Mapping[str, Any]:
    chunk = StreamChunk(
        model="SYSTEM",
        done=True,
        session_id=turn.session_id,
        generation_id=generation.id,
        error=result.error.detail if result.error else None,
        error_code=result.error.code if result.error else None,
        follow_up_questions=result.follow_ups,
        response_time_ms=result.response_time_ms,
        constraints=constraints_to_json(turn.constraints),
        debug_run_id=result.found.debug_run_id if result.found else None,
        **result.event_fields(events),
    )
    return chunk.model_dump(mode="json", exclude_none=True)
