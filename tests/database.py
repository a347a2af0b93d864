"""The databases of a test run: one for each process, copied from a template made once.

Migrating and loading the places of the world takes longer than copying the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases

from events.places.loading import load_places
from tests.serving import database_url

_TEMPLATE = "superschedules_template"


def make_test_database(*, keep: bool) -> Any:
    """Makes this process's test database; returns what `teardown_databases` takes."""
    _make_template_once()
    connection.settings_dict["TEST"]["TEMPLATE"] = _TEMPLATE
    return setup_databases(0, interactive=False, keepdb=keep, serialized_aliases=[])


def _make_template_once() -> None:
    """Makes the template, or waits until another process of the run has made it."""
    with psycopg.connect(database_url(), autocommit=True) as session:
        session.execute("SELECT pg_advisory_lock(hashtext(%s))", [_TEMPLATE])
        known = session.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE])
        if known.fetchone() is None:
            session.execute(f"CREATE DATABASE {_TEMPLATE}_unfinished")
            with _connected_to(f"{_TEMPLATE}_unfinished"):
                call_command("migrate", verbosity=0)
                load_places()
            session.execute(f"ALTER DATABASE {_TEMPLATE}_unfinished RENAME TO {_TEMPLATE}")


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    """Connects Django to another database; its pool keeps no session of either one."""
    before = connection.settings_dict["NAME"]
    _disconnect()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        _disconnect()
        connection.settings_dict["NAME"] = before


def _disconnect() -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined] # of the Postgres backend
