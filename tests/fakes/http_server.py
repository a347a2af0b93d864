"""A small HTTP/1.1 server on loopback that can misbehave on purpose, byte by byte.

It runs in a thread with its own event loop, so that tests of synchronous and
asynchronous code talk to it alike. It knows keep-alive, bodies with a
Content-Length and chunked answers; that is all the fakes need.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 500: "Internal Server Error"}


@dataclass(slots=True)
class Request:
    """One request as it came in, and what became of it.

    Times are of `time.monotonic`. `ended` is set when nothing more will be
    written, be it because the answer is whole or because the client left.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes
    peer: tuple[str, int]
    received_at: float = field(default_factory=time.monotonic)
    client_left_at: float | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object; an empty one counts as {}."""
        value: dict[str, Any] = json.loads(self.content or b"{}")
        return value


class Response:
    """The answer being written; each `write` is one HTTP chunk and one TCP write."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.broken = False

    async def send_json(self, status: int, value: object, *headers: str) -> None:
        """A whole answer; `headers` are whole lines ("Retry-After: 5")."""
        content = json.dumps(value, ensure_ascii=False).encode()
        more = "\r\n".join([f"Content-Length: {len(content)}", *headers])
        self._writer.write(self._head(status, "application/json; charset=utf-8", more) + content)
        await self._writer.drain()

    async def send_text(self, status: int, text: str) -> None:
        """A whole answer in plain text."""
        content = text.encode()
        self._writer.write(
            self._head(status, "text/plain; charset=utf-8", f"Content-Length: {len(content)}")
            + content
        )
        await self._writer.drain()

    async def start(self, content_type: str) -> None:
        """The head of a chunked answer; its chunks follow with `write`."""
        self._writer.write(self._head(200, content_type, "Transfer-Encoding: chunked"))
        await self._writer.drain()

    async def write(self, content: bytes) -> None:
        self._writer.write(b"%x\r\n%s\r\n" % (len(content), content))
        await self._writer.drain()

    async def end(self) -> None:
        """The proper end of a chunked answer."""
        self._writer.write(b"0\r\n\r\n")
        await self._writer.drain()

    def break_off(self, *, reset: bool = False) -> None:
        """Closes the connection in the middle, with a FIN or, if asked, a TCP reset."""
        self.broken = True
        if reset:
            raw: socket.socket = self._writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._writer.transport.abort()
        else:
            self._writer.close()

    def _head(self, status: int, content_type: str, length: str) -> bytes:
        reason = _REASONS.get(status, "Status")
        return (
            f"HTTP/1.1 {status} {reason}\r\nContent-Type: {content_type}\r\n{length}\r\n\r\n"
        ).encode()


Handler = Callable[[Request, Response], Awaitable[None]]


class LoopbackServer:
    """Serves one handler in a thread; use it as a context manager."""

    def __init__(self, handler: Handler, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._handler = handler
        self._host, self._port = host, port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="loopback-server", daemon=True)
        self.address = ""
        self.open_connections = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure:
            raise self._failure
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop and self._stop:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=5)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:  # the port is taken
            self._failure = error
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        connections: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._serve_connection(reader, writer))
            connections.add(task)
            task.add_done_callback(connections.discard)

        server = await asyncio.start_server(connected, self._host, self._port, backlog=1024)
        port = server.sockets[0].getsockname()[1]
        self.address = f"http://{self._host}:{port}"
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _serve_connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        raw: socket.socket = writer.get_extra_info("socket")
        # Without it, small writes wait for the peer's delayed ACK (40 ms).
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.open_connections += 1
        try:
            while request := await _read_request(reader, writer):
                response = Response(writer)
                await self._answer(request, response, reader)
                if response.broken or request.client_left_at is not None:
                    return
        except ConnectionError:
            return  # the client went away between two requests
        finally:
            self.open_connections -= 1
            writer.close()

    async def _answer(
        self, request: Request, response: Response, reader: asyncio.StreamReader
    ) -> None:
        """Runs the handler until it is done or the client has left."""
        answering = asyncio.ensure_future(self._handler(request, response))
        leaving = asyncio.create_task(_until_closed(reader))
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if leaving.done() and not answering.done():
                request.client_left_at = time.monotonic()
            if answering.done():
                answering.result()
        except ConnectionError:
            request.client_left_at = time.monotonic()
        finally:
            for task in (answering, leaving):
                task.cancel()
            await asyncio.gather(answering, leaving, return_exceptions=True)
            request.ended.set()


async def _until_closed(reader: asyncio.StreamReader) -> None:
    """Waits for the client to close; it has nothing to send before it has its answer."""
    with contextlib.suppress(ConnectionError):
        await reader.read(1)


async def _read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Request | None:
    """The next request of a connection, or None when the client has closed it."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    content = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, content, writer.get_extra_info("peername")[:2])
