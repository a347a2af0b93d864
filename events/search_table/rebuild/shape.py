"""Reads the search table's definition from the catalogue, and creates an equal one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from events.search_table.rebuild.tables import NEW, NOTE, NOTE_EMPTIED, TABLE, RebuildFailed, named

_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ORDER BY attnum
"""
# The smallest first, so that the primary key is there before what takes long.
_INDEXES = """
    SELECT index.relname, indisprimary, pg_get_indexdef(indexrelid),
        format('CREATE %%sINDEX %%I ON %%I.%%I USING ', CASE WHEN indisunique THEN 'UNIQUE ' END,
            index.relname, nspname, parent.relname)
    FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
    JOIN pg_class AS parent ON parent.oid = indrelid
    JOIN pg_namespace ON pg_namespace.oid = parent.relnamespace
    WHERE indrelid = %s::regclass ORDER BY indisprimary DESC, pg_relation_size(indexrelid), 1
"""
_FOREIGN_KEYS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype = 'f' ORDER BY conname
"""
# What this module does not know how to carry over: better no rebuild than half a table.
_OBSTACLES = """
    SELECT 'constraint ' || conname FROM pg_constraint
    WHERE (conrelid = %(table)s::regclass AND contype NOT IN ('p', 'c', 'f', 'n'))
        OR confrelid = %(table)s::regclass
    UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger
    WHERE tgrelid = %(table)s::regclass AND NOT tgisinternal AND tgname <> ALL (%(ours)s)
    UNION ALL SELECT 'policy ' || polname FROM pg_policy WHERE polrelid = %(table)s::regclass
    UNION ALL SELECT 'statistics ' || stxname FROM pg_statistic_ext
    WHERE stxrelid = %(table)s::regclass
    UNION ALL SELECT 'view or rule ' || ev_class::regclass FROM pg_rewrite
    JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = pg_rewrite.oid
    WHERE refclassid = 'pg_class'::regclass AND refobjid = %(table)s::regclass
    UNION ALL SELECT 'publication ' || pubname FROM pg_publication_rel
    JOIN pg_publication ON pg_publication.oid = prpubid WHERE prrelid = %(table)s::regclass
    UNION ALL SELECT 'inheritance' FROM pg_inherits
    WHERE inhrelid = %(table)s::regclass OR inhparent = %(table)s::regclass
    UNION ALL SELECT 'storage of its own' FROM pg_class WHERE oid = %(table)s::regclass
        AND (reltablespace <> 0 OR relreplident <> 'd' OR relpersistence <> 'p')
    UNION ALL SELECT 'rights on column ' || attname FROM pg_attribute
    WHERE attrelid = %(table)s::regclass AND attacl IS NOT NULL
"""
# LIKE leaves these out.
_OPTIONS = "SELECT unnest(reloptions) FROM pg_class WHERE oid = %s::regclass"
_STATISTICS = """
    SELECT attname, attstattarget FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND attstattarget >= 0
"""
_OWNER_AND_COMMENT = """
    SELECT pg_get_userbyid(relowner), obj_description(oid, 'pg_class') FROM pg_class
    WHERE oid = %s::regclass
"""
_RIGHTS = """
    SELECT CASE grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(grantee) END, privilege_type,
        is_grantable
    FROM pg_class, aclexplode(relacl) WHERE pg_class.oid = %s::regclass AND grantee <> relowner
"""


@dataclass(frozen=True, slots=True)
class Index:
    """An index of the table: its name, and what comes after `USING` in its definition."""

    name: str
    is_primary: bool
    create: str
    using: str


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns that are written, the indexes, and the foreign keys by name."""

    columns: tuple[str, ...]
    indexes: tuple[Index, ...]
    foreign_keys: tuple[tuple[str, str], ...]

    def column_list(self) -> sql.Composed:
        return sql.SQL(", ").join(sql.Identifier(column) for column in self.columns)


def read_shape() -> Shape:
    """The search table's shape.

    Raises:
        RebuildFailed: something hangs on the table that a rebuild would lose.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OBSTACLES, {"table": TABLE, "ours": [NOTE, NOTE_EMPTIED]})
        if obstacles := [name for (name,) in cursor.fetchall()]:
            raise RebuildFailed(f"{TABLE} has what a rebuild would lose: {', '.join(obstacles)}.")
        columns = [name for (name,) in _rows(cursor, _COLUMNS)]
        indexes = [_index(*row) for row in _rows(cursor, _INDEXES)]
        return Shape(tuple(columns), tuple(indexes), tuple(_rows(cursor, _FOREIGN_KEYS)))


def create_like(cursor: CursorWrapper) -> None:
    """An empty table like the search table, without its indexes and foreign keys."""
    cursor.execute(
        named("CREATE TABLE {new} (LIKE {table} INCLUDING ALL EXCLUDING INDEXES)",
              new=NEW, table=TABLE)
    )  # fmt: skip
    for (option,) in _rows(cursor, _OPTIONS):
        name, _, value = option.partition("=")
        _alter(cursor, sql.SQL("SET ({} = {})").format(sql.Identifier(name), sql.Literal(value)))
    for column, target in _rows(cursor, _STATISTICS):
        change = sql.SQL("ALTER COLUMN {} SET STATISTICS {}")
        _alter(cursor, change.format(sql.Identifier(column), sql.Literal(target)))
    ((owner, comment),) = _rows(cursor, _OWNER_AND_COMMENT)
    _alter(cursor, sql.SQL("OWNER TO {}").format(sql.Identifier(owner)))
    if comment is not None:
        cursor.execute(
            sql.SQL("COMMENT ON TABLE {} IS {}").format(sql.Identifier(NEW), sql.Literal(comment))
        )
    for grantee, privilege, is_grantable in _rows(cursor, _RIGHTS):
        cursor.execute(
            sql.SQL("GRANT {} ON {} TO {} {}").format(
                sql.SQL(privilege),
                sql.Identifier(NEW),
                sql.SQL("PUBLIC") if grantee is None else sql.Identifier(grantee),
                sql.SQL("WITH GRANT OPTION" if is_grantable else ""),
            )
        )


def _alter(cursor: CursorWrapper, change: sql.Composed) -> None:
    cursor.execute(sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(NEW), change))


def _rows(cursor: CursorWrapper, query: str) -> list[tuple[Any, ...]]:
    cursor.execute(query, [TABLE])
    return list(cursor.fetchall())


def _index(name: str, is_primary: bool, definition: str, beginning: str) -> Index:
    if not definition.startswith(beginning):
        raise RebuildFailed(f"The definition of {name} is not understood: {definition}")
    create = "CREATE UNIQUE INDEX" if beginning.startswith("CREATE UNIQUE") else "CREATE INDEX"
    return Index(name, is_primary, create, definition.removeprefix(beginning))
