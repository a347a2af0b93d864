"""Entries that happen once, read from their lines without building a component.

Nearly all entries of a large calendar are such, and building a component for
each of them took most of the time of reading. What is not plain here (a zone
of the calendar's own, a garbled date) is left to the `icalendar` package.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar.prop import vDuration

from core.zones import zone_or_none
from events.ingestion.records import RawEvent, RawPlace

REPEATING = frozenset({"RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"})
STATUS = {"CANCELLED": "cancelled", "TENTATIVE": "scheduled", "CONFIRMED": "scheduled"}
_TEXTS = frozenset(
    {"UID", "SUMMARY", "DESCRIPTION", "X-ALT-DESC", "LOCATION", "URL", "X-ALT-URL", "STATUS"}
    | {"CONFERENCE", "X-GOOGLE-CONFERENCE", "X-COST", "COST", "GEO", "DURATION", "CATEGORIES"}
    | {"DTSTART", "DTEND", "ORGANIZER"}
)
# Addresses are written as they are; a backslash in them is no escape.
_ADDRESSES = frozenset({"URL", "CONFERENCE", "ORGANIZER"})
_LINE = re.compile(r'((?:[^":]|"[^"]*")*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([^=;:"]+)=("[^"]*"|[^;]*)')
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")
_ESCAPE = re.compile(r"\\([\\,;Nn:\"])")
_COMMA = re.compile(r"(?<!\\),")

# Name → its values, each with the written parameters.
Fields = Mapping[str, list[tuple[str, str]]]


class NotPlain(Exception):
    """The entry needs the whole machinery."""


def read_fields(lines: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """The properties that we use, and those that make an entry repeat."""
    fields: dict[str, list[tuple[str, str]]] = {}
    for line in lines:
        head, colon, value = line.partition(":")
        if '"' in head:
            match = _LINE.fullmatch(line)
            if match is None:
                continue
            head, colon, value = match[1], ":", match[2]
        name, _, parameters = head.partition(";")
        name = name.strip().upper()
        if colon and (name in _TEXTS or name in REPEATING):
            fields.setdefault(name, []).append((parameters, value))
    return fields


def simple_event(fields: Fields, *, cancelled: bool) -> RawEvent:
    """The event of an entry that happens once.

    Raises:
        NotPlain: something here is not as usual.
    """
    if not REPEATING.isdisjoint(fields):
        raise NotPlain
    start = _moment(fields, "DTSTART")
    if start is None:
        raise NotPlain
    end = _moment(fields, "DTEND")
    if end is None and "DURATION" in fields:
        end = _after(start, fields["DURATION"][0][1])
    status = "cancelled" if cancelled else STATUS.get(_text(fields, "STATUS").upper(), "")
    return RawEvent(
        uid=_text(fields, "UID"),
        title=_text(fields, "SUMMARY"),
        start=start,
        end=end,
        zone=_zone_of(start),
        location=_text(fields, "LOCATION"),
        place=_geo(fields),
        online_url=_text(fields, "CONFERENCE") or _text(fields, "X-GOOGLE-CONFERENCE"),
        description=_text(fields, "DESCRIPTION") or _text(fields, "X-ALT-DESC"),
        url=_text(fields, "URL") or _text(fields, "X-ALT-URL"),
        status=status,
        price=_text(fields, "X-COST") or _text(fields, "COST"),
        keywords=_categories(fields),
        organizer=_parameter(fields["ORGANIZER"][0][0], "CN") if "ORGANIZER" in fields else "",
    )


def _text(fields: Fields, name: str) -> str:
    values = fields.get(name)
    if values is None:
        return ""
    value = values[0][1]
    return value if name in _ADDRESSES else _unescaped(value)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)


def _parameter(written: str, name: str) -> str:
    if not written:
        return ""
    for match in _PARAMETER.finditer(";" + written):
        if match[1].strip().upper() == name:
            return match[2].strip('"')
    return ""


def _moment(fields: Fields, name: str) -> date | datetime | None:
    values = fields.get(name)
    if values is None:
        return None
    parameters, value = values[0]
    match = _MOMENT.fullmatch(value.strip())
    if match is None or len(values) > 1:
        raise NotPlain
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None:
            return day
        moment = datetime(  # noqa: DTZ001 - floating times are local to a zone not yet known
            day.year, day.month, day.day, int(match[4]), int(match[5]), int(match[6])
        )
    except ValueError as error:
        raise NotPlain from error
    if match[7]:
        return moment.replace(tzinfo=UTC)
    zone = _parameter(parameters, "TZID")
    if not zone:
        return moment
    known = zone_or_none(zone)
    if known is None:
        raise NotPlain
    return moment.replace(tzinfo=ZoneInfo(known))


def _after(start: date | datetime, duration: str) -> date | datetime | None:
    try:
        length: timedelta = vDuration.from_ical(duration)  # type: ignore[no-untyped-call]
        return start + length
    except (ValueError, OverflowError) as error:
        raise NotPlain from error


def _zone_of(moment: date | datetime) -> str:
    zone = moment.tzinfo if isinstance(moment, datetime) else None
    return zone.key if isinstance(zone, ZoneInfo) and zone.key != "UTC" else ""


def _geo(fields: Fields) -> RawPlace | None:
    """The point, when it is given and not the (0, 0) of careless exports."""
    if "GEO" not in fields:
        return None
    latitude, _, longitude = fields["GEO"][0][1].replace("\\;", ";").partition(";")
    try:
        point = float(latitude), float(longitude)
    except ValueError:
        return None
    if point == (0.0, 0.0) or not all(math.isfinite(each) for each in point):
        return None
    return RawPlace(latitude=point[0], longitude=point[1])


def _categories(fields: Fields) -> tuple[str, ...]:
    return tuple(
        _unescaped(word)
        for _, value in fields.get("CATEGORIES", ())
        for word in _COMMA.split(value)
    )
