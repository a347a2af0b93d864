"""Words comparisons and explanations: which event it is, and why it stands where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chat_service.llm import wording
from chat_service.llm.builtin.briefs import Brief, Teller
from chat_service.llm.types import ActOutcome

_BEST = {"price": "cheapest", "distance": "nearest", "start": "earliest", "duration": "shortest"}


def compared(outcome: ActOutcome, tell: Teller) -> list[str]:
    """The answer to what the comparison goes by, then a line for each event."""
    say = tell.say
    if outcome.error is not None:
        return [say("about.failed", error=outcome.error)]
    if not outcome.data:
        return [say("compare.too_few")]
    told = outcome.data[0]
    measures = [outcome.act.by] if outcome.act.by else ["start", "price"]
    answers = [answer for by in measures if (answer := _answer(told, by, tell))]
    lines = [tell.line(brief) for brief in told["events"]]
    return [" ".join(answers), "\n".join([say("compare.beside"), *lines])]


def _answer(told: Mapping[str, Any], by: str, tell: Teller) -> str:
    say = tell.say
    briefs: dict[int, Brief] = {brief["id"]: brief for brief in told["events"]}
    best = [briefs[event_id] for event_id in told["best"].get(by, ()) if event_id in briefs]
    unknown = [briefs[event_id] for event_id in told["unknown"].get(by, ()) if event_id in briefs]
    if not best:
        return say(f"compare.unknown_{by}")
    value = _value(best[0], by, told, tell)
    if len(best) == len(briefs):
        answer = say(f"compare.same_{by}", value=value)
    else:
        answer = say(f"compare.{_BEST[by]}", event=tell.events(best), value=value)
    if unknown:
        answer += f" {say(f'compare.not_said_{by}', events=tell.events(unknown))}"
    return answer


def _value(brief: Brief, by: str, told: Mapping[str, Any], tell: Teller) -> str:
    """The measure of the best event, in words."""
    values = told["values"]
    value: Any = (values.get(brief["id"]) or values.get(str(brief["id"])) or {}).get(by)
    if by == "price":
        if value == 0:
            return tell.say("price.free")
        return brief.get("price") or wording.money(value or 0, brief.get("currency"), tell.say)
    if by == "distance":
        return tell.say("distance.away", distance=wording.miles(value, tell.say))
    if by == "duration":
        return tell.say("compare.minutes", minutes=round(value))
    return tell.when(brief)


# A factor below this is no reason; those that are named, at most.
_LEAST_FACTOR = 0.5
_MOST_FACTORS = 3
_NAMED_FACTORS = ("name", "topic", "audience", "words", "similarity", "distance", "price", "time")


def explained(outcome: ActOutcome, tell: Teller) -> list[str]:
    """A sentence for each event that is explained."""
    if outcome.error is not None:
        return [tell.say("explain.nothing")]
    told = outcome.data[0]["explained"] if outcome.data else []
    if not told:
        return [tell.say("explain.nothing_found")]
    return [_explanation(one, tell) for one in told]


def _explanation(one: Mapping[str, Any], tell: Teller) -> str:
    say, event = tell.say, tell.event(one["event"])
    if one["unmet"]:
        unmet = say.joined([_unmet(each, tell) for each in one["unmet"]])
        return say("explain.unmet", event=event, unmet=unmet)
    if not one["is_recommended"]:
        if one["why_not"]:
            return say("explain.not_recommended", event=event, why=say(f"why_not.{one['why_not']}"))
        return say("explain.less", event=event)
    factors = sorted(
        (name for name in _NAMED_FACTORS if one["factors"].get(name, 0.0) >= _LEAST_FACTOR),
        key=lambda name: -one["weights"].get(name, 0.0) * one["factors"][name],
    )
    reasons = [say(f"explain.factor_{name}") for name in factors[:_MOST_FACTORS]]
    if not reasons:
        return say("explain.there", event=event, rank=one["rank"])
    return say("explain.best", event=event, rank=one["rank"], reasons=say.joined(reasons))


def _unmet(told: Mapping[str, Any], tell: Teller) -> str:
    """How an event breaks a wish: what was asked for, and what it is like."""
    say, wish, wanted, actual = tell.say, told["wish"], told["wanted"], told["actual"]
    wishes = tell.request.constraints
    values: dict[str, Any] = {"wanted": wanted, "actual": actual}
    if wish in _OF_TIME:
        zone = ZoneInfo(wishes.timezone)
        today = tell.now.astimezone(zone).date()
        values = {
            name: wording.moment(datetime.fromisoformat(value).astimezone(zone), today, say)
            if value and "T" in value
            else value
            for name, value in values.items()
        }
    elif wish == "price":
        currency = wishes.currency
        values = {
            name: None if value is None else wording.money(float(value), currency, say)
            for name, value in values.items()
        }
    elif wish == "place":
        within = wording.miles(float(wanted), say)
        away = None if actual is None else wording.miles(float(actual), say)
        label = wording.plain(wishes.place.label) if wishes.place else ""
        values = {"wanted": within, "actual": away, "place": label}
    is_unknown = wish in ("price", "place") and actual is None
    return say(f"unmet.{wish}_unknown" if is_unknown else f"unmet.{wish}", **values)


_OF_TIME = frozenset({"over", "after", "before", "window"})
