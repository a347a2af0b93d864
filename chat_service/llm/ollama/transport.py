"""HTTP/1.1 for streams of many small pieces: httpx's client over a lean connection.

httpx's own transport spends more on each piece of a stream than everything that we do with
it, and what comes in together leaves it piece by piece. Here `httptools` parses what was
received in the receive callback itself, and a reader that is behind gets all that has come in
at once. Everything above, from URLs to redirects and errors, is httpx's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import cast

import httptools
import httpx

# Connections that wait for the next request, for each origin; more are closed after use.
IDLE_AT_MOST = 50
# What waits for a reader before the model's side is slowed down.
BUFFERED_AT_MOST = 256 * 1024

Origin = tuple[str, int]


class StreamTransport(httpx.AsyncBaseTransport):
    """Plain HTTP without a limit of connections; it belongs to one event loop.

    Of httpx's timeouts only `connect` holds: callers watch over the rest by themselves.
    """

    def __init__(self) -> None:
        self._idle: dict[Origin, list[_Connection]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request and gives its response as soon as the head is there.

        Raises:
            httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError,
            httpx.RemoteProtocolError: as their names say.
        """
        # Not `aread`, which would keep it for as long as the response lasts.
        assert isinstance(request.stream, httpx.AsyncByteStream)
        content = b"".join([part async for part in request.stream])
        origin = (request.url.host, request.url.port or 80)
        while True:
            idle = self._take_idle(origin)
            connection = idle or await _connect(origin, request)
            try:
                await connection.send(_head_of(request) + content)
                break
            except BaseException as error:
                connection.close()
                await connection.until_closed()
                # The other side may close what has waited just when it is asked again.
                gone = isinstance(error, httpx.RemoteProtocolError) and not connection.has_spoken
                if idle is None or not gone:
                    raise
        body = _Body(connection, lambda: self._release(origin, connection))
        return httpx.Response(connection.status, headers=connection.headers, stream=body)

    async def aclose(self) -> None:
        idle, self._idle = self._idle, {}
        for connections in idle.values():
            for connection in connections:
                connection.close()
                await connection.until_closed()

    def _take_idle(self, origin: Origin) -> _Connection | None:
        waiting = self._idle.get(origin, [])
        while waiting:
            connection = waiting.pop()
            if connection.is_open:
                return connection
        return None

    def _release(self, origin: Origin, connection: _Connection) -> None:
        waiting = self._idle.setdefault(origin, [])
        if connection.is_reusable and len(waiting) < IDLE_AT_MOST:
            waiting.append(connection)
        else:
            connection.close()


async def _connect(origin: Origin, request: httpx.Request) -> _Connection:
    seconds = request.extensions.get("timeout", {}).get("connect")
    try:
        async with asyncio.timeout(seconds):
            _, connection = await asyncio.get_running_loop().create_connection(_Connection, *origin)
    except TimeoutError as error:
        raise httpx.ConnectTimeout("Not connected in time.", request=request) from error
    except OSError as error:
        raise httpx.ConnectError(str(error), request=request) from error
    return connection


def _head_of(request: httpx.Request) -> bytes:
    method, target = request.method.encode("ascii"), request.url.raw_path
    lines = [b"%s %s HTTP/1.1" % (method, target)]
    lines += [b"%s: %s" % header for header in request.headers.raw]
    return b"\r\n".join([*lines, b"", b""])


class _Body(httpx.AsyncByteStream):
    """The pieces of one response; closing it frees the connection, or ends it before its time."""

    def __init__(self, connection: _Connection, release: Callable[[], None]) -> None:
        self._connection = connection
        self._release: Callable[[], None] | None = release

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while content := await self._connection.read():
            yield content

    async def aclose(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            release()
            await self._connection.until_closed()


class _Connection(asyncio.Protocol):
    """One connection, answering one request at a time. The parser calls the `on_` methods."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._paused = False
        self._begin()

    def _begin(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._received: list[bytes] = []
        self._size = 0
        self._error: httpx.TransportError | None = None
        self._has_head = self._is_whole = self._keeps_alive = False
        self.has_spoken = False
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    @property
    def is_reusable(self) -> bool:
        """Whether the response was read to its end and the other side stays."""
        return self._is_whole and self._keeps_alive and not self._received and self.is_open

    async def send(self, request: bytes) -> None:
        """Sends a request and waits for the head of its response."""
        assert self._transport is not None
        self._begin()
        self._transport.write(request)
        while not self._has_head:
            if self._error is not None:
                raise self._error
            await self._more()

    async def read(self) -> bytes:
        """All of the body that has come in since the last call; nothing at its end."""
        while not self._received:
            if self._is_whole:
                return b""
            if self._error is not None:
                raise self._error
            await self._more()
        received = self._received
        content = received[0] if len(received) == 1 else b"".join(received)
        received.clear()
        self._size = 0
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return content

    def close(self) -> None:
        """Ends the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    async def until_closed(self) -> None:
        """Waits for the end of a connection that is being closed: the loop's next round."""
        if self._transport is not None and self._transport.is_closing():
            await self._closed

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.has_spoken = True
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail("It does not speak HTTP.")
            self.close()
        if self._size > BUFFERED_AT_MOST and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is None and self._has_head and not self._has_length():
            self._is_whole = True
        elif not self._is_whole:
            self._fail("The connection ended before the response did.")
        self._transport = None
        if not self._closed.done():
            self._closed.set_result(None)
        self._wake()

    def on_message_begin(self) -> None:
        if self._is_whole:  # said unasked: nobody could tell it from the next answer
            self.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._is_whole:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        if self._is_whole:
            return
        self.status = self._parser.get_status_code()
        self._has_head = self.status >= 200

    def on_body(self, body: bytes) -> None:
        if not self._is_whole:
            self._received.append(body)
            self._size += len(body)

    def on_message_complete(self) -> None:
        if self._has_head:
            self._is_whole = True
            self._keeps_alive = self._parser.should_keep_alive()
        else:  # a word in between, such as 103
            self.headers = []

    def _has_length(self) -> bool:
        names = {name.lower() for name, _ in self.headers}
        return bool(names & {b"content-length", b"transfer-encoding"})

    def _fail(self, problem: str) -> None:
        self._error = self._error or httpx.RemoteProtocolError(problem)

    async def _more(self) -> None:
        self._waiting = self._loop.create_future()
        try:
            await self._waiting
        finally:
            self._waiting = None

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
