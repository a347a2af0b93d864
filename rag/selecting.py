"""Who of the scored candidates may be recommended, and why the others are not. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.fitting import Fit
from rag.scoring import Scored
from rag.search.run import Candidate
from rag.types import Constraints

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


class WhyNot(StrEnum):
    """Why a found event is not recommended; the trace shows it."""

    LESS_RELEVANT = "less relevant than the others"
    OTHER_TOPIC = "about something else"
    OTHER_AUDIENCE = "for somebody else"
    UNKNOWN_FIT = "others say that they suit, this one says nothing"
    NOT_THERE = "only online, while others take place there"
    SAME_HAPPENING = "another date or copy of an entry"
    FURTHER_DOWN = "further down the list"


@dataclass(frozen=True, slots=True)
class Selection:
    """Those that may be recommended, best first, and the reason for each of the others."""

    chosen: list[Scored]
    why_not: Mapping[int, WhyNot]


def select(scored: Sequence[Scored], constraints: Constraints) -> Selection:
    """Nobody who asks for music is offered yoga while there is music.

    Around a centre, what takes place there comes before what one can only join online.
    """
    floor = _floor(scored, constraints)
    suiting = _suiting(scored, floor=floor)
    chosen = _places_first(suiting, constraints)
    ids = {one.event_id for one in chosen}
    suiting_ids = {one.event_id for one in suiting}
    return Selection(
        chosen,
        {
            one.event_id: WhyNot.NOT_THERE if one.event_id in suiting_ids else _reason(one, floor)
            for one in scored
            if one.event_id not in ids
        },
    )


def _reason(one: Scored, floor: float) -> WhyNot:
    if one.fits.get("topic") is Fit.UNSUITABLE:
        return WhyNot.OTHER_TOPIC
    if one.fits.get("audience") is Fit.UNSUITABLE:
        return WhyNot.OTHER_AUDIENCE
    is_near = one.candidate.similarity >= floor
    return WhyNot.UNKNOWN_FIT if is_near and one.fits else WhyNot.LESS_RELEVANT


def _floor(scored: Sequence[Scored], constraints: Constraints) -> float:
    """The similarity below which nothing is recommended."""
    is_about_nothing = len(constraints.query.split()) <= 1 and constraints.more_like is None
    if constraints.audience and is_about_nothing:
        return -1.0  # "kids" is no topic: who it is for is judged by its fit
    return _RELEVANT_SHARE * max((one.candidate.similarity for one in scored), default=0.0)


def _suiting(scored: Sequence[Scored], *, floor: float) -> list[Scored]:
    """Those relevant and about what was asked, still best first."""
    near = [one for one in scored if one.candidate.similarity >= floor or one.is_by_words]
    suiting = [one for one in near if _all_suit(one) or one.candidate.named]
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
            Fit.UNSUITABLE not in one.fits.values()
            and (one.candidate.similarity >= doubtful_floor or one.is_by_words)
        )
    ]


def _places_first(scored: list[Scored], constraints: Constraints) -> list[Scored]:
    """Around a centre, what takes place there comes before what one can only join online."""
    if constraints.place is None or constraints.is_virtual:
        return scored
    there = [one for one in scored if _is_there(one.candidate, constraints)]
    return there if len(there) >= _ENOUGH else there + [one for one in scored if one not in there]


def _is_there(candidate: Candidate, constraints: Constraints) -> bool:
    miles, radius = candidate.distance_miles, constraints.max_distance_miles
    return miles is not None and (radius is None or miles <= radius + _ROUNDING_MILES)


def _all_suit(one: Scored) -> bool:
    return set(one.fits.values()) <= {Fit.SUITS}
