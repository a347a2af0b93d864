"""The tables of a rebuild: their names, and locks on them that let others queue only briefly.

Whoever waits for a lock makes later comers wait too, so each try has a
`lock_timeout`, and between two tries everybody else has their turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import errors, sql

from events.models import Event, EventSearchRow

TABLE = EventSearchRow._meta.db_table
EVENTS = Event._meta.db_table
NEW = f"{TABLE}_new"
OLD = f"{TABLE}_old"
# The ids of events whose rows changed during the rebuild; the trigger that notes them.
CHANGES = f"{TABLE}_changes"
NOTE = f"{TABLE}_note"
NOTE_EMPTIED = f"{TABLE}_note_emptied"


def named(template: str, **names: str) -> sql.Composed:
    """The statement with its `{names}` as quoted identifiers."""
    return sql.SQL(template).format(**{key: sql.Identifier(name) for key, name in names.items()})


def numbered(table: str, number: int) -> str:
    """The temporary name of a table's index."""
    return f"{table}_index_{number}"


T = TypeVar("T")

# Writers wait so long behind a try, and autovacuum, which gives way after a second, is over.
_WRITERS_WAIT_MS = 3_000
# Searches wait so long behind a try.
_READERS_WAIT_MS = 200
_PAUSE_SECONDS = 0.5


class RebuildFailed(Exception):
    """The rebuild cannot go on; the message is for a person. The old table is in use."""


@dataclass(frozen=True)
class Patience:
    """Until when (by the monotonic clock) to try again for a lock."""

    until: float

    @classmethod
    def of(cls, seconds: float) -> Patience:
        return cls(time.monotonic() + seconds)

    def is_over(self) -> bool:
        return time.monotonic() > self.until


def when_free(action: Callable[[CursorWrapper], T], patience: Patience) -> T:
    """Runs `action` in a transaction of its own, again and again while locks are not free.

    Raises:
        RebuildFailed: the locks were not free in all the time.
    """
    while True:
        try:
            with transaction.atomic(durable=True), connection.cursor() as cursor:
                return action(cursor)
        except OperationalError as error:
            if not isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected):
                raise
            if patience.is_over():
                raise RebuildFailed(
                    "Somebody has been using the search table for too long, as pg_locks and "
                    "pg_stat_activity show (a transaction that was left open?)."
                ) from error
        time.sleep(_PAUSE_SECONDS)


def keep_writers_out(cursor: CursorWrapper, *tables: str) -> None:
    """Keeps writers out of the tables until the transaction ends; reading goes on."""
    _set_timeout(cursor, _WRITERS_WAIT_MS)
    for table in tables:
        cursor.execute(named("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE", table=table))


def keep_everybody_out(cursor: CursorWrapper, table: str) -> None:
    """Keeps everybody out of the table until the transaction ends; later locks wait as briefly.

    Keep writers out before: then readers are all that is waited for.
    """
    _set_timeout(cursor, _READERS_WAIT_MS)
    cursor.execute(named("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", table=table))


def _set_timeout(cursor: CursorWrapper, milliseconds: int) -> None:
    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(milliseconds)])
