"""Reads one iCalendar entry from its lines, where it happens once and nothing is out of the usual.

Nearly all entries of a large calendar happen once, and building a component for each
of them takes ten times as long as its lines do. What is not plain in the lines (a zone of the
calendar's own, a garbled date) is left to the package.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from events.ingestion.formats.ical.lenient import canonical_moment, is_whole_day
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
from events.ingestion.records import RawEvent, RawPlace
from events.places.zone_names import zone_of_name

REPEATING = frozenset({"RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"})
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
    zone = zone_of_moment(start)
    end = _moment(fields, "DTEND")
    if end is None and "DURATION" in fields:
        end = _after(start, fields["DURATION"][0][1])
    marks = ALL_DAY_MARKS & fields.keys()
    if any(_text(fields, name).strip().upper() == "TRUE" for name in marks):
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
