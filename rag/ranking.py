"""Ranks candidates: similarity first, then what a person weighs beside it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

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


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each factor counts; only those that a search constrains are used."""

    similarity: float = 1.0
    distance: float = 0.15
    time: float = 0.1
    audience: float = 0.15
    price: float = 0.05


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its final score, the factors (each 0 to 1) and its tier."""

    candidate: Candidate
    score: float
    factors: Mapping[str, float]
    tier: Tier


def rank(
    candidates: Iterable[Candidate],
    constraints: Constraints,
    *,
    now: datetime,
    recommended: int = RECOMMENDED_AT_MOST,
    weights: Weights = Weights(),
) -> list[Ranked]:
    """Best first, in tiers: recommended, additional, then context for the map."""
    scored = [_score(candidate, constraints, now, weights) for candidate in candidates]
    scored.sort(key=lambda ranked: (-ranked[1], ranked[0].starts_at, ranked[0].event_id))
    floor = _RELEVANT_SHARE * max((c.similarity for c, _, _ in scored), default=0.0)
    relevant = [entry for entry in scored if entry[0].similarity >= floor]
    others = [entry for entry in scored if entry[0].similarity < floor]
    at_most = min(recommended, RECOMMENDED_AT_MOST)
    tiers: list[tuple[Tier, int]] = [
        ("recommended", at_most),
        ("additional", ADDITIONAL_AT_MOST),
        ("context", CONTEXT_AT_MOST),
    ]
    return _in_tiers(relevant, others, tiers)


Scored = tuple[Candidate, float, Mapping[str, float]]


def _in_tiers(
    relevant: list[Scored], others: list[Scored], tiers: list[tuple[Tier, int]]
) -> list[Ranked]:
    ranked: list[Ranked] = []
    rest = relevant
    for tier, size in tiers:
        if tier != "recommended" and others:
            rest, others = rest + others, []
        here, rest = rest[:size], rest[size:]
        ranked += [Ranked(candidate, score, factors, tier) for candidate, score, factors in here]
    return ranked


def _score(
    candidate: Candidate, constraints: Constraints, now: datetime, weights: Weights
) -> Scored:
    factors = {"time": _time_fit(candidate, now)}
    if constraints.query:
        factors["similarity"] = min(max(candidate.similarity, 0.0), 1.0)
    if constraints.place is not None:
        factors["distance"] = _distance_fit(candidate, constraints.max_distance_miles)
    if constraints.audience or constraints.age is not None:
        factors["audience"] = _audience_fit(candidate, constraints)
    if constraints.max_price is not None:
        factors["price"] = _price_fit(candidate.min_price, constraints.max_price)
    total = sum(getattr(weights, name) for name in factors)
    score = sum(getattr(weights, name) * value for name, value in factors.items()) / total
    return candidate, score, {name: round(value, 4) for name, value in factors.items()}


def _time_fit(candidate: Candidate, now: datetime) -> float:
    wait = max(candidate.starts_at - now, timedelta(0))
    return float(0.5 ** (wait / _TIME_HALF_LIFE))


def _distance_fit(candidate: Candidate, radius: float | None) -> float:
    miles = candidate.distance_miles
    if miles is None or (radius is not None and miles > radius):
        return _ONLINE_DISTANCE_FIT if candidate.can_attend_online else 0.0
    return 1 - min(miles / max(radius or 25.0, 1.0), 1.0) * 0.8


def _audience_fit(candidate: Candidate, constraints: Constraints) -> float:
    fit = 0.5  # nothing is known of most events
    if constraints.audience and candidate.audience_tags:
        fit = 1.0 if constraints.audience in candidate.audience_tags else 0.2
    if constraints.age is not None and (
        candidate.age_min is not None or candidate.age_max is not None
    ):
        fit = max(fit, 1.0)  # a known range that excludes the age never gets here
    return fit


def _price_fit(price: float | None, most: float) -> float:
    if price is None:
        return 0.0
    return 1.0 if most <= 0 else 1 - 0.5 * min(price / most, 1.0)
