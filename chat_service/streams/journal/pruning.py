"""The journal is kept for a day; the messages stay. Synchronous, a bounded piece at a time."""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction

AT_ONCE = 500

# In this order: what points to a generation goes first.
_STATEMENTS = {
    "chunks": """
        DELETE FROM events_generationchunk WHERE generation_id IN (
            SELECT id FROM events_generation WHERE ended_at < now() - %(age)s * interval '1 hour'
            ORDER BY ended_at, id LIMIT %(limit)s)
    """,
    "keys": """
        DELETE FROM events_idempotentrequest WHERE id IN (
            SELECT id FROM events_idempotentrequest
             WHERE created_at < now() - %(age)s * interval '1 hour'
                OR generation_id IN (
                   SELECT id FROM events_generation
                    WHERE ended_at < now() - %(age)s * interval '1 hour'
                    ORDER BY ended_at, id LIMIT %(limit)s))
    """,
    "generations": """
        DELETE FROM events_generation WHERE id IN (
            SELECT id FROM events_generation WHERE ended_at < now() - %(age)s * interval '1 hour'
            ORDER BY ended_at, id LIMIT %(limit)s)
    """,
    "workers": """
        DELETE FROM events_chatworker AS w
         WHERE dead AND lease_until < now() - %(age)s * interval '1 hour' AND NOT EXISTS (
               SELECT 1 FROM events_generation AS g WHERE g.worker_id = w.id)
    """,
}


# What a flush wrote while its conversation was being deleted.
_OWNERLESS = """
    DELETE FROM events_generationchunk AS c WHERE NOT EXISTS (
        SELECT 1 FROM events_generation AS g WHERE g.id = c.generation_id)
"""


def prune() -> dict[str, int]:
    """Deletes what is older than `GENERATION_KEEP_HOURS`; returns how much of each kind.

    Each commit takes at most 500 generations, until nothing is left.
    """
    counts = dict.fromkeys(_STATEMENTS, 0)
    pruned = AT_ONCE
    while pruned >= AT_ONCE:
        # One transaction, in which `now()` stands still: all statements mean the same ones.
        with transaction.atomic(), connection.cursor() as cursor:
            for name, statement in _STATEMENTS.items():
                cursor.execute(statement, {"age": settings.GENERATION_KEEP_HOURS, "limit": AT_ONCE})
                counts[name] += cursor.rowcount
                if name == "generations":
                    pruned = cursor.rowcount
    return counts


def prune_ownerless() -> int:
    """Deletes chunks of generations that do not exist; it reads the whole journal."""
    with connection.cursor() as cursor:
        cursor.execute(_OWNERLESS)
        return int(cursor.rowcount)
