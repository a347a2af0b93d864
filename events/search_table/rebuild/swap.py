"""Puts the new table in the old one's place in one short transaction, and removes what is left."""

from __future__ import annotations

from time import perf_counter

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from core.progress import Progress
from events.search_table.rebuild.changes import apply_changes, catch_up, count_notes
from events.search_table.rebuild.shape import Shape
from events.search_table.rebuild.tables import (
    CHANGES,
    EVENTS,
    NEW,
    NOTE,
    NOTE_EMPTIED,
    OLD,
    TABLE,
    Patience,
    keep_everybody_out,
    keep_writers_out,
    named,
    numbered,
    when_free,
)

# Changes that are applied while writers wait: a fraction of a second.
_LAST_CHANGES = 200


def swap_tables(shape: Shape, progress: Progress, patience: Patience) -> tuple[int, float]:
    """Swaps as soon as few changes are left and the locks are free.

    Returns how many changed rows were caught up with, and for how many seconds
    searches had to wait.
    """
    caught_up = 0
    while True:
        caught_up += catch_up(shape, progress, patience, until=_LAST_CHANGES)
        swapped = when_free(lambda cursor: _swap(cursor, shape), patience)
        if swapped is not None:
            last, began = swapped
            return caught_up + last, perf_counter() - began


def _swap(cursor: CursorWrapper, shape: Shape) -> tuple[int, float] | None:
    """Swaps; returns how many last changes were applied, and since when searches wait.

    None when too many changes came before writers were kept out.
    """
    keep_writers_out(cursor, EVENTS, TABLE)  # in the order in which writers take them
    if count_notes(cursor) > _LAST_CHANGES:
        return None
    applied = apply_changes(cursor, shape)
    keep_everybody_out(cursor, TABLE)
    began = perf_counter()
    # Its foreign key would forbid to delete events; to drop it, even the readers of
    # events would have to wait.
    cursor.execute(named("TRUNCATE {table}", table=TABLE))
    for number, index in enumerate(shape.indexes):
        _rename_index(cursor, index.name, numbered(OLD, number))
    cursor.execute(named("ALTER TABLE {table} RENAME TO {old}", table=TABLE, old=OLD))
    cursor.execute(named("ALTER TABLE {new} RENAME TO {table}", new=NEW, table=TABLE))
    for number, index in enumerate(shape.indexes):
        _rename_index(cursor, numbered(NEW, number), index.name)
    for name, definition in shape.foreign_keys:
        cursor.execute(
            # Every row was checked in the old table.
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {} NOT VALID").format(
                sql.Identifier(TABLE), sql.Identifier(name), sql.SQL(definition)
            )
        )
    return applied, began


def _rename_index(cursor: CursorWrapper, name: str, to: str) -> None:
    """A constraint takes the new name of its index."""
    cursor.execute(named("ALTER INDEX {name} RENAME TO {to}", name=name, to=to))


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
