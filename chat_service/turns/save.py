"""Saves the end of a turn: its messages, their references, its last frame, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

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
from chat_service.streams.journal.rows import (
    BASIS,
    Row,
    delete_frames_from,
    delete_rows,
    insert_rows,
    read_rows,
)
from core.errors import AppError, NotFound
from events.models import ChatSession, Generation

log = logging.getLogger(__name__)

SESSION_GONE = "This conversation was deleted while its answer was written."


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
