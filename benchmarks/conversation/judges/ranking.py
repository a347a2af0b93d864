"""nDCG@6 of the events shown, beside a plain embedding over the events that pass the filters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.conversation.answers import Listed
from benchmarks.conversation.judges.folding import fold
from benchmarks.conversation.judges.listing import FIRST, lies_within
from benchmarks.conversation.judges.verdicts import Circumstances
from benchmarks.conversation.judges.window import read_window

_EXACTLY = 3
_EARTH_MILES = 3958.8
# How far around a town is searched when no distance is given.
_AROUND_MILES = 15.0

Point = tuple[float, float]  # latitude and longitude in degrees


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """An event that the service knows, with what the hard filters look at."""

    event: Listed
    point: Point | None
    mode: str
    min_price: float | None


def gains(expect: Mapping[str, Any]) -> dict[str, int]:
    """The grade of each judged title; what belongs and has no grade is exactly it."""
    grades = {fold(title): _EXACTLY for title in expect.get("belong", [])}
    grades |= {fold(title): grade for title, grade in expect.get("grades", {}).items()}
    return grades


def is_ranked(expect: Mapping[str, Any]) -> bool:
    """Whether something is graded above nothing, so that an order can be good or bad."""
    return any(gains(expect).values())


def ndcg(titles: Iterable[str], grades: Mapping[str, int], *, leave_out: bool = False) -> float:
    """nDCG over the first six different titles, gains as in the formula with 2^grade − 1.

    What nobody judged counts as nothing, or with `leave_out` is taken from the six.
    """
    first = list(dict.fromkeys(map(fold, titles)))[:FIRST]
    if leave_out:
        first = [title for title in first if title in grades]
    best = sorted(grades.values(), reverse=True)[:FIRST]
    return _dcg(grades.get(title, 0) for title in first) / _dcg(best)


def _dcg(grades: Iterable[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def passes(known: CalendarEvent, around: Circumstances, centre: Point | None, miles: float) -> bool:
    """Whether an event passes the hard filters of the expectation."""
    wanted = around.turn.expect.get("constraints", {})
    price = wanted.get("max_price")
    if price is not None and (known.min_price is None or known.min_price > price):
        return False
    if wanted.get("is_virtual"):
        is_there = known.mode in ("online", "mixed")
    elif known.mode == "online":
        is_there = wanted.get("is_virtual") is None and centre is None
    else:
        is_there = centre is None or _is_near(known.point, centre, miles)
    # The dearest come last: every event of the calendar is asked for every question.
    return (
        is_there
        and lies_within(known.event, read_window(wanted), now=around.now)
        and not known.event.is_cancelled
    )


def _is_near(point: Point | None, centre: Point, miles: float) -> bool:
    return point is not None and miles_between(point, centre) <= miles


def radius(expect: Mapping[str, Any]) -> float:
    """The distance asked for, or the usual one."""
    return float(expect.get("constraints", {}).get("max_distance_miles") or _AROUND_MILES)


def miles_between(one: Point, other: Point) -> float:
    """The great-circle distance."""
    (lat, lng), (other_lat, other_lng) = (tuple(map(math.radians, point)) for point in (one, other))
    half = math.sin((lat - other_lat) / 2) ** 2
    half += math.cos(lat) * math.cos(other_lat) * math.sin((lng - other_lng) / 2) ** 2
    return 2 * _EARTH_MILES * math.asin(math.sqrt(min(1.0, half)))


def rank_plainly(
    query: NDArray[np.float32],
    vectors: Mapping[int, NDArray[np.float32]],
    events: Sequence[CalendarEvent],
) -> list[str]:
    """The titles of events by the likeness of their vectors to the query's."""
    known = [each.event for each in events if each.event.id in vectors]
    if not known:
        return []
    likeness = np.stack([vectors[event.id] for event in known]) @ query
    return [known[place].title for place in np.argsort(-likeness, kind="stable")]
