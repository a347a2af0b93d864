"""One turn of a conversation: retrieve, answer, save, in the wire order of the contract."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from django.conf import settings

from accounts.database import in_database
from accounts.errors import AppError, ServerError
from chat_service.citations import Reference, order_references
from chat_service.conversations import Answer, save_answer
from chat_service.follow_ups import follow_up_questions
from chat_service.generation import Generation, TokenJoiner
from chat_service.llm.builtin import BuiltinProvider
from chat_service.llm.router import answer_router
from chat_service.llm.types import AnswerPart, AnswerRequest, FinishPart, StartPart, TextPart
from chat_service.opening import OpenedTurn
from chat_service.prompts import PromptContext, create_event_discovery_prompt
from chat_service.wire import EventMetadata, StreamChunk
from events.models import ChatMessage
from rag.service import find_events
from rag.types import RankedEvent, Retrieval
from rag.understanding import constraints_to_json

log = logging.getLogger(__name__)

SUGGESTED_AT_MOST = 5


@dataclass(slots=True)
class Outcome:
    """How a turn ended. `error` is None when it completed."""

    message_id: int | None = None
    text: str = ""
    model: str = ""
    provider: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    response_time_ms: int = 0
    retrieval: Retrieval | None = None
    references: Sequence[Reference] = field(default_factory=tuple)
    follow_ups: list[str] = field(default_factory=list)
    error: AppError | None = None
    status: str = ChatMessage.Status.COMPLETED

    @property
    def events(self) -> Sequence[RankedEvent]:
        return self.retrieval.events if self.retrieval else ()

    @property
    def suggested_event_ids(self) -> list[int]:
        return [reference.found.event.id for reference in self.references][:SUGGESTED_AT_MOST]

    def event_fields(self) -> dict[str, Any]:
        """The fields of the final chunk that speak of events."""
        cited = {reference.found.event.id for reference in self.references if reference.cited}
        return {
            "suggested_event_ids": self.suggested_event_ids,
            "recommended_event_ids": [
                found.event.id for found in self.events if found.tier == "recommended"
            ],
            "all_event_ids": [found.event.id for found in self.events],
            "event_metadata": {
                found.event.id: EventMetadata(
                    tier=found.tier,
                    final_score=round(found.score, 4),
                    ranking_factors=found.factors,
                    cited=found.event.id in cited,
                )
                for found in self.events
            },
        }


async def get_relevant_events(turn: OpenedTurn) -> Retrieval:
    """The events that fit the turn's constraints, in one short database visit."""
    return await in_database(
        find_events, turn.constraints, now=turn.now, max_events=8, weights=turn.weights
    )


async def stream_model_response(
    turn: OpenedTurn, retrieval: Retrieval
) -> AsyncGenerator[AnswerPart, None]:
    """The parts of the answer; no database connection is held while they come."""
    prompt = create_event_discovery_prompt(
        message=turn.message,
        events=retrieval.in_tier("recommended"),
        context=PromptContext(
            now=turn.now,
            constraints=retrieval.constraints,
            relaxations=retrieval.relaxations,
            context_tokens=settings.LLM_CONTEXT_TOKENS,
            reply_tokens=settings.LLM_MAX_TOKENS,
        ),
        conversation_history=turn.history,
        user_preferences=turn.preferences,
    )
    request = AnswerRequest(
        message=turn.message,
        messages=prompt,
        retrieval=retrieval,
        model=turn.model,
        now=turn.now,
    )
    async with aclosing(answer_router().stream(request)) as parts:
        async for part in parts:
            yield part


async def run_turn(turn: OpenedTurn, generation: Generation) -> Outcome:
    """Writes a whole turn into its generation, and its answer into the conversation.

    Never raises but for cancellation: every failure ends as a final chunk with
    its code, and what was written so far is saved.
    """
    outcome = Outcome()
    try:
        await _answer(turn, generation, outcome)
    except AppError as error:
        outcome.error = error
    except asyncio.CancelledError:
        outcome.error, outcome.status = ServerError(), ChatMessage.Status.INTERRUPTED
        await asyncio.shield(_conclude(turn, generation, outcome))
        raise
    except Exception:
        log.exception("turn_failed generation=%s", generation.id)
        outcome.error = ServerError()
    if outcome.error is not None:
        outcome.status = ChatMessage.Status.FAILED
    await _conclude(turn, generation, outcome)
    return outcome


