"""How answers of Ollama fail, and how long they may take."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator

import pytest

from chat_service.llm.ollama.provider import Timeouts
from chat_service.llm.types import (
    ProviderDown,
    TextPart,
)
from core.errors import AppError, LLMTimeout, LLMUnavailable
from tests.chat_service.llm.asking import (
    HASTY,
    MODEL_TEXT,
    NOBODY,
    REQUEST,
    provider_at,
    read,
)
from tests.fakes.http_server import LoopbackServer, Request, Response
from tests.fakes.ollama import FakeOllama, Fault, Reply


@pytest.mark.parametrize("after", [0, 2])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("disconnect", LLMUnavailable),
        ("reset", LLMUnavailable),
        ("half_line", LLMUnavailable),
        ("no_done", LLMUnavailable),
        ("error", LLMUnavailable),
        ("hang", LLMTimeout),
    ],
)
async def test_every_fault_has_its_error_and_keeps_what_came(
    ollama: FakeOllama, fault: Fault, error: type[AppError], after: int
) -> None:
    # The delay lets the tokens be read before a reset throws them away.
    ollama.reply = Reply(fault=fault, fault_after=after, delay=0.02)
    text, raised = await read(provider_at(ollama.address, HASTY).stream(REQUEST))
    assert (text, raised) == ("I would "[: after * 4], error)


@pytest.mark.parametrize("tokens", [(), ("",), (" ", "\n")])
async def test_empty_answer_is_unavailable(ollama: FakeOllama, tokens: tuple[str, ...]) -> None:
    ollama.reply = Reply(tokens)
    assert await read(provider_at(ollama.address).stream(REQUEST)) == ("", LLMUnavailable)


async def test_http_500_is_unavailable_and_its_text_stays_inside(ollama: FakeOllama) -> None:
    ollama.reply = Reply(status=500, error="CUDA error at /usr/lib/ollama")
    with pytest.raises(LLMUnavailable) as caught:
        await anext(provider_at(ollama.address).stream(REQUEST))
    assert caught.value.detail == "The language model failed to answer."


async def test_unknown_model_is_down(ollama: FakeOllama) -> None:
    provider = provider_at(ollama.address, model="mistral")
    assert await read(provider.stream(REQUEST)) == ("", ProviderDown)


async def test_refused_connection_is_down() -> None:
    assert await read(provider_at(NOBODY).stream(REQUEST)) == ("", ProviderDown)


@pytest.fixture
def unanswering_address() -> Iterator[str]:
    """A listener whose backlog is full: a connection to it neither stands nor is refused."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        yield f"http://127.0.0.1:{address[1]}"
        for each in waiting:
            each.close()


async def test_connect_timeout_is_down_and_short(unanswering_address: str) -> None:
    timeouts = Timeouts(connect=0.2, first_token=5, between_tokens=5)
    began = time.monotonic()
    read_parts = await read(provider_at(unanswering_address, timeouts).stream(REQUEST))
    assert read_parts == ("", ProviderDown)
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("line", [b"[]\n", b"null\n", b"{}\n", b"<html>\n", b"\n", b"\xff\xfe\n"])
async def test_answers_of_something_else_are_unavailable(line: bytes) -> None:
    async def odd(request: Request, response: Response) -> None:
        await response.start("application/x-ndjson")
        await response.write(line)
        await response.end()

    with LoopbackServer(odd) as server:
        assert await read(provider_at(server.address).stream(REQUEST)) == ("", LLMUnavailable)


async def test_first_token_timeout_counts_from_the_request(ollama: FakeOllama) -> None:
    ollama.reply = Reply(first_delay=5)
    began = time.monotonic()
    assert await read(provider_at(ollama.address, HASTY).stream(REQUEST)) == ("", LLMTimeout)
    assert time.monotonic() - began < 4


async def test_empty_parts_do_not_put_off_the_first_token_timeout(ollama: FakeOllama) -> None:
    ollama.reply = Reply(("",) * 100, delay=0.02)
    assert await read(provider_at(ollama.address, HASTY).stream(REQUEST)) == ("", LLMTimeout)


async def test_thoughts_are_a_sign_of_life_and_no_answer(ollama: FakeOllama) -> None:
    timeouts = Timeouts(connect=1, first_token=0.5, between_tokens=0.5)
    ollama.reply = Reply(("At ", "last"), thinking=("hm ",) * 8, delay=0.1)
    assert await read(provider_at(ollama.address, timeouts).stream(REQUEST)) == ("At last", None)


async def test_thoughts_alone_are_an_empty_answer(ollama: FakeOllama) -> None:
    ollama.reply = Reply((), thinking=("hm ",) * 8)
    assert await read(provider_at(ollama.address).stream(REQUEST)) == ("", LLMUnavailable)


async def test_silence_after_a_thought_is_ended_by_its_timeout(ollama: FakeOllama) -> None:
    timeouts = Timeouts(connect=1, first_token=60, between_tokens=0.2)
    ollama.reply = Reply(thinking=("hm ",), fault="hang")
    assert await read(provider_at(ollama.address, timeouts).stream(REQUEST)) == ("", LLMTimeout)


async def test_slow_first_token_is_awaited_longer_than_later_ones(ollama: FakeOllama) -> None:
    timeouts = Timeouts(connect=1, first_token=2, between_tokens=0.1)
    ollama.reply = Reply(("late ", "but here"), first_delay=0.3)
    assert await read(provider_at(ollama.address, timeouts).stream(REQUEST)) == (
        "late but here",
        None,
    )


async def test_time_between_tokens_counts_from_the_last_one(ollama: FakeOllama) -> None:
    timeouts = Timeouts(connect=1, first_token=0.5, between_tokens=0.5)
    ollama.reply = Reply(("x",) * 8, delay=0.1)
    assert await read(provider_at(ollama.address, timeouts).stream(REQUEST)) == ("xxxxxxxx", None)


async def test_silence_between_tokens_is_ended_by_its_own_timeout(ollama: FakeOllama) -> None:
    timeouts = Timeouts(connect=1, first_token=5, between_tokens=0.2)
    ollama.reply = Reply(fault="hang", fault_after=1)
    began = time.monotonic()
    answer = await read(provider_at(ollama.address, timeouts).stream(REQUEST))
    assert answer == ("I ", LLMTimeout)
    assert time.monotonic() - began < 4


async def test_slow_reader_does_not_time_the_model_out(ollama: FakeOllama) -> None:
    text = ""
    async for part in provider_at(ollama.address, HASTY).stream(REQUEST):
        if isinstance(part, TextPart):
            text += part.text
            if len(text) < 5:
                await asyncio.sleep(2 * HASTY.between_tokens)
    assert text == MODEL_TEXT
