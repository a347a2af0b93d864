"""The batched writer of a worker's journal: one insert for all its streams, every 100 ms at most.

Frames are taken at once and written later, by one task. What the database does
not take soon goes to the spool, 220 ms after it was made at the latest, and from
there to the database when it is back. Memory holds what 100 ms bring; and, where the
spool is full or its disk is, what the running answers write until the database is back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError, connection

from chat_service.streams.journal.rows import Row, insert_rows_of
from chat_service.streams.journal.spool import Spool, Spooled, SpoolFullError
from core.database import in_journal

T = TypeVar("T")

log = logging.getLogger(__name__)

FLUSH_SECONDS = 0.1
# A write that takes longer than this is not waited for: its rows are made safe on disk.
SPOOL_AFTER_SECONDS = 0.12
RETRY_SECONDS = 0.5
PARTING_SECONDS = 0.5


class JournalWriter:
    """Writes frames of many generations. It belongs to one event loop.

    `on_fenced` is called when the database says that this worker counts as dead;
    `on_stops`, after each write, with what of all that it writes is to be stopped;
    `save_ends`, in a thread, with the answers that were spooled with `spool_answer`.
    """

    def __init__(
        self,
        worker_id: UUID,
        spool: Spool,
        *,
        on_fenced: Callable[[], None],
        on_stops: Callable[[Sequence[UUID]], None],
        save_ends: Callable[[Sequence[Mapping[str, Any]]], None],
    ) -> None:
        self.worker_id = worker_id
        self.spool = spool
        self._on_fenced = on_fenced
        self._on_stops = on_stops
        self._save_ends = save_ends
        self._frames: dict[UUID, tuple[int, list[bytes]]] = {}
        self._work = asyncio.Event()
        # Set while everything that was made 100 ms ago stands in the database.
        self._settled = asyncio.Event()
        self._settled.set()
        # Held where the spool grows, and where it is emptied.
        self._spooling = asyncio.Lock()
        self.closed = False
        # Rows for which the spool had no place: a crash would lose them.
        self._unspooled: list[Row] = []
        self._recovered = 0  # bytes of the spool that stand in the database already
        self._writing: asyncio.Task[None] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits for the database to come back."""
        return self.spool.is_empty and not self._unspooled

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Writes what is left, or spools it, and stops."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=PARTING_SECONDS)
        rows = [row for generation_id in list(self._frames) for row in self._take(generation_id)]
        if (rows := [*self._unspooled, *rows]) and not await self._spool(self.spool.add_rows, rows):
            log.error("rows_lost rows=%d", len(rows))
        self.closed = True  # `take_rest` waits no longer
        self._settled.set()
        await asyncio.to_thread(self.spool.close)

    def append(self, generation_id: UUID, offset: int, frame: bytes) -> None:
        """Takes a frame; the offsets of a generation follow one another."""
        held = self._frames.get(generation_id)
        if held is None:
            self._frames[generation_id] = (offset, [frame])
            self._work.set()
        else:
            held[1].append(frame)

    def discard(self, generation_id: UUID) -> None:
        """Forgets what is not written of a generation."""
        self._frames.pop(generation_id, None)

    async def take_rest(self, generation_id: UUID, wait: float) -> list[Row] | None:
        """The rows of a generation that are not written yet, all others being written.

        From then on they are the caller's to save. None when the database did not
        come back within `wait` seconds, or the journal is closed; the rows are still its own then.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        while not self.closed and (self._writing is not None or not self._settled.is_set()):
            try:
                async with asyncio.timeout_at(until):
                    if self._writing is not None:
                        await asyncio.wait({self._writing})
                        await asyncio.sleep(0)
                    else:
                        await self._settled.wait()
            except TimeoutError:
                return None
        return None if self.closed else self._take(generation_id)

    def _take(self, generation_id: UUID) -> list[Row]:
        held = self._frames.pop(generation_id, None)
        if held is None:
            return []
        first, frames = held
        rows = [Row(generation_id, first, first + len(frames) - 1, b"".join(frames))]
        if first == 0 and len(frames) > 1:  # the basis has a row of its own
            rows = [
                Row(generation_id, 0, 0, frames[0]),
                Row(generation_id, 1, len(frames) - 1, b"".join(frames[1:])),
            ]
        return rows

    async def give_back(self, rows: Sequence[Row]) -> bool:
        """Spools rows that are not saved with their end yet; False when it cannot."""
        return not rows or await self._spool(self.spool.add_rows, rows)

    async def spool_answer(
        self, generation_id: UUID, answer: Mapping[str, Any], rows: Sequence[Row]
    ) -> bool:
        """Keeps an answer that could not be saved; False when that is impossible, too."""
        rest = [*rows, *self._take(generation_id)]
        if rest:
            await self._to_spool(rest)
        if await self._spool(self.spool.add_answer, answer):
            return True
        log.error("answer_not_spooled generation=%s", generation_id)
        return False

    async def _run(self) -> None:
        while True:
            await self._work.wait()
            await asyncio.sleep(FLUSH_SECONDS)
            self._work.clear()
            rows = [row for each in list(self._frames) for row in self._take(each)]
            if not rows and self.is_settled:
                continue  # an end took them
            if self._writing is None and self.is_settled:
                self._writing = asyncio.create_task(self._write(rows))
                await asyncio.wait({self._writing}, timeout=SPOOL_AFTER_SECONDS)
                if self._writing is None:
                    continue
            if rows:
                await self._to_spool(rows)
            if self._writing is None:
                self._writing = asyncio.create_task(self._recover())

    async def _write(self, rows: list[Row]) -> None:
        try:
            stops = await in_journal(insert_rows_of, self.worker_id, rows)
        except DatabaseError as error:
            log.warning("journal_not_written rows=%d error=%s", len(rows), type(error).__name__)
            await self._to_spool(rows)  # perhaps again: writing twice changes nothing
        else:
            if stops is None:
                self._on_fenced()
            else:
                self._on_stops(stops)
        finally:
            self._writing = None
        if not self.is_settled:
            self._work.set()

    async def _to_spool(self, rows: Sequence[Row]) -> None:
        if await self._spool(self.spool.add_rows, rows) or self.closed:
            return
        if not self._unspooled:
            log.error("spool_full bytes=%d", self.spool.size)
        self._unspooled += rows
        self._settled.clear()
        self._work.set()

    async def _spool(self, add: Callable[[T], None], entry: T) -> bool:
        async with self._spooling:
            if self.closed:
                return False
            self._settled.clear()
            self._work.set()
            try:
                await asyncio.to_thread(add, entry)
            except SpoolFullError:
                if self.is_settled:
                    self._settled.set()
                return False
        return True

    async def _recover(self) -> None:
        """Writes the spool into the database, if it is back; tried every half second.

        What had no place in it goes first: an end that had may stand behind it.
        """
        rows = list(self._unspooled)
        try:
            part = await asyncio.to_thread(self.spool.read, self._recovered)
            due = replace(part, rows=[*rows, *part.rows])
            alive = await in_journal(self._save_spooled, due)
        except DatabaseError:
            await asyncio.sleep(RETRY_SECONDS)
        else:
            if not alive:  # the recovery of its file saves what is in it
                self._on_fenced()
                return
            del self._unspooled[: len(rows)]
            async with self._spooling:
                self._recovered = part.end
                if self.spool.size == part.end:  # else there is more: the next round's
                    self.spool.clear()
                    self._recovered = 0
                    if self.is_settled:
                        self._settled.set()
                        log.info("journal_recovered")
        finally:
            self._writing = None
            if not self.is_settled:
                self._work.set()

    def _save_spooled(self, part: Spooled) -> bool:
        """Rows first: an end stands behind all of them. False when the worker counts as dead."""
        pool = getattr(connection, "pool", None)
        if pool is not None:
            pool.check()  # the waiting connections may be of a server that is gone
        if insert_rows_of(self.worker_id, part.rows) is None:
            return False
        self._save_ends(part.answers)
        return True
