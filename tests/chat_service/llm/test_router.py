"""Who answers, with a real Ollama provider over HTTP and the built-in answerer."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from pytest_django.fixtures import Settings

from chat_service.llm.builtin.provider import BuiltinProvider, answer_text
from chat_service.llm.router import AnswerRouter, answer_router
from chat_service.llm.types import (
    AnswerPart,
    AnswerRequest,
    FinishPart,
    PromptMessage,
    StartPart,
    TextPart,
)
from core.errors import LLMTimeout, LLMUnavailable
from tests.chat_service.llm.asking import (
    HASTY,
    MODEL_TEXT,
    NOBODY,
    REQUEST,
    provider_at,
    read_to_error,
    text_of,
)
from tests.fakes.ollama import DEFAULT_MODEL, FakeOllama, Fault, Gate, Reply

BUILTIN_TEXT = answer_text(REQUEST)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


async def answer(router: AnswerRouter, request: AnswerRequest = REQUEST) -> tuple[str, str]:
    """Which model answered, and the text."""
    parts = [part async for part in router.stream(request)]
    start, finish = parts[0], parts[-1]
    assert isinstance(start, StartPart)
    assert isinstance(finish, FinishPart)
    assert start.model == finish.model
    return finish.model, text_of(parts)


async def test_model_answers_when_it_is_there(ollama: FakeOllama) -> None:
    router = AnswerRouter(provider_at(ollama.address), BuiltinProvider())
    assert await answer(router) == (DEFAULT_MODEL, MODEL_TEXT)


async def test_without_ollama_the_builtin_answers(caplog: pytest.LogCaptureFixture) -> None:
    router = AnswerRouter(provider_at(NOBODY), BuiltinProvider())
    with caplog.at_level(logging.WARNING):
        assert await answer(router) == ("builtin", BUILTIN_TEXT)
    assert caplog.messages == [
        "llm_fallback code=llm_unavailable provider=ollama model='default' "
        "reason=Ollama cannot be reached."
    ]


async def test_missing_model_falls_back_and_other_models_still_answer(ollama: FakeOllama) -> None:
    router = AnswerRouter(provider_at(ollama.address, model="mistral"), BuiltinProvider())
    assert await answer(router) == ("builtin", BUILTIN_TEXT)
    request = replace(REQUEST, model=DEFAULT_MODEL)
    assert await answer(router, request) == (DEFAULT_MODEL, MODEL_TEXT)


async def test_builtin_can_be_asked_for_by_name(ollama: FakeOllama) -> None:
    router = AnswerRouter(provider_at(ollama.address), BuiltinProvider())
    request = replace(REQUEST, model="builtin")
    assert await answer(router, request) == ("builtin", BUILTIN_TEXT)
    assert ollama.chats == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(fault="disconnect"),
        Reply(fault="reset"),
        Reply(fault="half_line"),
        Reply(fault="no_done"),
        Reply(fault="error"),
        Reply(fault="hang"),
        Reply(status=500),
        Reply(tokens=()),
    ],
    ids=lambda reply: reply.fault or f"{reply.status}-{len(reply.tokens)}",
)
async def test_failure_before_the_first_token_falls_back(ollama: FakeOllama, reply: Reply) -> None:
    ollama.reply = reply
    router = AnswerRouter(provider_at(ollama.address, HASTY), BuiltinProvider())
    assert await answer(router) == ("builtin", BUILTIN_TEXT)


@pytest.mark.parametrize("fault", ["disconnect", "half_line", "no_done", "error", "hang"])
async def test_failure_after_the_first_token_goes_to_the_caller(
    ollama: FakeOllama, fault: Fault
) -> None:
    ollama.reply = Reply(fault=fault, fault_after=1, delay=0.02)
    router = AnswerRouter(provider_at(ollama.address, HASTY), BuiltinProvider())
    parts: list[AnswerPart] = []
    error = await read_to_error(router.stream(REQUEST), parts)
    assert error is (LLMTimeout if fault == "hang" else LLMUnavailable)
    assert parts == [StartPart("ollama", DEFAULT_MODEL), TextPart("I ")]


async def test_absent_ollama_is_left_alone_for_a_while(ollama: FakeOllama) -> None:
    clock = Clock()
    ollama.models.clear()
    router = AnswerRouter(
        provider_at(ollama.address), BuiltinProvider(), retry_after=10, clock=clock
    )
    for moment, asked in ((1000.0, 1), (1009.9, 1), (1010.0, 2)):
        clock.seconds = moment
        assert (await answer(router))[0] == "builtin"
        assert len(ollama.chats) == asked
    ollama.models.append(DEFAULT_MODEL)
    clock.seconds = 1020.0
    assert await answer(router) == (DEFAULT_MODEL, MODEL_TEXT)


async def test_no_prompt_is_written_for_a_model_that_is_left_alone() -> None:
    written = 0

    def prompt() -> list[PromptMessage]:
        nonlocal written
        written += 1
        return [PromptMessage("user", "What's on?")]

    router = AnswerRouter(provider_at(NOBODY), BuiltinProvider())
    request = replace(REQUEST, prompt=prompt)
    for _ in range(3):
        assert (await answer(router, request))[0] == "builtin"
    assert written == 1


async def test_silent_model_is_left_alone_for_a_while(ollama: FakeOllama) -> None:
    ollama.queue.append(Reply(fault="hang"))
    router = AnswerRouter(provider_at(ollama.address, HASTY), BuiltinProvider(), clock=Clock())
    assert [(await answer(router))[0] for _ in range(2)] == ["builtin", "builtin"]
    assert len(ollama.chats) == 1


async def test_broken_answer_does_not_keep_the_next_turn_from_the_model(
    ollama: FakeOllama,
) -> None:
    ollama.queue.append(Reply(fault="error"))
    router = AnswerRouter(provider_at(ollama.address), BuiltinProvider(), clock=Clock())
    assert [(await answer(router))[0] for _ in range(2)] == ["builtin", DEFAULT_MODEL]


async def test_closing_the_stream_closes_the_connection_behind_it(ollama: FakeOllama) -> None:
    ollama.reply = Reply(gate=Gate(permits=1))
    parts = AnswerRouter(provider_at(ollama.address), BuiltinProvider()).stream(REQUEST)
    assert [await anext(parts), await anext(parts)][1] == TextPart("I ")
    await parts.aclose()
    assert ollama.chats[0].ended.wait(1)  # closed already: this holds up the event loop
    assert ollama.chats[0].client_left_at is not None


async def test_health_is_that_of_the_model(ollama: FakeOllama) -> None:
    router = AnswerRouter(provider_at(ollama.address), BuiltinProvider())
    health = await router.health()
    assert (health.provider, health.model, health.available) == ("ollama", DEFAULT_MODEL, True)


async def test_router_of_the_process_follows_the_settings(
    ollama: FakeOllama, settings: Settings
) -> None:
    settings.OLLAMA_HOST, settings.LLM_MODEL = ollama.address, "qwen3:4b"
    settings.LLM_MAX_TOKENS, settings.LLM_CONTEXT_TOKENS = 99, 2048
    ollama.models.append("qwen3:4b")
    assert await answer(answer_router()) == ("qwen3:4b", MODEL_TEXT)
    assert ollama.chats[0].json["options"] == {"num_predict": 99, "num_ctx": 2048}
    assert answer_router() is answer_router()
    settings.OLLAMA_HOST = NOBODY
    assert await answer(answer_router()) == ("builtin", BUILTIN_TEXT)
