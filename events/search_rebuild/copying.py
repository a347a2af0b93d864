"""Copies the search table's rows in the order in which searches read them."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from psycopg import sql

from events.progress import Progress
from events.search_rebuild.names import NEW, TABLE, named
from events.search_rebuild.shape import Shape

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
