"""Who of the scored candidates may be recommended, and why the others are not. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.ranking.fit import Fit
from rag.ranking.scoring import Ranked
from rag.types import Candidate, Constraints, WhyNot

# All of these were tuned on labelled queries over real calendars: see
# `benchmarks/relevance`. An event whose similarity falls below this share of the best
# one's is not recommended, however near and soon it is; nor is one below the least.
_RELEVANT_SHARE, _LEAST_SIMILARITY = 0.35, 0.22
# One of which it is not known whether it suits must be this near.
_DOUBTFUL_SHARE = 0.5
_ROUNDING_MILES = 0.01
# With so many that suit, those that say nothing step back.
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Selection:
    """Those that may be recommended, best first, and the reason for each of the others."""

    chosen: list[Ranked]
    why_not: Mapping[int, WhyNot]


def select(
    scored: Sequence[Ranked], constraints: Constraints, *, strictly: bool = False
) -> Selection:
    """Nobody who asks for music is offered yoga, unless its words say what was asked.

    Around a centre, what one can only join online comes after what takes place there.
    `strictly` is for what nobody looks through before it stands in a calendar: there, a
    craft fair that mentions live music stays a craft fair.
    """
    floor, doubtful = _floors(scored, constraints)
    why_not: dict[int, WhyNot] = {}
    suiting: list[Ranked] = []
    for one in scored:
        reason = _reason(one, floor, doubtful, strictly=strictly)
        if reason is None:
            suiting.append(one)
        else:
            why_not[one.event_id] = reason
    return Selection(_places_first(suiting, constraints), why_not)


def _floors(scored: Sequence[Ranked], constraints: Constraints) -> tuple[float, float]:
    """The similarities below which nothing, and nothing of unknown fit, is recommended."""
    is_about_nothing = len(constraints.query.split()) <= 1 and constraints.more_like is None
    if constraints.audience and is_about_nothing:
        # "kids" is no topic: who it is for is judged by its fit alone
        return -1.0, math.inf if _many_suit(scored) else -1.0
    best = max((one.candidate.similarity for one in scored), default=0.0)
    if best <= 0:
        return -1.0, -1.0  # nothing was asked for but a place or a day
    return max(_RELEVANT_SHARE * best, _LEAST_SIMILARITY), _DOUBTFUL_SHARE * best


def _many_suit(scored: Sequence[Ranked]) -> bool:
    return sum(set(one.fits.values()) == {Fit.SUITS} for one in scored) >= _ENOUGH


def _reason(one: Ranked, floor: float, doubtful: float, *, strictly: bool) -> WhyNot | None:
    """Why an event may not be recommended; None when it may."""
    # Named in its title or among its names; a description names what it is not.
    is_told_to_suit = one.candidate.named >= 1 or set(one.fits.values()) <= {Fit.SUITS}
    if one.is_by_words and (is_told_to_suit or not strictly):
        return None
    if one.candidate.similarity < floor:
        return WhyNot.LESS_RELEVANT
    if one.fits.get("topic") is Fit.UNSUITABLE:
        return WhyNot.OTHER_TOPIC
    if one.fits.get("audience") is Fit.UNSUITABLE:
        return WhyNot.OTHER_AUDIENCE
    is_doubtful = Fit.UNKNOWN in one.fits.values() and not one.is_by_words
    if is_doubtful and one.candidate.similarity < doubtful:
        return WhyNot.UNKNOWN_FIT
    return None


def _places_first(scored: list[Ranked], constraints: Constraints) -> list[Ranked]:
    if constraints.place is None or constraints.is_virtual:
        return scored
    return sorted(scored, key=lambda one: not _is_there(one.candidate, constraints))


def _is_there(candidate: Candidate, constraints: Constraints) -> bool:
    miles, radius = candidate.distance_miles, constraints.max_distance_miles
    return miles is not None and (radius is None or miles <= radius + _ROUNDING_MILES)
