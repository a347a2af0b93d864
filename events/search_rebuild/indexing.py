"""Builds the new table's indexes, and tells meanwhile how far each is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from psycopg import sql

from events.progress import Progress
from events.search_rebuild.names import NEW, named, numbered
from events.search_rebuild.shape import Index, Shape

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
    """Tells of the pages that a build has read until it is done; returns how many."""
    told = 0
    try:
        while not built.wait(_SECONDS_BETWEEN_LOOKS):
            with connection.cursor() as cursor:
                cursor.execute(_PAGES_DONE, [pid])
                done = cursor.fetchone()[0] or 0
            if done > told:
                step(done - told)
                told = done
    finally:
        connection.close()
    return told
