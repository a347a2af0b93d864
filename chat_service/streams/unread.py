"""Generations that are to end when nobody reads them any more."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from django.db import DatabaseError
from django.db.models.functions import Now

from chat_service.streams.generation import LiveGeneration, run_in_background
from core.database import in_journal
from events.models import Generation

# A page that reloads is back by then.
GRACE_SECONDS = 1.0
_WATCHED_FOR = timedelta(seconds=3)


def stop_when_unread(generation: LiveGeneration) -> None:
    """Stops a generation a moment after its last reader has left, on any worker."""
    generation.when_left(lambda left: run_in_background(_stop_unless_read(left)))
    run_in_background(_stop_unless_read(generation))  # one that nobody has begun to read


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
