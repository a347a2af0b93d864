"""From constraints to ranked events: embed, search, load, rank, and look beyond."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from accounts.errors import RetrievalError
from rag.embedding import EmbeddingError
from rag.ranking import RECOMMENDED_AT_MOST, SHOWN_AT_MOST, Weights, count_recommendable, rank
from rag.relaxing import helpful_relaxations
from rag.resembling import Model, load_model, vector_of
from rag.search.filters import Circle, SearchFilter
from rag.search.run import Found, run_search
from rag.search.statements import Search
from rag.search.summaries import load_summaries
from rag.types import Constraints, EventSummary, RankedEvent, Relaxation, Retrieval

SIMILARITY_THRESHOLD = 0.1
PREVIEW_AT_MOST = 500
DEFAULT_WEIGHTS = Weights()
# With fewer fitting events than this, the smallest changes that bring more are sought.
FEW = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """How many events fit (at most `PREVIEW_AT_MOST`), and what would bring more."""

    matches: int
    relaxations: tuple[Relaxation, ...]


def find_events(
    constraints: Constraints,
    *,
    now: datetime | None = None,
    max_events: int = RECOMMENDED_AT_MOST,
    similarity_threshold: float = SIMILARITY_THRESHOLD,
    time_filter_days: int | None = None,
    weights: Weights = DEFAULT_WEIGHTS,
) -> Retrieval:
    """The events that satisfy the constraints, ranked and in tiers.

    Raises:
        RetrievalError: the query could not be embedded or the search failed.
    """
    with _failing_as_retrieval_error():
        began = perf_counter()
        finder = _Finder(constraints, now, similarity_threshold, time_filter_days)
        embedded = perf_counter()
        found = finder.find(constraints, SHOWN_AT_MOST)
        events = _ranked(found, finder, max_events, weights)
        fitting = sum(event.tier == "recommended" for event in events)
        return Retrieval(
            constraints=constraints,
            events=events,
            plan=found.plan.value,
            relaxations=finder.relaxations(fitting),
            query_vector_ms=(embedded - began) * 1000,
            search_ms=(perf_counter() - embedded) * 1000,
        )


def preview_events(constraints: Constraints, *, now: datetime | None = None) -> Preview:
    """Counts what a search would find, and loads nothing.

    Raises:
        RetrievalError: the query could not be embedded or the search failed.
    """
    with _failing_as_retrieval_error():
        finder = _Finder(constraints, now)
        matches = finder.count(constraints)
        return Preview(matches, finder.relaxations(matches))


class _Finder:
    """One question asked of the search, as it is and with changes. The vector is made once."""

    def __init__(
        self,
        constraints: Constraints,
        now: datetime | None,
        similarity_threshold: float = SIMILARITY_THRESHOLD,
        window_days: int | None = None,
    ) -> None:
        self.now = now or timezone.now()
        self.constraints = constraints
        self._threshold, self._window_days = similarity_threshold, window_days
        self.model = load_model(constraints)
        self._vector = vector_of(constraints, self.model)

    def find(self, constraints: Constraints, limit: int) -> Found:
        wanted = search_filter(constraints, now=self.now, window_days=self._window_days)
        if self.model is not None:
            repeats = wanted.not_event_ids + self.model.event_ids
            wanted = replace(wanted, not_event_ids=repeats)
        return run_search(Search(wanted, self._vector, constraints.place, limit, self._threshold))

    def count(self, constraints: Constraints) -> int:
        """How many events could be recommended."""
        found = self.find(constraints, PREVIEW_AT_MOST)
        return count_recommendable(found.candidates, constraints, now=self.now)

    def relaxations(self, fitting: int) -> tuple[Relaxation, ...]:
        if fitting >= FEW:
            return ()
        return helpful_relaxations(self.constraints, found=fitting, count=self.count)


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
        not_event_ids=constraints.not_event_ids,
    )


@contextmanager
def _failing_as_retrieval_error() -> Iterator[None]:
    try:
        yield
    except (EmbeddingError, DatabaseError) as error:
        raise RetrievalError from error


def _ranked(
    found: Found, finder: _Finder, max_events: int, weights: Weights
) -> tuple[RankedEvent, ...]:
    summaries = _without_repeats(
        load_summaries(candidate.event_id for candidate in found.candidates), finder.model
    )
    ranked = rank(
        [candidate for candidate in found.candidates if candidate.event_id in summaries],
        finder.constraints,
        now=finder.now,
        series={event_id: _series(summary) for event_id, summary in summaries.items()},
        recommended=max_events,
        weights=weights,
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
    )


def _without_repeats(
    summaries: dict[int, EventSummary], model: Model | None
) -> dict[int, EventSummary]:
    """Drops what is the model itself again under another id."""
    if model is None:
        return summaries
    return {key: each for key, each in summaries.items() if not model.is_repeated_by(each)}


def _series(event: EventSummary) -> str:
    return f"{event.source}:{event.series_id}" if event.series_id else ""
