"""Finds a turn's events, and keeps the trace of how when the request asked for it."""

from __future__ import annotations

from dataclasses import replace

from chat_service.turns.open import OpenedTurn
from core.database import in_database
from events.models import SearchTrace
from rag.service import FindOptions, find_events
from rag.types import Retrieval

RECOMMENDED = 8


async def get_relevant_events(turn: OpenedTurn) -> Retrieval:
    """The events that fit the turn's constraints, in one short database visit."""
    return await in_database(_find, turn)


def _find(turn: OpenedTurn) -> Retrieval:
    options = FindOptions(max_events=RECOMMENDED, weights=turn.weights, explain=turn.debug)
    retrieval = find_events(turn.constraints, now=turn.now, options=options)
    if retrieval.trace is None:
        return retrieval
    kept = SearchTrace.objects.create(
        user_id=turn.user_id,
        session_id=turn.session_id,
        trace={"message": turn.message, **retrieval.trace},
    )
    return replace(retrieval, debug_run_id=kept.pk)
