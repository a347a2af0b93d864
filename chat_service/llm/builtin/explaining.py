"""Words why an event stands where it stands, and why another does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chat_service.llm.builtin.briefs import Teller
from chat_service.llm.types import ActOutcome

# A factor below this is no reason; those that are named, at most.
_LEAST = 0.5
_MOST = 3
_NAMED = ("name", "topic", "audience", "words", "similarity", "distance", "price", "time")


def explained(outcome: ActOutcome, tell: Teller) -> list[str]:
    """A sentence for each event that is explained."""
    if outcome.error is not None:
        return [tell.say("explain.nothing")]
    told = outcome.data[0]["explained"] if outcome.data else []
    if not told:
        return [tell.say("explain.nothing_found")]
    return [_sentence(one, tell) for one in told]


def _sentence(one: Mapping[str, Any], tell: Teller) -> str:
    say, event = tell.say, tell.event(one["event"])
    if one["unmet"]:
        unmet = say.joined(
            [
                say("explain.wish", wanted=each["wanted"], actual=each["actual"])
                for each in one["unmet"]
            ]
        )
        return say("explain.unmet", event=event, unmet=unmet)
    if not one["is_recommended"]:
        if one["why_not"]:
            return say("explain.not_recommended", event=event, why=one["why_not"])
        return say("explain.less", event=event)
    factors = sorted(
        (name for name in _NAMED if one["factors"].get(name, 0.0) >= _LEAST),
        key=lambda name: -one["weights"].get(name, 0.0) * one["factors"][name],
    )
    reasons = [say(f"explain.factor_{name}") for name in factors[:_MOST]]
    if not reasons:
        return say("explain.there", event=event, rank=one["rank"])
    return say("explain.best", event=event, rank=one["rank"], reasons=say.joined(reasons))
