"""Keeps the keys of repeatable requests: the same key and body give the first result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.http import HttpRequest

from core.errors import IdempotencyMismatch, InvalidRequest
from events.models import IdempotentRequest

HEADER = "Idempotency-Key"
_LONGEST = 255
# No header can contain it, so that a client's message ids cannot meet its keys.
_MESSAGE_ID = "\x1fclient_message_id:"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending of a request: the keys that it goes by, and what was asked, as a hash."""

    keys: Sequence[str]
    fingerprint: str


def attempt_of(request: HttpRequest, what: str, client_message_id: UUID | None = None) -> Attempt:
    """The attempt that a request is; `what` says which operation it asks for.

    Raises:
        InvalidRequest: its key is empty or too long.
    """
    keys = [key for key in (idempotency_key(request),) if key is not None]
    if client_message_id is not None:
        keys.append(f"{_MESSAGE_ID}{client_message_id}")
    return Attempt(keys, fingerprint_of(what, request.body) if keys else "")


def idempotency_key(request: HttpRequest) -> str | None:
    """The request's key, if it has one; raises InvalidRequest when it is empty or too long."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 1 <= len(key.strip()) <= _LONGEST:
        problem = f"must have 1 to {_LONGEST} characters"
        raise InvalidRequest(f"The header {HEADER} {problem}.", fields={HEADER: problem})
    return key.strip()


def fingerprint_of(what: str, body: bytes) -> str:
    """A hash of what is asked; the order and spacing of a JSON body do not matter."""
    return hashlib.sha256(f"{what}\n{_canonical(body)}".encode()).hexdigest()


def _canonical(body: bytes) -> str:
    try:
        value: Any = json.loads(body)
    except ValueError:
        return body.hex()
    return json.dumps(value, sort_keys=True)


def repeated_generation(user_id: int, attempt: Attempt) -> UUID | None:
    """The generation of the first attempt, if this is not the first.

    Raises:
        IdempotencyMismatch: one of the keys was used with another request.
    """
    if not attempt.keys:
        return None
    found = IdempotentRequest.objects.filter(
        user_id=user_id, key__in=attempt.keys, created_at__gte=Now() - kept_for()
    )
    first: UUID | None = None
    for fingerprint, generation_id in found.values_list("fingerprint", "generation_id"):
        if fingerprint != attempt.fingerprint:
            raise IdempotencyMismatch
        first = generation_id
    return first


def remember_attempt(user_id: int, attempt: Attempt, generation_id: UUID) -> UUID | None:
    """Claims the keys for a generation; returns the other one that has them already.

    An attempt that is being made at the same time is waited for. Call it within
    the transaction that makes the generation.

    Raises:
        IdempotencyMismatch: one of the keys was used with another request.
    """
    for key in attempt.keys:
        if not claim_key(user_id, key, attempt.fingerprint, generation_id):
            return repeated_generation(user_id, attempt)
    return None


def claim_key(user_id: int, key: str, fingerprint: str, generation_id: UUID | None = None) -> bool:
    """Takes a key, unless it has been used within the last day.

    Another transaction that is taking it at this moment is waited for.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM, [user_id, key, fingerprint, generation_id, settings.GENERATION_KEEP_HOURS]
        )
        return bool(cursor.rowcount == 1)


def keep_answer(user_id: int, key: str, *, status: int, answer: str) -> None:
    """Keeps what was answered under a key, in the transaction that claimed it."""
    used = IdempotentRequest.objects.filter(user_id=user_id, key=key)
    used.update(status_code=status, answer=answer)


# One that is too old is taken over as if it were not there.
_CLAIM = """
    INSERT INTO events_idempotentrequest AS used
           (user_id, key, fingerprint, generation_id, answer, created_at)
    VALUES (%s, %s, %s, %s, '', now())
    ON CONFLICT (user_id, key) DO UPDATE
       SET fingerprint = excluded.fingerprint, generation_id = excluded.generation_id,
           answer = '', status_code = NULL, created_at = excluded.created_at
     WHERE used.created_at < now() - %s * interval '1 hour'
"""


def kept_for() -> timedelta:
    """How long results are kept."""
    return timedelta(hours=settings.GENERATION_KEEP_HOURS)
