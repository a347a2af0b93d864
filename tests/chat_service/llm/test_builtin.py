"""The built-in answerer as a provider."""

from __future__ import annotations

import asyncio

from chat_service.llm.builtin.provider import BuiltinProvider
from chat_service.llm.builtin.text import builtin_answer
from chat_service.llm.types import AnswerRequest, FinishPart, StartPart, TextPart
from tests.chat_service.samples import NOW, numbered, retrieval

FOUND = retrieval(None, *numbered(6))
REQUEST = AnswerRequest("What's on?", [], FOUND, now=NOW)


async def test_stream_says_the_whole_text_word_by_word() -> None:
    parts = [part async for part in BuiltinProvider().stream(REQUEST)]
    texts = [part.text for part in parts if isinstance(part, TextPart)]
    assert parts[0] == StartPart("builtin", "builtin")
    assert parts[-1] == FinishPart("builtin")
    assert "".join(texts) == builtin_answer("What's on?", FOUND, NOW)
    assert max(len(text.split()) for text in texts) == 1


async def test_two_answers_are_written_side_by_side() -> None:
    written: list[str] = []

    async def note(name: str) -> None:
        async for _ in BuiltinProvider().stream(REQUEST):
            written.append(name)  # noqa: PERF401 (in the order of the two tasks)

    await asyncio.gather(note("a"), note("b"))
    assert set(written[2:12]) == {"a", "b"}


async def test_health_is_always_good() -> None:
    health = await BuiltinProvider().health()
    assert (health.provider, health.model, health.available) == ("builtin", "builtin", True)
