"""What one iCalendar entry says, as the `icalendar` package has read it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Component

from events.ingestion.formats.ical_simple import STATUS
from events.ingestion.records import BrokenEntry, RawEvent, RawPlace


def raw_event(entry: Component, repeats_at: str, *, cancelled: bool) -> RawEvent:
    """The entry as it is; `repeats_at` tells the dates of a series apart.

    Raises:
        BrokenEntry: it has no start, or an impossible end.
    """
    start = start_of(entry)
    status = "cancelled" if cancelled else STATUS.get(text_of(entry, "STATUS").upper(), "")
    link = text_of(entry, "URL") or text_of(entry, "X-ALT-URL")
    return RawEvent(
        uid=text_of(entry, "UID"),
        repeats_at=repeats_at,
        title=text_of(entry, "SUMMARY"),
        start=start,
        end=_end(entry, start),
        zone=_zone_of(start),
        location=text_of(entry, "LOCATION"),
        place=_geo(entry),
        online_url=text_of(entry, "CONFERENCE") or text_of(entry, "X-GOOGLE-CONFERENCE"),
        description=text_of(entry, "DESCRIPTION") or text_of(entry, "X-ALT-DESC"),
        url=link,
        status=status,
        price=text_of(entry, "X-COST") or text_of(entry, "COST"),
        keywords=_categories(entry),
        organizer=_organizer(entry),
    )


def start_of(entry: Component) -> date | datetime:
    """The start; several of them, or a garbled one, are no start."""
    start = getattr(entry.get("DTSTART"), "dt", None)
    if not isinstance(start, date):
        raise BrokenEntry("the start (DTSTART) cannot be read")
    return start


def text_of(entry: Component, name: str) -> str:
    """The first value of a property; empty without one."""
    value = entry.get(name)
    if isinstance(value, list):
        value = value[0]
    return "" if value is None else str(value)


def stamp_of(value: Any) -> str:
    """A date or time as a name for one of several dates; empty without one."""
    moment = getattr(value, "dt", None)
    if isinstance(moment, datetime):
        return moment.strftime("%Y%m%dT%H%M%S")
    return moment.strftime("%Y%m%d") if isinstance(moment, date) else ""


def _end(entry: Component, start: date | datetime) -> date | datetime | None:
    end = getattr(entry.get("DTEND"), "dt", None)
    if isinstance(end, date):
        # An occurrence of an entry without an end is given its start as one.
        return None if isinstance(end, datetime) and end == start else end
    duration = getattr(entry.get("DURATION"), "dt", None)
    try:
        return start + duration if isinstance(duration, timedelta) else None
    except OverflowError:
        raise BrokenEntry("the duration is beyond every calendar") from None


def _zone_of(moment: date | datetime) -> str:
    zone = moment.tzinfo if isinstance(moment, datetime) else None
    return zone.key if isinstance(zone, ZoneInfo) and zone.key != "UTC" else ""


def _geo(entry: Component) -> RawPlace | None:
    """The point, when it is given and not the (0, 0) of careless exports."""
    geo = entry.get("GEO")
    latitude, longitude = getattr(geo, "latitude", None), getattr(geo, "longitude", None)
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None
    return RawPlace(latitude=float(latitude), longitude=float(longitude))


def _categories(entry: Component) -> tuple[str, ...]:
    value = entry.get("CATEGORIES")
    lists = value if isinstance(value, list) else [value] if value is not None else []
    return tuple(str(word) for each in lists for word in getattr(each, "cats", ()))


def _organizer(entry: Component) -> str:
    organizer = entry.get("ORGANIZER")
    return str(organizer.params.get("CN", "")) if hasattr(organizer, "params") else ""
