"""Scores candidates by a weighted mean of relevance, fit, distance, time and price. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache

from events.ingestion.enrich.tags import Subject, read_topics
from rag.types import Candidate, Constraints, Tier, WhyNot
from rag.understanding.wishes.company import AUDIENCE_AGES, without_audience


class Fit(float, Enum):
    """A judgement with its worth as a ranking factor."""

    SUITS = 1.0
    UNKNOWN = 0.5
    UNSUITABLE = 0.0


# Audiences whose events suit the key too.
_NONE: frozenset[str] = frozenset()
# Ages of more years than these are those of a family, not of an audience.
_NARROW_YEARS = 12
_RELATED = {
    "kids": {"families", "toddlers", "tweens"},
    "toddlers": {"families", "babies", "kids"},
    "babies": {"families", "toddlers"},
    "tweens": {"families", "kids", "teens"},
    "teens": {"tweens"},
    "families": {"kids", "toddlers", "tweens", "babies"},
    "parents": {"families"},
}


def names_only_an_audience(constraints: Constraints) -> bool:
    """Whether a query says for whom, and not what."""
    if constraints.audience is None or constraints.more_like is not None:
        return False
    query = constraints.query
    return len(query.split()) <= 1 or not without_audience(query, constraints.audience)


def related_audiences(audience: str) -> frozenset[str]:
    """The audiences beside one, whose events suit it too."""
    return frozenset(_RELATED.get(audience, _NONE))


def audience_fit(
    audience: str, tags: Collection[str], age_min: int | None, age_max: int | None
) -> Fit:
    """Whether an event with these audience tags and ages is for `audience`."""
    if audience in tags:
        return Fit.SUITS
    known_ages = age_min is not None or age_max is not None
    if known_ages and audience in AUDIENCE_AGES:
        youngest, oldest = AUDIENCE_AGES[audience]
        overlaps = (age_min or 0) <= oldest and (130 if age_max is None else age_max) >= youngest
        return Fit.SUITS if overlaps else Fit.UNSUITABLE
    if not _RELATED.get(audience, _NONE).isdisjoint(tags):
        return Fit.SUITS
    return Fit.UNSUITABLE if tags else Fit.UNKNOWN


def names_audience(audience: str, candidate: Candidate) -> bool:
    """Whether an event is for just this audience, not for one beside it or for all ages."""
    if audience in candidate.audience_tags or candidate.coverage >= 1:
        return True
    if candidate.age_max is None or audience not in AUDIENCE_AGES:
        return False
    youngest, oldest = AUDIENCE_AGES[audience]
    first, last = max(youngest, candidate.age_min or 0), min(oldest, candidate.age_max)
    is_narrow = candidate.age_max - (candidate.age_min or 0) <= _NARROW_YEARS
    return is_narrow and 2 * (last - first + 1) >= oldest - youngest + 1


@lru_cache(maxsize=1000)
def topics_of(query: str) -> frozenset[str]:
    """The topics that a query names, in the vocabulary in which events are tagged."""
    return frozenset(read_topics(Subject(title=query)))


def topic_fit(topics: frozenset[str], tags: Collection[str]) -> Fit:
    """Whether an event with these tags is about one of `topics`."""
    if not topics.isdisjoint(tags):
        return Fit.SUITS
    return Fit.UNSUITABLE if tags else Fit.UNKNOWN


# The worth of an event's nearness in time halves after this long.
_TIME_HALF_LIFE = timedelta(days=14)
# What is left of its weight where something is asked for by name.
_TIME_OF_NAMED = 0.5
# The distance factor of an online event in a search around a centre.
_ONLINE_DISTANCE_FIT = 0.1
# With this coverage of the query's words an event is relevant, whatever its similarity.
_COVERED = 0.4


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each factor counts; only those that a search constrains are used.

    `relevance` is the fusion of both halves of the search by rank, `similarity`
    the cosine, `words` the share of the query's words that an event holds. `name`
    outweighs all others together: an event that was asked for by name comes first.
    """

    relevance: float = 0.4
    similarity: float = 0.7
    words: float = 0.7
    name: float = 4.0
    topic: float = 0.2
    audience: float = 0.2
    distance: float = 0.15
    time: float = 0.2
    price: float = 0.05


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """A candidate with its score, the factors behind it (all 0 to 1) and how it fits.

    `tier` and `why_not` (None for what is recommended) are known once all are compared.
    """

    candidate: Candidate
    score: float
    factors: Mapping[str, float]
    fits: Mapping[str, Fit]
    tier: Tier = "context"
    why_not: WhyNot | None = None

    @property
    def event_id(self) -> int:
        return self.candidate.event_id

    @property
    def is_by_words(self) -> bool:
        """Whether the words alone make it relevant."""
        return self.candidate.named > 0 or self.candidate.coverage >= _COVERED


