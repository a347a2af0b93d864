"""The command that prints a token; a module of its own, as the command is."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection


def test_database_without_tables_is_told_in_a_sentence(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO pg_temp")
    with pytest.raises(CommandError, match="has no tables yet"):
        call_command("token")


def test_unknown_user_is_told_in_a_sentence(db: None) -> None:
    with pytest.raises(CommandError, match="There is no user 'nobody'"):
        call_command("token", "--user", "nobody")
