"""Finds events for a turn, and keeps the trace of how when the request asked for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from core.database import in_database
from events.models import SearchTrace
from rag.service import FindOptions, Weights, find_events
from rag.types import Constraints, Retrieval

RECOMMENDED = 8


@dataclass(frozen=True, slots=True)
class EventSearch:
    """What to look for, and for whom; `debug` keeps the trace, with the `message`.

    `days_ahead` is how far to look where no date is wished for, None for the default. `read_by`
    and `confidence` say who read the message, and how sure of it.
    """

    user_id: int
    session_id: int
    message: str
    constraints: Constraints
    now: datetime
    weights: Weights
    debug: bool
    days_ahead: int | None = None
    read_by: str = "rules"
    confidence: float = 1.0


async def get_relevant_events(search: EventSearch) -> Retrieval:
    """The events that fit the constraints, in one short database visit."""
    return await in_database(_find, search)


def _find(search: EventSearch) -> Retrieval:
    options = FindOptions(
        max_events=RECOMMENDED,
        time_filter_days=search.days_ahead,
        weights=search.weights,
        explain=search.debug,
    )
    retrieval = find_events(search.constraints, now=search.now, options=options)
    if retrieval.trace is None:
        return retrieval
    kept = SearchTrace.objects.create(
        user_id=search.user_id,
        session_id=search.session_id,
        trace={
            "message": search.message,
            "read_by": search.read_by,
            "confidence": search.confidence,
            **retrieval.trace,
        },
    )
    return replace(retrieval, debug_run_id=kept.pk)
