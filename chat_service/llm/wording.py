"""How events and wishes are put into words: pure phrases, all in local time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rag.service import currency_sign, read_audience
from rag.types import Centre, Constraints, EventSummary, RankedEvent

_INSTANT = timedelta(microseconds=1)
# A night out ends on the next calendar day, yet nobody calls it a two-day event.
_LONGEST_NIGHT = timedelta(hours=12)
# What introduced the audience says nothing without it.
_LEFT_HANGING = frozenset({"for", "with", "and", "the", "my", "our"})
_SAME_TOWN_MILES = 3.0
_PRICE_LENGTH = 60
_TOPIC_LENGTH = 60
# Marks that would open Markdown, or pass for a citation, in the middle of a title.
_UNMARKED = str.maketrans({"[": "(", "]": ")", "*": None, "`": "'"})


# An alternative with less than this share of the chosen place's people is not spoken of.
_LIKELY_SHARE = 0.2
_MOST_ALTERNATIVES = 3


def likely_alternatives(wishes: Constraints) -> list[Centre]:
    """Other places that the name may well have meant; nobody means Boston, GA, by Boston."""
    if wishes.place is None:
        return []
    least = _LIKELY_SHARE * (wishes.place.population or 0)
    likely = [other for other in wishes.alternatives if (other.population or 0) >= least]
    return likely[:_MOST_ALTERNATIVES]


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


def join_words(words: Sequence[str], conjunction: str = "and") -> str:
    """A list in a sentence: "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def money(amount: float, currency: str | None = None) -> str:
    """An amount with its sign, dollars unless told otherwise; cents only where there are any."""
    return f"{currency_sign(currency)}{amount:,.2f}".removesuffix(".00")


def miles(length: float) -> str:
    """A distance to one decimal, from ten miles on without any."""
    rounded = round(length, 1) if length < 9.95 else round(length)
    if rounded < 0.1:
        return "under 0.1 miles"
    return "1 mile" if rounded == 1 else f"{rounded:g} miles"


def day_name(day: date, today: date) -> str:
    """ "Sat 21 Nov", with the year when it is not this one."""
    name = f"{day:%a} {day.day} {day:%b}"
    return name if day.year == today.year else f"{name} {day.year}"


def clock_time(moment: datetime) -> str:
    """ "7 pm", "7:30 pm", "noon", "midnight"."""
    if moment.minute == 0 and moment.hour in {0, 12}:
        return "noon" if moment.hour else "midnight"
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{(moment.hour - 1) % 12 + 1}{minutes} {'pm' if moment.hour >= 12 else 'am'}"


def clock_span(start: datetime, end: datetime) -> str:
    """ "7–9:30 pm" or "10:30 am – noon"."""
    first, last = clock_time(start), clock_time(end)
    if first[-2:] == last[-2:] and first[-2:] in {"am", "pm"} and start.date() == end.date():
        return f"{first[:-3]}–{last}"
    return f"{first} – {last}"


def when(event: EventSummary, constraints: Constraints, now: datetime) -> str:
    """The event's days and hours in its own zone.

    The zone is named where the asker's clock shows another time, and for
    every event that can be joined from elsewhere.
    """
    zone = ZoneInfo(event.timezone)
    today = now.astimezone(zone).date()
    start = event.start_time.astimezone(zone)
    end = event.end_time.astimezone(zone) if event.end_time else start
    if event.all_day:
        return _days(start.date(), max(start, end - _INSTANT).date(), today)
    text = f"{day_name(start.date(), today)}, "
    if end <= start:
        text += clock_time(start)
    elif end.date() == start.date() or end - start < _LONGEST_NIGHT:
        text += clock_span(start, end)
    else:
        text += f"{clock_time(start)} – {day_name(end.date(), today)}, {clock_time(end)}"
    asker = start.astimezone(ZoneInfo(constraints.timezone))
    if event.event_attendance_mode == "offline" and asker.utcoffset() == start.utcoffset():
        return text
    return f"{text} {_zone_name(start)}"


def _days(first: date, last: date, today: date) -> str:
    if first == last:
        return f"{day_name(first, today)}, all day"
    return f"{day_name(first, today)} – {day_name(last, today)}"


def _zone_name(moment: datetime) -> str:
    """ "EST"; zones without letters of their own give "UTC+04"."""
    name = moment.strftime("%Z")
    return f"UTC{name}" if name[:1] in {"+", "-"} else name


def where(event: EventSummary) -> str:
    """Venue and town, "online", both, or "" when nothing is known."""
    if event.event_attendance_mode == "online":
        return "online"
    place = plain(event.location)
    if event.venue:
        name, city = (plain(str(event.venue.get(key) or "")) for key in ("name", "city"))
        state = plain(str(event.venue.get("state") or ""))
        town = ", ".join(part for part in (city, state) if part)
        place = name if city and name.casefold().endswith(city.casefold()) else f"{name}, {town}"
        place = place.strip(", ") or plain(event.location)
    if event.event_attendance_mode == "mixed":
        return f"{place} or online" if place else "online"
    return place


def distance(found: RankedEvent) -> str:
    """ "1.2 miles away", or "" where it is unknown or does not matter.

    A venue of which only the town is known is as far away as the town: said
    in round miles, and only of another town.
    """
    if found.distance_miles is None or found.event.event_attendance_mode == "online":
        return ""
    if is_only_a_town(found.event):
        near = found.distance_miles < _SAME_TOWN_MILES
        return "" if near else f"about {miles(round(found.distance_miles))} away"
    return f"{miles(found.distance_miles)} away"


def is_only_a_town(event: EventSummary) -> bool:
    """Whether the event's point is the middle of its town, not its venue's."""
    return bool(event.venue) and (event.venue or {}).get("precision") == "place"


