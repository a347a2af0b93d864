"""Connections to Ollama: closed in time, used again, never through a proxy."""

from __future__ import annotations

import asyncio
import time

import pytest

from chat_service.llm.types import TextPart
from core.errors import AppError
from tests.chat_service.llm.asking import (
    HASTY,
    MODEL_TEXT,
    NOBODY,
    REQUEST,
    provider_at,
    read,
)
from tests.fakes.ollama import FakeOllama, Gate, Reply


async def test_closing_the_stream_closes_the_connection_behind_it(ollama: FakeOllama) -> None:
    ollama.reply = Reply(gate=Gate(permits=2))
    parts = provider_at(ollama.address).stream(REQUEST)
    assert [await anext(parts), await anext(parts)][1] == TextPart("I ")
    closed_at = time.monotonic()
    await parts.aclose()
    _assert_left(ollama, closed_at)


@pytest.mark.parametrize("permits", [0, 2])
async def test_cancelling_the_reader_closes_the_connection(
    ollama: FakeOllama, permits: int
) -> None:
    ollama.reply = Reply(gate=Gate(permits))
    reading = asyncio.create_task(read(provider_at(ollama.address).stream(REQUEST)))
    async with asyncio.timeout(5):
        while not ollama.chats:  # noqa: ASYNC110 (the fake lives in another thread)
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.02)
    cancelled_at = time.monotonic()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    _assert_left(ollama, cancelled_at)


async def test_timeout_closes_the_connection(ollama: FakeOllama) -> None:
    ollama.reply = Reply(fault="hang")
    await read(provider_at(ollama.address, HASTY).stream(REQUEST))
    _assert_left(ollama, time.monotonic())


def _assert_left(ollama: FakeOllama, since: float) -> None:
    """The fake sees its client gone within a second.

    The wait holds up this event loop on purpose: the connection must be closed
    already, not by some task or garbage collection to come.
    """
    request = ollama.chats[0]
    assert request.ended.wait(1)
    assert request.client_left_at is not None
    assert request.client_left_at - since < 1


async def test_connection_is_used_again(ollama: FakeOllama) -> None:
    provider = provider_at(ollama.address)
    for _ in range(3):
        assert await read(provider.stream(REQUEST)) == (MODEL_TEXT, None)
    assert len({request.peer for request in ollama.chats}) == 1
    await provider.aclose()
    assert await read(provider.stream(REQUEST)) == (MODEL_TEXT, None)
    assert len({request.peer for request in ollama.chats}) == 2


def test_each_event_loop_has_its_own_connection_and_closes_it(ollama: FakeOllama) -> None:
    provider = provider_at(ollama.address)

    async def answer() -> tuple[str, type[AppError] | None]:
        return await read(provider.stream(REQUEST))

    for loops in (1, 2):
        assert asyncio.run(answer()) == (MODEL_TEXT, None)
        assert len({request.peer for request in ollama.chats}) == loops
        _wait_until_closed(ollama)


def _wait_until_closed(ollama: FakeOllama) -> None:
    deadline = time.monotonic() + 1
    while ollama.open_connections and time.monotonic() < deadline:
        time.sleep(0.005)
    assert ollama.open_connections == 0


async def test_proxy_of_the_environment_is_not_asked(
    ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, NOBODY)
    assert (await read(provider_at(ollama.address).stream(REQUEST)))[1] is None