async def _answer(turn: OpenedTurn, generation: Generation, outcome: Outcome) -> None:
    retrieval = outcome.retrieval = await get_relevant_events(turn)
    generation.publish(
        StreamChunk(
            model="SYSTEM",
            session_id=turn.session_id,
            generation_id=generation.id,
            constraints=constraints_to_json(retrieval.constraints),
            all_event_ids=[found.event.id for found in retrieval.events],
        )
    )
    joiner = TokenJoiner(lambda text: generation.publish(StreamChunk(model="A", token=text)))
    written: list[str] = []
    try:
        async with aclosing(stream_model_response(turn, retrieval)) as parts:
            async for part in parts:
                _take(part, outcome, written, joiner)
    finally:
        joiner.flush()
        outcome.text = "".join(written)
    outcome.references = _references(outcome)
    outcome.follow_ups = follow_up_questions(retrieval.constraints, retrieval.events)
    outcome.response_time_ms = _elapsed_ms(turn)
    generation.publish(
        StreamChunk(
            model="A",
            done=True,
            suggested_event_ids=outcome.suggested_event_ids,
            follow_up_questions=outcome.follow_ups,
            response_time_ms=outcome.response_time_ms,
        )
    )


def _take(part: AnswerPart, outcome: Outcome, written: list[str], joiner: TokenJoiner) -> None:
    match part:
        case StartPart():
            outcome.provider, outcome.model = part.provider, part.model
        case TextPart():
            written.append(part.text)
            joiner.add(part.text)
        case FinishPart():
            outcome.model = part.model
            outcome.prompt_tokens = part.prompt_tokens
            outcome.completion_tokens = part.completion_tokens


async def _conclude(turn: OpenedTurn, generation: Generation, outcome: Outcome) -> None:
    """Saves the answer, then sends the final chunk; never the other way round."""
    if outcome.error is not None:
        outcome.references = _references(outcome)
        outcome.response_time_ms = _elapsed_ms(turn)
    try:
        message = await in_database(
            save_answer, turn.session_id, turn.user_id, _to_save(turn, generation, outcome)
        )
        outcome.message_id = message.pk
    except AppError as error:
        outcome.error = error
    except Exception:
        log.exception("answer_not_saved generation=%s", generation.id)
        outcome.error = ServerError("The answer could not be saved.")
    generation.publish(_final_chunk(turn, generation, outcome))


def _references(outcome: Outcome) -> list[Reference]:
    if outcome.retrieval is None:
        return []
    # The built-in answerer cites every event that it names.
    assume_best = outcome.provider != BuiltinProvider.name
    return order_references(outcome.retrieval, outcome.text, assume_best=assume_best)


def _to_save(turn: OpenedTurn, generation: Generation, outcome: Outcome) -> Answer:
    metadata: dict[str, Any] = {
        "model": outcome.model,
        "provider": outcome.provider,
        "response_time_ms": outcome.response_time_ms,
        "prompt_tokens": outcome.prompt_tokens,
        "completion_tokens": outcome.completion_tokens,
        "constraints": constraints_to_json(turn.constraints),
        "follow_up_questions": outcome.follow_ups,
        "suggested_event_ids": outcome.suggested_event_ids,
        "all_event_ids": [found.event.id for found in outcome.events],
        "search_plan": outcome.retrieval.plan if outcome.retrieval else None,
        "reply_to": turn.user_message_id,
    }
    if outcome.error is not None:
        metadata["error_code"] = outcome.error.code
    return Answer(
        content=outcome.text,
        status=outcome.status,
        generation_id=generation.id,
        metadata=metadata,
        references=outcome.references,
    )


def _final_chunk(turn: OpenedTurn, generation: Generation, outcome: Outcome) -> StreamChunk:
    return StreamChunk(
        model="SYSTEM",
        done=True,
        session_id=turn.session_id,
        generation_id=generation.id,
        message_id=outcome.message_id,
        error=outcome.error.detail if outcome.error else None,
        error_code=outcome.error.code if outcome.error else None,
        follow_up_questions=outcome.follow_ups,
        response_time_ms=outcome.response_time_ms,
        constraints=constraints_to_json(turn.constraints),
        **outcome.event_fields(),
    )


def _elapsed_ms(turn: OpenedTurn) -> int:
    return round((perf_counter() - turn.began) * 1000)
