"""Plans visits one after the other: in their windows, without overlaps, with time to travel. Pure.

A slot is a window of time with the events that would do for it. A plan takes for
each slot at most one of them. What has a fixed time is attended from beginning to end; what is open
for hours (an exhibition, a fair) is visited for a while within it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.grid import distance_miles

# Plans that are still considered after each slot.
_BEAM = 300
# Speeds in miles an hour, the detour that streets make, and what getting under way takes.
_DETOUR = 1.3
_SPEEDS = {"foot": 3.0, "bicycle": 9.0, "transit": 12.0, "car": 22.0}
_OVERHEAD = {"foot": 0.0, "bicycle": 3.0, "transit": 10.0, "car": 8.0}
# Within so many miles everybody walks.
_WALKED_MILES = 0.5
# A long way costs a plan as much as so much of a score an hour.
_COST_OF_AN_HOUR = 0.3


@dataclass(frozen=True, slots=True)
class Option:
    """An event that would do for a slot. `[start, end)` are aware; `point` is (lat, lng) or None.

    Events with the same `happening` are the same thing at another time. `is_open` says that
    one may come and go while it lasts.
    """

    event_id: int
    happening: str
    start: datetime
    end: datetime
    point: tuple[float, float] | None
    score: float
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class PlanSlot:
    """A window `[start, end)`, what would do for it, and how long an open event is visited."""

    start: datetime
    end: datetime
    options: Sequence[Option]
    stay: timedelta = timedelta(minutes=90)


@dataclass(frozen=True, slots=True)
class Visit:
    """One event of a plan: when one is there, and the way from the visit before.

    `miles` is None for the first visit, and where one of the two has no point.
    """

    slot: int
    option: Option
    begin: datetime
    end: datetime
    travel: timedelta = timedelta()
    miles: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Visits in the order of time; more filled slots are better, then a higher score."""

    visits: tuple[Visit, ...] = ()
    score: float = 0.0

    @property
    def rank(self) -> tuple[int, float]:
        return len(self.visits), self.score

    @property
    def miles(self) -> float:
        """The whole way, as far as it is known."""
        return sum(visit.miles or 0.0 for visit in self.visits)


def plan_visits(slots: Sequence[PlanSlot], *, by: str = "car", plans: int = 3) -> list[Plan]:
    """The best few plans, the best first; none without a single visit.

    Slots are visited in their order. Each further plan has a visit that the better ones have not.
    """
    partial = [Plan()]
    for number, slot in enumerate(slots):
        longer = [
            _with_visit(plan, visit)
            for plan in partial
            for option in slot.options
            if (visit := _visit(plan, number, slot, option, by)) is not None
        ]
        partial = sorted([*partial, *longer], key=lambda plan: plan.rank, reverse=True)[:_BEAM]
    return _different([plan for plan in partial if plan.visits], plans)


def travel_between(
    one: tuple[float, float] | None, other: tuple[float, float] | None, by: str
) -> tuple[timedelta, float | None]:
    """An estimate of the way between two points: how long, and how many miles as the crow flies."""
    if one is None or other is None:
        return timedelta(), None
    miles = distance_miles(*one, *other)
    way = "foot" if miles <= _WALKED_MILES else by
    minutes = _OVERHEAD[way] + miles * _DETOUR / _SPEEDS[way] * 60
    return timedelta(minutes=math.ceil(minutes)) if miles > 0 else timedelta(), miles


def _visit(plan: Plan, number: int, slot: PlanSlot, option: Option, by: str) -> Visit | None:
    """When one would be there after what the plan has so far; None when it does not work out."""
    travel, miles, free = timedelta(), None, slot.start
    if any(option.happening == visit.option.happening for visit in plan.visits):
        return None
    if plan.visits:
        before = plan.visits[-1]
        travel, miles = travel_between(before.option.point, option.point, by)
        free = before.end + travel
    if option.is_open:
        begin = max(option.start, slot.start, free)
        end = begin + slot.stay
        fits = end <= min(option.end, slot.end)
    else:
        begin, end = option.start, option.end
        fits = max(slot.start, free) <= begin and end <= slot.end
    return Visit(number, option, begin, end, travel, miles) if fits else None


def _with_visit(plan: Plan, visit: Visit) -> Plan:
    cost = visit.travel / timedelta(hours=1) * _COST_OF_AN_HOUR
    return Plan((*plan.visits, visit), plan.score + visit.option.score - cost)


def _different(ranked: Sequence[Plan], plans: int) -> list[Plan]:
    """The best ones that each bring something new: first all new visits are looked for."""
    chosen: list[Plan] = []
    seen: set[int] = set()
    for least_new in (2, 1):
        for plan in ranked:
            new = {visit.option.event_id for visit in plan.visits} - seen
            if len(chosen) < plans and len(new) >= min(least_new, len(plan.visits)):
                chosen.append(plan)
                seen |= new
    return sorted(chosen, key=lambda plan: plan.rank, reverse=True)
