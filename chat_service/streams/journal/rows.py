"""The journal in the database: rows of consecutive frames, written in one statement a flush."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import psycopg
from django.db import connection
from psycopg.abc import Params

from chat_service.streams import sse
from events.models import Generation

# Offsets a dead worker's readers can have seen beyond its last row: the end that is written
# for it stands behind them all.
LOST_AT_MOST = 1_000_000
# The row that holds what an answer is made from; no reader sees it.
BASIS = 0


@dataclass(frozen=True, slots=True)
class Row:
    """Consecutive frames of one generation, as one row."""

    generation_id: UUID
    first: int
    last: int
    frames: bytes


@dataclass(frozen=True, slots=True)
class JournalNews:
    """What a look into the journal found: new frames, and whether there will be more."""

    rows: Sequence[Row]
    running: bool


_INSERT = """
    INSERT INTO events_generationchunk (generation_id, first_offset, last_offset, frames)
    SELECT * FROM unnest(%b::uuid[], %b::int[], %b::int[], %b::bytea[])
    ON CONFLICT DO NOTHING
"""
# The lock on the worker's row lets nobody declare it dead in between.
_INSERT_IF_ALIVE = """
    WITH alive AS (SELECT 1 FROM events_chatworker WHERE id = %b AND NOT dead FOR SHARE),
    written AS (
        INSERT INTO events_generationchunk (generation_id, first_offset, last_offset, frames)
        SELECT new.* FROM unnest(%b::uuid[], %b::int[], %b::int[], %b::bytea[]) AS new, alive
        ON CONFLICT DO NOTHING
    )
    SELECT ARRAY(SELECT id FROM events_generation
                  WHERE worker_id = %b AND status = 'running' AND stop_requested)
      FROM alive
"""


class _PreparedCursor(psycopg.Cursor[tuple[Any, ...]]):
    """Prepares what it executes, so that frames go out as they are instead of as literals."""

    def execute(self, query: Any, params: Params | None = None, **options: Any) -> Self:
        return super().execute(query, params, **{"prepare": True, **options})


def _prepared_cursor() -> Any:
    """A cursor on Django's connection, with Django's errors."""
    connection.ensure_connection()
    own: psycopg.Connection[Any] = connection.connection
    own.prepare_threshold = 0  # Django's is None, with which psycopg prepares nothing
    cursor: Any = _PreparedCursor(own)
    return connection.make_cursor(cursor)


def insert_rows(rows: Sequence[Row]) -> None:
    """Writes rows; those that are there already stay, so that a write can be repeated."""
    if rows:
        with _prepared_cursor() as cursor:
            cursor.execute(_INSERT, _columns(rows))


def insert_rows_of(worker_id: UUID, rows: Sequence[Row]) -> Sequence[UUID] | None:
    """Writes a living worker's rows; None, and nothing written, when it counts as dead.

    Returns which of all that it writes is to be stopped, so that this needs no asking of its own
    while text comes.
    """
    with _prepared_cursor() as cursor:
        cursor.execute(_INSERT_IF_ALIVE, [worker_id, *_columns(rows), worker_id])
        found = cursor.fetchone()
        return None if found is None else list(found[0])


def _columns(rows: Sequence[Row]) -> list[list[object]]:
    return [
        [row.generation_id for row in rows],
        [row.first for row in rows],
        [row.last for row in rows],
        [row.frames for row in rows],
    ]


def delete_rows(generation_id: UUID) -> None:
    """Deletes what the journal holds of a generation that is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM events_generationchunk WHERE generation_id = %s", [generation_id]
        )


def delete_frames_from(generation_id: UUID, offset: int) -> None:
    """Deletes a generation's rows that begin at an offset or behind it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM events_generationchunk WHERE generation_id = %s AND first_offset >= %s",
            [generation_id, offset],
        )


def read_rows(generation_id: UUID) -> list[Row]:
    """The whole journal of one generation, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generation_id, first_offset, last_offset, frames FROM events_generationchunk"
            " WHERE generation_id = %s ORDER BY first_offset",
            [generation_id],
        )
        return [_row(*found) for found in cursor.fetchall()]


_FOLLOW = """
    SELECT g.id, g.status = 'running', c.first_offset, c.last_offset, c.frames
    FROM unnest(%s::uuid[], %s::int[]) AS wanted (id, after)
    JOIN events_generation AS g ON g.id = wanted.id
    LEFT JOIN events_generationchunk AS c
      ON c.generation_id = g.id AND c.last_offset > wanted.after
    ORDER BY g.id, c.first_offset
"""


def follow(wanted: Mapping[UUID, int]) -> dict[UUID, JournalNews]:
    """What came after an offset, for many generations in one query.

    One that is not in the answer does not exist any more.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, [list(wanted), list(wanted.values())])
        found: dict[UUID, tuple[list[Row], bool]] = {}
        for generation_id, running, first, last, frames in cursor.fetchall():
            rows, _ = found.setdefault(generation_id, ([], running))
            if first is not None:
                rows.append(_row(generation_id, first, last, frames))
    return {key: JournalNews(rows, running) for key, (rows, running) in found.items()}


def mark_watched(ids: Sequence[UUID]) -> None:
    """Marks generations as followed by a reader of another worker."""
    Generation.objects.running().mark_watched(ids)


def frames_after(rows: Sequence[Row], after: int) -> Iterator[tuple[int, bytes]]:
    """Each frame behind an offset, in order."""
    for row in rows:
        if row.first == BASIS:
            continue
        if row.first > after:
            yield from sse.split_frames(row.frames)
        elif row.last > after:
            yield from (each for each in sse.split_frames(row.frames) if each[0] > after)


def notes_of(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """The writer's notes for a recovery of its answer, in order."""
    for row in rows:
        if row.first != BASIS:
            yield from sse.notes_in(row.frames)


def _row(generation_id: UUID, first: int, last: int, frames: memoryview | bytes) -> Row:
    return Row(generation_id, first, last, bytes(frames))
