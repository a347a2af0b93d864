"""How events are put into words: days and hours in local time, places, distances, prices. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from chat_service.llm.phrases import Phrases
from rag.service import currency_sign
from rag.types import Constraints, EventSummary, RankedEvent

INSTANT = timedelta(microseconds=1)
# A night out ends on the next calendar day, yet nobody calls it a two-day event.
_LONGEST_NIGHT = timedelta(hours=12)
_SAME_TOWN_MILES = 3.0
_PRICE_LENGTH = 60
# How many further dates of an event are named.
_MOST_DATES = 3
# Marks that would open Markdown, or pass for a citation, in the middle of a title.
_UNMARKED = str.maketrans({"[": "(", "]": ")", "*": None, "`": "'"})


def plain(text: str) -> str:
    """One line without Markdown and without anything that looks like a citation."""
    return " ".join(text.translate(_UNMARKED).split())


def shorten(text: str, length: int) -> str:
    """At most `length` characters on one line, cut between words, "…" where cut."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    head = line[:length]
    between_words = head.rfind(" ")
    return head[: between_words if between_words > length // 2 else length - 1].rstrip(" ,;.") + "…"


def number(value: float, say: Phrases, *, decimals: int = 0) -> str:
    """A number with the signs of the language between its thousands and before its cents."""
    signs = {",": say("number.thousands"), ".": say("number.decimal")}
    return "".join(signs.get(sign, sign) for sign in f"{value:,.{decimals}f}")


def money(amount: float, currency: str | None, say: Phrases) -> str:
    """An amount with its sign, dollars unless told otherwise; cents only where there are any."""
    decimals = 0 if round(amount, 2) == round(amount) else 2
    amount_said = number(amount, say, decimals=decimals)
    return say("price.amount", sign=currency_sign(currency), amount=amount_said)


def miles(length: float, say: Phrases) -> str:
    """A distance to one decimal, from ten miles on without any."""
    rounded = round(length, 1) if length < 9.95 else round(length)
    if rounded < 0.1:
        return say("distance.least", least=number(0.1, say, decimals=1))
    if rounded == 1:
        return say("distance.miles_one", count=1)
    decimals = 0 if rounded == round(rounded) else 1
    return say("distance.miles_other", count=number(rounded, say, decimals=decimals))


def day_name(day: date, today: date, say: Phrases) -> str:
    """ "Sat 21 Nov", with the year when it is not this one."""
    names = {
        "weekday": say.words("date.weekdays")[day.weekday()],
        "day": day.day,
        "month": say.words("date.months")[day.month - 1],
    }
    if day.year == today.year:
        return say("date.day", **names)
    return say("date.day_of_year", **names, year=day.year)


def clock_time(moment: datetime, say: Phrases) -> str:
    """ "7 pm", "7:30 pm", "noon", "midnight"."""
    if moment.minute == 0 and moment.hour in {0, 12}:
        return say("clock.noon" if moment.hour else "clock.midnight")
    hour, minutes = _clock_parts(moment, say)
    return say(_half(moment), hour=hour, minutes=minutes)


def clock_span(start: datetime, end: datetime, say: Phrases) -> str:
    """ "7–9:30 pm" or "10:30 am – noon"."""
    is_named = any(each.minute == 0 and each.hour in {0, 12} for each in (start, end))
    hour, minutes = _clock_parts(start, say)
    is_one_half = say.templates[_half(start)] == say.templates[_half(end)]
    # Where minutes follow in a word of their own, hours do not run together.
    is_short = is_one_half and start.date() == end.date() and not minutes.startswith(" ")
    if is_named or not is_short:
        return say("date.span", first=clock_time(start, say), last=clock_time(end, say))
    last, last_minutes = _clock_parts(end, say)
    return say(_half(end), hour=f"{hour}{minutes}–{last}", minutes=last_minutes)


def _half(moment: datetime) -> str:
    return "clock.pm" if moment.hour >= 12 else "clock.am"


def _clock_parts(moment: datetime, say: Phrases) -> tuple[str, str]:
    hour = moment.hour if say("clock.hours") == "24" else (moment.hour - 1) % 12 + 1
    minutes = say("clock.minutes", minute=f"{moment.minute:02}") if moment.minute else ""
    return f"{hour}", minutes or say("clock.full_hour")


def when(event: EventSummary, constraints: Constraints, now: datetime, say: Phrases) -> str:
    """The event's days and hours in its own zone.

    The zone is named where the asker's clock shows another time, and for
    every event that can be joined from elsewhere.
    """
    zone = ZoneInfo(event.timezone)
    today = now.astimezone(zone).date()
    start = event.start_time.astimezone(zone)
    end = event.end_time.astimezone(zone) if event.end_time else start
    if event.all_day:
        return _days(start.date(), max(start, end - INSTANT).date(), today, say)
    if end <= start:
        time = clock_time(start, say)
    elif end.date() == start.date() or end - start < _LONGEST_NIGHT:
        time = clock_span(start, end, say)
    else:
        last = moment(end, today, say)
        time = say("date.span", first=clock_time(start, say), last=last)
    text = say("date.at", day=day_name(start.date(), today, say), time=time)
    asker = start.astimezone(ZoneInfo(constraints.timezone))
    if event.event_attendance_mode == "offline" and asker.utcoffset() == start.utcoffset():
        return text
    return f"{text} {_zone_name(start)}"


def moment(at: datetime, today: date, say: Phrases) -> str:
    """ "Sat 21 Nov, 7 pm", in the zone of the moment."""
    return say("date.at", day=day_name(at.date(), today, say), time=clock_time(at, say))


def _days(first: date, last: date, today: date, say: Phrases) -> str:
    if first == last:
        return say("date.all_day", day=day_name(first, today, say))
    return say("date.span", first=day_name(first, today, say), last=day_name(last, today, say))


def _zone_name(moment: datetime) -> str:
    """ "EST"; zones without letters of their own give "UTC+04"."""
    name = moment.strftime("%Z")
    return f"UTC{name}" if name[:1] in {"+", "-"} else name


def further_dates(found: RankedEvent, now: datetime, say: Phrases) -> str:
    """ "also Mon 7 Dec and Mon 14 Dec", by the days of the event's zone; empty without any."""
    zone = ZoneInfo(found.event.timezone)
    today = now.astimezone(zone).date()
    first = found.event.start_time.astimezone(zone).date()
    days = [start.astimezone(zone).date() for start in found.next_dates]
    later = [day for day in dict.fromkeys(days) if day != first]
    if not later:
        return ""
    said = [day_name(day, today, say) for day in later[:_MOST_DATES]]
    if len(later) > _MOST_DATES:
        said.append(say("date.later"))
    return say("date.also", days=say.joined(said))


def where(event: EventSummary, say: Phrases) -> str:
    """Venue and town, "online", both, or "" when nothing is known."""
    if event.event_attendance_mode == "online":
        return say("place.online")
    place = plain(event.location)
    if event.venue:
        name, city = (plain(str(event.venue.get(key) or "")) for key in ("name", "city"))
        state = plain(str(event.venue.get("state") or ""))
        town = ", ".join(part for part in (city, state) if part)
        place = name if city and name.casefold().endswith(city.casefold()) else f"{name}, {town}"
        place = place.strip(", ") or plain(event.location)
    if event.event_attendance_mode == "mixed":
        return say("place.or_online", place=place) if place else say("place.online")
    return place


def distance(found: RankedEvent, say: Phrases) -> str:
    """ "1.2 miles away", or "" where it is unknown or does not matter.

    A venue of which only the town is known is as far away as the town: said
    in round miles, and only of another town.
    """
    if found.distance_miles is None or found.event.event_attendance_mode == "online":
        return ""
    if not is_only_a_town(found.event):
        return say("distance.away", distance=miles(found.distance_miles, say))
    if found.distance_miles < _SAME_TOWN_MILES:
        return ""
    return say("distance.about", distance=miles(round(found.distance_miles), say))


def is_only_a_town(event: EventSummary) -> bool:
    """Whether the event's point is the middle of its town, not its venue's."""
    return bool(event.venue) and (event.venue or {}).get("precision") == "place"


def price(event: EventSummary, say: Phrases) -> str:
    """What it costs: the source's own words, else the lowest price, else ""."""
    words = shorten(plain(event.price), _PRICE_LENGTH)
    if event.min_price == 0 and "free" not in words.casefold():
        return say("price.free")
    if words:
        return say("price.free") if words.casefold() == "free" else words
    if event.min_price is None:
        return ""
    return say("price.from", amount=money(event.min_price, event.currency or None, say))
