"""Prepared statements: what goes wrong on a fresh connection reads as any query's error."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError, connection

from core.prepared import fetch
from tests.serving import database_url


def test_connection_that_breaks_before_its_first_statement_raises_djangos_error(
    committed: None,
) -> None:
    connection.close()
    connection.ensure_connection()
    with psycopg.connect(database_url(), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid]
        )
    with pytest.raises(OperationalError):
        fetch("SELECT 1", {})
    connection.close()
    assert fetch("SELECT %(number)s::int AS number", {"number": 1}) == [(1,)]
