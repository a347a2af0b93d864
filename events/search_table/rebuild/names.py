"""What the tables of a rebuild are called; whatever has such a name is a rebuild's own."""

from __future__ import annotations

from psycopg import sql

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
