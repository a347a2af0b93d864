"""Explains a ranking: why an event is there, and why another is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from pydantic import BaseModel

from chat_service.tools.base import ToolContext
from chat_service.tools.builtin.event_facts import load_events
from chat_service.tools.builtin.wishes import EventId, Wishes, constraints_of
from chat_service.tools.event_brief import EventBrief, miles_between
from chat_service.tools.functions import tool
from core.database import in_database
from core.errors import InvalidRequest
from events.models import Event
from rag.service import FindOptions, constraints_to_json, find_events
from rag.types import AgeRange, Constraints, RankedEvent, Retrieval, WhyNot

_BEST = 3


class ToExplain(Wishes):
    """Which event, and for which wishes; by default those of the conversation."""

    event_id: EventId | None = None


class Unmet(BaseModel):
    """A wish that an event breaks: what was wanted, and what it is like.

    `wish` names it: "listed", "status", "over", "after", "before", "window" (of days), "price",
    "age", "something_else", "online", "in_person" or "place". `wanted` and `actual` are
    the values, as far as there are any: moments as RFC 3339, amounts, whole years, days, miles.
    """

    wish: str
    wanted: str | None = None
    actual: str | None = None


class Explained(BaseModel):
    """Why one event stands where it stands.

    `rank` counts from 1, null when it was not found. `factors` (each 0 to 1) multiplied with
    their `weights` and divided by the sum of these make the `score`. `why_not` says why what
    fits is not among the best, `unmet` which wishes it breaks.
    """

    event: EventBrief
    is_recommended: bool
    rank: int | None = None
    factors: Mapping[str, float] = {}
    weights: Mapping[str, float] = {}
    why_not: str | None = None
    unmet: Sequence[Unmet] = ()


class Explanation(BaseModel):
    """The event asked about, or the best few; and what was searched for."""

    explained: Sequence[Explained]
    searched_for: Mapping[str, Any]
    filters: Sequence[Mapping[str, Any]] = ()


@tool()
async def explain_event(wanted: ToExplain, context: ToolContext) -> Explanation:
    """Explains why an event was recommended, or why it was not. Without an event_id the best few
    are explained; without wishes, the last search of the conversation is meant."""
    return await in_database(_explain, wanted, context)


def _explain(wanted: ToExplain, context: ToolContext) -> Explanation:
    has_wishes = bool(wanted.model_fields_set - {"event_id"})
    if has_wishes or context.constraints is None:
        if not has_wishes:
            raise InvalidRequest("Nothing has been searched for yet.")
        constraints = constraints_of(wanted, context)
    else:
        constraints = context.constraints
    retrieval = find_events(constraints, now=context.now, options=FindOptions(explain=True))
    trace = retrieval.trace or {}
    if wanted.event_id is None:
        explained = [_found(one, retrieval) for one in retrieval.in_tier("recommended")[:_BEST]]
    else:
        [event] = load_events([wanted.event_id])
        found = next((one for one in retrieval.events if one.event.id == event.pk), None)
        told = _found(found, retrieval) if found else None
        explained = [told or _not_found(event, constraints, context.now)]
    return Explanation(
        explained=explained,
        searched_for=constraints_to_json(constraints),
        filters=trace.get("filters", ()),
    )


def _found(one: RankedEvent, retrieval: Retrieval) -> Explained:
    trace = retrieval.trace or {}
    ranked = [each["event_id"] for each in trace.get("candidates", ())]
    reasons = {each["event_id"]: each["why_not"] for each in trace.get("candidates", ())}
    return Explained(
        event=EventBrief.of_ranked(one),
        is_recommended=one.tier == "recommended",
        rank=ranked.index(one.event.id) + 1 if one.event.id in ranked else None,
        factors=one.factors,
        weights={
            name: weight for name, weight in trace.get("weights", {}).items() if name in one.factors
        },
        why_not=reasons.get(one.event.id),
    )


def _not_found(event: Event, constraints: Constraints, now: datetime) -> Explained:
    unmet = list(unmet_wishes(event, constraints, now=now))
    return Explained(
        event=EventBrief.of(event, miles=miles_between(event, constraints.place)),
        is_recommended=False,
        why_not=None if unmet else WhyNot.LESS_RELEVANT,
        unmet=unmet,
    )


def unmet_wishes(event: Event, wanted: Constraints, *, now: datetime) -> Iterator[Unmet]:
    """The wishes that an event, whose venue is loaded, breaks; and what keeps it from all lists."""
    if event.withdrawn_at is not None:
        yield Unmet(wish="listed")
    if event.event_status == Event.Status.CANCELLED:
        yield Unmet(wish="status", actual="cancelled")
    yield from _unmet_dates(event, wanted, now)
    yield from _unmet_place(event, wanted)
    price = event.min_price
    if wanted.max_price is not None and (price is None or float(price) > wanted.max_price):
        actual = None if price is None else f"{float(price):g}"
        yield Unmet(wish="price", wanted=f"{wanted.max_price:g}", actual=actual)
    age = wanted.age
    youngest, oldest = event.age_min or 0, event.age_max
    is_older = age is not None and oldest is not None and (age.min or 0) > oldest
    if age is not None and (is_older or (age.max is not None and age.max < youngest)):
        yield Unmet(wish="age", wanted=f"{age}", actual=f"{AgeRange(youngest, oldest)}")
    if event.pk in wanted.not_event_ids:
        yield Unmet(wish="something_else")


def _unmet_dates(event: Event, wanted: Constraints, now: datetime) -> Iterator[Unmet]:
    zone = ZoneInfo(event.timezone)
    start = event.start_time.astimezone(zone)
    end = (event.end_time or event.start_time).astimezone(zone)
    first = wanted.date_from or now
    told = start.isoformat()
    if end <= now and start <= now:
        yield Unmet(wish="over", actual=told)
    elif end <= first and start < first:
        yield Unmet(wish="after", wanted=first.isoformat(), actual=told)
    elif wanted.date_to is not None and start >= wanted.date_to:
        yield Unmet(wish="before", wanted=wanted.date_to.isoformat(), actual=told)
    elif wanted.date_to is None and (start - first).days >= settings.DEFAULT_WINDOW_DAYS:
        yield Unmet(wish="window", wanted=f"{settings.DEFAULT_WINDOW_DAYS}", actual=told)


def _unmet_place(event: Event, wanted: Constraints) -> Iterator[Unmet]:
    if wanted.is_virtual and not event.is_virtual:
        yield Unmet(wish="online")
        return
    is_online_only = event.event_attendance_mode == Event.AttendanceMode.ONLINE
    if wanted.is_virtual is False and is_online_only:
        yield Unmet(wish="in_person")
    radius, miles = wanted.max_distance_miles, miles_between(event, wanted.place)
    if wanted.is_virtual or wanted.place is None or radius is None or event.is_virtual:
        return
    if miles is None or miles > radius:
        actual = None if miles is None else f"{miles:.1f}"
        yield Unmet(wish="place", wanted=f"{radius:g}", actual=actual)
