"""Saves the end of a turn before the readers get its last frame.

Its messages, their references and the last frame are one transaction. While the database is away,
the end is kept in the spool.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    transaction,
)

from chat_service.stores.answers import (
    AnswerPlace,
    LastFrames,
    SavedAnswer,
    SavedReference,
    end_generation,
    lock_generation,
    save_answer_and_end,
    save_answers,
)
from chat_service.streams import sse
from chat_service.streams.generation import LiveGeneration, run_in_background
from chat_service.streams.journal.rows import (
    BASIS,
    Row,
    delete_frames_from,
    delete_rows,
    insert_rows,
    read_rows,
)
from chat_service.streams.journal.writer import SPOOL_AFTER_SECONDS, JournalWriter
from core.database import in_database
from core.errors import AppError, NotFound, ServerError
from events.models import ChatSession, Generation

log = logging.getLogger(__name__)

SESSION_GONE = "This conversation was deleted while its answer was written."
RETRY_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """The end of a turn. `final` is the last chunk, without the ids of the messages.

    `frame` is set once the readers have got the last chunk without them, because the
    database was away; it is then kept as it was.
    """

    generation_id: UUID
    session_id: int
    user_id: int
    user_message_id: int
    status: str
    answers: Sequence[SavedAnswer]
    final: Mapping[str, Any]
    final_offset: int
    constraints: Mapping[str, Any] | None
    frame: str | None = None
    act: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Everything, as JSON for the spool."""
        return {**asdict(self), "generation_id": str(self.generation_id)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TurnEnd:
        answers = [
            SavedAnswer(
                **{**each, "references": [SavedReference(**one) for one in each["references"]]}
            )
            for each in stored["answers"]
        ]
        return cls(**{**stored, "generation_id": UUID(stored["generation_id"]), "answers": answers})

    @property
    def context(self) -> Mapping[str, Any]:
        """What the next turn of the session goes on from."""
        return {"constraints": self.constraints, "act": self.act}

    @property
    def place(self) -> AnswerPlace:
        return AnswerPlace(self.generation_id, self.session_id, self.user_id, self.user_message_id)

    def last_frame(self, message_ids: Mapping[str, int]) -> bytes:
        """The frame of the last chunk."""
        if self.frame is not None:
            return self.frame.encode()
        chunk = dict(self.final)
        if message_ids:
            chunk["message_id"] = next(iter(message_ids.values()))
        if len(message_ids) > 1:
            chunk["message_ids"] = message_ids
        return sse.frame(self.generation_id, self.final_offset, sse.compact(chunk))

    def frame_around_id(self) -> tuple[bytes, bytes]:
        """The last frame of a turn with one answer, before and after the id of its message."""
        frame = self.last_frame({})
        end = frame.rindex(b"}")
        return frame[:end] + b',"message_id":', frame[end:]

    def with_error_frame(self, error: AppError) -> TurnEnd:
        """The same with a last frame that tells the readers, for now, why nothing was saved."""
        final = {**self.final, "error": error.detail, "error_code": error.code}
        end = replace(self, final=final)
        return replace(end, frame=end.last_frame({}).decode())


def save_turn_end(end: TurnEnd, rows: Sequence[Row] = (), *, extends: bool = False) -> bytes:
    """Saves the end of a turn, all or nothing; returns its last frame.

    `rows` are those of its journal that are not written yet. It can be repeated:
    an end that has been saved already stays. An end that another worker wrote in the
    meantime, from the journal, is replaced by the whole answer, or by one that `extends` it.

    Raises:
        NotFound: the conversation, or the message that was answered, is gone.
    """
    frame = _save_usual_end(end, rows)
    if frame is not None:
        return frame
    with transaction.atomic():
        locked = lock_generation(end.place)
        if locked is not None:
            session, generation = locked
            status = generation.status
            replaced = status == Generation.Status.INTERRUPTED and (
                extends or end.status != Generation.Status.INTERRUPTED
            )
            if status != Generation.Status.RUNNING and not replaced:
                return _last_frame_of(generation.pk)
            if replaced:  # the last frame that another worker wrote
                delete_frames_from(generation.pk, end.final_offset)
            return _save(end, rows, session)
    delete_rows(end.generation_id)
    raise NotFound(SESSION_GONE)


def _save_usual_end(end: TurnEnd, rows: Sequence[Row]) -> bytes | None:
    """Saves the end of a running generation with one answer; None for any other, unsaved."""
    if len(end.answers) != 1 or end.frame is not None:
        return None
    before, after = end.frame_around_id()
    # What the answer was made from serves a recovery, of which a completed one has no need.
    is_needed = end.status != Generation.Status.COMPLETED
    kept = [(row.first, row.last, row.frames) for row in rows if is_needed or row.first != BASIS]
    return save_answer_and_end(
        end.place,
        end.answers[0],
        status=end.status,
        context=end.context,
        last=LastFrames(kept, end.final_offset, before, after),
    )


def _save(end: TurnEnd, rows: Sequence[Row], session: ChatSession) -> bytes:
    message_ids = save_answers(end.place, session, end.answers, end.context)
    frame = end.last_frame(message_ids)
    insert_rows([*rows, Row(end.generation_id, end.final_offset, end.final_offset, frame)])
    end_generation(end.generation_id, end.status)
    return frame


def _last_frame_of(generation_id: UUID) -> bytes:
    return sse.split_frames(read_rows(generation_id)[-1].frames)[-1][1]


def save_spooled_ends(ends: Sequence[Mapping[str, Any]]) -> None:
    """Saves ends from a spool; one whose conversation is gone is dropped with it.

    So is one that no later attempt could save: it must not keep the others from being saved.
    """
    for stored in ends:
        try:
            save_turn_end(TurnEnd.from_json(stored))
        except NotFound:
            log.info("spooled_answer_without_conversation generation=%s", stored["generation_id"])
        except (IntegrityError, DataError):
            log.exception("spooled_answer_not_saved generation=%s", stored["generation_id"])
        # Written by another version, or no answer at all.
        except (TypeError, KeyError, ValueError, AttributeError):
            log.exception("spooled_answer_not_understood")


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
