"""Fast loading: binary COPY of rows that are given by column name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import psycopg
from pgvector.psycopg import register_vector
from psycopg import sql
from tqdm import tqdm

Row = Mapping[str, object]


def copy_rows(url: str, table: str, rows: Iterable[Row], *, total: int) -> None:
    """Copies rows that all have the columns of the first; the types are the table's own."""
    with psycopg.connect(url) as database:
        register_vector(database)
        ahead: Iterator[Row] = iter(tqdm(rows, table, total, disable=None, leave=False))
        first = next(ahead)
        columns = list(first)
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with database.cursor() as cursor:
            types = _types(database, table)
            with cursor.copy(statement) as copy:
                copy.set_types([types[column] for column in columns])
                copy.write_row(list(first.values()))
                for row in ahead:
                    copy.write_row(list(row.values()))


def _types(database: psycopg.Connection[Any], table: str) -> dict[str, int]:
    rows = database.execute(
        "SELECT attname, atttypid::int FROM pg_attribute WHERE attrelid = %s::regclass"
        " AND attnum > 0 AND NOT attisdropped",
        [table],
    ).fetchall()
    return dict(rows)
