"""Reads one iCalendar entry: from its lines where it happens once, else by the `icalendar` package.

Nearly all entries of a large calendar happen once, and building a component for each
of them takes ten times as long as its lines do. What is not plain in the lines (a zone of the
calendar's own, a garbled date) is left to the package.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Component

from events.ingestion.formats.ical_lenient import canonical_moment, is_whole_day
from events.ingestion.formats.ical_places import apple_place, point_of
from events.ingestion.records import BrokenEntry, RawEvent, RawPlace
from events.places.zone_names import tells_the_place, zone_of_name

REPEATING = frozenset({"RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"})
STATUS = {"CANCELLED": "cancelled", "TENTATIVE": "scheduled", "CONFIRMED": "scheduled"}
_TEXTS = frozenset(
    {"UID", "SUMMARY", "DESCRIPTION", "X-ALT-DESC", "LOCATION", "URL", "X-ALT-URL", "STATUS"}
    | {"CONFERENCE", "X-GOOGLE-CONFERENCE", "X-COST", "COST", "GEO", "DURATION", "CATEGORIES"}
    | {"DTSTART", "DTEND", "ORGANIZER", "SEQUENCE", "LAST-MODIFIED", "DTSTAMP"}
    | {"X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT"}
    | {"X-APPLE-STRUCTURED-LOCATION"}
)
# Addresses are written as they are; a backslash in them is no escape.
_ADDRESSES = frozenset({"URL", "CONFERENCE", "ORGANIZER"})
# A name for a zone may hold a colon that should stand in quotes: tzone://Microsoft/Custom
_UNQUOTED_ZONE = re.compile(
    r"([^:]*;TZID=[^\";:]*:[^:]*?):((?:\d{4}-?\d\d-?\d\d).*)", re.IGNORECASE
)
_LINE = re.compile(r'((?:[^":]|"[^"]*")*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([^=;:"]+)=("[^"]*"|[^;]*)')
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")
_DURATION = re.compile(
    r"\s*([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\s*",
    re.IGNORECASE,
)
_PARAMETER_ESCAPE = re.compile(r"\^([n'^])")
_ESCAPE = re.compile(r"\\([\\,;Nn:\"])")
_ALL_DAY = ("X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT")
_COMMA = re.compile(r"(?<!\\),")

# Name → its values, each with the written parameters.
Fields = Mapping[str, list[tuple[str, str]]]


class NotPlain(Exception):
    """The lines alone do not suffice: the `icalendar` package must read the entry."""


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
        elif value[:2] == "//" and (match := _UNQUOTED_ZONE.fullmatch(line)):
            head, value = match[1], match[2]
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
    zone = _zone_of(start)
    end = _moment(fields, "DTEND")
    if end is None and "DURATION" in fields:
        end = _after(start, fields["DURATION"][0][1])
    if any(_text(fields, name).strip().upper() == "TRUE" for name in _ALL_DAY):
        start, end = whole_days(start, end)
    status = "cancelled" if cancelled else STATUS.get(_text(fields, "STATUS").upper(), "")
    return RawEvent(
        uid=_text(fields, "UID"),
        title=_text(fields, "SUMMARY"),
        start=start,
        end=end,
        zone=zone,
        location=_text(fields, "LOCATION"),
        place=_place_of_lines(fields),
        online_url=_text(fields, "CONFERENCE") or _text(fields, "X-GOOGLE-CONFERENCE"),
        description=_text(fields, "DESCRIPTION") or _text(fields, "X-ALT-DESC"),
        url=_text(fields, "URL") or _text(fields, "X-ALT-URL"),
        status=status,
        price=_text(fields, "X-COST") or _text(fields, "COST"),
        keywords=_words_of_lines(fields),
        organizer=_parameter(fields["ORGANIZER"][0][0], "CN") if "ORGANIZER" in fields else "",
        version=_version_of_lines(fields) if "SEQUENCE" in fields else "",
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
            return _parameter_text(match[2].strip('"'))
    return ""


def _parameter_text(text: str) -> str:
    """A parameter's text, in which RFC 6868 escapes quotes and line breaks."""
    if "^" not in text:
        return text
    return _PARAMETER_ESCAPE.sub(lambda match: {"n": "\n", "'": '"', "^": "^"}[match[1]], text)


def version_name(sequence: str, stamp: str) -> str:
    """A name for a version of an entry; names in order are versions in order."""
    number = int(sequence) if sequence.strip().isdigit() and len(sequence) < 10 else 0
    return f"{number:09d} {stamp.strip()[:15]}"


def _version_of_lines(fields: Fields) -> str:
    stamp = _text(fields, "LAST-MODIFIED") or _text(fields, "DTSTAMP")
    return version_name(_text(fields, "SEQUENCE"), stamp)


def _moment(fields: Fields, name: str) -> date | datetime | None:
    values = fields.get(name)
    if values is None:
        return None
    parameters, value = values[0]
    match = _MOMENT.fullmatch(value.strip()) or _MOMENT.fullmatch(canonical_moment(value) or "")
    if match is None or len(values) > 1:
        raise NotPlain
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None or (parameters and is_whole_day(parameters, value)):
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
    known = zone_of_name(zone)
    if known is None:
        raise NotPlain
    return moment.replace(tzinfo=ZoneInfo(known))


def _after(start: date | datetime, duration: str) -> date | datetime | None:
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise NotPlain
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in match.groups()[1:])
    if match[1] == "-":
        return None
    try:
        clock = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return later(start, Length(weeks * 7 + days, clock))
    except OverflowError as error:
        raise NotPlain from error


@dataclass(frozen=True, slots=True)
class Length:
    """How long something takes: days of the calendar, then time as it passes (RFC 5545 3.3.6)."""

    days: int
    clock: timedelta


def later(start: date | datetime, length: Length) -> date | datetime:
    """The end of what begins at `start`, also over a night in which the clocks change."""
    begins = start + timedelta(days=length.days)
    if not isinstance(begins, datetime) or begins.tzinfo is None or not length.clock:
        return begins + length.clock
    return (begins.astimezone(UTC) + length.clock).astimezone(begins.tzinfo)


def _zone_of(moment: date | datetime) -> str:
    zone = moment.tzinfo if isinstance(moment, datetime) else None
    return zone.key if isinstance(zone, ZoneInfo) and tells_the_place(zone.key) else ""


def whole_days(
    start: date | datetime, end: date | datetime | None
) -> tuple[date | datetime, date | datetime | None]:
    """The days of an entry that Outlook marks as all day, though it writes midnights."""
    if not isinstance(start, datetime) or start.time() != time():
        return start, end
    if isinstance(end, datetime) and end.time() == time():
        end = end.date()
    return start.date(), end


def _place_of_lines(fields: Fields) -> RawPlace | None:
    """The point of `GEO`, else Apple's structured location."""
    if "GEO" in fields and (place := point_of(fields["GEO"][0][1])) is not None:
        return place
    for parameters, value in fields.get("X-APPLE-STRUCTURED-LOCATION", ()):
        place = apple_place(
            value, _parameter(parameters, "X-TITLE"), _parameter(parameters, "X-ADDRESS")
        )
        if place is not None:
            return place
    return None


def _words_of_lines(fields: Fields) -> tuple[str, ...]:
    return tuple(
        _unescaped(word)
        for _, value in fields.get("CATEGORIES", ())
        for word in _COMMA.split(value)
    )


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


def length_of_all(members: list[Component]) -> Length | None:
    """The length of each date of a series that stands alone and says it as a duration."""
    length = getattr(members[0].get("DURATION"), "dt", None) if len(members) == 1 else None
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
    length = length_of_all([entry])
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
