"""Events as tools tell of them, put into words: pure phrases from plain JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chat_service.llm import wording
from chat_service.llm.phrases import Phrases
from chat_service.llm.types import AnswerRequest
from rag.types import EventSummary

_TITLE_LENGTH = 120
_UNHURT = str.maketrans({"*": None, "`": "'"})
Brief = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Teller:
    """What every phrase of an answer needs: the request, the moment and the sentences."""

    request: AnswerRequest
    now: datetime
    say: Phrases

    def event(self, brief: Brief) -> str:
        """An event's title with its number."""
        title = wording.shorten(wording.plain(brief["title"]), _TITLE_LENGTH)
        number = self.request.numbers.get(brief["id"])
        if number is None:
            return f"**{title}**"
        return self.say("about.event", title=title, number=number)

    def events(self, briefs: Sequence[Brief]) -> str:
        """Several events in a sentence."""
        return self.say.joined([self.event(brief) for brief in briefs])

    def when(self, brief: Brief) -> str:
        """Its days and hours."""
        return wording.when(summary_of(brief), self.request.constraints, self.now, self.say)

    def end(self, brief: Brief) -> str:
        """When it ends: the hour, with the day where it is another one, of whole days the last; ""
        when that is unknown."""
        event = summary_of(brief)
        if event.end_time is None or event.end_time <= event.start_time:
            return ""
        zone = ZoneInfo(event.timezone)
        start, end = event.start_time.astimezone(zone), event.end_time.astimezone(zone)
        if event.all_day:
            last = (end - wording.INSTANT).date()
            return wording.day_name(last, self.now.astimezone(zone).date(), self.say)
        if start.date() == end.date():
            return wording.clock_time(end, self.say)
        day = wording.day_name(end.date(), self.now.astimezone(zone).date(), self.say)
        return self.say("date.at", day=day, time=wording.clock_time(end, self.say))

    def moment(self, start: str, brief: Brief) -> str:
        """A start of an event, given in RFC 3339: its day and, but for whole days, its hour."""
        zone = ZoneInfo(brief.get("timezone") or "UTC")
        moment = datetime.fromisoformat(start).astimezone(zone)
        day = wording.day_name(moment.date(), self.now.astimezone(zone).date(), self.say)
        if brief.get("all_day"):
            return day
        return self.say("date.at", day=day, time=wording.clock_time(moment, self.say))

    def facts(self, brief: Brief, *, leave_out: str = "") -> str:
        """When, where and for how much, without what was said already."""
        known = {
            "time": self.when(brief),
            "place": self.place(brief),
            "price": wording.price(summary_of(brief), self.say),
        }
        return " · ".join(each for name, each in known.items() if each and name != leave_out)

    def place(self, brief: Brief) -> str:
        """Where it takes place, with its town and how far that is."""
        place = wording.plain(brief.get("place") or "")
        address = wording.plain(brief.get("address") or "")
        town = address.rpartition(", ")[0] if address.count(", ") > 1 else address
        town = ", ".join(part for part in address.split(", ") if not part.isdigit())
        if address and not _holds(place, town):
            place = f"{place}, {town}" if place and place != town else town
        miles = brief.get("distance_miles")
        if brief.get("is_virtual") and not place:
            return self.say("place.online")
        if not place or miles is None:
            return place
        away = self.say("distance.away", distance=wording.miles(miles, self.say))
        return self.say("place.with_distance", place=place, away=away)

    def line(self, brief: Brief) -> str:
        """One item of a list."""
        return " · ".join(
            part for part in (f"- {self.event(brief)}", self.facts(brief)) if part.strip()
        )


def _holds(place: str, town: str) -> bool:
    city = town.split(", ")[-2] if ", " in town else town
    return bool(city) and city.casefold() in place.casefold()


def quoted(text: str, length: int) -> str:
    """Words of a listing in one line, without what would pass for Markdown or a citation."""
    return wording.shorten(wording.plain(text.translate(_UNHURT)), length)


def summary_of(brief: Brief) -> EventSummary:
    """The same as search tells of it, as far as dates and prices go."""
    start = datetime.fromisoformat(brief["start_time"])
    end = datetime.fromisoformat(brief["end_time"]) if brief.get("end_time") else None
    is_online = bool(brief.get("is_virtual"))
    attendance = brief.get("attendance") or ("online" if is_online else "offline")
    return EventSummary(
        id=brief["id"],
        title=brief["title"],
        description=brief.get("description") or brief.get("summary") or "",
        start_time=start,
        end_time=end,
        timezone=brief.get("timezone") or "UTC",
        all_day=bool(brief.get("all_day")),
        url=brief.get("url") or "",
        location=brief.get("place") or "",
        room_name="",
        venue=None,
        is_virtual=is_online,
        event_attendance_mode=attendance,
        event_status=brief.get("event_status") or "scheduled",
        price=brief.get("price") or "",
        min_price=brief.get("min_price"),
        age_range=brief.get("age_range") or "",
        audience_tags=tuple(brief.get("audience") or ()),
        metadata_tags=tuple(brief.get("tags") or ()),
        organizer=brief.get("organizer") or "",
        source="",
        series_id="",
        currency=brief.get("currency") or "",
    )
