"""Plans an evening, a day or a weekend: events for several slots, with the ways between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from chat_service.tools.base import ToolContext
from chat_service.tools.builtin.itinerary import Option, Plan, PlanSlot, plan_visits
from chat_service.tools.builtin.wishes import Audience, Moment, Where, Wishes, Words, constraints_of
from chat_service.tools.event_brief import EventBrief
from chat_service.tools.functions import tool
from core.database import in_database
from core.errors import InvalidRequest
from core.text import fold_name
from rag.service import find_events
from rag.types import Constraints, EventSummary, RankedEvent

# An event without an end is taken to last so long, and one that lasts longer can be dropped in on.
_ASSUMED = timedelta(hours=2)
_DROPPED_IN_ON = timedelta(hours=5)
# With so many options a slot needs no others.
_ENOUGH_OPTIONS = 2
_LONGEST_SLOT = timedelta(days=7)


class SlotWishes(BaseModel):
    """One part of the plan."""

    query: Annotated[Words, Field(description='What it should be: "dinner", "live jazz".')] = ""
    begins: Annotated[Moment, Field(description="RFC 3339 time from which one is free.")]
    ends: Annotated[Moment, Field(description="RFC 3339 time by which it must be over.")]
    max_price: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    audience: Audience | None = None


class PlanWishes(Where):
    """Where, for which slots, and how one travels between them."""

    slots: Annotated[
        list[SlotWishes], Field(min_length=1, max_length=6, description="In the order of time.")
    ]
    age: Annotated[int, Field(ge=0, le=130, description="Age of who comes along.")] | None = None
    travel_by: Annotated[
        Literal["foot", "bicycle", "transit", "car"], Field(description="How one gets about.")
    ] = "car"
    plans: Annotated[int, Field(ge=1, le=5, description="How many plans at most.")] = 3


class PlannedVisit(BaseModel):
    """One event of a plan: from when till when one is there, and the way from the one before.

    Travel is estimated from the distance as the crow flies. `end_assumed` says that the
    event's source names no end.
    """

    slot: int
    event: EventBrief
    begin: datetime
    end: datetime
    travel_minutes: int | None
    travel_miles: float | None
    end_assumed: bool


class Itinerary(BaseModel):
    """A plan; `unfilled` are the numbers of the slots, from 1, for which it has nothing."""

    visits: Sequence[PlannedVisit]
    unfilled: Sequence[int]
    travel_miles: float
    known_price: float
    unknown_prices: int


class Itineraries(BaseModel):
    """The best plans, the best first; `found` counts for each slot the events that would do."""

    plans: Sequence[Itinerary]
    found: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Searched:
    """The slots with their options, and the found events by their ids."""

    slots: Sequence[PlanSlot]
    events: dict[int, RankedEvent]


@tool(timeout_seconds=20)
async def plan_itinerary(wishes: PlanWishes, context: ToolContext) -> Itineraries:
    """Plans several events one after the other, such as an evening or a day out: no overlaps, and
    time to get from one to the next."""
    searched = await in_database(_search_slots, wishes, context)
    plans = plan_visits(searched.slots, by=wishes.travel_by, plans=wishes.plans)
    return Itineraries(
        plans=[_told(plan, searched) for plan in plans],
        found=[len(slot.options) for slot in searched.slots],
    )


def _search_slots(wishes: PlanWishes, context: ToolContext) -> _Searched:
    slots: list[PlanSlot] = []
    events: dict[int, RankedEvent] = {}
    where = wishes.model_dump(include={"place", "latitude", "longitude", "radius_miles"})
    for number, slot in enumerate(wishes.slots):
        wanted = Wishes(
            **where,
            query=slot.query,
            date_from=slot.begins,
            date_to=slot.ends,
            max_price=slot.max_price,
            audience=slot.audience,
            age=wishes.age,
            is_virtual=False,
        )
        constraints = constraints_of(wanted, context)
        start, end = constraints.date_from, constraints.date_to
        assert start is not None, "a slot names its beginning"
        assert end is not None, "a slot names its end"
        if end - start > _LONGEST_SLOT:
            raise InvalidRequest(
                "A part of a plan is too long.",
                fields={f"slots.{number}.ends": "must be within a week of its beginning"},
            )
        best = _best(constraints, context.now)
        events |= {found.event.id: found for found in best}
        options = [_option(found) for found in best if not _has_no_hours(found.event)]
        slots.append(PlanSlot(start, end, options))
    return _Searched(slots, events)


def _best(constraints: Constraints, now: datetime) -> Sequence[RankedEvent]:
    """What fits a slot; where nothing is what its words say, what fits for whom it is.

    A plan for "a rainy morning with a toddler" is none for rain.
    """
    best = find_events(constraints, now=now).in_tier("recommended")
    audience = constraints.audience
    if audience is None or len(best) >= _ENOUGH_OPTIONS:
        return best
    known = {found.event.id for found in best}
    more = find_events(replace(constraints, query=audience), now=now).in_tier("recommended")
    return [*best, *(found for found in more if found.event.id not in known)]


def _option(found: RankedEvent) -> Option:
    event = found.event
    venue = event.venue or {}
    lat, lng = venue.get("latitude"), venue.get("longitude")
    end = event.end_time or event.start_time + _ASSUMED
    return Option(
        event_id=event.id,
        happening=fold_name(event.title),
        start=event.start_time,
        end=max(end, event.start_time + timedelta(minutes=1)),
        point=None if lat is None or lng is None else (lat, lng),
        score=found.score,
        is_open=end - event.start_time > _DROPPED_IN_ON,
    )


def _has_no_hours(event: EventSummary) -> bool:
    """An all-day entry does not say when one can be there."""
    return event.all_day


def _told(plan: Plan, searched: _Searched) -> Itinerary:
    visits: list[PlannedVisit] = []
    for visit in plan.visits:
        found = searched.events[visit.option.event_id]
        zone = ZoneInfo(found.event.timezone)
        visits.append(
            PlannedVisit(
                slot=visit.slot + 1,
                event=EventBrief.of_ranked(found),
                begin=visit.begin.astimezone(zone),
                end=visit.end.astimezone(zone),
                travel_minutes=visit.travel // timedelta(minutes=1) if visits else None,
                travel_miles=None if visit.miles is None else round(visit.miles, 2),
                end_assumed=found.event.end_time is None,
            )
        )
    filled = {visit.slot for visit in visits}
    prices = [visit.event.min_price for visit in visits]
    return Itinerary(
        visits=visits,
        unfilled=[n for n in range(1, len(searched.slots) + 1) if n not in filled],
        travel_miles=round(plan.miles, 2),
        known_price=sum(price for price in prices if price is not None),
        unknown_prices=sum(price is None for price in prices),
    )
