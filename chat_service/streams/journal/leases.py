"""Leases of the workers: each renews one for all that it writes. Synchronous, short.

All times are the database's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from events.models import Generation

_REGISTER = """
    INSERT INTO events_chatworker (id, started_at, lease_until, dead)
    VALUES (%s, now(), now() + %s * interval '1 second', false) ON CONFLICT DO NOTHING
"""
_RENEW = """
    UPDATE events_chatworker SET lease_until = now() + %s * interval '1 second'
    WHERE id = %s AND NOT dead
"""
# After a restart of the database everybody gets a moment to renew first. The moment that counts
# was asked for before: a database that hung may run this much later than it was sent.
_DECLARE_SILENT_DEAD = """
    UPDATE events_chatworker SET dead = true
    WHERE NOT dead AND lease_until < %s
      AND now() - pg_postmaster_start_time() > %s * interval '1 second'
"""
_DECLARE_DEAD = "UPDATE events_chatworker SET dead = true WHERE id = %s"


def register_worker(worker_id: UUID) -> None:
    """Announces a worker."""
    _execute(_REGISTER, [worker_id, settings.WORKER_LEASE_SECONDS])


def renew_lease(worker_id: UUID) -> bool:
    """Prolongs a worker's lease; False when it counts as dead already."""
    return _execute(_RENEW, [settings.WORKER_LEASE_SECONDS, worker_id]) == 1


def database_time() -> datetime:
    """The clock that all leases go by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def declare_silent_dead(seen_at: datetime) -> int:
    """Declares workers dead whose lease had run out at `seen_at`, by the database's clock."""
    return _execute(_DECLARE_SILENT_DEAD, [seen_at, settings.WORKER_LEASE_SECONDS / 3])


def declare_dead(worker_id: UUID) -> None:
    """Declares one worker dead that is known to have ended."""
    _execute(_DECLARE_DEAD, [worker_id])


def stop_requests(worker_id: UUID) -> Sequence[UUID]:
    """What is to be stopped of all that a worker writes."""
    return list(Generation.objects.asked_to_stop(worker_id).values_list("pk", flat=True))


def running_ids(worker_id: UUID) -> Sequence[UUID]:
    """All that a worker is said to be writing."""
    return list(
        Generation.objects.running().filter(worker_id=worker_id).values_list("pk", flat=True)
    )


def _execute(statement: str, parameters: list[UUID | float | datetime]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
