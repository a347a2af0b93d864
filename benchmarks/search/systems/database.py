"""The benchmark's Postgres: one server, one database a size, the same settings for all.

The server's own database holds the places and is the template of the others.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from superschedules import embedded_postgres

BASE = embedded_postgres.DATABASE
# More than the embedded server's defaults, which are made for a small machine:
# a graph over a million rows is only built quickly in memory. The write-ahead
# log is kept short, since loading is no part of what is compared.
SETTINGS = {
    "shared_buffers": "2GB",
    "effective_cache_size": "8GB",
    "maintenance_work_mem": "3GB",
    "max_parallel_maintenance_workers": str(max(1, (os.cpu_count() or 2) - 1)),
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
SHOWN = (
    *list(SETTINGS)[:4],
    "work_mem",
    "random_page_cost",
    "jit",
    "max_parallel_workers_per_gather",
)


@contextmanager
def running_server(folder: Path) -> Iterator[str]:
    """Yields the URL of the benchmark's server, with `SETTINGS` in force."""
    with embedded_postgres.running(folder) as url:
        changed = _change_settings(url)
        if not changed:
            yield url
            return
    with embedded_postgres.running(folder) as url:  # started anew, to take the settings
        yield url


def _change_settings(url: str) -> bool:
    with psycopg.connect(url, autocommit=True) as server:
        known: dict[str, str] = dict(
            server.execute(
                "SELECT name, setting FROM pg_file_settings"
                " WHERE applied AND sourcefile LIKE '%postgresql.auto.conf'"
            ).fetchall()
        )
        changed = {name: value for name, value in SETTINGS.items() if known.get(name) != value}
        for name, value in changed.items():
            server.execute(
                sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
            )
    return bool(changed)


def describe_settings(url: str) -> str:
    """The settings that matter here, as the server says they are."""
    with psycopg.connect(url) as server:
        shown = {
            name: server.execute("SELECT current_setting(%s)", [name]).fetchone() for name in SHOWN
        }
    return ", ".join(f"{name} {value[0]}" for name, value in shown.items() if value)


def url_of(url: str, database: str) -> str:
    """The server's URL with another database."""
    return make_conninfo(url, dbname=database)


def use_database(name: str) -> None:
    """Points Django at another database of the server."""
    close_connections()
    connection.settings_dict["NAME"] = name


def close_connections() -> None:
    """Django's, with their pool, so that a database can be copied or dropped."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # the PostgreSQL backend's


def database_exists(url: str, name: str) -> bool:
    with psycopg.connect(url) as server:
        found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    return found is not None


def create_database(url: str, name: str, *, template: str = "template1") -> None:
    """Creates a database anew; one of the name is dropped. The caller is connected to neither."""
    with psycopg.connect(url_of(url, "postgres"), autocommit=True) as server:
        _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        _run(server, "CREATE DATABASE {} TEMPLATE {}", name, template)


def _run(server: psycopg.Connection[Any], statement: LiteralString, *names: str) -> None:
    server.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))


def prepare_base(url: str) -> None:
    """Makes the template: today's tables, all places."""
    from events.places.loading import load_places

    use_database(BASE)
    call_command("migrate", verbosity=0)
    if not schema_fits():
        use_database("postgres")
        create_database(url, BASE)
        use_database(BASE)
        call_command("migrate", verbosity=0)
    load_places()


def schema_fits() -> bool:
    """Whether every model finds its table, with exactly its columns."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in apps.get_models():
            table = model._meta.db_table
            if not model._meta.managed:
                continue
            if table not in tables:
                return False
            found = connection.introspection.get_table_description(cursor, table)
            if {column.name for column in found} != {
                f.column for f in model._meta.local_concrete_fields
            }:
                return False
    return True


class Marker:
    """What a database says of itself, so that a later run need not load it again."""

    def __init__(self, url: str) -> None:
        self._url = url
        with psycopg.connect(url) as database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS benchmark_marker (name text PRIMARY KEY, value text)"
            )

    def read(self, name: str) -> Any:
        """What was written under a name; None when nothing was."""
        with psycopg.connect(self._url) as database:
            row = database.execute(
                "SELECT value FROM benchmark_marker WHERE name = %s", [name]
            ).fetchone()
        return json.loads(row[0]) if row else None

    def write(self, name: str, value: object) -> None:
        with psycopg.connect(self._url) as database:
            database.execute(
                "INSERT INTO benchmark_marker VALUES (%s, %s)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [name, json.dumps(value)],
            )


def digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
