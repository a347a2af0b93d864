"""Runs the background work of the service: embeds changed events, starts queued imports.

Imports run in a process of their own, at a lower priority: understanding a
calendar takes the interpreter for seconds, in which no answer would stream, and a
file that kills its reader must not kill the service.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import suppress

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from core.database import in_database
from core.errors import ServerError
from events.models import EmbeddingDue, Import, Source
from events.search_table.vectors import embed_due
from rag.service import EmbeddingError, get_backend

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
# While the database, or the embedding backend, cannot be asked.
AWAY_SECONDS = 5.0
PAUSE_SECONDS = 30.0
_NICENESS = "10"
_GRACE_SECONDS = 2.0


class Background:
    """The background work of one process; started and stopped with its event loop."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._ingestion: asyncio.subprocess.Process | None = None

    def start(self) -> None:
        """Begins to look for work."""
        self._tasks = [
            asyncio.create_task(self._embed_for_ever()),
            asyncio.create_task(self._ingest_for_ever()),
        ]

    async def stop(self) -> None:
        """Ends it; an import that is running is put back and taken up by the next process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        ingestion = self._ingestion
        if ingestion is None or ingestion.returncode is not None:
            return
        with suppress(ProcessLookupError):
            ingestion.terminate()
        try:
            await asyncio.wait_for(ingestion.wait(), _GRACE_SECONDS)
        except TimeoutError:
            with suppress(ProcessLookupError):
                ingestion.kill()

    async def _embed_for_ever(self) -> None:
        while True:
            pause = LOOK_SECONDS
            try:
                done = 1
                while done:
                    done = await in_database(_embed_some)
            except EmbeddingError as error:
                log.warning("embedding_postponed error=%s", error)
                pause = PAUSE_SECONDS
            except (DatabaseError, ServerError) as error:
                log.warning("embedding_postponed error=%s", type(error).__name__)
                pause = AWAY_SECONDS
            except Exception:  # the next round may do better
                log.exception("embedding_failed")
                pause = PAUSE_SECONDS
            await asyncio.sleep(pause)

    async def _ingest_for_ever(self) -> None:
        while True:
            pause = LOOK_SECONDS
            try:
                if await in_database(_has_ingestion):
                    await self._ingest()
            except (DatabaseError, ServerError) as error:
                log.warning("ingestion_postponed error=%s", type(error).__name__)
                pause = AWAY_SECONDS
            except OSError:
                log.exception("ingestion_not_started")
                pause = PAUSE_SECONDS
            await asyncio.sleep(pause)

    async def _ingest(self) -> None:
        self._ingestion = await asyncio.create_subprocess_exec(
            sys.executable,
            str(settings.BASE_DIR / "manage.py"),
            *("run_ingestion", "--nice", _NICENESS, "--verbosity", "0"),
            stdin=asyncio.subprocess.DEVNULL,
        )
        code = await self._ingestion.wait()
        if code:
            log.error("ingestion_ended code=%d", code)
            await asyncio.sleep(LOOK_SECONDS * 4)


def _embed_some() -> int:
    return embed_due(get_backend()) if EmbeddingDue.objects.exists() else 0


def _has_ingestion() -> bool:
    return Import.objects.waiting(timezone.now()).exists() or Source.objects.requested().exists()
