"""The Ollama provider against a scripted Ollama over real HTTP."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, Iterator

import pytest

from accounts.errors import AppError, LLMTimeout, LLMUnavailable
from chat_service.llm.ollama_provider import Timeouts
from chat_service.llm.types import (
    AnswerPart,
    AnswerRequest,
    FinishPart,
    PromptMessage,
    ProviderDown,
    StartPart,
    TextPart,
)
from tests.chat_service.llm.asking import (
    HASTY,
    MODEL_TEXT,
    NOBODY,
    REQUEST,
    provider_at,
    read,
)
from tests.chat_service.samples import retrieval
from tests.fakes.http_server import LoopbackServer, Request, Response
from tests.fakes.ollama import DEFAULT_MODEL, FakeOllama, Fault, Gate, Reply


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
    request = AnswerRequest("Et à Zürich?", prompt, retrieval(), model="qwen3:4b")
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
    assert time.monotonic() - began < 1


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
    assert time.monotonic() - began < 1


async def test_empty_parts_do_not_put_off_the_first_token_timeout(ollama: FakeOllama) -> None:
    ollama.reply = Reply(("",) * 100, delay=0.02)
    assert await read(provider_at(ollama.address, HASTY).stream(REQUEST)) == ("", LLMTimeout)


async def test_slow_first_token_is_awaited_longer_than_later_ones(ollama: FakeOllama) -> None:
    timeouts = Timeouts(connect=1, first_token=2, between_tokens=0.1)
    ollama.reply = Reply(("late ", "but here"), first_delay=0.3)
    assert await read(provider_at(ollama.address, timeouts).stream(REQUEST)) == (
        "late but here",
        None,
    )


async def test_slow_reader_does_not_time_the_model_out(ollama: FakeOllama) -> None:
    text = ""
    async for part in provider_at(ollama.address, HASTY).stream(REQUEST):
        if isinstance(part, TextPart):
            text += part.text
            if len(text) < 5:
                await asyncio.sleep(2 * HASTY.between_tokens)
    assert text == MODEL_TEXT


async def test_closing_the_stream_closes_the_connection_behind_it(ollama: FakeOllama) -> None:
    ollama.reply = Reply(gate=Gate(permits=2))
    parts = provider_at(ollama.address).stream(REQUEST)
    assert await next_text(parts) == "I "
    closed_at = time.monotonic()
    await parts.aclose()
    await _assert_left_soon(ollama, closed_at)


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
    await _assert_left_soon(ollama, cancelled_at)


async def test_timeout_closes_the_connection(ollama: FakeOllama) -> None:
    ollama.reply = Reply(fault="hang")
    await read(provider_at(ollama.address, HASTY).stream(REQUEST))
    await _assert_left_soon(ollama, time.monotonic())


async def _assert_left_soon(ollama: FakeOllama, since: float) -> None:
    """The fake saw its client leave within a second."""
    request = ollama.chats[0]
    assert await asyncio.to_thread(request.ended.wait, 1)
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


async def test_many_answers_at_once_do_not_mix(ollama: FakeOllama) -> None:
    ollama.reply = lambda body: Reply(
        tuple(f"{body['messages'][0]['content']} " * 3), delay=0.001, bytes_per_write=50
    )
    provider = provider_at(ollama.address)
    requests = [
        AnswerRequest("", [PromptMessage("user", f"n{number}")], retrieval())
        for number in range(20)
    ]
    answers = await asyncio.gather(*(read(provider.stream(request)) for request in requests))
    assert answers == [(f"n{number} " * 3, None) for number in range(20)]


async def test_proxy_of_the_environment_is_not_asked(
    ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, NOBODY)
    assert (await read(provider_at(ollama.address).stream(REQUEST)))[1] is None


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
    assert time.monotonic() - began < 1
