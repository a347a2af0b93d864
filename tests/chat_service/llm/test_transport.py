"""HTTP for streams over real sockets: every cut, every kind of body, every kind of end."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest

from chat_service.llm.ollama.transport import BUFFERED_AT_MOST, StreamTransport
from tests.chat_service.llm.raw_server import Peer, RawServer, Script, raw_server

BODY = "Grüße aus Zürich 🎷\n".encode()
LENGTH = b"HTTP/1.1 200 OK\r\nX-Kind: length\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nX-Kind: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\n%s\r\n%x;extension=1\r\n%s\r\n0\r\nX-Trailer: yes\r\n\r\n"
    % (BODY[:5], len(BODY) - 5, BODY[5:])
)
UNTIL_CLOSE = b"HTTP/1.1 200 OK\r\nX-Kind: close\r\nConnection: close\r\n\r\n" + BODY
EARLY_WORD = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + LENGTH


@asynccontextmanager
async def _client(script: Script) -> AsyncIterator[tuple[httpx.AsyncClient, RawServer]]:
    async with raw_server(script) as server:
        transport = StreamTransport()
        async with httpx.AsyncClient(transport=transport, base_url=server.address) as client:
            yield client, server


def _answering(pieces: Sequence[bytes], *, stays: bool = True) -> Script:
    async def answer(peer: Peer) -> None:
        while await peer.request():
            await peer.send(pieces)
            if not stays:
                return

    return answer


async def _rest(contents: AsyncIterator[bytes]) -> bytes:
    return b"".join([content async for content in contents])


@pytest.mark.parametrize("response", [LENGTH, CHUNKED, UNTIL_CLOSE, EARLY_WORD])
async def test_body_is_whole_however_it_is_cut(response: bytes) -> None:
    """Cut into two at every byte, each on a connection of its own."""
    cuts = iter(range(1, len(response)))

    async def answer(peer: Peer) -> None:
        await peer.request()
        at = next(cuts)
        await peer.send([response[:at], response[at:]])

    async with _client(answer) as (client, server):
        for _ in range(1, len(response)):
            got = await client.post("/", content=b"asked")
            assert (got.status_code, got.content) == (200, BODY)
        assert len(server.peers) == len(response) - 1


@pytest.mark.parametrize("response", [LENGTH, CHUNKED, EARLY_WORD])
async def test_body_is_whole_byte_by_byte_and_the_connection_stays(response: bytes) -> None:
    pieces = [response[at : at + 1] for at in range(len(response))]
    async with _client(_answering(pieces)) as (client, server):
        for _ in range(3):
            assert (await client.get("/")).content == BODY
        assert len(server.peers) == 1


async def test_headers_and_body_of_the_request_arrive() -> None:
    async with _client(_answering([LENGTH])) as (client, server):
        got = await client.post("/a%20b?c=d", content=b"asked", headers={"X-One": "1"})
        assert got.headers["x-kind"] == "length"
        request = server.peers[0].requests[0]
        assert request.startswith(b"POST /a%20b?c=d HTTP/1.1\r\n")
        assert b"\r\nX-One: 1\r\n" in request
        assert request.endswith(b"\r\n\r\nasked")


async def test_empty_body_and_its_connection_is_used_again() -> None:
    empty = b"HTTP/1.1 204 No Content\r\n\r\n"
    async with _client(_answering([empty])) as (client, server):
        for _ in range(2):
            got = await client.get("/")
            assert (got.status_code, got.content) == (204, b"")
        assert len(server.peers) == 1


@pytest.mark.parametrize("end", [LENGTH[:-1], CHUNKED[:-1], CHUNKED[:-9], LENGTH[:20], b""])
async def test_early_end_is_an_error(end: bytes) -> None:
    async with _client(_answering([end], stays=False)) as (client, _):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/")


@pytest.mark.parametrize(
    "said", [b"SSH-2.0-OpenSSH\r\n\r\n", b"\x16\x03\x01\x02\x00", b"HTTP/1.1 "]
)
async def test_what_is_no_http_is_an_error(said: bytes) -> None:
    async with _client(_answering([said], stays=False)) as (client, _):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/")


async def test_what_came_before_an_early_end_is_read_first() -> None:
    async with (
        _client(_answering([CHUNKED[:-9]], stays=False)) as (client, _),
        client.stream("GET", "/") as response,
    ):
        contents = response.aiter_bytes()
        assert BODY.startswith(await anext(contents))
        with pytest.raises(httpx.RemoteProtocolError):
            await _rest(contents)


async def test_connection_that_the_server_closed_is_not_used_again() -> None:
    async with _client(_answering([LENGTH], stays=False)) as (client, server):
        for number in range(1, 4):
            assert (await client.get("/")).content == BODY
            await server.closed.wait()
            server.closed.clear()
            await asyncio.sleep(0.02)  # its end arrives
            assert len(server.peers) == number


async def test_request_that_met_the_end_of_its_connection_is_sent_on_another() -> None:
    async def answers_once(peer: Peer) -> None:
        await peer.request()
        await peer.send([LENGTH])
        await peer.request()

    async with _client(answers_once) as (client, server):
        for number in range(1, 4):
            assert (await client.post("/", content=b"asked")).content == BODY
            assert len(server.peers) == number


async def test_connection_that_was_said_to_close_is_not_used_again() -> None:
    closing = LENGTH.replace(b"X-Kind: length", b"Connection: close")
    async with _client(_answering([closing])) as (client, server):
        for number in range(1, 3):
            assert (await client.get("/")).content == BODY
            assert len(server.peers) == number


async def test_streams_side_by_side_have_connections_of_their_own() -> None:
    async with _client(_answering([CHUNKED])) as (client, server):
        answers = await asyncio.gather(*(client.get("/") for _ in range(60)))
        assert {answer.content for answer in answers} == {BODY}
        assert len(server.peers) == 60
        await asyncio.gather(*(client.get("/") for _ in range(50)))
        assert len(server.peers) == 60  # fifty of them had waited


async def test_refused_connection_is_a_connect_error() -> None:
    with socket.socket() as bound:  # nobody listens
        bound.bind(("127.0.0.1", 0))
        async with httpx.AsyncClient(transport=StreamTransport()) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get(f"http://127.0.0.1:{bound.getsockname()[1]}/")


async def test_connect_timeout_holds() -> None:
    """A full queue of connections leaves the next one without an answer."""
    with socket.socket() as full, contextlib.ExitStack() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            filler = waiting.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        async with httpx.AsyncClient(
            transport=StreamTransport(), timeout=httpx.Timeout(None, connect=0.1)
        ) as client:
            with pytest.raises(httpx.ConnectTimeout):
                await client.get(f"http://127.0.0.1:{full.getsockname()[1]}/")


async def test_cancelled_before_the_head_closes_the_connection() -> None:
    asked = asyncio.Event()

    async def silent(peer: Peer) -> None:
        await peer.request()
        asked.set()
        await peer.until_left()

    async with _client(silent) as (client, server):
        getting = asyncio.create_task(client.get("/"))
        await asked.wait()
        getting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await getting
        async with asyncio.timeout(5):
            await server.closed.wait()


async def test_cancelled_in_the_body_closes_the_connection() -> None:
    async def begins(peer: Peer) -> None:
        await peer.request()
        await peer.send([CHUNKED[:-9]])
        await peer.until_left()

    async with _client(begins) as (client, server):
        begun = asyncio.Event()

        async def read() -> None:
            async with client.stream("GET", "/") as response:
                async for _ in response.aiter_bytes():
                    begun.set()

        reading = asyncio.create_task(read())
        await begun.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        async with asyncio.timeout(5):
            await server.closed.wait()


async def test_leaving_a_body_closes_its_connection_and_the_next_has_another() -> None:
    endless = CHUNKED[:-9]

    async def begins(peer: Peer) -> None:
        await peer.request()
        await peer.send([endless])
        await peer.until_left()

    async with _client(begins) as (client, server):
        for number in range(1, 3):
            async with client.stream("GET", "/") as response:
                assert await anext(response.aiter_bytes())
            assert len(server.peers) == number
            async with asyncio.timeout(5):
                await server.closed.wait()
            server.closed.clear()


async def test_reader_that_is_behind_slows_the_server_down_and_loses_nothing() -> None:
    size = 64 * BUFFERED_AT_MOST
    sent = 0

    async def pours(peer: Peer) -> None:
        nonlocal sent
        await peer.request()
        peer.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for number in range(64):
            peer.writer.write(bytes([number]) * BUFFERED_AT_MOST)
            await peer.writer.drain()
            sent += 1

    async with _client(pours) as (client, _), client.stream("GET", "/") as response:
        await asyncio.sleep(0.2)
        assert sent < 64
        counted = dict.fromkeys(range(64), 0)
        async for content in response.aiter_bytes():
            for number in set(content):
                counted[number] += content.count(number)
        assert counted == dict.fromkeys(range(64), BUFFERED_AT_MOST)


async def test_what_a_server_says_unasked_is_not_the_next_answer() -> None:
    async with _client(_answering([LENGTH + LENGTH])) as (client, server):
        assert (await client.get("/")).content == BODY
        assert (await client.get("/")).content == BODY
        assert len(server.peers) == 2


async def test_https_goes_through_httpx_itself() -> None:
    """The mounts of the client leave it there: what is said first is a TLS greeting."""
    greeting = asyncio.get_running_loop().create_future()

    async def listens(peer: Peer) -> None:
        greeting.set_result(await peer.reader.read(3))

    async with raw_server(listens) as server:
        mounts = {"http://": StreamTransport()}
        async with httpx.AsyncClient(mounts=mounts, verify=ssl.create_default_context()) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get(f"https://127.0.0.1:{server.port}/")
        assert await greeting == b"\x16\x03\x01"
