"""iCalendar (RFC 5545): entries, their repetitions and their zones."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component
from icalendar import Event as Entry
from icalendar.prop import vBroken

from events.ingestion.errors import FileBroken
from events.ingestion.formats.decoding import decode
from events.ingestion.raw import BrokenEntry, ParsedFile, RawEvent, RawPlace, Skipped
from events.ingestion.times import zone_or_none

REPEAT_DAYS_AHEAD = 366
MAX_OCCURRENCES = 1000

_FOLD = re.compile(r"\r?\n[ \t]")
_TOO_OFTEN = re.compile(r"FREQ=(SECONDLY|MINUTELY)", re.IGNORECASE)
# What reading a damaged entry can end in.
_DAMAGE = (ValueError, TypeError, LookupError, AttributeError, OverflowError)
_STATUS = {"CANCELLED": "cancelled", "TENTATIVE": "scheduled", "CONFIRMED": "scheduled"}


def parse_icalendar(content: bytes, now: datetime) -> ParsedFile:
    """All entries; a repeating one becomes its occurrences from `now` a year ahead.

    At most `MAX_OCCURRENCES` of a series are taken. A damaged entry is
    reported and left out.

    Raises:
        FileBroken: not a whole calendar, e.g. cut off before END:VCALENDAR.
    """
    text = _FOLD.sub("", decode(content))
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or lines[0].strip().upper() != "BEGIN:VCALENDAR":
        raise FileBroken("The file does not begin like an iCalendar file (BEGIN:VCALENDAR).")
    if lines[-1].strip().upper() != "END:VCALENDAR":
        raise FileBroken("The iCalendar file is cut off: END:VCALENDAR is missing at its end.")
    frame, blocks = _split(lines)
    try:
        calendar = Calendar.from_ical("\r\n".join(frame), multiple=True)[0]
    except (ValueError, IndexError) as error:
        raise FileBroken("The iCalendar file's header is malformed.") from error
    entries, broken = _read_entries(blocks)
    cancelled = str(calendar.get("METHOD", "")).upper() == "CANCEL"
    events: list[RawEvent] = []
    for entry, repeats_at in _occurrences(calendar, entries, broken, now):
        try:
            events.append(_raw_event(entry, repeats_at, cancelled=cancelled))
        except BrokenEntry as error:
            broken.append(_skipped(entry, str(error)))
        except _DAMAGE:
            broken.append(_skipped(entry, "the entry is malformed"))
    return ParsedFile(events, broken, _calendar_zone(calendar))


def _split(lines: Iterable[str]) -> tuple[list[str], list[list[str]]]:
    """The calendar without its events, and each event's own lines.

    An event that is never closed ends where the next one begins, so that one
    damaged entry costs only itself.
    """
    frame: list[str] = []
    blocks: list[list[str]] = []
    block: list[str] | None = None
    for line in lines:
        marker = line.strip().upper()
        if marker == "BEGIN:VEVENT":
            if block is not None:
                blocks.append(block)
            block = [line]
        elif block is None:
            frame.append(line)
        elif marker == "END:VCALENDAR":
            blocks.append(block)
            block = None
            frame.append(line)
        else:
            block.append(line)
            if marker == "END:VEVENT":
                blocks.append(block)
                block = None
    return frame, blocks


def _read_entries(blocks: Iterable[list[str]]) -> tuple[list[Component], list[Skipped]]:
    entries: list[Component] = []
    broken: list[Skipped] = []
    for block in blocks:
        try:
            if block[-1].strip().upper() != "END:VEVENT":
                raise BrokenEntry("the entry is not closed (END:VEVENT is missing)")
            entry = Entry.from_ical("\r\n".join(block))
            _check(entry)
        except BrokenEntry as error:
            broken.append(_skipped_block(block, str(error)))
        except _DAMAGE:
            broken.append(_skipped_block(block, "the entry is malformed"))
        else:
            entries.append(entry)
    return entries, broken


def _check(entry: Component) -> None:
    """An entry needs one start that can be read; other damaged fields are done without."""
    broken = [name for name, value in entry.items() if isinstance(value, vBroken)]
    for name in broken:
        del entry[name]
    if "RRULE" in broken:
        raise BrokenEntry("the rule of repetition (RRULE) cannot be read")
    if "DTSTART" not in entry and "DTSTART" not in broken:
        raise BrokenEntry("the start (DTSTART) is missing")
    _start(entry)
    rule = entry.get("RRULE")
    if rule is not None and _TOO_OFTEN.search(rule.to_ical().decode()):
        raise BrokenEntry("the event repeats more often than every hour")


def _occurrences(
    calendar: Component, entries: list[Component], broken: list[Skipped], now: datetime
) -> Iterator[tuple[Component, str]]:
    """Single entries as they are, repeating ones with the start that marks each occurrence."""
    series: defaultdict[str, list[Component]] = defaultdict(list)
    repeating: set[str] = set()
    for entry in entries:
        uid = str(entry.get("UID", ""))
        series[uid].append(entry)
        if uid and ("RRULE" in entry or "RDATE" in entry):
            repeating.add(uid)
    for uid, members in series.items():
        if uid not in repeating:
            for entry in members:
                yield entry, _stamp(entry.get("RECURRENCE-ID"))
            continue
        try:
            found = list(_repetitions(calendar, members, now))
        except _DAMAGE:
            broken.append(_skipped(members[0], "the rule of repetition cannot be followed"))
            continue
        for entry in found:
            yield entry, _stamp(entry.get("RECURRENCE-ID") or entry["DTSTART"])


def _repetitions(
    calendar: Component, members: list[Component], now: datetime
) -> Iterator[Component]:
    frame = Calendar()
    for zone in calendar.walk("VTIMEZONE"):
        frame.add_component(zone)
    for entry in members:
        frame.add_component(entry)
    horizon = (now + timedelta(days=REPEAT_DAYS_AHEAD)).date()
    upcoming = recurring_ical_events.of(frame).after(now)
    within = takewhile(lambda entry: _day(_start(entry)) <= horizon, upcoming)
    return islice(within, MAX_OCCURRENCES)


def _start(entry: Component) -> date | datetime:
    """The start; several of them, or a garbled one, are no start."""
    start = getattr(entry.get("DTSTART"), "dt", None)
    if not isinstance(start, date):
        raise BrokenEntry("the start (DTSTART) cannot be read")
    return start


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _stamp(value: Any) -> str:
    moment = getattr(value, "dt", None)
    if isinstance(moment, datetime):
        return moment.strftime("%Y%m%dT%H%M%S")
    return moment.strftime("%Y%m%d") if isinstance(moment, date) else ""


def _raw_event(entry: Component, repeats_at: str, *, cancelled: bool) -> RawEvent:
    start = _start(entry)
    status = "cancelled" if cancelled else _STATUS.get(_text(entry, "STATUS").upper(), "")
    link = _text(entry, "URL") or _text(entry, "X-ALT-URL")
    return RawEvent(
        uid=_text(entry, "UID"),
        repeats_at=repeats_at,
        title=_text(entry, "SUMMARY"),
        start=start,
        end=_end(entry, start),
        zone=_zone_of(start),
        location=_text(entry, "LOCATION"),
        place=_geo(entry),
        online_url=_text(entry, "CONFERENCE") or _text(entry, "X-GOOGLE-CONFERENCE"),
        description=_text(entry, "DESCRIPTION") or _text(entry, "X-ALT-DESC"),
        url=link,
        status=status,
        price=_text(entry, "X-COST") or _text(entry, "COST"),
        keywords=_categories(entry),
        organizer=_organizer(entry),
    )


def _text(entry: Component, name: str) -> str:
    value = entry.get(name)
    if isinstance(value, list):
        value = value[0]
    return "" if value is None else str(value)


def _end(entry: Component, start: date | datetime) -> date | datetime | None:
    end = getattr(entry.get("DTEND"), "dt", None)
    if isinstance(end, date):
        return end
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


def _calendar_zone(calendar: Component) -> str:
    return zone_or_none(_text(calendar, "X-WR-TIMEZONE")) or ""


def _skipped(entry: Component, reason: str) -> Skipped:
    return Skipped(_text(entry, "UID"), _text(entry, "SUMMARY"), "broken entry", reason)


def _skipped_block(block: Iterable[str], reason: str) -> Skipped:
    named = {
        name.partition(";")[0].strip().upper(): value
        for name, _, value in (line.partition(":") for line in block)
    }
    return Skipped(named.get("UID", ""), named.get("SUMMARY", ""), "broken entry", reason)
