"""The result of a turn while it is made, and the end of the turn that follows from it.

A live turn and the recovery of one from its journal build the same end here; a client that does not
read a stream gets it as one JSON object.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ninja import Schema
from ninja.responses import NinjaJSONEncoder

from chat_service.stores.answers import AnswerPlace, SavedAnswer, SavedReference
from chat_service.stores.read_answer import read_answer
from chat_service.streams import sse
from chat_service.streams.chunks import ActOut, EventMetadata
from chat_service.streams.sse import compact
from chat_service.turns.acts.stored import act_to_json, act_told, acts_from_json
from chat_service.turns.found_events import FoundEvent, KeptRetrieval, Reference, order_references
from chat_service.turns.save import SESSION_GONE, TurnEnd
from core.errors import AppError, NotFound, ServerError, error_classes
from events.exports.representation import ReferencedEventOut
from events.models import ChatMessage
from rag.types import Act

SUGGESTED_AT_MOST = 5


@dataclass(slots=True)
class ModelAnswer:
    """How one model's answer went. `error` is None when it completed.

    `generates` says that its text is a model's own; `calls` are the tools that it called, in their
    stored form.
    """

    variant: str = "A"
    text: str = ""
    model: str = ""
    provider: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    response_time_ms: int | None = 0
    references: Sequence[Reference] = field(default_factory=tuple)
    error: AppError | None = None
    status: str = ""
    generates: bool = True
    calls: list[Mapping[str, Any]] = field(default_factory=list)

    def made_by(self) -> dict[str, Any]:
        """Who answers, and what is known of its cost."""
        return {
            "model": self.model,
            "provider": self.provider,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
        }

    def note(self) -> str:
        """What a recovery needs of it beside its text, as one line of JSON for the journal."""
        known = {**self.made_by(), "generates": self.generates, "calls": self.calls}
        return compact({self.variant: known})

    @property
    def suggested_event_ids(self) -> list[int]:
        return [reference.found.event_id for reference in self.references][:SUGGESTED_AT_MOST]

    def settle(self, events: Sequence[FoundEvent], status: str) -> None:
        """Fixes what the text refers to, and the status unless it has one."""
        self.status = self.status or (ChatMessage.Status.FAILED if self.error else status)
        if not self.references:
            # An answer that is worded by rules cites every event that it names.
            self.references = order_references(events, self.text, assume_best=self.generates)


@dataclass(slots=True)
class TurnResult:
    """The whole turn: what was found, and the answers, the first model's first.

    `constraints` are the wishes that hold after it and `acts` what the message wanted done, in
    their stored form; `calls` are the tools that were called. `recovered` says that it was read
    from the journal.
    """

    answers: list[ModelAnswer]
    constraints: Mapping[str, Any] | None
    acts: Sequence[Mapping[str, Any]] = ()
    calls: Sequence[Mapping[str, Any]] = ()
    found: KeptRetrieval | None = None
    follow_ups: list[str] = field(default_factory=list)
    error: AppError | None = None
    response_time_ms: int | None = 0
    recovered: bool = False

    def events(self) -> Sequence[FoundEvent]:
        """What was found, unpacked at each call."""
        return self.found.events() if self.found else ()

    @property
    def act(self) -> Act:
        """The first thing that the message wanted done."""
        return next(iter(acts_from_json(self.acts)), Act())

    @property
    def first(self) -> ModelAnswer:
        return self.answers[0]


def end_of_turn(
    place: AnswerPlace, result: TurnResult, *, status: str, final_offset: int
) -> TurnEnd:
    """The end of a turn with everything that is saved, and that the last chunk says."""
    events = result.events()
    return TurnEnd(
        generation_id=place.generation_id,
        session_id=place.session_id,
        user_id=place.user_id,
        user_message_id=place.user_message_id,
        status=status,
        answers=[_saved_answer(place, result, answer, events) for answer in result.answers],
        final=_final_chunk(place, result, events),
        final_offset=final_offset,
        constraints=result.constraints,
        act=act_to_json(result.act),
    )


def _saved_answer(
    place: AnswerPlace, result: TurnResult, answer: ModelAnswer, events: Sequence[FoundEvent]
) -> SavedAnswer:
    metadata: dict[str, Any] = {
        **answer.made_by(),
        "response_time_ms": answer.response_time_ms,
        "constraints": result.constraints,
        "follow_up_questions": result.follow_ups,
        "suggested_event_ids": answer.suggested_event_ids,
        "all_event_ids": [found.event_id for found in events],
        # Those that fit what was asked; the others are only there at the same time.
        "listed_event_ids": [found.event_id for found in events if found.tier != "context"],
        "acts": list(result.acts),
        "read_by": result.act.read_by,
        "search_plan": result.found.plan if result.found else None,
        "reply_to": place.user_message_id,
    }
    if result.calls or answer.calls:
        metadata["tool_calls"] = [*result.calls, *answer.calls]
    if answer.error is not None:
        metadata["error_code"] = answer.error.code
    if result.recovered:
        metadata["recovered"] = True
    references = [
        SavedReference(each.found.event_id, each.found.score, each.found.distance_miles, each.cited)
        for each in answer.references
    ]
    return SavedAnswer(answer.variant, answer.text, answer.status, metadata, references)


def _final_chunk(
    place: AnswerPlace, result: TurnResult, events: Sequence[FoundEvent]
) -> Mapping[str, Any]:
    cited = {
        reference.found.event_id
        for answer in result.answers
        for reference in answer.references
        if reference.cited
    }
    error = result.error
    debug_run_id = result.found.debug_run_id if result.found else None
    # In the order of `StreamChunk`'s fields; built as a schema, it took longer than all else here.
    chunk = {
        "model": "SYSTEM",
        "done": True,
        "error": error.detail if error else None,
        "error_code": error.code if error else None,
        "suggested_event_ids": result.first.suggested_event_ids,
        "follow_up_questions": result.follow_ups,
        "response_time_ms": result.response_time_ms,
        "session_id": place.session_id,
        "generation_id": str(place.generation_id),
        "recommended_event_ids": [
            found.event_id for found in events if found.tier == "recommended"
        ],
        "all_event_ids": [found.event_id for found in events],
        "event_metadata": {
            str(found.event_id): {
                "tier": found.tier,
                "final_score": round(found.score, 4),
                "ranking_factors": found.factors,
                "cited": found.event_id in cited,
                "next_dates": found.next_dates,
            }
            for found in events
        },
        "constraints": result.constraints,
        "debug_run_id": str(debug_run_id) if debug_run_id else None,
        "act": act_told(result.act),
    }
    return {name: value for name, value in chunk.items() if value is not None}


class ChatAnswer(Schema):
    """The whole turn as one JSON object."""

    session_id: int
    message_id: int
    generation_id: UUID
    model: str
    content: str
    events: list[ReferencedEventOut]
    suggested_event_ids: list[int]
    recommended_event_ids: list[int]
    all_event_ids: list[int]
    event_metadata: Mapping[int, EventMetadata]
    constraints: Mapping[str, Any]
    follow_up_questions: list[str]
    response_time_ms: int
    debug_run_id: UUID | None = None
    act: ActOut


def answer_of(generation_id: UUID, last_frame: bytes) -> bytes:
    """The JSON of the first model's `ChatAnswer`, from its message and the generation's last frame.

    Raises:
        AppError: the one that the last frame names.
        NotFound: the message has been deleted since.
    """
    chunk = sse.chunk_of(last_frame)
    if "error_code" in chunk:
        raise error_classes().get(chunk["error_code"], ServerError)(chunk["error"])
    answer = read_answer(chunk.get("message_id", 0))
    if answer is None:
        raise NotFound(SESSION_GONE)
    values = {
        "session_id": chunk["session_id"],
        "message_id": chunk["message_id"],
        "generation_id": str(generation_id),
        "model": answer.model,
        "content": answer.content,
        "events": answer.events,
        "suggested_event_ids": chunk["suggested_event_ids"],
        "recommended_event_ids": chunk["recommended_event_ids"],
        "all_event_ids": chunk["all_event_ids"],
        "event_metadata": chunk["event_metadata"],
        "constraints": chunk["constraints"],
        "follow_up_questions": chunk.get("follow_up_questions", []),
        "response_time_ms": chunk.get("response_time_ms") or 0,
        "debug_run_id": chunk.get("debug_run_id"),
        "act": chunk["act"],
    }
    return json.dumps(values, cls=NinjaJSONEncoder).encode()
