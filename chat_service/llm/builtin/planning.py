"""Words a plan: its visits in order, with the ways between them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chat_service.llm import wish_wording, wording
from chat_service.llm.builtin.briefs import Teller
from chat_service.llm.types import ActOutcome


def planned(outcome: ActOutcome, tell: Teller) -> list[str]:
    """The best plan, what it has nothing for, and what it costs as far as that is known."""
    say = tell.say
    if outcome.error is not None:
        return [say("about.failed", error=outcome.error)]
    plans = outcome.data[0]["plans"] if outcome.data else []
    if not plans:
        return [say("plan.nothing", days=_days_wished(tell))]
    plan = plans[0]
    lines = [say("plan.opening", days=_days(plan, tell)), ""]
    for number, visit in enumerate(plan["visits"], start=1):
        lines += _visit(number, visit, tell)
    paragraphs = ["\n".join(lines)]
    paragraphs += [_unfilled(slot, outcome, tell) for slot in plan["unfilled"]]
    paragraphs += _prices(plan, tell)
    return list(dict.fromkeys(paragraphs))


def _visit(number: int, visit: Mapping[str, Any], tell: Teller) -> list[str]:
    brief = visit["event"]
    begin, end = _moment(visit["begin"], brief), _moment(visit["end"], brief)
    time = wording.clock_span(begin, end, tell.say)
    if visit["end_assumed"]:
        time = f"{wording.clock_time(begin, tell.say)} ({tell.say('plan.assumed')})"
    day = wording.day_name(begin.date(), tell.now.astimezone(begin.tzinfo).date(), tell.say)
    lines = []
    if visit["travel_minutes"]:
        miles = visit["travel_miles"]
        distance = "" if miles is None else wording.miles(miles, tell.say)
        lines.append(tell.say("plan.travel", minutes=visit["travel_minutes"], distance=distance))
    lines.append(
        tell.say(
            "plan.visit",
            number=number,
            time=tell.say("date.at", day=day, time=time),
            event=tell.event(brief),
            place=tell.place(brief) or "—",
        )
    )
    return lines


def _unfilled(slot: int, outcome: ActOutcome, tell: Teller) -> str:
    slots = outcome.act.slots
    if 0 < slot <= len(slots) and slots[slot - 1].wish:
        return tell.say("plan.unfilled", wish=wording.plain(slots[slot - 1].wish))
    return tell.say("plan.unfilled_part")


def _prices(plan: Mapping[str, Any], tell: Teller) -> list[str]:
    said = []
    if plan["known_price"]:
        total = wording.money(plan["known_price"], None, tell.say)
        said.append(tell.say("plan.prices", total=total))
    if plan["unknown_prices"]:
        said.append(tell.say.counted("plan.unknown_prices", plan["unknown_prices"]))
    return [" ".join(said)] if said else []


def _days(plan: Mapping[str, Any], tell: Teller) -> str:
    first, last = plan["visits"][0], plan["visits"][-1]
    days = [
        wording.day_name(
            (at := _moment(visit["begin"], visit["event"])).date(),
            tell.now.astimezone(at.tzinfo).date(),
            tell.say,
        )
        for visit in (first, last)
    ]
    if days[0] == days[1]:
        return days[0]
    return tell.say("date.span", first=days[0], last=days[1])


def _days_wished(tell: Teller) -> str:
    wishes = tell.request.constraints
    days = wish_wording.bare_dates(wishes, tell.now, tell.say)
    return days or wish_wording.area(wishes, tell.say) or tell.say("plan.that")


def _moment(text: str, brief: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZoneInfo(brief.get("timezone") or "UTC"))
