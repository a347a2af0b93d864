"""From constraints to ranked events: embed, search, load, rank, and look beyond."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter

from django.utils import timezone

from events.demo import SOURCE as DEMO_SOURCE
from rag.embedding import get_backend
from rag.ranking.fitting import fits_at_all
from rag.ranking.order import kin_of
from rag.ranking.scoring import (
    DEFAULT_WEIGHTS,
    Ranked,
    Weights,
    score_candidates,
)
from rag.ranking.selection import are_all, count_recommendable, select
from rag.ranking.tiers import (
    LISTED_AT_MOST,
    RECOMMENDED_AT_MOST,
    SHOWN_AT_MOST,
    Ranking,
    Topic,
    rank,
)
from rag.retrieval.queries import (
    SIMILARITY_THRESHOLD,
    TopicQuery,
    load_model_event,
    search_filter,
    searches_of,
)
from rag.retrieval.relaxations import helpful_relaxations
from rag.retrieval.trace import Explained, trace_search
from rag.retrieval.whole import count_events
from rag.search.filters import SearchFilter
from rag.search.narrowing import exclusions_of
from rag.search.rows import as_retrieval_error, count_rows, load_next_dates, load_summaries
from rag.search.run import Found, run_search, run_searches
from rag.search.statements import Search
from rag.types import (
    RELAXED_AT_MOST,
    Constraints,
    EventSummary,
    MatchCount,
    RankedEvent,
    Relaxation,
    Retrieval,
)

COUNTED_AT_MOST = 500
# With fewer recommended events than this, relaxations are counted.
FEW = 3


@dataclass(frozen=True, slots=True)
class FindOptions:
    """How to search, whatever is wanted.

    `max_events` are recommended at most; `similarity_threshold` is the least cosine
    to the query; `time_filter_days` how far ahead to look when no date is named
    (default `settings.DEFAULT_WINDOW_DAYS`). `explain` keeps a trace.
    """

    max_events: int = RECOMMENDED_AT_MOST
    similarity_threshold: float = SIMILARITY_THRESHOLD
    time_filter_days: int | None = None
    weights: Weights = DEFAULT_WEIGHTS
    explain: bool = False


DEFAULT_OPTIONS = FindOptions()


def find_events(
    constraints: Constraints,
    *,
    now: datetime | None = None,
    options: FindOptions = DEFAULT_OPTIONS,
) -> Retrieval:
    """The events that satisfy the constraints, ranked and in tiers.

    Raises:
        RetrievalError: the query could not be embedded or the search failed.
    """
    with as_retrieval_error():
        began = perf_counter()
        finder = _Finder(constraints, now, options)
        embedded = perf_counter()
        found = finder.find()
        searched = perf_counter()
        summaries = finder.load(found)
        ranking = finder.rank(found, summaries)
        events = _loaded(ranking.events, summaries)
        took_ms = {
            "query_vector": (embedded - began) * 1000,
            "search": (searched - embedded) * 1000,
            "load_and_rank": (perf_counter() - searched) * 1000,
        }
        trace = None
        if options.explain:
            wanted = finder.filter_of(constraints)
            explained = [Explained(constraints, wanted, each, ranking.events) for each in found]
            trace = trace_search(explained, summaries, options.weights)
        return Retrieval(
            constraints=constraints,
            events=events,
            plan=found[0].plan.value,
            fits=ranking.fits,
            matches=finder.count_fitting(found, ranking.fitting),
            at_place=None if ranking.fits else finder.count_at_place(),
            relaxations=finder.relaxations(sum(each.tier == "recommended" for each in events)),
            took_ms=took_ms,
            trace=trace,
        )


def count_matches(constraints: Constraints, *, now: datetime | None = None) -> MatchCount:
    """Counts what a search would find, and loads nothing.

    Raises:
        RetrievalError: the query could not be embedded or the search failed.
    """
    with as_retrieval_error():
        finder = _Finder(constraints, now, DEFAULT_OPTIONS)
        [matches] = finder.count([constraints], COUNTED_AT_MOST)
        return MatchCount(matches, finder.relaxations(matches))


class _Finder:
    """Searches for one question and its relaxations."""

    def __init__(
        self, constraints: Constraints, now: datetime | None, options: FindOptions
    ) -> None:
        self.now = now or timezone.now()
        self._constraints, self._options = constraints, options
        self._model = load_model_event(constraints)
        self._topics = self._make_topics(by_audience=True)
        self._excluded = exclusions_of(constraints.none_of, constraints.timezone)

    def _make_topics(self, *, by_audience: bool) -> list[TopicQuery]:
        return [
            TopicQuery(each, self._model, by_audience=by_audience)
            for each in searches_of(self._constraints)
        ]

    def filter_of(self, constraints: Constraints) -> SearchFilter:
        wanted = search_filter(
            constraints,
            now=self.now,
            window_days=self._options.time_filter_days,
            excluded=self._excluded if constraints.none_of else (),
        )
        if not any(topic.by_audience for topic in self._topics):
            wanted = replace(wanted, audience=None)
        if self._model is None:
            return wanted
        return replace(wanted, not_event_ids=wanted.not_event_ids + self._model.event_ids)

    def _search_of(
        self, topic: TopicQuery, constraints: Constraints, limit: int, *, online_limit: int
    ) -> Search:
        return Search(
            self.filter_of(constraints),
            topic.vector,
            constraints.place,
            limit,
            self._options.similarity_threshold,
            words=topic.words,
            model=get_backend().name,
            online_limit=online_limit,
            order=constraints.order,
        )

    def find(self) -> list[Found]:
        """What each topic finds; more of it where another order than relevance is asked for.

        Where few say that they are for an audience, those that say nothing are looked at, too.
        """
        found = self._find()
        few = sum(len(each.candidates) for each in found) < FEW
        if few and any(topic.by_audience for topic in self._topics):
            self._topics = self._make_topics(by_audience=False)
            found = self._find()
        return found

    def _find(self) -> list[Found]:
        is_by_relevance = self._constraints.order == "relevance"
        limit = SHOWN_AT_MOST if is_by_relevance else COUNTED_AT_MOST
        found = []
        for topic in self._topics:
            # Online events are not on the map, so the context tier needs none.
            search = self._search_of(topic, topic.constraints, limit, online_limit=LISTED_AT_MOST)
            one = run_search(search, topic.found_online)
            found.append(one if is_by_relevance else self._first_in_order(topic, one))
        return found

    def _first_in_order(self, topic: TopicQuery, found: Found) -> Found:
        """As many as are shown of those that fit, the first in the order asked for."""
        scored = score_candidates(
            found.candidates, topic.constraints, now=self.now, weights=self._options.weights
        )
        chosen = select(scored, topic.constraints).chosen
        first = [one.candidate for one in chosen or scored][:SHOWN_AT_MOST]
        return replace(found, candidates=tuple(first))

    def load(self, found: Sequence[Found]) -> dict[int, EventSummary]:
        """The found events that are still there, without the model under another id."""
        ids = dict.fromkeys(one.event_id for each in found for one in each.candidates)
        summaries = load_summaries(ids)
        model = self._model
        if model is None:
            return summaries
        return {key: each for key, each in summaries.items() if not model.is_repeated_by(each)}

    def rank(self, found: Sequence[Found], summaries: Mapping[int, EventSummary]) -> Ranking:
        """The candidates whose events were loaded, ranked."""
        return rank(
            [
                Topic(
                    [one for one in each.candidates if one.event_id in summaries],
                    topic.constraints,
                    topic.asked,
                )
                for topic, each in zip(self._topics, found, strict=True)
            ],
            now=self.now,
            kin={
                key: kin_of(each, is_demo=each.source == DEMO_SOURCE)
                for key, each in summaries.items()
            },
            recommended=self._options.max_events,
            weights=self._options.weights,
        )

    def count(
        self, searches: Sequence[Constraints], at_most: int = RELAXED_AT_MOST
    ) -> Sequence[int]:
        """How many events each search could recommend, as far as they are counted."""
        counts = [0] * len(searches)
        for topic in self._topics:
            found = run_searches(
                [self._search_of(topic, each, at_most, online_limit=at_most) for each in searches],
                topic.found_online,
            )
            for number, (each, one) in enumerate(zip(searches, found, strict=True)):
                wishes = replace(each, query=topic.constraints.query, any_of=())
                if fits_at_all(one.candidates, wishes, topic.asked):
                    counts[number] += count_recommendable(one.candidates, wishes)
        return [min(at_most, count) for count in counts]

    def count_fitting(self, found: Sequence[Found], known: int) -> int:
        """How many happenings fit in all; those that were looked at are counted already."""
        if known < LISTED_AT_MOST or all(are_all(one.candidates, SHOWN_AT_MOST) for one in found):
            return known
        return max(known, count_events(self._constraints, now=self.now).happenings)

    def count_at_place(self) -> int | None:
        """How many events take place within the circle and the dates, whatever they are."""
        wishes = self._constraints
        if wishes.place is None or wishes.max_distance_miles is None or wishes.is_virtual:
            return None
        anything = replace(wishes, is_virtual=False, times=(), none_of=(), max_price=None, age=None)
        window_days = self._options.time_filter_days
        wanted = search_filter(anything, now=self.now, window_days=window_days)
        return count_rows(wanted).happenings

    def relaxations(self, fitting: int) -> tuple[Relaxation, ...]:
        if fitting >= FEW:
            return ()
        return helpful_relaxations(self._constraints, found=fitting, count=self.count)


def _loaded(
    ranked: Sequence[Ranked], summaries: Mapping[int, EventSummary]
) -> tuple[RankedEvent, ...]:
    shown = [one.candidate for one in ranked if one.tier != "context"]
    next_dates = load_next_dates(shown)
    return tuple(
        RankedEvent(
            event=summaries[one.candidate.event_id],
            score=one.score,
            similarity=one.candidate.similarity,
            distance_miles=one.candidate.distance_miles,
            tier=one.tier,
            factors=one.factors,
            next_dates=next_dates.get(one.candidate.event_id, ()),
        )
        for one in ranked
    )
