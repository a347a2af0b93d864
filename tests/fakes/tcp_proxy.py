"""A TCP proxy in front of a Unix socket that can fall silent, or lose an answer on purpose.

It runs in a thread with its own event loop. A network that swallows packets looks like this to
both ends: their kernels acknowledge, and nobody answers.
"""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Self


class _EndedError(Exception):
    """One direction of a connection has ended."""


class TcpProxy:
    """Forwards every connection to `target`; use it as a context manager."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._flowing = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tcp-proxy", daemon=True)
        self._losing = b""
        self.port = 0
        self.accepted = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._stop.set)
        self._thread.join(timeout=5)

    def hang(self) -> None:
        """Forwards nothing more in either direction; new connections are accepted."""
        self._call(self._flowing.clear)

    def go_on(self) -> None:
        """Forwards again, what has come in meanwhile first."""
        self._call(self._flowing.set)

    def lose_answer_to(self, asked: bytes) -> None:
        """Once: forwards what contains `asked`, and drops the connection instead of the answer."""
        self._losing = asked

    def _call(self, function: object) -> None:
        done = threading.Event()

        def call() -> None:
            function()  # type: ignore[operator]
            done.set()

        assert self._loop is not None
        self._loop.call_soon_threadsafe(call)
        done.wait(5)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._flowing.set()
        connections: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.accepted += 1
            task = asyncio.create_task(self._forward(reader, writer))
            connections.add(task)
            task.add_done_callback(connections.discard)

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await asyncio.sleep(0)  # in which the transports close

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        try:
            await self._flowing.wait()
            theirs, ours = await asyncio.open_unix_connection(self._target)
            ends.append(ours)
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(self._pump(reader, ours, asks=True))
                pumps.create_task(self._pump(theirs, writer, asks=False))
        except* (_EndedError, ConnectionError):
            pass  # one of the two has closed
        finally:
            for end in ends:
                end.transport.abort()

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, asks: bool
    ) -> None:
        while content := await source.read(65536):
            await self._flowing.wait()
            sink.write(content)
            await sink.drain()
            if asks and self._losing and self._losing in content:
                self._losing = b""
                break
        raise _EndedError
