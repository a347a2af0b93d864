"""Ends what a dead worker left, from its journal and its spool. Synchronous.

What ends here is `interrupted`, with the text that the journal has; when the
journal has the whole answer, it is `completed` like any other.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings

from chat_service.stores.answers import AnswerPlace
from chat_service.streams import sse
from chat_service.streams.journal.leases import declare_dead
from chat_service.streams.journal.rows import (
    BASIS,
    LOST_AT_MOST,
    Row,
    frames_after,
    insert_rows,
    notes_of,
    read_rows,
)
from chat_service.streams.journal.spool import abandoned_spool, spool_files, worker_of
from chat_service.turns.found_events import KeptRetrieval
from chat_service.turns.result import ModelAnswer, TurnResult, end_of_turn
from chat_service.turns.save import TurnEnd, save_spooled_ends, save_turn_end
from core.errors import NotFound, ServerError, error_classes
from events.models import Generation

log = logging.getLogger(__name__)

Status = Generation.Status
AT_ONCE = 100
_BROKE_OFF = ServerError("The answer broke off, because the service was restarted.")


def end_orphans(limit: int = AT_ONCE) -> int:
    """Ends the generations of dead workers; returns how many there were."""
    orphans = list(Generation.objects.orphaned().order_by("created_at")[:limit])
    for generation in orphans:
        end_from_journal(generation)
    return len(orphans)


def recover_spools() -> int:
    """Saves what workers of this machine that have ended left on its disk; returns how many."""
    recovered = 0
    if not settings.SPOOL_DIR.is_dir():
        return 0
    for path in spool_files(settings.SPOOL_DIR):
        with abandoned_spool(path) as pieces:
            if pieces is None:
                continue
            generation_ids: set[UUID] = set()
            for piece in pieces:
                insert_rows(piece.rows)
                save_spooled_ends(piece.answers)
                generation_ids |= {row.generation_id for row in piece.rows}
            _extend_ended(generation_ids)
            declare_dead(worker_of(path))
            recovered += 1
    return recovered


def _extend_ended(generation_ids: set[UUID]) -> None:
    """Ends once more what was ended before its spool was found, now with all its text."""
    ended = Generation.objects.filter(pk__in=generation_ids, status=Status.INTERRUPTED)
    for generation in ended:
        end_from_journal(generation)


def end_stray(generation_id: UUID) -> None:
    """Ends a generation that its worker, which lives, does not write; one that has ended stays."""
    generation = Generation.objects.running().filter(pk=generation_id).first()
    if generation is not None:
        end_from_journal(generation)


def end_from_journal(generation: Generation) -> None:
    """Ends one generation with what its journal has."""
    written = _read_journal(read_rows(generation.pk))
    try:
        save_turn_end(_turn_end(generation, written), extends=True)
    except NotFound:
        log.info("orphan_without_conversation generation=%s", generation.pk)
    else:
        log.warning("orphan_ended generation=%s", generation.pk)


@dataclass(slots=True)
class _Written:
    """What a journal holds of an answer."""

    basis: Mapping[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    done: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    made_by: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    last_offset: int = 0
    end_offset: int | None = None

    @property
    def variants(self) -> Sequence[str]:
        return self.basis.get("variants") or ["A"]

    @property
    def is_whole(self) -> bool:
        return all(
            variant in self.done and "error" not in self.done[variant] for variant in self.variants
        )


def _read_journal(rows: Sequence[Row]) -> _Written:
    written = _Written()
    if rows and rows[0].first == BASIS:
        written.basis = json.loads(rows[0].frames)
    for note in notes_of(rows):
        # What tools found after the basis was written stands in its place.
        written.basis = note.pop("basis", written.basis)
        written.made_by |= note
    for offset, frame in frames_after(rows, 0):
        chunk = sse.chunk_of(frame)
        model = chunk["model"]
        if model == "SYSTEM" and chunk["done"]:
            written.end_offset = offset
            continue
        written.last_offset = offset
        if chunk["done"]:
            written.done[model] = chunk
        elif "token" in chunk:
            written.texts[model] = written.texts.get(model, "") + chunk["token"]
    return written


def _turn_end(generation: Generation, written: _Written) -> TurnEnd:
    found = KeptRetrieval.of_basis(written.basis)
    events = found.events()
    answers = [_answer(written, variant) for variant in written.variants]
    for answer in answers:
        answer.settle(events, Status.COMPLETED)
    first = written.done.get(answers[0].variant, {})
    result = TurnResult(
        answers,
        written.basis.get("constraints"),
        acts=written.basis.get("acts") or (),
        calls=written.basis.get("calls") or (),
        found=found,
        follow_ups=first.get("follow_up_questions", []),
        error=None if written.is_whole else _BROKE_OFF,
        response_time_ms=first.get("response_time_ms"),
        recovered=True,
    )
    gap = 1 if written.is_whole else LOST_AT_MOST
    return end_of_turn(
        AnswerPlace(
            generation.pk, generation.session_id, generation.user_id, generation.user_message_id
        ),
        result,
        status=Status.COMPLETED if written.is_whole else Status.INTERRUPTED,
        final_offset=written.end_offset or written.last_offset + gap,
    )


def _answer(written: _Written, variant: str) -> ModelAnswer:
    done = written.done.get(variant)
    answer = ModelAnswer(
        variant,
        written.texts.get(variant, ""),
        response_time_ms=done.get("response_time_ms") if done else None,
        **written.made_by.get(variant, {}),
    )
    if done is None:
        answer.error, answer.status = _BROKE_OFF, Status.INTERRUPTED
    elif "error" in done:
        failed = error_classes().get(done.get("error_code", ""), ServerError)
        answer.error = failed(done["error"])
    return answer
