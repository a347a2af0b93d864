"""Copies the search table's rows in the order in which searches read them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from core.progress import Progress
from events.search_table.rebuild.shape import Index, Shape
from events.search_table.rebuild.tables import NEW, TABLE, named, numbered

# Rows a statement: of a kilobyte each, so that sorting them fits into `work_mem`.
CHUNK = 2_000

# One cell after the other, by the index of (cell, starts_at).
_COPY = """
    WITH copied AS (
        INSERT INTO {new} ({columns})
        SELECT {columns} FROM {table} WHERE (cell, starts_at, event_id) > (%s, %s, %s)
        ORDER BY cell, starts_at, event_id LIMIT %s
        RETURNING cell, starts_at, event_id
    )
    SELECT cell, starts_at, event_id, count(*) OVER () FROM copied
    ORDER BY cell DESC, starts_at DESC, event_id DESC LIMIT 1
"""
_BEFORE_ALL = (-(2**31), "-infinity", 0)


def copy_in_order(shape: Shape, progress: Progress) -> int:
    """Copies all rows as they are at one instant; returns how many.

    One snapshot, so that a row that moves meanwhile is neither met twice nor missed.
    """
    statement = sql.SQL(_COPY).format(
        new=sql.Identifier(NEW), table=sql.Identifier(TABLE), columns=shape.column_list()
    )
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        # A plan that sorted all the rest for each chunk would take a pass a chunk.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(named("SELECT count(*) FROM {table}", table=TABLE))
        total, copied = cursor.fetchone()[0], 0
        last: tuple[Any, ...] = _BEFORE_ALL
        with progress("copying rows", total) as step:
            while True:
                cursor.execute(statement, [*last, CHUNK])
                row = cursor.fetchone()
                if row is None:
                    return copied
                *last_values, count = row
                last = tuple(last_values)
                copied += count
                step(count)


_SECONDS_BETWEEN_LOOKS = 0.5

_PAGES = "SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::int"
# Of both scans of a build that has two, only the second counts blocks again; it is not added.
_PAGES_DONE = "SELECT max(blocks_done) FROM pg_stat_progress_create_index WHERE pid = %s"


def build_indexes(shape: Shape, progress: Progress) -> None:
    """Builds every index of the search table for the new one, under temporary names."""
    for number, index in enumerate(shape.indexes):
        _build(index, numbered(NEW, number), progress)


def analyse() -> None:
    """Counts the new table's rows for the planner, and marks its pages as visible to all."""
    with connection.cursor() as cursor:
        cursor.execute(named("VACUUM (ANALYZE) {new}", new=NEW))


def _build(index: Index, name: str, progress: Progress) -> None:
    statement = sql.SQL("{} {} ON {} USING {}").format(
        sql.SQL(index.create), sql.Identifier(name), sql.Identifier(NEW), sql.SQL(index.using)
    )
    with connection.cursor() as cursor:
        cursor.execute(_PAGES, [NEW])
        pages = cursor.fetchone()[0]
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
        built = threading.Event()
        with progress(f"index {index.name}", pages) as step, ThreadPoolExecutor(1) as threads:
            watching = threads.submit(_watch, pid, built, step)
            try:
                cursor.execute(statement)
            finally:
                built.set()
            step(pages - watching.result())
        if index.is_primary:
            cursor.execute(
                named("ALTER TABLE {new} ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {name}",
                      new=NEW, name=name)
            )  # fmt: skip


def _watch(pid: int, built: threading.Event, step: Callable[[int], None]) -> int:
    """Reports the pages that a build has read until it is done; returns how many."""
    reported = 0
    try:
        while not built.wait(_SECONDS_BETWEEN_LOOKS):
            with connection.cursor() as cursor:
                cursor.execute(_PAGES_DONE, [pid])
                done = cursor.fetchone()[0] or 0
            if done > reported:
                step(done - reported)
                reported = done
    finally:
        connection.close()
    return reported
