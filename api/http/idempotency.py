"""`Idempotency-Key` for every POST that a synchronous view answers.

The key, what the view does and its answer are one transaction: a request that is
sent again while the first is being answered waits for it, and a crash leaves
neither. Turns, which stream, keep their keys themselves (`chat_service.stores.idempotency`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError

from accounts.authentication import signed_in_user
from api.http.errors import error_response
from chat_service.stores.idempotency import (
    HEADER,
    claim_key,
    fingerprint_of,
    idempotency_key,
    keep_answer,
)
from core.errors import AppError, IdempotencyMismatch, InvalidRequest
from events.models import IdempotentRequest


def repeatable(run: Any) -> Any:
    """Decorates an operation of the API: the same key and body give the first answer."""
    if iscoroutinefunction(run):
        return run

    @wraps(run)
    def run_once(request: HttpRequest, *args: Any, **path: Any) -> Any:
        if request.method != "POST" or HEADER not in request.headers:
            return run(request, *args, **path)
        try:
            key = idempotency_key(request) or ""
            user_id: int = signed_in_user(request).pk
            fingerprint = _fingerprint(request)
        except AppError as error:
            if error.status == 401:  # nobody to keep an answer for
                return run(request, *args, **path)
            return error_response(error)
        return _first_answer(user_id, key, fingerprint, lambda: run(request, *args, **path))

    return run_once


def _fingerprint(request: HttpRequest) -> str:
    """A hash of what is asked; of a form its parts, since each sending has other boundaries."""
    what = f"{request.method} {request.path_info}"
    try:
        if request.content_type != "multipart/form-data":
            return fingerprint_of(what, request.body)
        parts: list[list[str]] = [
            [name, *request.POST.getlist(name)] for name in sorted(request.POST)
        ]
        for name in sorted(request.FILES):
            for file in request.FILES.getlist(name):
                digest = hashlib.sha256()
                for chunk in file.chunks():
                    digest.update(chunk)
                parts.append([name, file.name or "", digest.hexdigest()])
    except RequestDataTooBig:
        raise InvalidRequest("The request body is too large.", status=413) from None
    except (MultiPartParserError, SuspiciousOperation):
        raise InvalidRequest("The form of the upload is malformed or too large.") from None
    return fingerprint_of(what, json.dumps(parts).encode())


def _first_answer(
    user_id: int, key: str, fingerprint: str, run: Callable[[], HttpResponse]
) -> HttpResponse:
    with transaction.atomic():
        if not claim_key(user_id, key, fingerprint):
            return _kept_answer(user_id, key, fingerprint)
        response = run()
        if response.status_code >= 400:
            # A refusal is no result: nothing was done, and the key stays free.
            transaction.set_rollback(True)
            return response
        answer = response.content.decode()
        keep_answer(user_id, key, status=response.status_code, answer=answer)
    return response


def _kept_answer(user_id: int, key: str, fingerprint: str) -> HttpResponse:
    kept = IdempotentRequest.objects.get(user_id=user_id, key=key)
    if kept.fingerprint != fingerprint or kept.status_code is None:
        return error_response(IdempotencyMismatch())
    response = HttpResponse(
        kept.answer, status=kept.status_code, content_type="application/json; charset=utf-8"
    )
    response["Idempotency-Replayed"] = "true"
    return response
