"""Ending what a dead worker left: from its journal and its spool. Synchronous.

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

from chat_service.llm.builtin.provider import BuiltinProvider
from chat_service.streams import sse
from chat_service.streams.journal.leases import bury_worker
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
from chat_service.streams.journal.writer import save_spooled_answers
from chat_service.turns.references import UNCITED_AT_MOST, cited_numbers
from chat_service.turns.save import Answer, Conclusion, SavedReference, save_conclusion
from core.errors import NotFound, ServerError
from events.models import Generation

log = logging.getLogger(__name__)

Status = Generation.Status
AT_ONCE = 100
# Before the first word nobody has answered yet.
_NOBODY = {"model": "", "provider": "", "prompt_tokens": None, "completion_tokens": None}
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
                save_spooled_answers(piece.answers)
                generation_ids |= {row.generation_id for row in piece.rows}
            _extend_ended(generation_ids)
            bury_worker(worker_of(path))
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
        save_conclusion(_conclusion(generation, written), extends=True)
    except NotFound:
        log.info("orphan_without_conversation generation=%s", generation.pk)
    else:
        log.warning("orphan_ended generation=%s", generation.pk)


@dataclass(slots=True)
class _Written:
    """What a journal tells."""

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


def _conclusion(generation: Generation, written: _Written) -> Conclusion:
    status = Status.COMPLETED if written.is_whole else Status.INTERRUPTED
    answers = [_answer(generation, written, variant) for variant in written.variants]
    gap = 1 if written.is_whole else LOST_AT_MOST
    return Conclusion(
        generation_id=generation.pk,
        session_id=generation.session_id,
        user_id=generation.user_id,
        user_message_id=generation.user_message_id,
        status=status,
        answers=answers,
        final=_final_chunk(generation, written, answers[0]),
        final_offset=written.end_offset or written.last_offset + gap,
        constraints=written.basis.get("constraints"),
    )


def _answer(generation: Generation, written: _Written, variant: str) -> Answer:
    text, done = written.texts.get(variant, ""), written.done.get(variant, {})
    made_by = written.made_by.get(variant, _NOBODY)
    assume_best = made_by["provider"] != BuiltinProvider.name
    references = _references(written, text, assume_best=assume_best)
    metadata = {
        **made_by,
        "constraints": written.basis.get("constraints"),
        "follow_up_questions": done.get("follow_up_questions", []),
        "response_time_ms": done.get("response_time_ms"),
        "suggested_event_ids": [reference.event_id for reference in references][:5],
        "all_event_ids": _event_ids(written),
        "listed_event_ids": [event[0] for event in _listed(written)],
        "search_plan": written.basis.get("plan"),
        "reply_to": generation.user_message_id,
        "recovered": True,
    }
    if "error" in done:
        return Answer(variant, text, Status.FAILED, metadata, references)
    if done:
        return Answer(variant, text, Status.COMPLETED, metadata, references)
    return Answer(
        variant, text, Status.INTERRUPTED, {**metadata, "error_code": _BROKE_OFF.code}, references
    )


def _references(written: _Written, text: str, *, assume_best: bool) -> list[SavedReference]:
    shown = _listed(written)
    numbers = cited_numbers(text, len(shown))
    chosen = [shown[number - 1] for number in numbers]
    if assume_best:
        chosen = chosen or shown[:UNCITED_AT_MOST]
    return [
        SavedReference(event_id, score, distance, cited=bool(numbers))
        for event_id, score, distance, _ in chosen
    ]


def _listed(written: _Written) -> list[Any]:
    return [event for event in written.basis.get("events", []) if event[3] != "context"]


def _event_ids(written: _Written) -> list[int]:
    return [event[0] for event in written.basis.get("events", [])]


def _final_chunk(generation: Generation, written: _Written, first: Answer) -> dict[str, Any]:
    tiers = {event[0]: event[3] for event in written.basis.get("events", [])}
    cited = {reference.event_id for reference in first.references if reference.cited}
    chunk: dict[str, Any] = {
        "model": "SYSTEM",
        "done": True,
        "session_id": generation.session_id,
        "generation_id": str(generation.pk),
        "suggested_event_ids": first.metadata["suggested_event_ids"],
        "follow_up_questions": first.metadata["follow_up_questions"],
        "recommended_event_ids": [key for key, tier in tiers.items() if tier == "recommended"],
        "all_event_ids": _event_ids(written),
        "event_metadata": {
            str(key): {
                "tier": tier, "final_score": round(score, 4), "ranking_factors": {},
                "cited": key in cited,
            }
            for key, score, _, tier in written.basis.get("events", [])
        },
        "constraints": written.basis.get("constraints"),
        "response_time_ms": first.metadata["response_time_ms"],
    }  # fmt: skip
    if not written.is_whole:
        chunk |= {"error": _BROKE_OFF.detail, "error_code": _BROKE_OFF.code}
    return chunk
