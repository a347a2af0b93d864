"""Whether the database's pgvector is one that searches can rely on."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

# Older ones have bugs in vacuuming HNSW indexes, and security fixes missing.
OLDEST = (0, 8, 5)


def require_pgvector() -> None:
    """Call it once the tables are migrated.

    Raises:
        ImproperlyConfigured: the extension is older than `OLDEST`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        [installed] = cursor.fetchone()
    if not is_recent_enough(installed):
        raise ImproperlyConfigured(
            f"The database has pgvector {installed}; at least {'.'.join(map(str, OLDEST))} is"
            " needed. Upgrade it and run: ALTER EXTENSION vector UPDATE;"
        )


def is_recent_enough(version: str) -> bool:
    """Whether a version such as "0.8.5" is `OLDEST` or later."""
    return tuple(int(part) for part in version.split(".")) >= OLDEST
