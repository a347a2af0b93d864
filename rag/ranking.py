"""Ranks candidates: similarity first, then what a person weighs beside it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rag.fitting import Fit, audience_fit, topic_fit, topics_of
from rag.search.run import Candidate
from rag.types import Constraints, Tier

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
# With so many events that say that they suit, the undecided ones step back.
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each factor counts; only those that a search constrains are used."""

    similarity: float = 1.0
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


def rank(
    candidates: Iterable[Candidate],
    constraints: Constraints,
    *,
    now: datetime,
    series: Mapping[int, str],
    recommended: int = RECOMMENDED_AT_MOST,
    weights: Weights = Weights(),
) -> list[Ranked]:
    """Best first, in tiers: recommended, additional, then context for the map.

    `series` names the series of each event that belongs to one; only the best
    date of a series is recommended or additional.
    """
    scored = _scored(candidates, constraints, now, weights)
    best = _one_of_each_series(_recommendable(scored, constraints), series)
    at_most = min(recommended, RECOMMENDED_AT_MOST)
    first, second = best[:at_most], best[at_most : at_most + ADDITIONAL_AT_MOST]
    if not first:  # nothing suits: then what comes closest is worth a look
        second = _one_of_each_series(scored, series)[:ADDITIONAL_AT_MOST]
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
    scored = [
        _score(candidate, constraints, _fits(candidate, constraints, topics), now, weights)
        for candidate in candidates
    ]
    return sorted(
        scored, key=lambda one: (-one.score, one.candidate.starts_at, one.candidate.event_id)
    )


def _recommendable(scored: list[_Scored], constraints: Constraints) -> list[_Scored]:
    suiting = _suiting(scored, floor=_floor(scored, constraints))
    return _places_first(suiting, constraints)


def _floor(scored: Sequence[_Scored], constraints: Constraints) -> float:
    """The similarity below which nothing is recommended."""
    is_about_nothing = len(constraints.query.split()) <= 1 and constraints.more_like is None
    if constraints.audience and is_about_nothing:
        return -1.0  # "kids" is no topic: who it is for is judged by its fit
    return _RELEVANT_SHARE * max((one.candidate.similarity for one in scored), default=0.0)


def _suiting(scored: Sequence[_Scored], *, floor: float) -> list[_Scored]:
    """Those that may be recommended, still best first.

    Nobody who asks for music is offered yoga while there is music.
    """
    near = [one for one in scored if one.candidate.similarity >= floor]
    suiting = [one for one in near if one.fits <= {Fit.SUITS}]
    if len(suiting) >= _ENOUGH:
        return suiting
    doubtful_floor = floor * _DOUBTFUL_SHARE / _RELEVANT_SHARE if suiting else floor
    if floor > 0:
        doubtful_floor = max(doubtful_floor, _LEAST_SIMILARITY)
    return [
        one
        for one in near
        if one in suiting
        or (Fit.UNSUITABLE not in one.fits and one.candidate.similarity >= doubtful_floor)
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


def _one_of_each_series(scored: Sequence[_Scored], series: Mapping[int, str]) -> list[_Scored]:
    seen: set[str] = set()
    kept = []
    for one in scored:
        name = series.get(one.candidate.event_id, "")
        if not name or name not in seen:
            kept.append(one)
            seen.add(name)
    return kept


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
    constraints: Constraints,
    fits: Mapping[str, Fit],
    now: datetime,
    weights: Weights,
) -> _Scored:
    factors = {"time": _time_fit(candidate, now)}
    if constraints.query or constraints.more_like:
        factors["similarity"] = min(max(candidate.similarity, 0.0), 1.0)
    if constraints.place is not None:
        factors["distance"] = _distance_fit(candidate, constraints.max_distance_miles)
    if constraints.max_price is not None:
        factors["price"] = _price_fit(candidate.min_price, constraints.max_price)
    factors |= {name: fit.value for name, fit in fits.items()}
    total = sum(getattr(weights, name) for name in factors)
    weighed = sum(getattr(weights, name) * value for name, value in factors.items())
    score = weighed / total if total else 0.0
    rounded = {name: round(value, 4) for name, value in factors.items()}
    return _Scored(candidate, score, rounded, frozenset(fits.values()))


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
