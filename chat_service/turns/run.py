"""One turn of a conversation: retrieve, answer, save, in the wire order of the contract."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Literal

from django.conf import settings

from chat_service.llm.types import AnswerPart, FinishPart, StartPart, TextPart
from chat_service.streams.chunks import ActOut, StreamChunk, ToolOut
from chat_service.streams.generation import LiveGeneration, TokenJoiner
from chat_service.streams.journal.writer import JournalWriter
from chat_service.turns.acts.model_calls import ToolCaller, ToolsOffered
from chat_service.turns.acts.perform import (
    Announce,
    Work,
    is_plain_search,
    named_acts,
    perform,
)
from chat_service.turns.acts.stored import act_to_json, act_told
from chat_service.turns.found_events import KeptRetrieval, follow_ups_of
from chat_service.turns.loop import Parts, stream_model_response
from chat_service.turns.open import OpenedTurn
from chat_service.turns.requests import clean_text
from chat_service.turns.result import ModelAnswer, TurnResult, end_of_turn
from chat_service.turns.save import finish_turn
from core.errors import AppError, LLMTimeout, ServerError
from events.models import ChatMessage, Generation
from rag.service import constraints_to_json

log = logging.getLogger(__name__)

Variant = Literal["A", "B"]


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
    # From here on only the providers hold what was found, and they not for long.
    work = _Writing(turn.without_history(), generation, result)
    streams = [
        _open_stream(work, turn, done, answer, model)
        for answer, (_, model) in zip(result.answers, turn.models, strict=True)
    ]
    del turn, done
    if len(streams) == 1:
        await _write(work, streams.pop())
        return
    async with asyncio.TaskGroup() as both:
        while streams:
            both.create_task(_write_alone(work, streams.pop(0)))


@dataclass(frozen=True, slots=True)
class _AnswerStream:
    """One model's answer as it comes, and what joins its tokens."""

    answer: ModelAnswer
    parts: Parts
    joiner: TokenJoiner


def _open_stream(
    work: _Writing, turn: OpenedTurn, done: Work, answer: ModelAnswer, model: str | None
) -> _AnswerStream:
    generation, result = work.generation, work.result
    joiner = TokenJoiner(partial(generation.publish_token, _variant(answer)))
    announce = _announcer(generation)
    made = done.calls_made()

    def announce_in_order(name: str, status: str, event_ids: Sequence[int]) -> None:
        joiner.flush()
        announce(name, status, event_ids)

    def keep(called: Work) -> None:
        result.found = _found(result).with_events(called.events)
        answer.calls.extend(called.calls)
        generation.keep_note(f'{{"basis":{_basis(work.turn, result)}}}')
        generation.keep_note(answer.note())

    def call_tools(offered: ToolsOffered) -> ToolCaller:
        return ToolCaller(
            context=work.turn.tool_context(),
            offered=offered,
            made=made,
            events=lambda: _found(result).packed(),
            keep=keep,
            announce=announce_in_order,
        )

    parts = stream_model_response(turn, done, model, call_tools)
    return _AnswerStream(answer, parts, joiner)


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
    follow_ups = follow_ups_of(acts, turn.constraints, work.retrieval)
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
    rest = {
        "constraints": result.constraints,
        "variants": [name for name, _ in turn.models],
        "acts": result.acts,
        "calls": result.calls,
    }
    return _found(result).basis(rest)


def _found(result: TurnResult) -> KeptRetrieval:
    assert result.found is not None
    return result.found


async def _write_alone(work: _Writing, stream: _AnswerStream) -> None:
    """One of two answers: its failure leaves the other one alone."""
    answer = stream.answer
    try:
        await _write(work, stream)
    except AppError as error:
        answer.error = error
        work.generation.publish(
            StreamChunk(
                model=_variant(answer), done=True, error=error.detail, error_code=error.code
            )
        )


async def _write(work: _Writing, stream: _AnswerStream) -> None:
    generation, result, answer = work.generation, work.result, stream.answer
    written: list[str] = []
    try:
        async with aclosing(stream.parts) as parts:
            async for part in parts:
                _take(part, answer, written, stream.joiner)
                if not isinstance(part, TextPart):
                    generation.keep_note(answer.note())
                if _is_long(answer, written):
                    break
    finally:
        stream.joiner.flush()
        answer.text = "".join(written)
        answer.response_time_ms = _elapsed_ms(work.turn)
    answer.settle(result.events(), ChatMessage.Status.COMPLETED)
    if answer is result.first and result.found is not None:
        result.follow_ups = list(result.found.follow_ups)
        result.response_time_ms = answer.response_time_ms
    generation.publish(
        StreamChunk(
            model=_variant(answer),
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
            answer.generates = part.generates
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
    return answer.generates and len(written) >= 2 * settings.LLM_MAX_TOKENS


def _elapsed_ms(turn: OpenedTurn) -> int:
    return round((perf_counter() - turn.began) * 1000)
