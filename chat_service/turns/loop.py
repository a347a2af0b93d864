"""The answer of a language model: it writes, or calls tools, reads what they give, and goes on.

What was found is in its prompt already, so that a plain question takes one request.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial

from django.conf import settings

from chat_service.llm.router import answer_router
from chat_service.llm.types import (
    AnswerPart,
    AnswerRequest,
    FinishPart,
    PromptMessage,
    StartPart,
    TextPart,
    ToolCallPart,
)
from chat_service.turns.acts.model_calls import ToolCaller, ToolsOffered, tools_offered
from chat_service.turns.acts.perform import Work
from chat_service.turns.open import OpenedTurn
from chat_service.turns.prompt import PromptContext, create_event_discovery_prompt, tokens_of

Parts = AsyncGenerator[AnswerPart, None]


def stream_model_response(
    turn: OpenedTurn,
    work: Work,
    model: str | None = None,
    call_tools: Callable[[ToolsOffered], ToolCaller] | None = None,
) -> Parts:
    """The parts of the answer; no database connection is held while they come.

    What the answer is made from is let go of when the model's first word is there. Without
    `call_tools` the model is offered no tools.
    """
    retrieval = work.retrieval
    offered = tools_offered(turn.tool_context(), model) if call_tools else None
    prompt = partial(
        create_event_discovery_prompt,
        message=turn.message,
        events=retrieval.in_tier("recommended") if retrieval else (),
        context=PromptContext(
            now=turn.now,
            constraints=retrieval.constraints if retrieval else turn.constraints,
            relaxations=retrieval.relaxations if retrieval else (),
            context_tokens=offered.prompt_tokens if offered else settings.LLM_CONTEXT_TOKENS,
            reply_tokens=settings.LLM_MAX_TOKENS,
            results=work.lines(),
            offers_tools=bool(offered),
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
        tools=offered.schemas if offered else (),
    )
    if call_tools and offered:
        return answer_in_rounds(request, call_tools(offered))
    return answer_router().stream(request)


class _Dialogue:
    """The prompt and what was said since. Between rounds the prompt is kept packed."""

    def __init__(self, write: Callable[[], Sequence[PromptMessage]]) -> None:
        self._write: Callable[[], Sequence[PromptMessage]] | None = write
        self._packed = b""
        self._since: list[PromptMessage] = []
        self._tokens = 0

    def __call__(self) -> list[PromptMessage]:
        if self._write is None:
            kept = json.loads(zlib.decompress(self._packed))
            return [*(PromptMessage(*each) for each in kept), *self._since]
        prompt, self._write = list(self._write()), None
        self._tokens = sum(map(tokens_of, prompt))
        plain = json.dumps([[each.role, each.content] for each in prompt], ensure_ascii=False)
        self._packed = zlib.compress(plain.encode("utf-8", "surrogatepass"), 1)
        return prompt

    def add(self, *messages: PromptMessage) -> None:
        self._since += messages
        self._tokens += sum(map(tokens_of, messages))

    def room(self, given: int) -> int:
        """The tokens that are left of those given."""
        return given - self._tokens


@dataclass(slots=True)
class _Said:
    """What was passed on in all rounds, what they cost, and what this one calls."""

    has_text: bool = False
    start: StartPart | None = None
    finish: FinishPart = field(default_factory=lambda: FinishPart(""))
    calls: list[ToolCallPart] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def begin_round(self) -> None:
        self.calls, self.text = [], []

    def taken(self, part: AnswerPart) -> Sequence[AnswerPart]:
        """What is to be passed on of a part."""
        match part:
            case StartPart():
                is_same, self.start = part == self.start, part
                return () if is_same else (part,)
            case ToolCallPart():
                self.calls.append(part)
            case TextPart():
                parts_rounds = self.has_text and not self.text
                self.has_text = True
                self.text.append(part.text)
                return (TextPart("\n\n"), part) if parts_rounds else (part,)
            case FinishPart():
                before = self.finish
                self.finish = replace(
                    part,
                    prompt_tokens=_sum(before.prompt_tokens, part.prompt_tokens),
                    completion_tokens=_sum(before.completion_tokens, part.completion_tokens),
                )
        return ()


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)


async def answer_in_rounds(request: AnswerRequest, caller: ToolCaller) -> Parts:
    """The parts of one answer, whatever rounds it takes; calls are made, and not among them.

    A last request, without tools, follows when no more calls are possible. Where the model comes to
    no word at all, the built-in answerer says what was found at first.
    """
    dialogue = _Dialogue(request.prompt)
    request = replace(request, prompt=dialogue)
    said = _Said()
    while True:
        said.begin_round()
        parts = answer_router().stream(request, falls_back=not said.has_text)
        async for part in _passed_on(parts, said):
            # With a word out nothing but the dialogue is needed, which the provider has got.
            if request.retrieval is not None or request.outcomes:
                request = _without_findings(request) if said.has_text else request
            yield part
        if not said.calls or not request.tools:
            break
        dialogue.add(PromptMessage("assistant", "".join(said.text), tuple(said.calls)))
        for call in said.calls:
            room = dialogue.room(caller.offered.room)
            dialogue.add(await caller.answer_call(call, room))
        if caller.is_over:
            request = replace(request, tools=())
    if not said.has_text:
        async for part in _passed_on(answer_router().stream_without_model(request), said):
            yield part
    yield said.finish


async def _passed_on(parts: Parts, said: _Said) -> Parts:
    async with aclosing(parts):
        async for part in parts:
            for passed in said.taken(part):
                yield passed


def _without_findings(request: AnswerRequest) -> AnswerRequest:
    return replace(request, retrieval=None, outcomes=(), numbers={})
