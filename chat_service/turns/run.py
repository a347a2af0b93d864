"""One turn of a conversation: retrieve, answer, save, in the wire order of the contract."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Literal

from django.conf import settings

from chat_service.llm.builtin.advice import follow_ups_of
from chat_service.llm.builtin.provider import BuiltinProvider
from chat_service.llm.phrases import phrases_of
from chat_service.llm.router import answer_router
from chat_service.llm.types import AnswerPart, AnswerRequest, FinishPart, StartPart, TextPart
from chat_service.streams.chunks import ActOut, StreamChunk, ToolOut
from chat_service.streams.generation import LiveGeneration, TokenJoiner
from chat_service.streams.journal.writer import JournalWriter
from chat_service.turns.acts.perform import (
    Announce,
    Work,
    is_plain_search,
    named_acts,
    perform,
)
from chat_service.turns.acts.stored import act_to_json, act_told
from chat_service.turns.context import clean_text
from chat_service.turns.finish import finish_turn
from chat_service.turns.found_events import KeptRetrieval
from chat_service.turns.open import OpenedTurn
from chat_service.turns.prompt import PromptContext, create_event_discovery_prompt
from chat_service.turns.result import ModelAnswer, TurnResult, end_of_turn
from core.errors import AppError, LLMTimeout, ServerError
from events.models import ChatMessage, Generation
from rag.service import constraints_to_json

log = logging.getLogger(__name__)

Variant = Literal["A", "B"]
Parts = AsyncGenerator[AnswerPart, None]


def stream_model_response(turn: OpenedTurn, work: Work, model: str | None = None) -> Parts:
    """The parts of the answer; no database connection is held while they come.

    What the answer is made from is let go of when the model's first word is there.
    """
    retrieval = work.retrieval
    prompt = partial(
        create_event_discovery_prompt,
        message=turn.message,
        events=retrieval.in_tier("recommended") if retrieval else (),
        context=PromptContext(
            now=turn.now,
            constraints=retrieval.constraints if retrieval else turn.constraints,
            relaxations=retrieval.relaxations if retrieval else (),
            context_tokens=settings.LLM_CONTEXT_TOKENS,
            reply_tokens=settings.LLM_MAX_TOKENS,
            results=work.lines(),
        ),
        conversation_history=turn.history,
        user_preferences=turn.preferences,
    )
    request = AnswerRequest(
        message=turn.message,
        prompt=prompt,
        retrieval=retrieval,
        model=model,
        now=turn.now,
        outcomes=tuple(work.outcomes),
        numbers=dict(work.numbers),
        constraints=turn.constraints,
        language=turn.constraints.language,
    )
    return answer_router().stream(request)


async def run_turn(turn: OpenedTurn, generation: LiveGeneration, journal: JournalWriter) -> None:
    """Writes a whole turn into its generation, and its answers into the conversation.

    Never raises but for cancellation: every failure ends as a final chunk with
    its code, and what was written so far is saved.
    """
    result = TurnResult(
        [ModelAnswer(variant) for variant, _ in turn.models],
        constraints_to_json(turn.understood.lasting(turn.acts)),
        acts=[act_to_json(act) for act in turn.acts],
    )
    work = asyncio.create_task(_answer(turn, generation, result))
    turn = turn.without_history()
    generation.ends_with(work.cancel)
    done, _ = await asyncio.wait({work}, timeout=settings.GENERATION_MAX_SECONDS)
    if not done:
        result.error = LLMTimeout()
        work.cancel()
        await asyncio.wait({work})
    if not work.cancelled() and (error := work.exception()) is not None:
        result.error = _as_app_error(error, generation)
    status = _ending(generation, result)
    result.response_time_ms = result.response_time_ms or _elapsed_ms(turn)
    for answer in result.answers:
        answer.error = answer.error or result.error
        answer.settle(result.events(), status)
    end = end_of_turn(turn.place(), result, status=status, final_offset=generation.last_offset + 1)
    await finish_turn(end, generation, journal)


def _as_app_error(error: BaseException, generation: LiveGeneration) -> AppError:
    if isinstance(error, AppError):
        return error
    log.error("turn_failed generation=%s", generation.id, exc_info=error)
    return ServerError()


def _ending(generation: LiveGeneration, result: TurnResult) -> str:
    """The status of the generation: failed where all of its answers failed."""
    errors = [answer.error for answer in result.answers if answer.error is not None]
    if result.error is None and len(errors) == len(result.answers):
        result.error = errors[0]
    if generation.ending == Generation.Status.INTERRUPTED:
        result.error = ServerError("The answer broke off, because the service was restarted.")
        for answer in result.answers:
            answer.status = answer.status or ChatMessage.Status.INTERRUPTED
    if generation.ending is not None:
        return generation.ending
    return Generation.Status.FAILED if result.error else Generation.Status.COMPLETED


@dataclass(frozen=True, slots=True)
class _Writing:
    """A turn, what is shown of it and what has come of it."""

    turn: OpenedTurn
    generation: LiveGeneration
    result: TurnResult


async def _answer(turn: OpenedTurn, generation: LiveGeneration, result: TurnResult) -> None:
    done = await _do(turn, generation, result)
    await asyncio.sleep(0)  # lets the readers have it before the prompt is written
    streams = [stream_model_response(turn, done, model) for _, model in turn.models]
    # From here on only the providers hold what was found, and they not for long.
    work = _Writing(turn.without_history(), generation, result)
    del turn, done
    if len(streams) == 1:
        await _write(work, result.first, streams.pop())
        return
    async with asyncio.TaskGroup() as both:
        for answer in result.answers:
            both.create_task(_write_alone(work, answer, streams.pop(0)))


async def _do(turn: OpenedTurn, generation: LiveGeneration, result: TurnResult) -> Work:
    """Does what the message wants done, and tells the readers what was understood and found.

    They hear of a search when it has its events, and of a tool before it runs. The basis comes
    first in the journal; what tools found after it follows as a note.
    """
    work, acts = Work(), turn.acts
    is_plain = is_plain_search(acts)
    if not is_plain:
        acts = await named_acts(acts, turn.search(), work)
        result.acts = [act_to_json(act) for act in acts]
        result.found = KeptRetrieval.of(work.events, None, ())
        generation.keep_basis(_basis(turn, result))
        _tell(turn, generation, result, work)
    await perform(acts, turn.search(), turn.tool_context(), _announcer(generation), work)
    follow_ups = follow_ups_of(acts, work.retrieval, phrases_of(turn.constraints.language))
    result.found = KeptRetrieval.of(work.events, work.retrieval, follow_ups)
    result.calls = work.calls
    if is_plain:
        generation.keep_basis(_basis(turn, result))
        _tell(turn, generation, result, work)
    else:
        generation.keep_note(f'{{"basis":{_basis(turn, result)}}}')
    return work


def _tell(turn: OpenedTurn, generation: LiveGeneration, result: TurnResult, work: Work) -> None:
    """The first chunk, with the events that are known by now."""
    known = [*result.act.refers_to, *(event[0] for event in work.events)]
    generation.publish(
        StreamChunk(
            model="SYSTEM",
            session_id=turn.session_id,
            generation_id=generation.id,
            constraints=result.constraints,
            all_event_ids=list(dict.fromkeys(known)),
            act=ActOut(**act_told(result.act)),
        )
    )


def _announcer(generation: LiveGeneration) -> Announce:
    def announce(name: str, status: str, event_ids: Sequence[int]) -> None:
        tool = ToolOut.model_validate({"name": name, "status": status})
        generation.publish(
            StreamChunk(model="SYSTEM", tool=tool, all_event_ids=list(event_ids) or None)
        )

    return announce


def _basis(turn: OpenedTurn, result: TurnResult) -> str:
    """All that a recovery needs to build the end of the turn."""
    assert result.found is not None
    rest = {
        "constraints": result.constraints,
        "variants": [name for name, _ in turn.models],
        "acts": result.acts,
        "calls": result.calls,
    }
    return result.found.basis(rest)


async def _write_alone(work: _Writing, answer: ModelAnswer, parts: Parts) -> None:
    """One of two answers: its failure leaves the other one alone."""
    try:
        await _write(work, answer, parts)
    except AppError as error:
        answer.error = error
        work.generation.publish(
            StreamChunk(
                model=_variant(answer), done=True, error=error.detail, error_code=error.code
            )
        )


async def _write(work: _Writing, answer: ModelAnswer, parts: Parts) -> None:
    generation, result = work.generation, work.result
    variant = _variant(answer)
    joiner = TokenJoiner(partial(generation.publish_token, variant))
    written: list[str] = []
    try:
        async with aclosing(parts):
            async for part in parts:
                _take(part, answer, written, joiner)
                if not isinstance(part, TextPart):
                    generation.keep_note(answer.note())
                if _is_long(answer, written):
                    break
    finally:
        joiner.flush()
        answer.text = "".join(written)
        answer.response_time_ms = _elapsed_ms(work.turn)
    answer.settle(result.events(), ChatMessage.Status.COMPLETED)
    if answer is result.first and result.found is not None:
        result.follow_ups = list(result.found.follow_ups)
        result.response_time_ms = answer.response_time_ms
    generation.publish(
        StreamChunk(
            model=variant,
            done=True,
            suggested_event_ids=answer.suggested_event_ids,
            follow_up_questions=result.follow_ups,
            response_time_ms=answer.response_time_ms,
        )
    )


def _variant(answer: ModelAnswer) -> Variant:
    return "A" if answer.variant == "A" else "B"


def _take(part: AnswerPart, answer: ModelAnswer, written: list[str], joiner: TokenJoiner) -> None:
    match part:
        case StartPart():
            answer.provider, answer.model = part.provider, part.model
        case TextPart():
            text = clean_text(part.text)
            written.append(text)
            joiner.add(text)
        case FinishPart():
            answer.model = part.model
            answer.prompt_tokens = part.prompt_tokens
            answer.completion_tokens = part.completion_tokens


def _is_long(answer: ModelAnswer, written: list[str]) -> bool:
    """Whether a model goes on beyond the tokens that it was given."""
    if answer.provider == BuiltinProvider.name:
        return False
    return len(written) >= 2 * settings.LLM_MAX_TOKENS


def _elapsed_ms(turn: OpenedTurn) -> int:
    return round((perf_counter() - turn.began) * 1000)
