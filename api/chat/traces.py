"""Traces, a resource of their own: why a turn found what it found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from core.errors import ErrorOut, NotFound
from events.models import SearchTrace

router = Router(tags=["chat"])


class TraceOut(Schema):
    """`trace` holds the constraints and their sources, each part's plan with its row
    counts, what each filter removed, and the candidates with their factors."""

    id: UUID
    session_id: int
    created_at: datetime
    trace: Mapping[str, Any]


@router.get(
    "/chat/traces/{debug_run_id}",
    response={200: TraceOut, 401: ErrorOut, 404: ErrorOut, 422: ErrorOut},
)
def get_trace(request: HttpRequest, debug_run_id: UUID) -> SearchTrace:
    """The trace of a turn that was sent with `debug: true`."""
    user_id: int = request.auth.pk  # type: ignore[attr-defined]
    trace = SearchTrace.objects.filter(pk=debug_run_id, user_id=user_id).first()
    if trace is None:
        raise NotFound("There is no such trace.")
    return trace
