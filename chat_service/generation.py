"""A generation: the numbered chunks of one answer, and those who read along.

It belongs to the server, not to a request: it is written by a task of its own
and goes on when a reader leaves. Chunks are kept in order; a reader may begin
anywhere and is then fed as they come.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any
from uuid import UUID, uuid4

from chat_service import sse
from chat_service.wire import StreamChunk

KEEPALIVE_SECONDS = 15.0
# At most 25 chunks of text a second, however fast the model is.
JOIN_SECONDS = 0.04

# Tasks are referenced here while they run; the event loop alone would let go of them.
_running: set[asyncio.Task[Any]] = set()


class Generation:
    """An append-only log of encoded chunks; offsets count from 1."""

    def __init__(self) -> None:
        self.id: UUID = uuid4()
        self._frames: list[bytes] = []
        self._finished = False
        self._readers: set[asyncio.Event] = set()

    def publish(self, chunk: StreamChunk) -> None:
        """Appends a chunk and wakes the readers. The last one is a SYSTEM chunk, done."""
        offset = len(self._frames) + 1
        self._frames.append(
            sse.frame(f"{self.id}:{offset}", chunk.model_dump_json(exclude_none=True))
        )
        self._finished = chunk.model == "SYSTEM" and chunk.done
        for reader in self._readers:
            reader.set()

    async def read(
        self, after: int = 0, *, keepalive: float = KEEPALIVE_SECONDS
    ) -> AsyncGenerator[bytes, None]:
        """The frames after an offset, then live, until the generation ends.

        Silence is broken every `keepalive` seconds by comments, so that a proxy or a phone
        does not take a slow model for a dead line.
        """
        more = asyncio.Event()
        self._readers.add(more)
        try:
            while True:
                while after < len(self._frames):
                    after += 1
                    yield self._frames[after - 1]
                if self._finished:
                    return
                more.clear()
                try:
                    await asyncio.wait_for(more.wait(), keepalive)
                except TimeoutError:
                    yield sse.KEEPALIVE
        finally:
            self._readers.discard(more)


class TokenJoiner:
    """Passes text on at once, or joined when it comes faster than 25 times a second.

    The first text is never held back. `write` gets each piece in order;
    `flush` must be called at the end.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._loop = asyncio.get_running_loop()
        self._waiting: list[str] = []
        self._timer: asyncio.TimerHandle | None = None
        self._not_before = 0.0

    def add(self, text: str) -> None:
        """Takes the next piece of text."""
        self._waiting.append(text)
        if self._timer is None:
            wait = self._not_before - self._loop.time()
            if wait <= 0:
                self.flush()
            else:
                self._timer = self._loop.call_later(wait, self.flush)

    def flush(self) -> None:
        """Writes what is waiting."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            self._not_before = self._loop.time() + JOIN_SECONDS
            text, self._waiting = "".join(self._waiting), []
            self._write(text)


def run_in_background(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Starts work that outlives the request that asked for it."""
    task = asyncio.create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
    return task
