"""Removes what a rebuild leaves: the old table, or an unfinished new one with its trigger."""

from __future__ import annotations

from django.db import connection
from django.db.backends.utils import CursorWrapper

from events.search_table.rebuild.locks import (
    Patience,
    keep_everybody_out,
    keep_writers_out,
    when_free,
)
from events.search_table.rebuild.names import (
    CHANGES,
    EVENTS,
    NEW,
    NOTE,
    NOTE_EMPTIED,
    OLD,
    TABLE,
    named,
)

_HAS_TRIGGER = "SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s"
_UNCHECKED = """
    SELECT conname FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype = 'f' AND NOT convalidated
"""


def remove_leftovers(patience: Patience) -> bool:
    """Leaves the search table alone, whole, and with nothing beside it; whether anything was.

    Right at any point at which a rebuild ended or was killed.

    Raises:
        RebuildFailed: the tables were in use all the time.
    """
    with connection.cursor() as cursor:
        found = _exists(cursor, NEW) or _exists(cursor, OLD) or _exists(cursor, CHANGES)
    if found:
        when_free(_drop_trigger, patience)
        when_free(_drop_tables, patience)
    with connection.cursor() as cursor:
        cursor.execute(_UNCHECKED, [TABLE])
        for (name,) in cursor.fetchall():
            # Reads the table; nobody waits for it.
            cursor.execute(
                named("ALTER TABLE {table} VALIDATE CONSTRAINT {name}", table=TABLE, name=name)
            )
    return found


def _exists(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
    return bool(cursor.fetchone()[0])


def _drop_trigger(cursor: CursorWrapper) -> None:
    """Before the swap it stands on the search table; after it, on the old one."""
    cursor.execute(_HAS_TRIGGER, [TABLE, NOTE])
    if cursor.fetchone() is None:
        return
    keep_writers_out(cursor, TABLE)
    keep_everybody_out(cursor, TABLE)
    for trigger in (NOTE, NOTE_EMPTIED):
        cursor.execute(named("DROP TRIGGER {note} ON {table}", note=trigger, table=TABLE))


def _drop_tables(cursor: CursorWrapper) -> None:
    cursor.execute(named("DROP TABLE IF EXISTS {new}", new=NEW))
    if _exists(cursor, OLD):
        # With its foreign key, a trigger of the events goes.
        keep_writers_out(cursor, EVENTS)
        keep_everybody_out(cursor, EVENTS)
        cursor.execute(named("DROP TABLE {old}", old=OLD))
    cursor.execute(named("DROP FUNCTION IF EXISTS {note}()", note=NOTE))
    cursor.execute(named("DROP TABLE IF EXISTS {changes}", changes=CHANGES))