def price(event: EventSummary) -> str:
    """What it costs: the source's own words, else the lowest price, else ""."""
    words = shorten(plain(event.price), _PRICE_LENGTH)
    if event.min_price == 0 and "free" not in words.casefold():
        return "free"
    if words:
        return "free" if words.casefold() == "free" else words
    return (
        "" if event.min_price is None else f"from {money(event.min_price, event.currency or None)}"
    )


def is_wished(constraints: Constraints, name: str) -> bool:
    """Whether a wish is set by someone, not filled in by a default."""
    return getattr(constraints, name) is not None and constraints.sources.get(name) != "default"


def has_dates(constraints: Constraints) -> bool:
    """Whether someone named a date."""
    return is_wished(constraints, "date_from") or is_wished(constraints, "date_to")


def dates(constraints: Constraints, now: datetime) -> str:
    """The wished range in words that follow a noun, such as "on Sat 21 Nov"; "" without one."""
    if not has_dates(constraints):
        return ""
    zone = ZoneInfo(constraints.timezone)
    here = now.astimezone(zone)
    start = constraints.date_from.astimezone(zone) if constraints.date_from else None
    end = constraints.date_to.astimezone(zone) if constraints.date_to else None
    # A range that begins now begins with no hour worth naming.
    if start and start <= here + timedelta(minutes=1):
        start = None
    if end is None:
        return f"from {_moment(start, here)} on" if start else "from now on"
    last_day = (end - _INSTANT).date()
    if start is None:
        return _until(end, last_day, here)
    if start.date() == last_day:
        day = _spoken_day(last_day, here.date())
        whole = _is_midnight(start) and _is_midnight(end)
        return day if whole else f"{day}, {clock_span(start, end)}"
    until = day_name(last_day, here.date())
    if not _is_midnight(end):
        until += f", {clock_time(end)}"
    return f"from {_moment(start, here)} to {until}"


def _until(end: datetime, last_day: date, here: datetime) -> str:
    if last_day != here.date():
        return f"between now and {day_name(last_day, here.date())}"
    day = _spoken_day(last_day, here.date())
    return day if _is_midnight(end) else f"{day} until {clock_time(end)}"


def _spoken_day(day: date, today: date) -> str:
    name = day_name(day, today)
    if day == today:
        return f"today ({name})"
    return f"tomorrow ({name})" if day == today + timedelta(days=1) else f"on {name}"


def _moment(moment: datetime, here: datetime) -> str:
    day = day_name(moment.date(), here.date())
    return day if _is_midnight(moment) else f"{day}, {clock_time(moment)}"


def _is_midnight(moment: datetime) -> bool:
    return moment.hour == moment.minute == moment.second == 0


def area(constraints: Constraints) -> str:
    """ "within 5 miles of Newton, MA", "near Newton, MA", or ""."""
    if constraints.place is None or constraints.is_virtual:
        return ""
    label = plain(constraints.place.label)
    if constraints.max_distance_miles is not None and is_wished(constraints, "max_distance_miles"):
        return f"within {miles(constraints.max_distance_miles)} of {label}"
    return f"near {label}"


def company(constraints: Constraints) -> str:
    """ "for kids", "for a 4-year-old", "for kids (age 4)", or ""."""
    who = plain(constraints.audience or "")
    if constraints.age is None:
        return f"for {who}" if who else ""
    if who:
        return f"for {who} (age {constraints.age})"
    age = constraints.age.one
    if age is None:
        return f"for ages {constraints.age}"
    article = "an" if age in {8, 11, 18} or 80 <= age <= 89 else "a"
    return f"for {article} {age}-year-old"


def topic(constraints: Constraints) -> str:
    """What it is to be about: the query without the words that name the audience."""
    words = plain(constraints.query).split()
    if constraints.audience:
        words = _without_audience(words, constraints.audience)
        while words and words[-1].casefold() in _LEFT_HANGING:
            words.pop()
    return shorten(" ".join(words), _TOPIC_LENGTH)


def likeness(constraints: Constraints) -> str:
    """ "like “Jazz Night”", "other than those shown", both, or ""."""
    model = constraints.more_like
    like = f"like “{shorten(plain(model.title), _TOPIC_LENGTH)}”" if model else ""
    others = "other than those shown before" if constraints.not_event_ids else ""
    return ", ".join(part for part in (like, others) if part)


def _without_audience(words: Sequence[str], audience: str) -> list[str]:
    """Drops "children" for kids, and "family friendly" for families."""
    kept: list[str] = []
    rest = list(words)
    while rest:
        if _names(rest[0], audience):
            rest = rest[1:]
        elif (
            len(rest) > 1 and not _names(rest[1], audience) and _names(" ".join(rest[:2]), audience)
        ):
            rest = rest[2:]
        else:
            kept.append(rest[0])
            rest = rest[1:]
    return kept


def _names(text: str, audience: str) -> bool:
    return read_audience(text.lower()).value == audience


SAID_AT_MOST = 3


def further_dates(found: RankedEvent, now: datetime) -> str:
    """ "also Mon 7 Dec and Mon 14 Dec", by the days of the event's zone; empty without any."""
    zone = ZoneInfo(found.event.timezone)
    today = now.astimezone(zone).date()
    first = found.event.start_time.astimezone(zone).date()
    days = [start.astimezone(zone).date() for start in found.next_dates]
    later = [day for day in dict.fromkeys(days) if day != first]
    if not later:
        return ""
    said = [day_name(day, today) for day in later[:SAID_AT_MOST]]
    return f"also {join_words([*said, 'later'] if len(later) > SAID_AT_MOST else said)}"
