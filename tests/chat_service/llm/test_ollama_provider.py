"""Answers and health of the Ollama provider, from a scripted Ollama over real HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from functools import partial

import pytest

from chat_service.llm.types import (
    AnswerPart,
    AnswerRequest,
    FinishPart,
    PromptMessage,
    StartPart,
    TextPart,
)
from tests.chat_service.llm.asking import (
    HASTY,
    NOBODY,
    REQUEST,
    provider_at,
    read,
)
from tests.chat_service.samples import retrieval
from tests.fakes.ollama import DEFAULT_MODEL, FakeOllama, Gate, Reply


async def next_text(parts: AsyncGenerator[AnswerPart, None]) -> str:
    async with asyncio.timeout(2):
        part = await anext(parts)
        if isinstance(part, StartPart):
            part = await anext(parts)
    assert isinstance(part, TextPart)
    return part.text


async def test_stream_yields_start_text_and_finish(ollama: FakeOllama) -> None:
    ollama.reply = Reply(("Go to ", "[1]."), done_reason="length")
    parts = [part async for part in provider_at(ollama.address).stream(REQUEST)]
    assert parts == [
        StartPart("ollama", DEFAULT_MODEL),
        TextPart("Go to "),
        TextPart("[1]."),
        FinishPart(DEFAULT_MODEL, prompt_tokens=26, completion_tokens=2, finish_reason="length"),
    ]


async def test_request_carries_model_options_and_the_whole_prompt(ollama: FakeOllama) -> None:
    ollama.models.append("qwen3:4b")
    prompt = [
        PromptMessage("system", "Be brief."),
        PromptMessage("user", "Jazz?"),
        PromptMessage("assistant", "Yes: [1]."),
        PromptMessage("user", "Et à Zürich?"),
    ]
    request = AnswerRequest("Et à Zürich?", lambda: prompt, retrieval(), model="qwen3:4b")
    await read(provider_at(ollama.address).stream(request))
    body = ollama.chats[0].json
    assert (body["model"], body["stream"]) == ("qwen3:4b", True)
    assert body["options"] == {"num_predict": 800, "num_ctx": 8192}
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Jazz?"},
        {"role": "assistant", "content": "Yes: [1]."},
        {"role": "user", "content": "Et à Zürich?"},
    ]


async def test_tokens_arrive_as_they_are_made(ollama: FakeOllama) -> None:
    gate = Gate()
    ollama.reply = Reply(("one ", "two ", "three"), gate=gate)
    parts = provider_at(ollama.address).stream(REQUEST)
    for expected in ("one ", "two ", "three"):
        upcoming = asyncio.ensure_future(next_text(parts))
        await asyncio.sleep(0.03)
        assert not upcoming.done()  # nothing comes before the model has made it
        gate.release()
        assert await upcoming == expected
    assert isinstance(await anext(parts), FinishPart)


@pytest.mark.parametrize("cut", [1, 2, 3, 7])
async def test_characters_cut_between_tcp_writes_come_whole(ollama: FakeOllama, cut: int) -> None:
    ollama.reply = Reply(("Zoë’s ", "café ", "🎉 ", "東京"), bytes_per_write=cut)
    assert await read(provider_at(ollama.address).stream(REQUEST)) == ("Zoë’s café 🎉 東京", None)


async def test_several_tokens_in_one_write_stay_parts(ollama: FakeOllama) -> None:
    ollama.reply = Reply(("a", "b", "c", "d"), tokens_per_write=5)
    parts = [part async for part in provider_at(ollama.address).stream(REQUEST)]
    assert parts[1:5] == [TextPart("a"), TextPart("b"), TextPart("c"), TextPart("d")]


async def test_empty_parts_and_blanks_before_the_first_word_are_dropped(ollama: FakeOllama) -> None:
    ollama.reply = Reply(("", "\n\n", "Yes", "", "\n", "no"))
    parts = [part async for part in provider_at(ollama.address).stream(REQUEST)]
    assert parts[:-1] == [
        StartPart("ollama", DEFAULT_MODEL),
        TextPart("Yes"),
        TextPart("\n"),
        TextPart("no"),
    ]


async def test_many_answers_at_once_do_not_mix(ollama: FakeOllama) -> None:
    ollama.reply = lambda body: Reply(
        tuple(f"{body['messages'][0]['content']} " * 3), delay=0.001, bytes_per_write=50
    )
    provider = provider_at(ollama.address)
    requests = [
        AnswerRequest("", partial(list, [PromptMessage("user", f"n{number}")]), retrieval())
        for number in range(20)
    ]
    answers = await asyncio.gather(*(read(provider.stream(request)) for request in requests))
    assert answers == [(f"n{number} " * 3, None) for number in range(20)]


@pytest.mark.parametrize(
    ("model", "installed", "available"),
    [
        ("llama3.2:3b", "llama3.2:3b", True),
        ("llama3.2", "llama3.2:latest", True),
        ("llama3.2:latest", "llama3.2", True),
        ("llama3.2", "llama3.2:3b", False),
        ("llama3.2:3b", "llama3.2:1b", False),
    ],
)
async def test_health_knows_whether_the_model_is_installed(
    ollama: FakeOllama, model: str, installed: str, available: bool
) -> None:
    ollama.models = [installed]
    health = await provider_at(ollama.address, model=model).health()
    assert (health.provider, health.model, health.available) == ("ollama", model, available)
    assert len(health.models) == 1


async def test_health_says_what_to_do_about_a_missing_model(ollama: FakeOllama) -> None:
    health = await provider_at(ollama.address, model="mistral").health()
    assert health.detail == "The model mistral is not installed. Get it with: ollama pull mistral"


async def test_health_without_ollama_says_so() -> None:
    health = await provider_at(NOBODY).health()
    assert (health.available, health.detail) == (False, "Ollama cannot be reached.")


async def test_health_of_a_silent_ollama_is_not_awaited_for_long(ollama: FakeOllama) -> None:
    ollama.tags_delay = 5
    began = time.monotonic()
    health = await provider_at(ollama.address, HASTY).health()
    assert (health.available, health.detail) == (
        False,
        "The language model took too long to answer.",
    )
    assert time.monotonic() - began < 4
