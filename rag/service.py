"""The one door to retrieval: from a message to ranked events.

`get_context_events` does everything. A chat turn, which must refuse a bad
request before it answers at all, takes the two steps by themselves:
`understand_message`, then `find_events`.

All of it is synchronous and visits the database: call it in a worker thread.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from accounts.errors import InvalidRequest, RetrievalError
from rag import gazetteer
from rag.embedding import EmbeddingError, check_dimensions, embed_query
from rag.ranking import RECOMMENDED_AT_MOST, SHOWN_AT_MOST, rank
from rag.relaxing import helpful_relaxations
from rag.search.filters import Circle, SearchFilter
from rag.search.run import Found, run_search
from rag.search.statements import Search
from rag.search.summaries import load_summaries
from rag.types import (
    Constraints,
    EventSummary,
    RankedEvent,
    Relaxation,
    Retrieval,
    SearchContext,
)
from rag.understanding import understand

NO_CONTEXT = SearchContext()
# With fewer fitting events than this, the smallest changes that bring more are sought.
FEW = 3


def warm_up() -> None:
    """Loads what the first question would otherwise wait for: the model, the place names.

    Raises:
        EmbeddingError, ImproperlyConfigured: the embedding backend cannot be used.
    """
    check_dimensions()
    gazetteer.warm_up()


def get_context_events(
    user_message: str,
    max_events: int = 8,
    similarity_threshold: float = 0.1,
    time_filter_days: int | None = None,
    date_from: datetime | None = None,
    date_to: datetime | None = None,
    location: str | None = None,
    is_virtual: bool | None = None,
    max_distance_miles: float | None = None,
    user_lat: float | None = None,
    user_lng: float | None = None,
    context: SearchContext = NO_CONTEXT,
    standing: Constraints | None = None,
    now: datetime | None = None,
) -> Retrieval:
    """The events that fit a message, best first, and what was understood.

    Args:
        user_message: the words, as typed.
        max_events: how many to recommend (at most 10).
        similarity_threshold: least cosine to what is left of the words.
        time_filter_days: how far ahead to look when nothing names a date;
            `settings.DEFAULT_WINDOW_DAYS` when omitted.
        date_from, date_to: aware, half-open; used unless the words say otherwise.
        location, is_virtual, max_distance_miles, user_lat, user_lng: as in `context`,
            which they override.
        standing: the constraints of the conversation so far.
        now: the "now" that words refer to; default the clock.

    Raises:
        InvalidRequest: the context contradicts itself.
        RetrievalError: the events could not be searched.
    """
    given: dict[str, Any] = {
        "date_from": date_from,
        "date_to": date_to,
        "location": location,
        "is_virtual": is_virtual,
        "max_distance_miles": max_distance_miles,
        "user_lat": user_lat,
        "user_lng": user_lng,
    }
    context = replace(context, **{key: value for key, value in given.items() if value is not None})
    now = now or timezone.now()
    constraints = understand_message(user_message, context=context, standing=standing, now=now)
    return find_events(
        constraints,
        now=now,
        max_events=max_events,
        similarity_threshold=similarity_threshold,
        time_filter_days=time_filter_days,
    )


def understand_message(
    message: str,
    *,
    context: SearchContext = NO_CONTEXT,
    standing: Constraints | None = None,
    now: datetime | None = None,
) -> Constraints:
    """What a message asks for, in its context.

    Raises:
        InvalidRequest: a distance in the context without any centre.
    """
    constraints = understand(
        message,
        now=now or timezone.now(),
        gazetteer=gazetteer.DatabaseGazetteer(),
        context=context,
        standing=standing,
        server_timezone=settings.TIME_ZONE,
    )
    radius_without_centre = (
        constraints.place is None
        and constraints.max_distance_miles is not None
        and constraints.sources.get("max_distance_miles") == "context"
        and not constraints.is_virtual
    )
    if radius_without_centre:
        raise InvalidRequest(
            "A distance needs a place to measure from.",
            fields={"max_distance_miles": "give a location, location_id or user_location too"},
        )
    return constraints


def find_events(
    constraints: Constraints,
    *,
    now: datetime | None = None,
    max_events: int = RECOMMENDED_AT_MOST,
    similarity_threshold: float = 0.1,
    time_filter_days: int | None = None,
) -> Retrieval:
    """The events that satisfy the constraints, ranked and in tiers.

    Raises:
        RetrievalError: the query could not be embedded or the search failed.
    """
    now = now or timezone.now()
    started = perf_counter()
    try:
        vector = embed_query(constraints.query) if constraints.query else None
        embedded = perf_counter()
        search = Search(
            wanted=search_filter(constraints, now=now, window_days=time_filter_days),
            vector=vector,
            centre=constraints.place,
            limit=SHOWN_AT_MOST,
            similarity_threshold=similarity_threshold,
        )
        found = run_search(search)
        events = _ranked(found, constraints, now, max_events)
        relaxations = _relaxations(search, constraints, events, now)
    except (EmbeddingError, DatabaseError) as error:
        raise RetrievalError from error
    return Retrieval(
        constraints=constraints,
        events=events,
        plan=found.plan.value,
        relaxations=relaxations,
        query_vector_ms=(embedded - started) * 1000,
        search_ms=(perf_counter() - embedded) * 1000,
    )


def _relaxations(
    search: Search, constraints: Constraints, events: tuple[RankedEvent, ...], now: datetime
) -> tuple[Relaxation, ...]:
    fitting = sum(event.tier == "recommended" for event in events)
    if fitting >= FEW:
        return ()

    def count(changed: Constraints) -> int:
        wanted = search_filter(changed, now=now)
        found = run_search(replace(search, wanted=wanted, centre=changed.place))
        ranked = rank(found.candidates, changed, now=now, series={}, recommended=SHOWN_AT_MOST)
        return sum(entry.tier == "recommended" for entry in ranked)

    return helpful_relaxations(constraints, found=fitting, count=count)


def search_filter(
    constraints: Constraints, *, now: datetime, window_days: int | None = None
) -> SearchFilter:
    """The constraints as the search's filter, with the default window where no date is named."""
    date_from = constraints.date_from or now
    window = timedelta(days=window_days or settings.DEFAULT_WINDOW_DAYS)
    date_to = constraints.date_to or date_from + window
    circle = None
    if constraints.place is not None and constraints.max_distance_miles is not None:
        place = constraints.place
        circle = Circle(place.lat, place.lng, constraints.max_distance_miles)
    return SearchFilter(
        date_from=date_from,
        date_to=max(date_to, date_from),
        circle=None if constraints.is_virtual else circle,
        is_virtual=constraints.is_virtual,
        max_price=constraints.max_price,
        age=constraints.age,
    )


def _ranked(
    found: Found, constraints: Constraints, now: datetime, max_events: int
) -> tuple[RankedEvent, ...]:
    summaries = load_summaries(candidate.event_id for candidate in found.candidates)
    ranked = rank(
        found.candidates,
        constraints,
        now=now,
        series={event_id: _series(summary) for event_id, summary in summaries.items()},
        recommended=max_events,
    )
    return tuple(
        RankedEvent(
            event=summaries[entry.candidate.event_id],
            score=entry.score,
            similarity=entry.candidate.similarity,
            distance_miles=entry.candidate.distance_miles,
            tier=entry.tier,
            factors=entry.factors,
        )
        for entry in ranked
        if entry.candidate.event_id in summaries
    )


def _series(event: EventSummary) -> str:
    return f"{event.source}:{event.series_id}" if event.series_id else ""


def zone_of(constraints: Constraints) -> ZoneInfo:
    """The zone in which the constraints' dates were understood."""
    return ZoneInfo(constraints.timezone)
