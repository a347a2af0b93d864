"""A database of its own on the benchmarks' server, where the calendars stay between runs.

In the common one they would count as matches of the other benchmarks' searches.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from events.places.loading import load_places

NAME = "relevance"


@contextmanager
def own_database() -> Iterator[None]:
    """Points the default connection to the database, made and filled with places if missing."""
    common = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {NAME}")
    _connect_to(NAME)
    try:
        call_command("migrate", verbosity=0)
        load_places()
        yield
    finally:
        _connect_to(common)


def _connect_to(name: str) -> None:
    wrapper = connections["default"]
    assert isinstance(wrapper, DatabaseWrapper)
    wrapper.close()
    wrapper.close_pool()
    wrapper.settings_dict["NAME"] = name
