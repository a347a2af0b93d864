"""Migrations: complete, and each can be taken back."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import call_command
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.serving import database_url
from tests.superschedules.launched import manage

OURS = ("accounts_", "events_")


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    printed = io.StringIO()
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=printed)
    assert printed.getvalue() == "No changes detected\n"


@pytest.fixture
def scratch(committed: None) -> Iterator[str]:
    """The connection string of an empty database on the test server."""
    name = f"scratch_{os.getpid()}"
    given = sql.Identifier(name)
    server = make_conninfo(database_url(), dbname="postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(given))
        yield make_conninfo(server, dbname=name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(given))


def _migrate(database: str, *target: str) -> None:
    done = manage("migrate", *target, env={**os.environ, "DATABASE_URL": database})
    assert done.returncode == 0, done.stderr


def _schema(database: str) -> list[tuple[str, ...]]:
    """Every column, index and constraint of our tables."""
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            """
            SELECT table_name::text, column_name::text, format('%s %s %s',
                   udt_name, is_nullable, column_default)
              FROM information_schema.columns WHERE table_schema = 'public'
            UNION ALL
            SELECT tablename::text, indexname::text, indexdef
              FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL
            SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid)
              FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            """
        ).fetchall()
    return sorted(row for row in rows if row[0].startswith(OURS))


def test_migrations_can_be_taken_back_and_made_again(scratch: str) -> None:
    _migrate(scratch)
    made = _schema(scratch)
    assert {"events_event", "accounts_user"} <= {table for table, *_ in made}
    _migrate(scratch, "accounts", "zero")  # and with it the events, which point to users
    assert _schema(scratch) == []
    _migrate(scratch)
    assert _schema(scratch) == made
