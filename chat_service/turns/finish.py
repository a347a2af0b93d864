"""Ends a live generation: saves the end before the readers get the last frame.

While the database is away, the end is kept in the spool.
"""

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
from chat_service.turns.save import TurnEnd, save_turn_end
from core.database import in_database
from core.errors import AppError, ServerError

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.3


async def finish_turn(end: TurnEnd, generation: LiveGeneration, journal: JournalWriter) -> None:
    """Saves the end of a generation, then gives its last frame to the readers.

    While the database is away it waits, up to `FINAL_COMMIT_SECONDS`. After that
    the readers get `server_error`, and the whole answer is kept in the spool,
    from where it is saved when the database is back.
    """
    try:
        frame = await _saved(end, journal)
    except AppError as error:
        if journal.closed:  # this worker leaves, or counts as dead: another ends the generation
            generation.hand_over()
            return
        frame = end.with_error_frame(error).last_frame({})
    except DatabaseError:
        log.exception("answer_not_saved generation=%s", end.generation_id)
        frame = await _end_without_answer(end)
    generation.finish(frame)


async def _end_without_answer(end: TurnEnd) -> bytes:
    """Ends a generation whose answer the database refuses, so that the conversation goes on."""
    failed = end.with_error_frame(ServerError("The answer could not be saved."))
    with suppress(DatabaseError, AppError):
        await in_database(save_turn_end, replace(failed, answers=(), status="failed"))
    return failed.last_frame({})


async def _saved(end: TurnEnd, journal: JournalWriter) -> bytes:
    loop = asyncio.get_running_loop()
    until = loop.time() + settings.FINAL_COMMIT_SECONDS
    rows: Sequence[Row] | None = None
    while True:
        if rows is None:
            rows = await journal.take_rest(end.generation_id, until - loop.time())
        if rows is None:
            return await _spooled(end, (), journal)
        saving = asyncio.create_task(in_database(save_turn_end, end, rows))
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
            return await _spooled(end, rows or (), journal)
        await asyncio.sleep(RETRY_SECONDS)


async def _spooled(end: TurnEnd, rows: Sequence[Row], journal: JournalWriter) -> bytes:
    error = ServerError("The answer is complete, but could not be saved yet. It will be.")
    unsaved = end.with_error_frame(error)
    if not await journal.spool_answer(end.generation_id, unsaved.to_json(), rows):
        if journal.closed:
            raise error
        run_in_background(_save_from_memory(unsaved, journal))
    return unsaved.last_frame({})


async def _save_from_memory(end: TurnEnd, journal: JournalWriter) -> None:
    """Saves, when the database is back, an end that found no place in the spool."""
    rows: Sequence[Row] | None = None
    while not journal.closed:
        await asyncio.sleep(RETRY_SECONDS)
        if rows is None:
            rows = await journal.take_rest(end.generation_id, settings.FINAL_COMMIT_SECONDS)
            continue
        try:
            await in_database(save_turn_end, end, rows)
        except (OperationalError, InterfaceError):
            continue
        except AppError as error:
            if error.status == 503:
                continue
            log.info("unspooled_answer_not_saved code=%s", error.code)
        except DatabaseError:
            log.exception("answer_not_saved generation=%s", end.generation_id)
        return
