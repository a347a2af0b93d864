"""Notes which rows of the search table are written while a new one is built.

Notes are only ever added, and committed with the change that they tell of. So
whoever takes those that can be seen, and then reads the rows, sees at least
these changes; a change that is committed later has a note of its own.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from core.progress import Progress
from events.search_table.rebuild.shape import Shape
from events.search_table.rebuild.tables import (
    CHANGES,
    NEW,
    NOTE,
    NOTE_EMPTIED,
    TABLE,
    Patience,
    RebuildFailed,
    keep_writers_out,
    named,
    when_free,
)

BATCH = 1_000

# A crash of the server empties an unlogged table; the rebuild is lost with it.
_CREATE = """
    CREATE UNLOGGED TABLE {changes} (event_id bigint);
    CREATE FUNCTION {note}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'TRUNCATE' THEN
            INSERT INTO {changes} VALUES (NULL);
            RETURN NULL;
        END IF;
        IF TG_OP <> 'INSERT' THEN
            INSERT INTO {changes} VALUES (OLD.event_id);
        END IF;
        IF TG_OP <> 'DELETE' THEN
            INSERT INTO {changes} VALUES (NEW.event_id);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER {note} AFTER INSERT OR UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {note}();
    CREATE TRIGGER {note_emptied} AFTER TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {note}();
"""
_TAKE = """
    WITH taken AS (DELETE FROM {changes} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM {changes} LIMIT %s)) RETURNING event_id)
    SELECT DISTINCT event_id FROM taken
"""


def note_changes(patience: Patience) -> None:
    """Begins to note each write to the search table."""

    def begin(cursor: CursorWrapper) -> None:
        # Who is still writing was not seen by the trigger, and must have committed
        # before the rows are read: the lock waits for that.
        keep_writers_out(cursor, TABLE)
        cursor.execute(
            named(_CREATE, changes=CHANGES, note=NOTE, note_emptied=NOTE_EMPTIED, table=TABLE)
        )

    when_free(begin, patience)


def count_notes(cursor: CursorWrapper) -> int:
    """Counts the notes; several may be of the same row."""
    cursor.execute(named("SELECT count(*) FROM {changes}", changes=CHANGES))
    return int(cursor.fetchone()[0])


def catch_up(shape: Shape, progress: Progress, patience: Patience, *, until: int) -> int:
    """Applies noted changes until at most `until` are left; returns how many rows it took.

    Raises:
        RebuildFailed: rows are written faster than they can be applied.
    """
    applied = 0
    while True:
        with connection.cursor() as cursor:
            noted = count_notes(cursor)
        if noted <= until:
            return applied
        if patience.is_over():
            raise RebuildFailed(
                "Rows are written faster than they can be copied. Rebuild when no import runs."
            )
        with progress("catching up", noted) as step:
            for start in range(0, noted, BATCH):
                with transaction.atomic(durable=True), connection.cursor() as cursor:
                    applied += apply_changes(cursor, shape)
                step(min(BATCH, noted - start))


def apply_changes(cursor: CursorWrapper, shape: Shape) -> int:
    """Takes a batch of notes and makes the new table's rows what the old one's are.

    Call it in a transaction that reads committed rows: the notes are taken by
    one statement and the rows read by a later one. Returns how many rows it took.
    """
    cursor.execute(named(_TAKE, changes=CHANGES), [BATCH])
    ids = [event_id for (event_id,) in cursor.fetchall()]
    if None in ids:  # the table was emptied
        cursor.execute(
            named("DELETE FROM {new} WHERE event_id NOT IN (SELECT event_id FROM {table})",
                  new=NEW, table=TABLE)
        )  # fmt: skip
    cursor.execute(named("DELETE FROM {new} WHERE event_id = ANY (%s)", new=NEW), [ids])
    cursor.execute(
        sql.SQL(
            "INSERT INTO {new} ({columns}) SELECT {columns} FROM {table}"
            " WHERE event_id = ANY (%s) ORDER BY cell, starts_at"
        ).format(new=sql.Identifier(NEW), table=sql.Identifier(TABLE), columns=shape.column_list()),
        [ids],
    )
    return len(ids)
