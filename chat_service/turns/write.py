"""Writes the answers of a turn: parts as they come, to the readers and into the turn's result."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Literal

from django.conf import settings

from chat_service.llm.types import AnswerPart, FinishPart, StartPart, TextPart
from chat_service.streams.chunks import StreamChunk, ToolOut
from chat_service.streams.generation import LiveGeneration, TokenJoiner
from chat_service.turns.acts.model_calls import ToolCaller, ToolsOffered
from chat_service.turns.acts.perform import Announce, Work
from chat_service.turns.found_events import KeptRetrieval
from chat_service.turns.loop import Parts, stream_model_response
from chat_service.turns.open import OpenedTurn
from chat_service.turns.requests import clean_text
from chat_service.turns.result import ModelAnswer, TurnResult
from core.errors import AppError
from events.models import ChatMessage

Variant = Literal["A", "B"]


@dataclass(frozen=True, slots=True)
class AnswerStream:
    """One model's answer as it comes, and what joins its tokens."""

    answer: ModelAnswer
    parts: Parts
    joiner: TokenJoiner


@dataclass(frozen=True, slots=True)
class Writing:
    """A turn, what is shown of it and what has come of it."""

    turn: OpenedTurn
    generation: LiveGeneration
    result: TurnResult

    def open_streams(self, turn: OpenedTurn, done: Work) -> list[AnswerStream]:
        """One stream for each answer that is wanted, of what was done for the whole turn."""
        return [
            self._open_stream(turn, done, answer, model)
            for answer, (_, model) in zip(self.result.answers, turn.models, strict=True)
        ]

    async def write(self, streams: list[AnswerStream]) -> None:
        """Writes the answers side by side; the list is emptied, so that nothing else holds them.

        Raises:
            AppError: the only answer failed.
        """
        if len(streams) == 1:
            await self._write(streams.pop())
            return
        async with asyncio.TaskGroup() as both:
            while streams:
                both.create_task(self._write_alone(streams.pop(0)))

    def _open_stream(
        self, turn: OpenedTurn, done: Work, answer: ModelAnswer, model: str | None
    ) -> AnswerStream:
        generation, result, slim = self.generation, self.result, self.turn
        joiner = TokenJoiner(partial(generation.publish_token, _variant(answer)))
        announce = announcer(generation)
        made = done.calls_made()

        def announce_in_order(name: str, status: str, event_ids: Sequence[int]) -> None:
            joiner.flush()
            announce(name, status, event_ids)

        def keep(called: Work) -> None:
            result.found = _found(result).with_events(called.events)
            answer.calls.extend(called.calls)
            generation.keep_note(f'{{"basis":{basis_of(slim, result)}}}')
            generation.keep_note(answer.note())

        def call_tools(offered: ToolsOffered) -> ToolCaller:
            return ToolCaller(
                context=slim.tool_context(),
                offered=offered,
                made=made,
                events=lambda: _found(result).packed(),
                keep=keep,
                announce=announce_in_order,
            )

        parts = stream_model_response(turn, done, model, call_tools)
        return AnswerStream(answer, parts, joiner)

    async def _write_alone(self, stream: AnswerStream) -> None:
        """One of two answers: its failure leaves the other one alone."""
        answer = stream.answer
        try:
            await self._write(stream)
        except AppError as error:
            answer.error = error
            self.generation.publish(
                StreamChunk(
                    model=_variant(answer), done=True, error=error.detail, error_code=error.code
                )
            )

    async def _write(self, stream: AnswerStream) -> None:
        generation, result, answer = self.generation, self.result, stream.answer
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
            answer.response_time_ms = elapsed_ms(self.turn)
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


def announcer(generation: LiveGeneration) -> Announce:
    """What tells the readers of a generation that a tool runs."""

    def announce(name: str, status: str, event_ids: Sequence[int]) -> None:
        tool = ToolOut.model_validate({"name": name, "status": status})
        generation.publish(
            StreamChunk(model="SYSTEM", tool=tool, all_event_ids=list(event_ids) or None)
        )

    return announce


def basis_of(turn: OpenedTurn, result: TurnResult) -> str:
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


def elapsed_ms(turn: OpenedTurn) -> int:
    """How long a turn has taken by now."""
    return round((perf_counter() - turn.began) * 1000)
