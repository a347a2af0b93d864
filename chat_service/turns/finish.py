"""The end of a live generation: saved first, then told; while the database is away, spooled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError

from chat_service.streams.generation import LiveGeneration, run_in_background
from chat_service.streams.journal.rows import Row
from chat_service.streams.journal.writer import SPOOL_AFTER_SECONDS, JournalWriter
from chat_service.turns.save import Conclusion, save_conclusion, shown_unsaved
from core.database import in_database
from core.errors import AppError, ServerError

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.3


async def conclude(
    conclusion: Conclusion, generation: LiveGeneration, journal: JournalWriter
) -> None:
    """Saves the end of a generation, then gives its last frame to the readers.

    While the database is away it waits, up to `FINAL_COMMIT_SECONDS`. After that
    the readers are told `server_error`, and the whole answer is kept in the spool,
    from where it is saved when the database is back.
    """
    try:
        frame = await _saved(conclusion, journal)
    except AppError as error:
        if journal.closed:  # this worker leaves, or counts as dead: another ends the generation
            generation.hand_over()
            return
        frame = shown_unsaved(conclusion, _told(error)).last_frame({})
    except DatabaseError:
        log.exception("answer_not_saved generation=%s", conclusion.generation_id)
        frame = await _end_without_answer(conclusion)
    generation.finish(frame)


async def _end_without_answer(conclusion: Conclusion) -> bytes:
    """Ends a generation whose answer the database refuses, so that the conversation goes on."""
    told = shown_unsaved(conclusion, _told(ServerError("The answer could not be saved.")))
    with suppress(DatabaseError, AppError):
        await in_database(save_conclusion, replace(told, answers=(), status="failed"))
    return told.last_frame({})


async def _saved(conclusion: Conclusion, journal: JournalWriter) -> bytes:
    loop = asyncio.get_running_loop()
    until = loop.time() + settings.FINAL_COMMIT_SECONDS
    rows: Sequence[Row] | None = None
    while True:
        if rows is None:
            rows = await journal.take_rest(conclusion.generation_id, until - loop.time())
        if rows is None:
            return await _spooled(conclusion, (), journal)
        saving = asyncio.create_task(in_database(save_conclusion, conclusion, rows))
        done, _ = await asyncio.wait({saving}, timeout=SPOOL_AFTER_SECONDS)
        # A crash may cost no text that is older than this, so it waits on disk.
        kept = not done and await journal.give_back(rows)
        try:
            return await saving
        except (OperationalError, InterfaceError) as error:
            log.warning("answer_waits error=%s", type(error).__name__)
        except ServerError as error:
            if error.status != 503:  # else no thread was free
                raise
        if kept or await journal.give_back(rows):
            rows = None  # the end waits for them
        if loop.time() + RETRY_SECONDS > until:
            return await _spooled(conclusion, rows or (), journal)
        await asyncio.sleep(RETRY_SECONDS)


async def _spooled(conclusion: Conclusion, rows: Sequence[Row], journal: JournalWriter) -> bytes:
    error = ServerError("The answer is complete, but could not be saved yet. It will be.")
    told = shown_unsaved(conclusion, _told(error))
    if not await journal.spool_answer(told, rows):
        if journal.closed:
            raise error
        run_in_background(_save_from_memory(told, journal))
    return told.last_frame({})


async def _save_from_memory(conclusion: Conclusion, journal: JournalWriter) -> None:
    """Saves, when the database is back, an end that found no place in the spool."""
    rows: Sequence[Row] | None = None
    while not journal.closed:
        await asyncio.sleep(RETRY_SECONDS)
        if rows is None:
            rows = await journal.take_rest(conclusion.generation_id, settings.FINAL_COMMIT_SECONDS)
            continue
        try:
            await in_database(save_conclusion, conclusion, rows)
        except (OperationalError, InterfaceError):
            continue
        except AppError as error:
            if error.status == 503:
                continue
            log.info("unspooled_answer_not_saved code=%s", error.code)
        except DatabaseError:
            log.exception("answer_not_saved generation=%s", conclusion.generation_id)
        return


def _told(error: AppError) -> dict[str, str]:
    return {"error": error.detail, "error_code": error.code}
