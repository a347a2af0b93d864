"""Reads an entry that the `icalendar` package has parsed: a date of a series, or an odd one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Component

from events.ingestion.formats.ical.places import apple_place, point_of
from events.ingestion.formats.ical.values import (
    ALL_DAY_MARKS,
    STATUS,
    Length,
    later,
    version_name,
    whole_days,
    zone_of_moment,
)
from events.ingestion.records import BrokenEntry, RawEvent, RawPlace


def raw_event(entry: Component, repeats_at: str, *, cancelled: bool) -> RawEvent:
    """The entry as it is; `repeats_at` tells the dates of a series apart.

    Raises:
        BrokenEntry: it has no start, or an impossible end.
    """
    start = start_of(entry)
    end = _end(entry, start)
    if any(text_of(entry, name).strip().upper() == "TRUE" for name in ALL_DAY_MARKS):
        start, end = whole_days(start, end)
    status = "cancelled" if cancelled else STATUS.get(text_of(entry, "STATUS").upper(), "")
    link = text_of(entry, "URL") or text_of(entry, "X-ALT-URL")
    return RawEvent(
        uid=text_of(entry, "UID"),
        repeats_at=repeats_at,
        title=text_of(entry, "SUMMARY"),
        start=start,
        end=end,
        zone=zone_of_moment(start),
        location=text_of(entry, "LOCATION"),
        place=_place(entry),
        online_url=text_of(entry, "CONFERENCE") or text_of(entry, "X-GOOGLE-CONFERENCE"),
        description=text_of(entry, "DESCRIPTION") or text_of(entry, "X-ALT-DESC"),
        url=link,
        status=status,
        price=text_of(entry, "X-COST") or text_of(entry, "COST"),
        keywords=_words(entry),
        organizer=_organizer(entry),
        version=_version(entry) if "SEQUENCE" in entry else "",
    )


def _version(entry: Component) -> str:
    stamp = stamp_of(entry.get("LAST-MODIFIED")) or stamp_of(entry.get("DTSTAMP"))
    return version_name(str(entry.get("SEQUENCE", "")), stamp)


def newest(members: list[Component]) -> list[Component]:
    """Of several versions of one entry that of the highest SEQUENCE (RFC 5545 3.8.7.4)."""
    if len(members) < 2:
        return members
    highest: dict[str, int] = {}
    for entry in members:
        stamp = stamp_of(entry.get("RECURRENCE-ID"))
        highest[stamp] = max(highest.get(stamp, 0), _sequence(entry))
    return [
        entry
        for entry in members
        if _sequence(entry) == highest[stamp_of(entry.get("RECURRENCE-ID"))]
    ]


def _sequence(entry: Component) -> int:
    written = entry.get("SEQUENCE", 0)
    return written if isinstance(written, int) else 0


def length_of(entry: Component) -> Length | None:
    """The length of an entry that says it as a duration."""
    length = getattr(entry.get("DURATION"), "dt", None)
    if not isinstance(length, timedelta) or length <= timedelta():
        return None
    return Length(length.days, length - timedelta(days=length.days))


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
    length = length_of(entry)
    try:
        return None if length is None else later(start, length)
    except OverflowError:
        raise BrokenEntry("the duration is beyond every calendar") from None


def _place(entry: Component) -> RawPlace | None:
    """The point of `GEO`, else Apple's structured location."""
    geo = entry.get("GEO")
    latitude, longitude = getattr(geo, "latitude", None), getattr(geo, "longitude", None)
    if latitude is not None and longitude is not None:
        place = point_of(f"{latitude};{longitude}")
        if place is not None:
            return place
    apple = entry.get("X-APPLE-STRUCTURED-LOCATION")
    parameters = getattr(apple, "params", {})
    if apple is None:
        return None
    return apple_place(
        str(apple), str(parameters.get("X-TITLE", "")), str(parameters.get("X-ADDRESS", ""))
    )


def _words(entry: Component) -> tuple[str, ...]:
    value = entry.get("CATEGORIES")
    lists = value if isinstance(value, list) else [value] if value is not None else []
    return tuple(str(word) for each in lists for word in getattr(each, "cats", ()))


def _organizer(entry: Component) -> str:
    organizer = entry.get("ORGANIZER")
    return str(organizer.params.get("CN", "")) if hasattr(organizer, "params") else ""
