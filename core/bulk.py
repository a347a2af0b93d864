"""Writes many rows with one statement: values as one JSON document, vectors in binary.

An ORM's bulk statements spend more time on composing their text than the
database spends on the rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import psycopg
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignObject, Lookup
from django.db.models.sql.compiler import SQLCompiler
from numpy.typing import NDArray
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format


@dataclass(frozen=True, slots=True)
class Upsert:
    """Inserts rows of a model by `columns`, or updates those whose `unique` columns are there.

    `updates` holds the columns that an update writes as they come, `expressions`
    those that follow from the stored row: (column, SQL). With `only_changed`, rows
    that would stay as they are keep their entries in all indexes. `vectors` is the
    column that comes apart, in binary; `returning` is SQL.
    """

    model: type[models.Model]
    columns: tuple[str, ...]
    unique: tuple[str, ...]
    updates: tuple[str, ...]
    expressions: tuple[tuple[str, str], ...] = ()
    vectors: str = ""
    only_changed: bool = False
    returning: str = ""


def upsert_rows(
    statement: Upsert, rows: Sequence[Mapping[str, Any]], vectors: NDArray[np.float32] | None = None
) -> list[tuple[Any, ...]]:
    """Writes the rows in their order, and returns what the statement asks for.

    Sort them by what they are unique by, so that two at once lock in one order.

    Raises:
        DataError, IntegrityError: a value that the table does not take; nothing is written.
    """
    if not rows:
        return []
    parameters: list[object] = [json.dumps(rows, default=str)]
    connection.ensure_connection()
    driver = connection.connection
    assert driver is not None
    # Django's own cursor writes its parameters into the statement's text.
    with connection.wrap_database_errors, psycopg.RawCursor(driver) as cursor:
        if vectors is not None:
            cursor.adapters.register_dumper(_HalfVectors, _HalfVectorsDumper)
            parameters.append(_HalfVectors(vectors, _halfvec_oid(cursor)))
        cursor.execute(_sql(statement), parameters)
        return cursor.fetchall() if statement.returning else []


def commit_without_waiting() -> None:
    """Lets the transaction that is open commit before it is on the disk.

    Should the database's machine crash, the last such transactions are as if they
    had never been; any later commit that waits makes all before it last. For work
    that the next run does again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


def update_rows(
    model: type[models.Model], columns: tuple[str, ...], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Writes these columns of stored rows; each row names its primary key as `pk`."""
    if not rows:
        return
    meta = model._meta
    fields = concrete_fields(model, columns)
    key = meta.pk
    assert key is not None
    record = ", ".join(f"{field.column} {field.db_type(connection)}" for field in fields)
    setting = ", ".join(f"{field.column} = given.{field.column}" for field in fields)
    sql = (
        f"UPDATE {meta.db_table} AS stored SET {setting}"  # noqa: S608 - names of the model
        f" FROM json_to_recordset(%s::json) AS given (pk {key.rel_db_type(connection)}, {record})"
        f" WHERE stored.{key.column} = given.pk"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps(rows, default=str)])


@lru_cache(maxsize=32)
def concrete_fields(
    model: type[models.Model], names: Iterable[str]
) -> list[models.Field[Any, Any]]:
    """The fields of these names that have a column."""
    known = {field.name: field for field in model._meta.concrete_fields}
    return [known[name] for name in names]


def _sql(statement: Upsert) -> bytes:
    """The statement; its names are the models' own, never from outside."""
    meta = statement.model._meta
    fields = concrete_fields(statement.model, statement.columns)
    record = ", ".join(f"{field.column} {field.db_type(connection)}" for field in fields)
    names = [str(field.column) for field in fields]
    functions = [f"json_to_recordset($1::json) AS ({record})"]
    if statement.vectors:
        functions.append("unnest($2::halfvec[])")
        names.append(statement.vectors)
    source = f"ROWS FROM ({', '.join(functions)})"
    table = meta.db_table
    columns = ", ".join(names)
    updates = [field.column for field in concrete_fields(statement.model, statement.updates)]
    setting = [f"{name} = excluded.{name}" for name in updates]
    setting += [f"{name} = {sql}" for name, sql in statement.expressions]
    parts = [
        f"INSERT INTO {table} ({columns}) SELECT * FROM {source} AS given ({columns})",  # noqa: S608
        f"ON CONFLICT ({', '.join(statement.unique)}) DO UPDATE SET {', '.join(setting)}",
    ]
    if statement.only_changed:
        stored = ", ".join(f"{table}.{name}" for name in updates)
        wanted = ", ".join(f"excluded.{name}" for name in updates)
        parts.append(f"WHERE ({stored}) IS DISTINCT FROM ({wanted})")
    if statement.returning:
        parts.append(f"RETURNING {statement.returning}")
    return "\n".join(parts).encode()


def _halfvec_oid(cursor: psycopg.RawCursor[Any]) -> int:
    """The type's number in this database; an extension's differs from one to the next."""
    row = cursor.execute("SELECT 'halfvec'::regtype::oid::bigint").fetchone()
    assert row is not None
    return int(row[0])


class _HalfVectors:
    """Vectors as one array of `halfvec`, in the form that Postgres receives arrays in."""

    def __init__(self, vectors: NDArray[np.float32], oid: int) -> None:
        count, dimensions = vectors.shape
        element = np.dtype(
            [("size", ">i4"), ("length", ">i2"), ("zero", ">i2"), ("parts", ">f2", dimensions)]
        )
        elements = np.zeros(count, element)
        elements["size"], elements["length"] = element.itemsize - 4, dimensions
        elements["parts"] = vectors
        # One dimension without nulls, of so many elements, counted from 1.
        head = np.array([1, 0, oid, count, 1], ">u4")
        self.content = head.tobytes() + elements.tobytes()


class _HalfVectorsDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: _HalfVectors) -> Buffer:
        return obj.content


class AnyOf(Lookup):
    """`filter(key__any_of=keys)` finds what `key__in` finds.

    Composing, sending and parsing a statement with a thousand parameters takes
    longer than answering it.
    """

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*parameters, list(self.rhs))


def register() -> None:
    """Makes the lookup known for columns and foreign keys."""
    Field.register_lookup(AnyOf)
    ForeignObject.register_lookup(AnyOf)
