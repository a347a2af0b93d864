"""Selects the candidates that may be recommended, and says why the others may not. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.ranking.fitting import strength
from rag.ranking.order import NO_KIN, Kin
from rag.ranking.scoring import Fit, Ranked, fits_of, names_only_an_audience, topics_of
from rag.types import Candidate, Constraints, Order, WhyNot

# All of these were tuned on labelled queries over real calendars (`benchmarks/relevance`).
# The least similarity of a recommended event: as a share of the best one's, and absolute.
_RELEVANT_SHARE, _LEAST_SIMILARITY = 0.35, 0.22
# The same share for an event that says neither its topic nor its audience.
_DOUBTFUL_SHARE = 0.5
_ROUNDING_MILES = 0.01
# With so many that suit, events that say nothing of their audience are left out.
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Selection:
    """Those that may be recommended, best first, and the reason for each of the others."""

    chosen: list[Ranked]
    why_not: Mapping[int, WhyNot]


def select(
    scored: Sequence[Ranked], constraints: Constraints, *, strictly: bool = False
) -> Selection:
    """Splits the candidates into those to recommend and those to leave out.

    An event about another topic or for another audience is left out, unless it holds
    the words of the query. Around a centre, events that take place there come before
    those that one can only join online. With `strictly`, words in a description alone do
    not suffice: a followed search writes into a calendar that nobody checks, and a craft
    fair that mentions live music is no concert.
    """
    floors = _floors(scored, constraints)
    why_not: dict[int, WhyNot] = {}
    suiting: list[Ranked] = []
    for one in scored:
        reason = _reason(one, floors, strictly=strictly)
        if reason is None:
            suiting.append(one)
        else:
            why_not[one.event_id] = reason
    return Selection(_ordered(_places_first(suiting, constraints), constraints), why_not)


def count_recommendable(candidates: Iterable[Candidate], constraints: Constraints) -> int:
    """How many candidates could be recommended. Needs no scores, which only order them."""
    topics = topics_of(constraints.query)
    judged = [Ranked(one, 0.0, {}, fits_of(one, constraints, topics)) for one in candidates]
    floors = _floors(judged, constraints)
    return sum(_reason(one, floors, strictly=False) is None for one in judged)


@dataclass(frozen=True, slots=True)
class _Floors:
    """The similarities below which nothing, and nothing of unknown fit, is recommended."""

    all: float
    doubtful: float


def _floors(scored: Sequence[Ranked], constraints: Constraints) -> _Floors:
    if names_only_an_audience(constraints):
        # "kids" names an audience and no topic: similarity to it says nothing.
        return _Floors(-1.0, math.inf if _many_suit(scored) else -1.0)
    best = max((one.candidate.similarity for one in scored), default=0.0)
    if best <= 0:
        return _Floors(-1.0, -1.0)  # nothing was asked for but a place or a day
    floor = max(_RELEVANT_SHARE * best, _LEAST_SIMILARITY)
    return _Floors(floor, _DOUBTFUL_SHARE * best)


def are_all(candidates: Sequence[Candidate], limit: int) -> bool:
    """Whether there are no more to select than these, of which at most so many were looked for."""
    likeness = [one.similarity for one in candidates]
    best = max(likeness, default=0.0)
    floor = max(_RELEVANT_SHARE * best, _LEAST_SIMILARITY)
    return len(candidates) < limit or (best > 0 and min(likeness) < floor)


def _many_suit(scored: Sequence[Ranked]) -> bool:
    return sum(set(one.fits.values()) == {Fit.SUITS} for one in scored) >= _ENOUGH


def _reason(one: Ranked, floors: _Floors, *, strictly: bool) -> WhyNot | None:
    """Why an event may not be recommended; None when it may."""
    # Only a title or a name says what an event is; a description also mentions other things.
    is_told_to_suit = one.candidate.named >= 1 or set(one.fits.values()) <= {Fit.SUITS}
    if one.is_by_words and (is_told_to_suit or not strictly):
        return None
    if one.candidate.similarity < floors.all:
        return WhyNot.LESS_RELEVANT
    if one.fits.get("topic") is Fit.UNSUITABLE:
        return WhyNot.OTHER_TOPIC
    if one.fits.get("audience") is Fit.UNSUITABLE:
        return WhyNot.OTHER_AUDIENCE
    is_doubtful = Fit.UNKNOWN in one.fits.values() and not one.is_by_words
    if is_doubtful and one.candidate.similarity < floors.doubtful:
        return WhyNot.UNKNOWN_FIT
    return None


def _places_first(scored: list[Ranked], constraints: Constraints) -> list[Ranked]:
    if constraints.place is None or constraints.is_virtual:
        return scored
    return sorted(scored, key=lambda one: not is_there(one.candidate, constraints))


def local_first(
    chosen: Sequence[Ranked], constraints: Constraints, kin: Mapping[int, Kin]
) -> tuple[list[Ranked], list[Ranked]]:
    """What takes place within the circle, and what one can only join online.

    Made-up events are left out where there are real ones. Without a circle, or when online
    was asked for, everything is in the first list.
    """
    is_real = [not (kin.get(one.event_id) or NO_KIN).is_demo for one in chosen]
    if any(is_real):
        chosen = [one for one, real in zip(chosen, is_real, strict=True) if real]
    if constraints.place is None or constraints.is_virtual:
        return list(chosen), []
    there = [one for one in chosen if is_there(one.candidate, constraints)]
    return there, [one for one in chosen if not is_there(one.candidate, constraints)]


def best_of_each(scored: Iterable[Ranked], constraints: Constraints) -> list[Ranked]:
    """Each event once, as the topic has it that it suits best; in the order that is wanted."""
    best: dict[int, Ranked] = {}
    for one in sorted(scored, key=lambda one: (-one.score, one.candidate.starts_at, one.event_id)):
        best.setdefault(one.event_id, one)
    return _ordered(_places_first(list(best.values()), constraints), constraints)


def _ordered(chosen: list[Ranked], constraints: Constraints) -> list[Ranked]:
    """In the order that was asked for; what is unknown comes last."""
    keys: dict[Order, Callable[[Candidate], Any]] = {
        "start": lambda one: one.starts_at,
        "distance": lambda one: _or_last(one.distance_miles),
        "price": lambda one: _or_last(one.min_price),
    }
    key = keys.get(constraints.order)
    return chosen if key is None else sorted(chosen, key=lambda one: key(one.candidate))


def _or_last(value: float | None) -> float:
    return math.inf if value is None else value


def is_there(candidate: Candidate, constraints: Constraints) -> bool:
    """Whether one can attend it in person within the circle that was asked for."""
    miles, radius = candidate.distance_miles, constraints.max_distance_miles
    return miles is not None and (radius is None or miles <= radius + _ROUNDING_MILES)


# What suiting the topic or the audience adds to the strength of those that only come close.
_FITTING = {"topic": 0.05, "audience": 0.1}


def closest(scored: Iterable[Ranked], constraints: Constraints) -> list[Ranked]:
    """What comes closest to the words, whatever else speaks for it; what takes place there first.

    Where nothing fits, nearness in time says nothing of what was meant, and tags little.
    """
    return _places_first(sorted(scored, key=_closeness, reverse=True), constraints)


def _closeness(one: Ranked) -> float:
    suits = sum(_FITTING[name] for name, fit in one.fits.items() if fit is Fit.SUITS)
    return strength(one.candidate) + suits
