"""`Idempotency-Key` for a POST that an asynchronous view answers.

No transaction stays open while the view works. Of two requests that are sent at the same
time both are worked on, but what the second one would keep is dropped for the first one's answer.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

from django.db import transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from chat_service.stores.idempotency import (
    claim_key,
    fingerprint_of,
    idempotency_key,
    keep_answer,
    kept_for,
)
from core.database import in_database
from core.errors import IdempotencyMismatch
from events.models import IdempotentRequest

S = TypeVar("S", bound=Schema)
R = TypeVar("R")


class Once:
    """One request of a user that may be sent again."""

    def __init__(self, request: HttpRequest, user_id: int) -> None:
        """Raises InvalidRequest when the key is empty or too long."""
        self._key = idempotency_key(request)
        self._user_id = user_id
        what = f"{request.method} {request.path_info}"
        self._fingerprint = fingerprint_of(what, request.body) if self._key else ""

    async def first_answer(self) -> HttpResponse | None:
        """What was answered to the first sending; None when this is the first.

        Raises:
            IdempotencyMismatch: the key was used with another request.
        """
        return await in_database(self._kept) if self._key else None

    async def keep(self, finish: Callable[[], S]) -> HttpResponse:
        """Does the last part of the work, in the transaction that keeps its answer."""
        return await in_database(self._finish, finish)

    def _finish(self, finish: Callable[[], S]) -> HttpResponse:
        with transaction.atomic():
            if self._key and not claim_key(self._user_id, self._key, self._fingerprint):
                kept = self._kept()
                assert kept is not None, "who claimed the key has kept an answer with it"
                return kept
            answer = json.dumps(finish().model_dump(mode="json"))
            if self._key:
                keep_answer(self._user_id, self._key, status=200, answer=answer)
        return _answered(answer)

    def _kept(self) -> HttpResponse | None:
        kept = IdempotentRequest.objects.filter(
            user_id=self._user_id, key=self._key, created_at__gte=Now() - kept_for()
        ).first()
        if kept is None:
            return None
        if kept.fingerprint != self._fingerprint or kept.status_code is None:
            raise IdempotencyMismatch
        response = _answered(kept.answer)
        response["Idempotency-Replayed"] = "true"
        return response


def _answered(answer: str) -> HttpResponse:
    return HttpResponse(answer, content_type="application/json; charset=utf-8")


async def once(
    request: HttpRequest,
    user_id: int,
    work: Callable[[], Awaitable[R]],
    finish: Callable[[R], S],
) -> HttpResponse:
    """The answer of a request: what was answered before, else what `finish` makes of the work."""
    asked = Once(request, user_id)
    if (first := await asked.first_answer()) is not None:
        return first
    done = await work()
    return await asked.keep(lambda: finish(done))
