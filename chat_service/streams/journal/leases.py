"""Leases of the workers: each renews one for all that it writes. Synchronous, short.

All times are the database's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.db import connection

from core.prepared import fetch

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
_STOPS = """
    SELECT id FROM events_generation
     WHERE worker_id = %(worker)s::uuid AND status = 'running' AND stop_requested
"""
_RUNNING = """
    SELECT g.id, w.id IS NOT NULL AND NOT w.dead
      FROM events_generation AS g LEFT JOIN events_chatworker AS w ON w.id = g.worker_id
     WHERE g.status = 'running' AND (w.id IS NULL OR w.dead OR w.id = %(worker)s::uuid)
     ORDER BY g.created_at
"""
_DECLARE_DEAD = "UPDATE events_chatworker SET dead = true WHERE id = %s"


def register_worker(worker_id: UUID) -> None:
    """Announces a worker."""
    _execute(_REGISTER, [worker_id, settings.WORKER_LEASE_SECONDS])


def renew_lease(worker_id: UUID) -> bool:
    """Prolongs a worker's lease; False when it counts as dead already."""
    return _execute(_RENEW, [settings.WORKER_LEASE_SECONDS, worker_id]) == 1


def declare_silent_dead(seen_at: datetime) -> int:
    """Declares workers dead whose lease had run out at `seen_at`, by the database's clock."""
    return _execute(_DECLARE_SILENT_DEAD, [seen_at, settings.WORKER_LEASE_SECONDS / 3])


def declare_dead(worker_id: UUID) -> None:
    """Declares one worker dead that is known to have ended."""
    _execute(_DECLARE_DEAD, [worker_id])


def stop_requests(worker_id: UUID) -> Sequence[UUID]:
    """What is to be stopped of all that a worker writes."""
    return [found for (found,) in fetch(_STOPS, {"worker": worker_id})]


@dataclass(frozen=True, slots=True)
class RunningAnswers:
    """Running generations: `orphans` of dead workers, and `own` of the worker that asks.

    `in_time` is false when the database took long to tell its clock: it hung, and the
    other workers have to renew their leases before any is declared dead.
    """

    orphans: Sequence[UUID]
    own: Sequence[UUID]
    in_time: bool


def look_around(worker_id: UUID, *, may_declare: bool, patience: float) -> RunningAnswers:
    """Declares silent workers dead, where that is allowed, and says who writes what."""
    asked_at = monotonic()
    ((seen_at,),) = fetch("SELECT now()", {})
    in_time = monotonic() - asked_at < patience
    if may_declare and in_time:
        declare_silent_dead(seen_at)
    rows = fetch(_RUNNING, {"worker": worker_id})
    return RunningAnswers(
        orphans=[found for found, is_own in rows if not is_own],
        own=[found for found, is_own in rows if is_own],
        in_time=in_time,
    )


def _execute(statement: str, parameters: list[UUID | float | datetime]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
