"""One turn of a conversation: retrieve, answer, save, in the wire order of the contract."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Literal

from django.conf import settings

from chat_service.llm.builtin.advice import follow_ups_of
from chat_service.llm.phrases import phrases_of
from chat_service.streams.chunks import ActOut, StreamChunk
from chat_service.streams.generation import LiveGeneration
from chat_service.streams.journal.writer import JournalWriter
from chat_service.turns.acts.perform import (
    Work,
    is_plain_search,
    named_acts,
    perform,
)
from chat_service.turns.acts.stored import act_to_json, act_told
from chat_service.turns.found_events import KeptRetrieval
from chat_service.turns.open import OpenedTurn
from chat_service.turns.result import ModelAnswer, TurnResult, end_of_turn
from chat_service.turns.save import finish_turn
from chat_service.turns.understanding import read_where_unsure
from chat_service.turns.write import Writing, announcer, basis_of, elapsed_ms
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
    result.response_time_ms = result.response_time_ms or elapsed_ms(turn)
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


async def _answer(turn: OpenedTurn, generation: LiveGeneration, result: TurnResult) -> None:
    turn = await _read_by_model(turn, result)
    done = await _do(turn, generation, result)
    await asyncio.sleep(0)  # lets the readers have it before the prompt is written
    # From here on only the providers hold what was found, and they not for long.
    writing = Writing(turn.without_history(), generation, result)
    streams = writing.open_streams(turn, done)
    del turn, done
    await writing.write(streams)


async def _read_by_model(turn: OpenedTurn, result: TurnResult) -> OpenedTurn:
    """The turn as a language model reads its message, where the rules are unsure of it."""
    understood = await read_where_unsure(turn.understood, turn.message, turn.models[0][1])
    if understood is turn.understood:
        return turn
    turn = replace(turn, understood=understood)
    result.constraints = constraints_to_json(understood.lasting(turn.acts))
    result.acts = [act_to_json(act) for act in turn.acts]
    return turn


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
        generation.keep_basis(basis_of(turn, result))
        _tell(turn, generation, result, work)
    await perform(acts, turn.search(), turn.tool_context(), announcer(generation), work)
    follow_ups = follow_ups_of(acts, work.retrieval, phrases_of(turn.constraints.language))
    result.found = KeptRetrieval.of(work.events, work.retrieval, follow_ups)
    result.calls = work.calls
    if is_plain:
        generation.keep_basis(basis_of(turn, result))
        _tell(turn, generation, result, work)
    else:
        generation.keep_note(f'{{"basis":{basis_of(turn, result)}}}')
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
