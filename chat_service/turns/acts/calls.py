"""Which call of a tool an act is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from chat_service.tools.builtin.questions import kind_of_question
from rag.types import Act, Constraints, Slot

# Of more events than these a question is not answered one by one.
ASKED_AT_MOST = 6
_COMPARED_AT_MOST = 12
_SLOTS_AT_MOST = 6
_DAYS_AT_MOST = 3
_SHORTEST = timedelta(hours=1)
_LATE = 20
# The parts of a day that a plan without wishes of its own fills, as hours from midnight.
_PARTS = (9, 12, 17, 24)
# What the field of an event answers by itself; other questions look into its description, too.
_IN_FIELDS = frozenset({"time", "place", "address", "link"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool."""

    name: str
    arguments: Mapping[str, Any]


def calls_of(act: Act, wishes: Constraints, now: datetime) -> list[Call]:
    """The calls that do an act, none for one that only needs words.

    It is one call, but for a question about several events.
    """
    ids = list(act.refers_to)
    match act.kind:
        case "about":
            question = act.question[:400] if _looks_into_text(act) else ""
            return [
                Call("get_event", {"event_id": each, "question": question})
                for each in ids[:ASKED_AT_MOST]
            ]
        case "compare" if len(ids) > 1:
            return [Call("compare_events", _comparison(act, wishes))]
        case "count" if not ids:
            return [Call("count_events", {})]
        case "count" if act.topic == "times" and len(ids) == 1:
            return [Call("count_events", {}), Call("get_event", {"event_id": ids[0]})]
        case "count" if len(ids) > 1:
            return [Call("compare_events", _comparison(act, wishes))]
        case "plan":
            return [Call("plan_itinerary", _plan(act, wishes, now))]
        case "calendar" if ids:
            return [Call("create_calendar", {"event_ids": ids})]
        case "explain":
            return [Call("explain_event", {"event_id": ids[0]} if ids else {})]
        case "talk" if act.topic in ("towns", "data", "about"):
            return [Call("describe_coverage", {})]
    return []


def _comparison(act: Act, wishes: Constraints) -> dict[str, Any]:
    by = act.by or "start"
    if by == "distance" and wishes.place is None:
        by = "start"
    return {"event_ids": list(act.refers_to[:_COMPARED_AT_MOST]), "by": by}


def _plan(act: Act, wishes: Constraints, now: datetime) -> dict[str, Any]:
    plan: dict[str, Any] = {"slots": [_slot_told(*slot) for slot in _slots(act, wishes, now)]}
    if wishes.place is not None:
        plan |= {"latitude": wishes.place.lat, "longitude": wishes.place.lng}
        if wishes.max_distance_miles is not None:
            plan["radius_miles"] = wishes.max_distance_miles
    if wishes.max_price is not None:
        for slot in plan["slots"]:
            slot["max_price"] = wishes.max_price
    if wishes.audience:
        for slot in plan["slots"]:
            slot["audience"] = wishes.audience
    return plan


def _slot_told(wish: str, begins: datetime, ends: datetime) -> dict[str, Any]:
    return {"query": wish[:400], "begins": begins.isoformat(), "ends": ends.isoformat()}


_Window = tuple[str, datetime, datetime]


def _slots(act: Act, wishes: Constraints, now: datetime) -> list[_Window]:
    """The parts of a plan as windows of time, in their order."""
    start, end = _range(wishes, now)
    if act.slots:
        return [_asked(slot, start, end) for slot in act.slots[:_SLOTS_AT_MOST]]
    parts = _parts(start, end)[:_SLOTS_AT_MOST] or [(start, end)]
    if len(parts) == 1:  # an evening: one thing after the other
        parts = parts * 2
    return [(wishes.query, begins, ends) for begins, ends in parts]


def _range(wishes: Constraints, now: datetime) -> tuple[datetime, datetime]:
    """The days of a plan: those that are wished for, else what is left of today, or tomorrow."""
    zone = ZoneInfo(wishes.timezone)
    here = now.astimezone(zone)
    is_said = "date_from" in wishes.sources and wishes.sources["date_from"] != "default"
    if is_said and wishes.date_from is not None:
        start = max(wishes.date_from.astimezone(zone), here)
    elif here.hour < _LATE:
        start = here
    else:
        start = _midnight(here.date() + timedelta(days=1), zone)
    end = wishes.date_to.astimezone(zone) if is_said and wishes.date_to else None
    longest = _midnight(start.date() + timedelta(days=_DAYS_AT_MOST), zone)
    end = min(end, longest) if end else _midnight(start.date() + timedelta(days=1), zone)
    return start, max(end, start + _SHORTEST)


def _asked(slot: Slot, start: datetime, end: datetime) -> _Window:
    """The window of one part: its own hours on the first day, else the whole of the plan's."""
    begins, ends = start, end
    if slot.starts is not None:
        begins = max(start, datetime.combine(start.date(), slot.starts, start.tzinfo))
    if slot.ends is not None:
        last = datetime.combine(begins.date(), slot.ends, start.tzinfo)
        ends = last if last > begins else last + timedelta(days=1)
    return slot.wish, begins, max(ends, begins + _SHORTEST)


def _parts(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    zone = start.tzinfo
    found = []
    day = start.date()
    while day <= (end - timedelta(microseconds=1)).date():
        midnight = datetime.combine(day, time(), zone)
        for first, last in pairwise(_PARTS):
            begins = max(start, midnight + timedelta(hours=first))
            ends = min(end, midnight + timedelta(hours=last))
            if ends - begins >= _SHORTEST:
                found.append((begins, ends))
        day += timedelta(days=1)
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _looks_into_text(act: Act) -> bool:
    """Whether the description may answer what no field does: "where can we park?"."""
    return act.about not in _IN_FIELDS or kind_of_question(act.question) is not None


def asked_words(acts: Sequence[Act]) -> list[str]:
    """The words of what is to be looked up before the acts can be done."""
    return [act.subject for act in acts if act.subject and not act.refers_to]
