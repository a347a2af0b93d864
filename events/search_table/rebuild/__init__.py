"""Builds the search table anew beside the old one, in the order in which searches read it.

The steps: `tables` (names and locks), `shape` (what the table is made of), `changes` (rows that
are written meanwhile), `copying` (rows and indexes), `swap` (the new table in the old one's place).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from core.advisory_lock import only_one
from core.progress import Progress, silent
from events.search_table.rebuild.changes import note_changes
from events.search_table.rebuild.copying import analyse, build_indexes, copy_in_order
from events.search_table.rebuild.shape import create_like, read_shape
from events.search_table.rebuild.swap import remove_leftovers, swap_tables
from events.search_table.rebuild.tables import Patience, RebuildFailed

__all__ = ["RebuildFailed", "RebuildReport", "rebuild_search_table", "remove_leftovers"]

WORK = "rebuild_search"


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """Counts of rows: copied in order, and copied again because they changed meanwhile.

    `seconds_blocked`: how long searches had to wait for the swap at most: it includes the
    removal of the old files, which nobody waits for.
    """

    copied: int
    caught_up: int
    seconds_blocked: float


def rebuild_search_table(
    *, progress: Progress = silent, patience_seconds: float = 600
) -> RebuildReport:
    """Builds the search table anew, in order of (cell, starts_at), while it is in use.

    Killed at any point, it leaves a whole table in use, and what the next run removes.
    Call it outside of any transaction. For each lock it tries `patience_seconds`.

    Raises:
        AlreadyRunning: another process is rebuilding it.
        RebuildFailed: it had to give up; a whole table is in use, as if it had been killed.
    """
    with only_one(WORK):
        _notice_when_killed()
        remove_leftovers(Patience.of(patience_seconds))
        shape = read_shape()
        try:
            with transaction.atomic(durable=True), connection.cursor() as cursor:
                create_like(cursor)
            note_changes(Patience.of(patience_seconds))
            copied = copy_in_order(shape, progress)
            build_indexes(shape, progress)
            analyse()
            with progress("swapping", 1) as step:
                caught_up, seconds = swap_tables(shape, progress, Patience.of(patience_seconds))
                step(1)
        finally:
            with progress("tidying up", 1) as step:
                remove_leftovers(Patience.of(patience_seconds))
                step(1)
    return RebuildReport(copied, caught_up, seconds)


def _notice_when_killed() -> None:
    """Lets the server end an index build whose client is gone, instead of finishing it."""
    with connection.cursor() as cursor:
        cursor.execute("SET client_connection_check_interval = '1s'")
