"""`column = ANY(array)`, for lists of hundreds: one parameter instead of as many."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignObject, Lookup
from django.db.models.sql.compiler import SQLCompiler


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
