"""Reading Ollama's lines: cut anywhere, many at once, and what is no line of an answer."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
import ollama
import pytest

from chat_service.llm.ollama.stream import ChatPart, StreamingClient
from chat_service.llm.ollama.transport import StreamTransport
from tests.chat_service.llm.raw_server import Peer, RawServer, raw_server

TEXTS = ["Grüße ", "aus 東京 ", "🎷", "\n", ""]
ASKED = {"model": "m", "messages": [{"role": "user", "content": "Grüße 🎷"}], "stream": True}


def _line(text: str, **more: Any) -> bytes:
    said = {"message": {"role": "assistant", "content": text}, "done": False, **more}
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


LINES = b"".join(map(_line, TEXTS)) + _line("", done=True, eval_count=7)


def _whole(content: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


@asynccontextmanager
async def _asking(
    *answers: Sequence[bytes],
) -> AsyncIterator[tuple[AsyncGenerator[list[ChatPart], None], RawServer]]:
    """A client's stream; the connection gives these answers one after the other."""
    left = list(answers)

    async def answer(peer: Peer) -> None:
        while left and await peer.request():
            await peer.send(left.pop(0))

    async with raw_server(answer) as server:
        mounts = {"http://": StreamTransport()}
        async with (
            StreamingClient(server.address, mounts=mounts, trust_env=False) as client,
            aclosing(client.stream_chat(ASKED)) as reads,
        ):
            yield reads, server


async def _parts(reads: AsyncGenerator[list[ChatPart], None]) -> list[ChatPart]:
    return [part async for parts in reads for part in parts]


async def test_lines_are_whole_byte_by_byte() -> None:
    response = _whole(LINES)
    async with _asking([response[at : at + 1] for at in range(len(response))]) as (reads, _):
        parts = await _parts(reads)
    assert [part.text for part in parts] == [*TEXTS, ""]
    assert [part.done for part in parts] == [False] * 5 + [True]
    assert (parts[-1].count("eval_count"), parts[-1].count("prompt_eval_count")) == (7, None)


async def test_what_comes_together_is_read_together() -> None:
    async with _asking([_whole(LINES)]) as (reads, _):
        assert [[part.text for part in parts] async for parts in reads] == [[*TEXTS, ""]]


async def test_last_line_needs_no_end_and_blank_ones_are_nothing() -> None:
    content = b"\n \n" + _line("a") + b"\r\n" + _line("b").rstrip(b"\n")
    async with _asking([_whole(content)]) as (reads, _):
        assert [part.text for part in await _parts(reads)] == ["a", "b"]


async def test_prompt_arrives_as_json() -> None:
    async with _asking([_whole(LINES)]) as (reads, server):
        await _parts(reads)
        head, _, content = server.peers[0].requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/chat HTTP/1.1\r\n")
    assert b"content-type: application/json" in head.lower()
    assert json.loads(content) == ASKED


async def test_prompt_is_sent_again_after_a_redirect() -> None:
    moved = b"HTTP/1.1 307 Moved\r\nLocation: /api/other\r\nContent-Length: 0\r\n\r\n"
    async with _asking([moved], [_whole(LINES)]) as (reads, server):
        assert [part.text for part in await _parts(reads)] == [*TEXTS, ""]
        first, second = server.peers[0].requests
    assert second.startswith(b"POST /api/other HTTP/1.1\r\n")
    assert second.partition(b"\r\n\r\n")[2] == first.partition(b"\r\n\r\n")[2]


async def test_error_status_is_a_response_error() -> None:
    content = b'{"error":"model not found"}'
    async with _asking([_whole(content, "404 Not Found")]) as (reads, _):
        with pytest.raises(ollama.ResponseError) as raised:
            await _parts(reads)
    assert (raised.value.status_code, raised.value.error) == (404, "model not found")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b'{"error":"out of memory"}\n', ollama.ResponseError),
        (b"no json\n", ValueError),
        (b'{"message":{"content":\n', ValueError),
        (b"[1]\n", ValueError),
        (b'{"done":false}\n', ValueError),
        (b'{"message":{"content":5}}\n', ValueError),
        (b'{"message":7}\n', ValueError),
        (b"\xff\xfe\n", ValueError),
        (b"x" * (4 * 1024 * 1024 + 1), ValueError),
    ],
)
async def test_line_that_is_no_part_is_an_error_after_the_parts_before_it(
    line: bytes, error: type[Exception]
) -> None:
    async with _asking([_whole(_line("a") + _line("b") + line)]) as (reads, _):
        assert [part.text for part in await anext(reads)] == ["a", "b"]
        with pytest.raises(error):
            await _parts(reads)


async def test_end_in_the_middle_is_an_error_after_what_came() -> None:
    async with _asking([_whole(_line("a") + _line("b"))[:-3]]) as (reads, _):
        assert [part.text for part in await anext(reads)] == ["a"]
        with pytest.raises(httpx.RemoteProtocolError):
            await _parts(reads)
