"""Live generations: the numbered frames of one answer, and their readers.

It belongs to the server, not to a request: it is written by a task of its own
and goes on when a reader leaves. Frames are kept in memory while it runs and
given to the journal; a reader may begin anywhere and is then fed as they come.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, Protocol
from uuid import UUID, uuid4

from chat_service.streams import sse
from chat_service.streams.chunks import StreamChunk, token_chunk

KEEPALIVE_SECONDS = 15.0
# At most 25 chunks of text a second, however fast the model is.
JOIN_SECONDS = 0.04
# Where the event loop is late, text is joined for longer, up to this: chunks grow, not the delay.
JOIN_AT_MOST = 0.1
# What a reader that is behind gets at once.
WRITE_AT_MOST = 64 * 1024

# Tasks are referenced here while they run; the event loop alone would let go of them.
_running: set[asyncio.Task[Any]] = set()


class Journal(Protocol):
    """Where frames go to be kept."""

    def append(self, generation_id: UUID, offset: int, frame: bytes) -> None: ...


class Frames:
    """An append-only list of frames, and the readers that wait for more; offsets count from 1.

    Offsets may jump: the end that is written for a dead worker stands far behind.
    """

    def __init__(self, generation_id: UUID) -> None:
        self.id = generation_id
        self.ended = False
        self.handed_over = False
        self._offsets: list[int] = []
        self._frames: list[bytes] = []
        self._waiting: set[asyncio.Future[bool]] = set()
        self.readers = 0

    @property
    def last_offset(self) -> int:
        return self._offsets[-1] if self._offsets else 0

    @property
    def last_frame(self) -> bytes:
        return self._frames[-1]

    def add(self, offset: int, frame: bytes, *, last: bool = False) -> None:
        """Appends a frame and wakes the readers."""
        self._offsets.append(offset)
        self._frames.append(frame)
        self.ended = last
        self._wake()

    def end(self) -> None:
        """There will be no more frames."""
        self.ended = True
        self._wake()

    def hand_over(self) -> None:
        """Sends the readers away: they are told to reconnect, and go on from the journal."""
        self.handed_over = True
        self._wake()

    async def until_ended(self) -> bool:
        """Waits for the last frame; False when the readers are sent away before it."""
        self.readers += 1
        try:
            while not (self.ended or self.handed_over):
                await self._more(None)
        finally:
            self._leave()
        return self.ended

    async def read(
        self, after: int = 0, *, keepalive: float = KEEPALIVE_SECONDS
    ) -> AsyncGenerator[bytes, None]:
        """The frames after an offset, then live, until the generation ends.

        A reader that is behind gets several at once. Silence is broken every
        `keepalive` seconds by comments, so that a proxy or a phone does not take a
        slow model for a dead line.
        """
        self.readers += 1
        at = 0
        try:
            while True:
                # What the reader has may still be on its way here from the journal.
                while at < len(self._frames) and self._offsets[at] <= after:
                    at += 1
                if at < len(self._frames):
                    end = self._end_of_write(at)
                    joined = b"".join(self._frames[at:end])
                    at = end
                    yield joined
                elif self.ended:
                    return
                elif self.handed_over:
                    chunk = StreamChunk(model="SYSTEM", generation_id=self.id)
                    yield sse.reconnect(chunk.model_dump_json(exclude_none=True))
                    return
                elif not await self._more(keepalive):
                    yield sse.KEEPALIVE
        finally:
            self._leave()

    def on_empty(self) -> None:
        """Called when the last reader has left before the end."""

    def _leave(self) -> None:
        self.readers -= 1
        if not self.readers and not self.ended:
            self.on_empty()

    def _end_of_write(self, at: int) -> int:
        size, end = len(self._frames[at]), at + 1
        while end < len(self._frames) and size < WRITE_AT_MOST:
            size += len(self._frames[end])
            end += 1
        return end

    async def _more(self, keepalive: float | None) -> bool:
        """Waits for something new; False after `keepalive` seconds without."""
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[bool] = loop.create_future()
        timer = loop.call_later(keepalive, _settle, woken, False) if keepalive else None
        self._waiting.add(woken)
        try:
            return await woken
        finally:
            self._waiting.discard(woken)
            if timer is not None:
                timer.cancel()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for woken in waiting:
            _settle(woken, True)


def _settle(woken: asyncio.Future[bool], result: bool) -> None:
    if not woken.done():
        woken.set_result(result)


class LiveGeneration(Frames):
    """A generation that this process writes.

    `end_early` is given the status to end with; it is called at most once.
    `understanding_ms` is what it took to understand the message that is answered;
    `began_at` is the event loop's clock.
    """

    def __init__(self, journal: Journal, user_id: int, generation_id: UUID | None = None) -> None:
        super().__init__(generation_id or uuid4())
        self.user_id = user_id
        self.understanding_ms = 0.0
        self.began_at = asyncio.get_running_loop().time()
        self._name = str(self.id)
        self._notes = b""
        self.stops_without_readers = False
        self.ending: str | None = None
        self._journal = journal
        self._end: Callable[[], object] | None = None
        self._left: Callable[[LiveGeneration], object] | None = None

    def keep_basis(self, basis: str) -> None:
        """Journals what the answer is made from, for a recovery after a crash."""
        self._journal.append(self.id, 0, basis.encode())

    def keep_note(self, note: str) -> None:
        """Journals a line of JSON in front of the next frame; no reader sees it."""
        self._notes += sse.note(note)

    def publish(self, chunk: StreamChunk) -> None:
        """Appends a chunk, for the readers and the journal."""
        self._publish(chunk.model_dump_json(exclude_none=True))

    def publish_token(self, model: str, text: str) -> None:
        """Appends a piece of text: what happens most, so no chunk is built and checked for it."""
        self._publish(token_chunk(model, text))

    def _publish(self, data: str) -> None:
        offset = self.last_offset + 1
        frame = sse.frame(self._name, offset, data)
        self._journal.append(self.id, offset, self._notes + frame if self._notes else frame)
        self._notes = b""
        self.add(offset, frame)

    def finish(self, frame: bytes) -> None:
        """Appends the last frame, which is in the journal already."""
        self.add(self.last_offset + 1, frame, last=True)

    def ends_with(self, end: Callable[[], object]) -> None:
        """Says how to end the work; an ending that was asked for before happens at once."""
        self._end = end
        if self.ending is not None:
            end()

    def end_early(self, status: str) -> None:
        """Asks for the end: what was written so far is saved with this status."""
        if self.ending is None and not self.ended:
            self.ending = status
            if self._end is not None:
                self._end()

    def when_left(self, left: Callable[[LiveGeneration], object]) -> None:
        """Calls `left` when the last reader has gone."""
        self._left = left

    def on_empty(self) -> None:
        if self._left is not None:
            self._left(self)


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
        self._pause = JOIN_SECONDS

    def add(self, text: str) -> None:
        """Takes the next piece of text."""
        self._waiting.append(text)
        if self._timer is None:
            wait = self._not_before - self._loop.time()
            if wait <= 0:
                self.flush()
            else:
                self._timer = self._loop.call_later(wait, self._flush_on_time)

    def _flush_on_time(self) -> None:
        late = self._loop.time() - self._not_before
        self._pause = min(JOIN_SECONDS + late, JOIN_AT_MOST)
        self.flush()

    def flush(self) -> None:
        """Writes what is waiting."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            self._not_before = self._loop.time() + self._pause
            text, self._waiting = "".join(self._waiting), []
            self._write(text)


def run_in_background(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Starts work that outlives the request that asked for it."""
    task = asyncio.create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
    return task
