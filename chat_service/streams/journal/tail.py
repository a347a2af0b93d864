"""Reading along what another worker writes: one query for all that are followed here."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from django.db import DatabaseError

from chat_service.streams.generation import Frames
from chat_service.streams.journal.rows import follow, frames_after, mark_watched
from core.database import in_journal

log = logging.getLogger(__name__)

POLL_SECONDS = 0.15
# How often the writers of what is followed here are told that it is.
WATCH_SECONDS = 1.0


class JournalTail:
    """The generations that readers of this worker follow in the journal."""

    def __init__(self) -> None:
        self._followed: dict[UUID, Frames] = {}
        self._task: asyncio.Task[None] | None = None
        self._watched_at = 0.0

    def frames_of(self, generation_id: UUID) -> Frames:
        """A generation's frames, which fill from the journal while somebody reads them."""
        frames = self._followed.get(generation_id)
        if frames is None:
            frames = self._followed[generation_id] = Frames(generation_id)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow())
        return frames

    def hand_over(self) -> None:
        """Sends all readers away, to another worker."""
        for frames in self._followed.values():
            frames.hand_over()

    async def _follow(self) -> None:
        idle: set[UUID] = set()
        while self._followed:
            wanted = {key: frames.last_offset for key, frames in self._followed.items()}
            try:
                found = await in_journal(follow, wanted)
                await self._tell_writers()
            except DatabaseError as error:
                log.warning("journal_not_read error=%s", type(error).__name__)
                await asyncio.sleep(POLL_SECONDS)
                continue
            for key in wanted:
                frames, news = self._followed[key], found.get(key)
                for offset, frame in frames_after(news.rows if news else (), wanted[key]):
                    frames.add(offset, frame)
                if news is None or not news.running:
                    frames.end()
                if frames.ended or (not frames.readers and key in idle):
                    del self._followed[key]
            # One round's grace for a reader that is about to begin.
            idle = {key for key, frames in self._followed.items() if not frames.readers}
            await asyncio.sleep(POLL_SECONDS)

    async def _tell_writers(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() - self._watched_at >= WATCH_SECONDS:
            self._watched_at = loop.time()
            await in_journal(mark_watched, list(self._followed))
