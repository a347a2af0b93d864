"""Replies to what asks for no event: greetings, thanks, questions about the service, the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chat_service.llm import wording
from chat_service.llm.builtin.briefs import Teller
from chat_service.llm.types import ActOutcome

_EXAMPLE_TOWN = "Asheville, NC"
_TOPICS = ("greeting", "thanks", "farewell", "praise", "about", "privacy", "start_over")
_DECLINED = ("off_topic", "insult", "nonsense")


def talked(outcome: ActOutcome, tell: Teller) -> list[str]:
    """The reply to talk, from the data where it is about the data."""
    topic = outcome.act.topic or ""
    coverage = outcome.data[0] if outcome.data else None
    how = _how(coverage, tell)
    if topic == "towns":
        return [_towns(coverage, tell)]
    if topic == "data":
        return [_data(coverage, tell)]
    if topic not in _TOPICS:
        return [tell.say("talk.empty", how=how)]
    reply = tell.say(f"talk.{topic}", how=how)
    if topic == "about" and coverage and coverage["towns"]:
        invented = [_invented(coverage, tell)] if coverage["invented"] else []
        return [" ".join([reply, _towns(coverage, tell), *invented])]
    return [reply]


def declined(outcome: ActOutcome, tell: Teller) -> list[str]:
    """One plain sentence, and what can be asked instead."""
    topic = outcome.act.topic if outcome.act.topic in _DECLINED else "off_topic"
    return [tell.say(f"decline.{topic}", how=_how(None, tell))]


def _how(coverage: Mapping[str, Any] | None, tell: Teller) -> str:
    town = _EXAMPLE_TOWN
    if tell.request.constraints.place is not None:
        town = wording.plain(tell.request.constraints.place.label)
    elif coverage and coverage["towns"]:
        town = wording.plain(coverage["towns"][0]["label"])
    return tell.say("talk.how", town=town)


def _towns(coverage: Mapping[str, Any] | None, tell: Teller) -> str:
    if not coverage or not coverage["towns"]:
        return tell.say("talk.towns_none")
    towns = [
        tell.say("talk.town", town=wording.plain(town["label"]), count=f"{town['events']:,}")
        for town in coverage["towns"]
    ]
    if coverage["more_towns"] == 1:
        return tell.say("talk.towns_one_more", towns=", ".join(towns))
    if coverage["more_towns"]:
        listed = ", ".join(towns)
        return tell.say("talk.towns_more", towns=listed, count=coverage["more_towns"])
    return tell.say("talk.towns", towns=tell.say.joined(towns))


def _data(coverage: Mapping[str, Any] | None, tell: Teller) -> str:
    if not coverage or not coverage["events"]:
        return tell.say("talk.data_none")
    sources = [wording.plain(source) for source in coverage["sources"]]
    if coverage["invented"] == coverage["events"]:
        return tell.say("talk.data_invented", count=f"{coverage['events']:,}")
    reply = tell.say("talk.data", count=f"{coverage['events']:,}", sources=tell.say.joined(sources))
    if coverage["invented"]:
        reply += f" {_invented(coverage, tell)}"
    if coverage["updated_at"]:
        zone = ZoneInfo(tell.request.constraints.timezone)
        updated = datetime.fromisoformat(coverage["updated_at"]).astimezone(zone)
        day = wording.day_name(updated.date(), tell.now.astimezone(zone).date(), tell.say)
        reply += f" {tell.say('talk.updated', day=day)}"
    return reply


def _invented(coverage: Mapping[str, Any], tell: Teller) -> str:
    """How many of the events belong to the demonstration calendar, and so do not take place."""
    if coverage["invented"] == coverage["events"]:
        return tell.say("talk.all_invented")
    return tell.say("talk.some_invented", count=f"{coverage['invented']:,}")
