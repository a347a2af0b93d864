"""Saves a generation's answers with their references, the session's constraints and the end.

The usual end, of one answer in a generation that runs, is one prepared statement and one
commit; every other (two answers, an end that another worker wrote before) takes the locks
first and then decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models.functions import Now
from django.utils import timezone

from chat_service.stores.conversations import lock_session
from core.prepared import fetch
from events.models import ChatMessage, ChatSession, Event, Generation, ReferencedEvent


@dataclass(frozen=True, slots=True)
class SavedReference:
    """An event that an answer stands on, as it is stored."""

    event_id: int
    score: float
    distance_miles: float | None
    cited: bool


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """One assistant message to be saved; `variant` is "B" for the second of two models."""

    variant: str
    content: str
    status: str
    metadata: Mapping[str, Any]
    references: Sequence[SavedReference]


@dataclass(frozen=True, slots=True)
class LastFrames:
    """What the journal gets with an end, as plain values.

    `rows` are `(first offset, last offset, frames)`. The last frame, at `offset`, is
    `before`, the id of the answer's message, `after`.
    """

    rows: Sequence[tuple[int, int, bytes]]
    offset: int
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    """Where a generation's answers belong."""

    generation_id: UUID
    session_id: int
    user_id: int
    user_message_id: int


# Rows are locked in the order in which all other writers lock them: session, generation, events.
# An event that is deleted meanwhile is left out: the lock sees that it is gone.
_SAVE_AND_END = """
    WITH session AS (
        SELECT id FROM events_chatsession
         WHERE id = %(session)s::bigint AND user_id = %(user)s::bigint
           FOR NO KEY UPDATE
    ), ended AS (
        UPDATE events_generation AS g
           SET status = %(status)s::text, ended_at = now()
          FROM session
         WHERE g.id = %(generation)s::uuid AND g.session_id = session.id AND g.status = 'running'
        RETURNING g.id, g.session_id
    ), message AS (
        INSERT INTO events_chatmessage
               (session_id, user_id, role, content, created_at, metadata, status, generation_id,
                variant, parent_id, is_current)
        SELECT session_id, %(user)s::bigint, 'assistant', %(content)s::text,
               %(now)s::timestamptz, %(metadata)s::jsonb, %(answer_status)s::text, id,
               %(variant)s::text, %(parent)s::bigint, true
          FROM ended
        RETURNING id
    ), existing AS (
        SELECT e.id FROM events_event AS e
         WHERE e.id = ANY(%(events)s::bigint[]) AND EXISTS (SELECT FROM ended)
         ORDER BY e.id
           FOR KEY SHARE OF e
    ), referenced AS (
        INSERT INTO events_referencedevent
               (message_id, event_id, position, score, distance_miles, cited)
        SELECT message.id, r.event_id, row_number() OVER (ORDER BY r.place) - 1,
               r.score, r.distance_miles, r.cited
          FROM message, unnest(
                   %(events)s::bigint[], %(scores)s::float8[], %(distances)s::float8[],
                   %(cited)s::boolean[]
               ) WITH ORDINALITY AS r (event_id, score, distance_miles, cited, place)
          JOIN existing ON existing.id = r.event_id
    ), continued AS (
        UPDATE events_chatsession AS s
           SET context = s.context || %(context)s::jsonb,
               updated_at = %(now)s::timestamptz
          FROM ended WHERE s.id = ended.session_id
    ), journaled AS (
        INSERT INTO events_generationchunk (generation_id, first_offset, last_offset, frames)
        SELECT ended.id, r.first_offset, r.last_offset, r.frames
          FROM ended, unnest(%(firsts)s::int[], %(lasts)s::int[], %(frames)s::bytea[])
            AS r (first_offset, last_offset, frames)
        ON CONFLICT DO NOTHING
    )
    INSERT INTO events_generationchunk (generation_id, first_offset, last_offset, frames)
    SELECT ended.id, %(offset)s::int, %(offset)s::int,
           %(before)s::bytea || convert_to(message.id::text, 'UTF8') || %(after)s::bytea
      FROM ended, message
    RETURNING frames
"""


def save_answer_and_end(
    place: AnswerPlace,
    answer: SavedAnswer,
    *,
    status: str,
    context: Mapping[str, Any],
    last: LastFrames,
) -> bytes | None:
    """Saves one answer and ends its generation, in one statement; returns the last frame.

    `context` is what the session keeps for its next turn.

    None, and nothing is saved, when the generation does not run any more or its session is gone.
    """
    references = answer.references
    values = {
        "session": place.session_id,
        "user": place.user_id,
        "generation": place.generation_id,
        "parent": place.user_message_id,
        "status": status,
        "content": answer.content,
        "metadata": json.dumps(answer.metadata),
        "answer_status": answer.status,
        "variant": answer.variant,
        "now": timezone.now(),
        "context": json.dumps(context),
        "events": [each.event_id for each in references],
        "scores": [each.score for each in references],
        "distances": [each.distance_miles for each in references],
        "cited": [each.cited for each in references],
        "firsts": [first for first, _, _ in last.rows],
        "lasts": [end for _, end, _ in last.rows],
        "frames": [frames for _, _, frames in last.rows],
        "offset": last.offset,
        "before": last.before,
        "after": last.after,
    }
    saved = fetch(_SAVE_AND_END, values)
    return bytes(saved[0][0]) if saved else None


def lock_generation(place: AnswerPlace) -> tuple[ChatSession, Generation] | None:
    """The session and the generation, locked in this order; None when either is gone."""
    session = lock_session(place.user_id, place.session_id)
    generation = (
        Generation.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=place.generation_id)
        .first()
    )
    return None if session is None or generation is None else (session, generation)


def save_answers(
    place: AnswerPlace,
    session: ChatSession,
    answers: Sequence[SavedAnswer],
    context: Mapping[str, Any],
) -> dict[str, int]:
    """Saves answers into a locked session; returns their message ids by variant.

    Answers that the generation has already are replaced.
    """
    message_ids = {answer.variant: _save_answer(place, answer) for answer in answers}
    if message_ids:
        session.context = {**session.context, **context}
    session.save(update_fields=["context", "updated_at"])
    return message_ids


def end_generation(generation_id: UUID, status: str) -> None:
    """Gives a generation its final state."""
    Generation.objects.filter(pk=generation_id).update(status=status, ended_at=Now())


def _save_answer(place: AnswerPlace, answer: SavedAnswer) -> int:
    values = {
        "session_id": place.session_id,
        "user_id": place.user_id,
        "role": ChatMessage.Role.ASSISTANT,
        "content": answer.content,
        "status": answer.status,
        "metadata": dict(answer.metadata),
        "parent_id": place.user_message_id,
        "is_current": answer.variant == "A",
    }
    message, made = ChatMessage.objects.get_or_create(
        generation_id=place.generation_id, variant=answer.variant, defaults=values
    )
    if not made:
        ChatMessage.objects.filter(pk=message.pk).update(**values)
        message.references.all().delete()
    _save_references(message, answer.references)
    return message.pk


def _save_references(message: ChatMessage, references: Sequence[SavedReference]) -> None:
    """Events that were deleted while the answer was written are left out."""
    existing = set(
        Event.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[reference.event_id for reference in references])
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    kept = [reference for reference in references if reference.event_id in existing]
    ReferencedEvent.objects.bulk_create(
        ReferencedEvent(
            message=message,
            event_id=reference.event_id,
            position=position,
            score=reference.score,
            distance_miles=reference.distance_miles,
            cited=reference.cited,
        )
        for position, reference in enumerate(kept)
    )
