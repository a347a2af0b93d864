"""Readers and writers of one answer on different workers, who meet in the journal."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from uuid import UUID

from django.db import DatabaseError
from django.db.models.functions import Now

from chat_service.streams.generation import Frames, LiveGeneration, run_in_background
from chat_service.streams.journal.rows import follow, frames_after, mark_watched
from core.database import in_journal
from events.models import Generation

log = logging.getLogger(__name__)

POLL_SECONDS = 0.15
# How often the generations that are followed here are marked as watched, for their writers.
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
                await self._mark_watched()
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

    async def _mark_watched(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() - self._watched_at >= WATCH_SECONDS:
            self._watched_at = loop.time()
            await in_journal(mark_watched, list(self._followed))


# A page that reloads is back by then.
GRACE_SECONDS = 1.0
_WATCHED_FOR = timedelta(seconds=3)


def stop_when_unread(generation: LiveGeneration) -> None:
    """Stops a generation a moment after its last reader has left, on any worker."""
    generation.when_left(lambda left: run_in_background(_stop_unless_read(left)))
    run_in_background(_stop_unless_read(generation))  # also one that no reader ever opens


async def _stop_unless_read(generation: LiveGeneration) -> None:
    while not generation.ended:
        await asyncio.sleep(GRACE_SECONDS)
        if generation.readers:
            return  # when that one leaves, the question comes up again
        try:
            watched = await in_journal(_is_watched, generation.id)
        except DatabaseError:
            continue  # the question stays, and the database will be back
        if not (watched or generation.readers):
            generation.end_early(Generation.Status.STOPPED)
            return


def _is_watched(generation_id: UUID) -> bool:
    """Whether a reader of another worker has followed it lately."""
    recently = Generation.objects.filter(pk=generation_id, watched_at__gte=Now() - _WATCHED_FOR)
    return recently.exists()
