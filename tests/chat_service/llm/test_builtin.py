"""The built-in answerer as a provider."""

from __future__ import annotations

import asyncio

from chat_service.llm.builtin.finding import builtin_answer
from chat_service.llm.builtin.provider import BuiltinProvider
from chat_service.llm.types import AnswerRequest, FinishPart, StartPart, TextPart
from tests.chat_service.samples import ENGLISH, NOW, numbered, retrieval

FOUND = retrieval(None, *numbered(6))
REQUEST = AnswerRequest("What's on?", list, FOUND, now=NOW)


async def test_stream_says_the_whole_text_line_by_line() -> None:
    parts = [part async for part in BuiltinProvider().stream(REQUEST)]
    texts = [part.text for part in parts if isinstance(part, TextPart)]
    assert parts[0] == StartPart("builtin", "builtin", generates=False)
    assert parts[-1] == FinishPart("builtin")
    assert texts == builtin_answer(FOUND, "What's on?", NOW, ENGLISH).splitlines(keepends=True)


async def test_answer_is_given_without_waiting() -> None:
    stream = BuiltinProvider().stream(REQUEST)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    assert len([part async for part in stream]) > 3
    ticking.cancel()
    assert ticks == 0


async def test_health_is_always_good() -> None:
    health = await BuiltinProvider().health()
    assert (health.provider, health.model, health.available) == ("builtin", "builtin", True)
