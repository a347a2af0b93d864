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

from core.database import in_database
from core.errors import ServerError
from core.prepared import fetch
from events.search_table.vectors import embed_due
from rag.service import EmbeddingError, get_backend

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
# While the database, or the embedding backend, cannot be asked.
AWAY_SECONDS = 5.0
PAUSE_SECONDS = 30.0
_NICENESS = "10"
# The conditions of `EmbeddingDue.objects`, `Import.objects.waiting` and `Source.objects.requested`;
# asked each second, as three queries of the ORM they were most of what an idle service cost.
_DUE = """
    SELECT EXISTS (SELECT FROM events_embeddingdue),
           EXISTS (SELECT FROM events_import
                    WHERE status = 'queued' AND (not_before IS NULL OR not_before <= now())
                       OR status = 'running' AND lease_until < now())
           OR EXISTS (SELECT FROM events_source WHERE sync_requested_at IS NOT NULL)
"""
_GRACE_SECONDS = 2.0


class Background:
    """The background work of one process; started and stopped with its event loop."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._ingestion: asyncio.subprocess.Process | None = None
        self._embedding_due = asyncio.Event()
        self._ingestion_due = asyncio.Event()

    def start(self) -> None:
        """Begins to look for work."""
        self._tasks = [
            asyncio.create_task(self._look_for_ever()),
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

    async def _look_for_ever(self) -> None:
        while True:
            pause = LOOK_SECONDS
            try:
                embedding, ingestion = await in_database(_work_due)
            except (DatabaseError, ServerError) as error:
                log.warning("background_cannot_look error=%s", type(error).__name__)
                pause = AWAY_SECONDS
            else:
                if embedding:
                    self._embedding_due.set()
                if ingestion:
                    self._ingestion_due.set()
            await asyncio.sleep(pause)

    async def _embed_for_ever(self) -> None:
        while True:
            pause = 0.0
            await self._embedding_due.wait()
            try:
                while await in_database(_embed_some):
                    pass
            except EmbeddingError as error:
                log.warning("embedding_postponed error=%s", error)
                pause = PAUSE_SECONDS
            except (DatabaseError, ServerError) as error:
                log.warning("embedding_postponed error=%s", type(error).__name__)
                pause = AWAY_SECONDS
            except Exception:  # the next round may do better
                log.exception("embedding_failed")
                pause = PAUSE_SECONDS
            self._embedding_due.clear()  # what came meanwhile is seen by the next look
            await asyncio.sleep(pause)

    async def _ingest_for_ever(self) -> None:
        while True:
            pause = 0.0
            await self._ingestion_due.wait()
            try:
                await self._ingest()
            except (DatabaseError, ServerError) as error:
                log.warning("ingestion_postponed error=%s", type(error).__name__)
                pause = AWAY_SECONDS
            except OSError:
                log.exception("ingestion_not_started")
                pause = PAUSE_SECONDS
            self._ingestion_due.clear()
            await asyncio.sleep(pause)

    async def _ingest(self) -> None:
        self._ingestion = await asyncio.create_subprocess_exec(
            sys.executable,
            str(settings.BASE_DIR / "manage.py"),
            # This process has made the checks, for which a command loads the whole API.
            *("run_ingestion", "--skip-checks", "--nice", _NICENESS, "--verbosity", "0"),
            stdin=asyncio.subprocess.DEVNULL,
        )
        code = await self._ingestion.wait()
        if code:
            log.error("ingestion_ended code=%d", code)
            await asyncio.sleep(LOOK_SECONDS * 4)


def _embed_some() -> int:
    return embed_due(get_backend())


def _work_due() -> tuple[bool, bool]:
    """Whether something waits to be embedded, and to be ingested."""
    ((embedding, ingestion),) = fetch(_DUE, {})
    return embedding, ingestion
