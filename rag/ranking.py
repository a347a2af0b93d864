"""Ranks candidates: relevance first, then what a person weighs beside it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rag.fitting import Fit, audience_fit, topic_fit, topics_of
from rag.fusion import fuse
from rag.search.run import Candidate
from rag.types import Constraints, Tier
from rag.variety import Kin, first_of_each, vary

RECOMMENDED_AT_MOST = 10
ADDITIONAL_AT_MOST = 15
CONTEXT_AT_MOST = 50
SHOWN_AT_MOST = RECOMMENDED_AT_MOST + ADDITIONAL_AT_MOST + CONTEXT_AT_MOST

# A sooner event is worth more; half of that is lost after this long.
_TIME_HALF_LIFE = timedelta(days=14)
# With a centre, an online event counts like one at this share of the radius.
_ONLINE_DISTANCE_FIT = 0.1
# An event whose similarity falls below this share of the best one's is not
# recommended, however near and soon it is.
_RELEVANT_SHARE = 0.55
# Without tags that say so, an event less similar than this is about something else.
_LEAST_SIMILARITY = 0.25
# While others say that they suit, one of which nothing is known must be this near.
_DOUBTFUL_SHARE = 0.8
_ROUNDING_MILES = 0.01
# What holds so much of the query's words is relevant, however it is put.
_COVERED = 0.7
# With so many events that say that they suit, the undecided ones step back.
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each factor counts; only those that a search constrains are used.

    `relevance` is the fusion of both halves of the search by rank, `similarity`
    the cosine, `words` the share of the query's words that an event holds. `name`
    outweighs all others together: an event that was asked for by name comes first.
    """

    relevance: float = 0.6
    similarity: float = 0.7
    words: float = 0.2
    name: float = 4.0
    topic: float = 0.25
    audience: float = 0.3
    distance: float = 0.15
    time: float = 0.1
    price: float = 0.05


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its final score, the factors (each 0 to 1) and its tier."""

    candidate: Candidate
    score: float
    factors: Mapping[str, float]
    tier: Tier


@dataclass(frozen=True, slots=True)
class _Scored:
    candidate: Candidate
    score: float
    factors: Mapping[str, float]
    fits: frozenset[Fit]

    @property
    def event_id(self) -> int:
        return self.candidate.event_id

    @property
    def is_by_words(self) -> bool:
        """Whether the words alone make it relevant."""
        return self.candidate.named > 0 or self.candidate.coverage >= _COVERED


def rank(
    candidates: Iterable[Candidate],
    constraints: Constraints,
    *,
    now: datetime,
    kin: Mapping[int, Kin],
    recommended: int = RECOMMENDED_AT_MOST,
    weights: Weights = Weights(),
) -> list[Ranked]:
    """Best first, in tiers: recommended, additional, then context for the map.

    `kin` tells which events are dates of one series, copies of each other or much
    alike: only the best of those is recommended or additional.
    """
    scored = _scored(candidates, constraints, now, weights)
    best = vary(first_of_each(_recommendable(scored, constraints), kin), kin)
    at_most = min(recommended, RECOMMENDED_AT_MOST)
    first, second = best[:at_most], best[at_most : at_most + ADDITIONAL_AT_MOST]
    if not first:  # nothing suits: then what comes closest is worth a look
        second = first_of_each(scored, kin)[:ADDITIONAL_AT_MOST]
    shown = {one.candidate.event_id for one in first + second}
    others = [one for one in scored if one.candidate.event_id not in shown]
    return [
        *_in_tier(first, "recommended"),
        *_in_tier(second, "additional"),
        *_in_tier(others[:CONTEXT_AT_MOST], "context"),
    ]


def count_recommendable(
    candidates: Iterable[Candidate], constraints: Constraints, *, now: datetime
) -> int:
    """How many candidates could be recommended, however many are shown."""
    scored = _scored(candidates, constraints, now, Weights())
    return len(_recommendable(scored, constraints))


def _scored(
    candidates: Iterable[Candidate], constraints: Constraints, now: datetime, weights: Weights
) -> list[_Scored]:
    topics = topics_of(constraints.query)
    known = list(candidates)
    query_factors = _query_factors(known) if constraints.query else {}
    scored = [
        _score(
            candidate,
            {**query_factors.get(candidate.event_id, {}), **_factors(candidate, constraints, now)},
            _fits(candidate, constraints, topics),
            weights,
        )
        for candidate in known
    ]
    return sorted(
        scored, key=lambda one: (-one.score, one.candidate.starts_at, one.candidate.event_id)
    )


def _recommendable(scored: list[_Scored], constraints: Constraints) -> list[_Scored]:
    suiting = _suiting(scored, floor=_floor(scored, constraints))
    return _places_first(suiting, constraints)


def _floor(scored: Sequence[_Scored], constraints: Constraints) -> float:
    """The similarity below which nothing is recommended."""
    if constraints.audience and len(constraints.query.split()) <= 1:
        return -1.0  # "kids" is no topic: who it is for is judged by its fit
    return _RELEVANT_SHARE * max((one.candidate.similarity for one in scored), default=0.0)


def _suiting(scored: Sequence[_Scored], *, floor: float) -> list[_Scored]:
    """Those that may be recommended, still best first.

    Nobody who asks for music is offered yoga while there is music.
    """
    near = [one for one in scored if one.candidate.similarity >= floor or one.is_by_words]
    suiting = [one for one in near if one.fits <= {Fit.SUITS} or one.candidate.named]
    if len(suiting) >= _ENOUGH:
        return suiting
    doubtful_floor = floor * _DOUBTFUL_SHARE / _RELEVANT_SHARE if suiting else floor
    if floor > 0:
        doubtful_floor = max(doubtful_floor, _LEAST_SIMILARITY)
    return [
        one
        for one in near
        if one in suiting
        or (
            Fit.UNSUITABLE not in one.fits
            and (one.candidate.similarity >= doubtful_floor or one.is_by_words)
        )
    ]


def _places_first(scored: list[_Scored], constraints: Constraints) -> list[_Scored]:
    """Around a centre, what takes place there comes before what one can only join online."""
    if constraints.place is None or constraints.is_virtual:
        return scored
    there = [one for one in scored if _is_there(one.candidate, constraints)]
    return there if len(there) >= _ENOUGH else there + [one for one in scored if one not in there]


def _is_there(candidate: Candidate, constraints: Constraints) -> bool:
    miles, radius = candidate.distance_miles, constraints.max_distance_miles
    return miles is not None and (radius is None or miles <= radius + _ROUNDING_MILES)


def _in_tier(scored: Sequence[_Scored], tier: Tier) -> list[Ranked]:
    return [Ranked(one.candidate, one.score, one.factors, tier) for one in scored]


def _fits(
    candidate: Candidate, constraints: Constraints, topics: frozenset[str]
) -> Mapping[str, Fit]:
    fits: dict[str, Fit] = {}
    if topics:
        fits["topic"] = topic_fit(topics, candidate.metadata_tags)
    if constraints.audience:
        fits["audience"] = audience_fit(
            constraints.audience, candidate.audience_tags, candidate.age_min, candidate.age_max
        )
    elif constraints.age is not None:
        # A known range that excludes the age was filtered out by the search.
        known = candidate.age_min is not None or candidate.age_max is not None
        fits["audience"] = Fit.SUITS if known else Fit.UNKNOWN
    return fits


def _score(
    candidate: Candidate,
    factors: Mapping[str, float],
    fits: Mapping[str, Fit],
    weights: Weights,
) -> _Scored:
    values = {**factors, **{name: fit.value for name, fit in fits.items()}}
    total = sum(getattr(weights, name) for name in values)
    weighed = sum(getattr(weights, name) * value for name, value in values.items())
    rounded = {name: round(value, 4) for name, value in values.items()}
    score = weighed / total if total else 0.0
    return _Scored(candidate, score, rounded, frozenset(fits.values()))


def _query_factors(candidates: Sequence[Candidate]) -> dict[int, dict[str, float]]:
    """What the query says of each candidate, beside the others; `name` only if one has it."""
    relevance = fuse(candidates)
    is_named = any(candidate.named for candidate in candidates)
    return {
        candidate.event_id: {
            "relevance": relevance[candidate.event_id],
            "similarity": min(max(candidate.similarity, 0.0), 1.0),
            "words": candidate.coverage,
            **({"name": candidate.named} if is_named else {}),
        }
        for candidate in candidates
    }


def _factors(candidate: Candidate, constraints: Constraints, now: datetime) -> dict[str, float]:
    """What is known of a candidate whatever the query, each 0 to 1."""
    factors = {"time": _time_fit(candidate, now)}
    if constraints.place is not None:
        factors["distance"] = _distance_fit(candidate, constraints.max_distance_miles)
    if constraints.max_price is not None:
        factors["price"] = _price_fit(candidate.min_price, constraints.max_price)
    return factors


def _time_fit(candidate: Candidate, now: datetime) -> float:
    wait = max(candidate.starts_at - now, timedelta(0))
    return float(0.5 ** (wait / _TIME_HALF_LIFE))


def _distance_fit(candidate: Candidate, radius: float | None) -> float:
    miles = candidate.distance_miles
    if miles is None or (radius is not None and miles > radius):
        return _ONLINE_DISTANCE_FIT if candidate.can_attend_online else 0.0
    return 1 - min(miles / max(radius or 25.0, 1.0), 1.0) * 0.8


def _price_fit(price: float | None, most: float) -> float:
    if price is None:
        return 0.0
    return 1.0 if most <= 0 else 1 - 0.5 * min(price / most, 1.0)