def score_candidates(
    candidates: Iterable[Candidate],
    constraints: Constraints,
    *,
    now: datetime,
    weights: Weights = DEFAULT_WEIGHTS,
) -> list[Ranked]:
    """The candidates with their scores, best first."""
    topics = topics_of(constraints.query)
    known = list(candidates)
    has_topic = constraints.query and not names_only_an_audience(constraints)
    query_factors = _query_factors(known) if has_topic or constraints.more_like else {}
    weight_of = {name: getattr(weights, name) for name in weight_names()}
    if any("name" in factors for factors in query_factors.values()):
        # Who asks for something by its name wants it whenever it is.
        weight_of["time"] *= _TIME_OF_NAMED
    scored = [
        _score(
            candidate,
            {**query_factors.get(candidate.event_id, {}), **_factors(candidate, constraints, now)},
            fits_of(candidate, constraints, topics),
            weight_of,
        )
        for candidate in known
    ]
    return sorted(scored, key=lambda one: (-one.score, one.candidate.starts_at, one.event_id))


def fits_of(
    candidate: Candidate, constraints: Constraints, topics: frozenset[str]
) -> Mapping[str, Fit]:
    """Whether the candidate suits the topics and the audience, as far as they are asked for."""
    fits: dict[str, Fit] = {}
    if topics:
        fits["topic"] = topic_fit(topics, candidate.metadata_tags)
    if constraints.audience:
        fits["audience"] = audience_fit(
            constraints.audience, candidate.audience_tags, candidate.age_min, candidate.age_max
        )
    elif constraints.age is not None:
        # The search has filtered out events whose known range excludes the age.
        known = candidate.age_min is not None or candidate.age_max is not None
        fits["audience"] = Fit.SUITS if known else Fit.UNKNOWN
    return fits


def _score(
    candidate: Candidate,
    factors: Mapping[str, float],
    fits: Mapping[str, Fit],
    weight_of: Mapping[str, float],
) -> Ranked:
    total = weighed = 0.0
    rounded = {}
    for name, value in (*factors.items(), *fits.items()):
        weight = weight_of[name]
        total += weight
        weighed += weight * value
        rounded[name] = round(value, 4)
    return Ranked(candidate, weighed / total if total else 0.0, rounded, fits)


def _query_factors(candidates: Sequence[Candidate]) -> dict[int, dict[str, float]]:
    """Event id → the factors of the query; `name` only when a candidate has one."""
    relevance = fuse(candidates)
    is_named = any(candidate.named for candidate in candidates)
    return {
        candidate.event_id: {
            "relevance": relevance[candidate.event_id],
            "similarity": min(max(candidate.similarity, 0.0), 1.0),
            # Squared, so that a whole phrase outweighs events with one of its words each.
            "words": candidate.coverage**2,
            **({"name": candidate.named} if is_named else {}),
        }
        for candidate in candidates
    }


def _factors(candidate: Candidate, constraints: Constraints, now: datetime) -> dict[str, float]:
    """The factors that do not depend on the query, each 0 to 1."""
    factors = {"time": _time_fit(candidate, now)}
    if names_only_an_audience(constraints) and constraints.audience:
        factors["words"] = float(names_audience(constraints.audience, candidate))
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


# The constant of reciprocal rank fusion, from Cormack, Clarke and Buettcher (2009).
RRF_K = 60


def fuse(candidates: Sequence[Candidate]) -> Mapping[int, float]:
    """Event id → relevance, 0 to 1: the sum of the reciprocal ranks over the best possible.

    A candidate without any of the words has no rank among them; without words similarity decides.
    """
    by_meaning = _ranks(candidates, lambda one: one.similarity)
    holding = [one for one in candidates if one.named or one.coverage > 0]
    by_words = _ranks(holding, lambda one: one.named + one.coverage)
    best = (1 + bool(holding)) / (RRF_K + 1)
    return {key: (_worth(by_meaning[key]) + _worth(by_words.get(key))) / best for key in by_meaning}


def _worth(rank: int | None) -> float:
    return 0.0 if rank is None else 1 / (RRF_K + rank)


def _ranks(candidates: Sequence[Candidate], key: Callable[[Candidate], float]) -> dict[int, int]:
    """Ranks from 1, the largest key first; equal keys share the better rank."""
    ranks: dict[int, int] = {}
    before: tuple[float, int] | None = None
    for number, one in enumerate(sorted(candidates, key=key, reverse=True), start=1):
        value = round(key(one), 6)
        rank = before[1] if before is not None and before[0] == value else number
        ranks[one.event_id] = rank
        before = (value, rank)
    return ranks


HEAVIEST = 10.0


def weight_names() -> tuple[str, ...]:
    """The factors that have a weight, as the ranking declares them."""
    return tuple(field.name for field in fields(Weights))


def weights_with(overrides: Mapping[str, float] | None) -> Weights:
    """The ranking's own weights, with some replaced."""
    return replace(Weights(), **(overrides or {}))
