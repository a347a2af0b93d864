"""Reads iCalendar (RFC 5545) piece by piece: entries, their recurrences and their zones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, islice
from tempfile import SpooledTemporaryFile

import recurring_ical_events
from icalendar import Calendar, Component
from icalendar import Event as Entry
from icalendar.prop import vBroken
from icalendar.timezone import tzp

from events.ingestion.errors import FileBroken
from events.ingestion.fetching.fetch import Fetched
from events.ingestion.formats.ical_entry import (
    Fields,
    NotPlain,
    raw_event,
    read_fields,
    simple_event,
    stamp_of,
    start_of,
    text_of,
)
from events.ingestion.formats.ical_lines import Block, Frame, blocks
from events.ingestion.formats.ical_rules import MAX_OCCURRENCES, Budget, bound_rules, is_sound_zone
from events.ingestion.formats.ical_zones import with_known_zone
from events.ingestion.records import (
    BrokenEntry,
    Entries,
    RawEvent,
    Skipped,
)
from events.places.zone_names import tells_the_place, zone_of_name

_SPOOL_IN_MEMORY = 4 * 1024 * 1024
_MOST_EXCEPTIONS = 2000
# What reading a damaged entry can end in.
_DAMAGE = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)


def read_icalendar(fetched: Fetched, now: datetime) -> Entries:
    """All entries; a repeating one becomes its occurrences from `now` a year ahead.

    At most `MAX_OCCURRENCES` of a series are taken. A damaged entry is
    reported and left out. What repeats comes last, since an exception may
    stand anywhere in the file. Only one entry is held at a time.

    Raises (also while the entries are read):
        FileBroken: not a whole calendar, e.g. cut off before END:VCALENDAR.
    """
    frame = Frame()
    found = blocks(fetched, frame)
    first = next(found, None)  # by then the calendar's own properties are known
    head = dict(reversed([_property(line) for line in frame.head]))
    entries = _Reader(frame, head.get("METHOD", "").upper() == "CANCEL", now)
    zone = zone_of_name(head.get("X-WR-TIMEZONE", "")) or ""
    zone = zone if tells_the_place(zone) else ""
    return Entries(entries.read(() if first is None else _chained(first, found)), zone)


def _chained(first: Block, rest: Iterator[Block]) -> Iterator[Block]:
    yield first
    yield from rest


def _property(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.partition(";")[0].strip().upper(), value.strip()


class _Reader:
    """Reads the plain entries at once, and puts the others aside until all are known."""

    def __init__(self, frame: Frame, is_cancelled: bool, now: datetime) -> None:
        self._frame = frame
        self._cancelled = is_cancelled
        self._now = now
        self._budget = Budget()
        self._aside: list[tuple[int, int, int]] = []  # digest of the UID, offset, length
        self._spool = SpooledTemporaryFile(max_size=_SPOOL_IN_MEMORY)  # noqa: SIM115

    def read(self, found: Iterable[Block]) -> Iterator[RawEvent | Skipped]:
        with self._spool:
            for block in found:
                fields = read_fields(block.lines)
                if block.is_too_large:
                    yield _skipped_block(fields, "the entry is too large")
                elif not block.is_closed:
                    reason = "the entry is not closed (END:VEVENT is missing)"
                    yield _skipped_block(fields, reason)
                else:
                    try:
                        yield simple_event(fields, cancelled=self._cancelled)
                    except NotPlain:
                        self._put_aside(fields, block)
            if self._aside:
                yield from self._read_aside()

    def _put_aside(self, fields: Fields, block: Block) -> None:
        uid = fields["UID"][0][1] if "UID" in fields else str(len(self._aside))
        digest = hashlib.blake2b(uid.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        lines = [with_known_zone(line) for line in block.lines]
        text = "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])
        content = text.encode("utf-8", "surrogatepass")
        self._aside.append((int.from_bytes(digest), self._spool.tell(), len(content)))
        self._spool.write(content)

    def _read_aside(self) -> Iterator[RawEvent | Skipped]:
        """The entries of one UID after another, in the order of their first ones."""
        tzp.use_default()  # forgets: another file's zone of the same name is not this one's
        calendar = _zones(self._frame)
        groups = [list(group) for _, group in groupby(sorted(self._aside), lambda each: each[0])]
        self._aside.clear()
        for group in sorted(groups, key=lambda group: group[0][1]):
            members: list[Component] = []
            for _, offset, length in group[:_MOST_EXCEPTIONS]:
                self._spool.seek(offset)
                entry = _read_entry(self._spool.read(length).decode("utf-8", "surrogatepass"))
                if isinstance(entry, Skipped):
                    yield entry
                else:
                    members.append(entry)
            if len(group) > _MOST_EXCEPTIONS:
                reason = f"the event has more than {_MOST_EXCEPTIONS:,} exceptions"
                yield (
                    _skipped(members[0], reason)
                    if members
                    else Skipped("", "", "broken entry", reason)
                )
            yield from self._read_group(calendar, members)

    def _read_group(
        self, calendar: Component, members: list[Component]
    ) -> Iterator[RawEvent | Skipped]:
        """A series and its exceptions; entries without a rule stand for themselves."""
        repeats = any("RRULE" in entry or "RDATE" in entry for entry in members)
        is_series = repeats and bool(text_of(members[0], "UID"))
        try:
            found = self._repetitions(calendar, members) if is_series else members
        except BrokenEntry as error:
            yield _skipped(members[0], str(error))
            return
        except _DAMAGE:
            yield _skipped(members[0], "the rule of repetition cannot be followed")
            return
        stamps: set[str] = set()
        for entry in found:
            stamp = stamp_of(entry.get("RECURRENCE-ID"))
            if is_series and (not stamp or stamp in stamps):
                # One exception for "this and all future" dates stands for many.
                stamp = stamp_of(entry["DTSTART"])
            stamps.add(stamp)
            try:
                if is_series:
                    self._budget.take_occurrence()
                yield raw_event(entry, stamp, cancelled=self._cancelled)
            except BrokenEntry as error:
                yield _skipped(entry, str(error))
                if self._budget.occurrences < 0:
                    return
            except _DAMAGE:
                yield _skipped(entry, "the entry is malformed")

    def _repetitions(self, calendar: Component, members: list[Component]) -> list[Component]:
        last = min(bound_rules(entry, self._now, self._budget) for entry in members)
        series = Calendar()
        for zone in calendar.walk("VTIMEZONE"):
            series.add_component(zone)
        for entry in members:
            series.add_component(entry)
        end = datetime.combine(last + timedelta(days=1), time(), UTC)
        found = recurring_ical_events.of(series).between(self._now, end)
        within = (entry for entry in found if _day(start_of(entry)) <= last)
        return list(islice(sorted(within, key=_order), MAX_OCCURRENCES))


def _zones(frame: Frame) -> Component:
    """The calendar's own definitions of zones, without those that make no sense."""
    lines = [line for zone in frame.zones if is_sound_zone(zone) for line in zone]
    try:
        return Calendar.from_ical("\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]))
    except _DAMAGE as error:
        raise FileBroken("The iCalendar file's time zones are malformed.") from error


def _read_entry(text: str) -> Component | Skipped:
    fields = read_fields(text.split("\r\n"))
    try:
        entry = Entry.from_ical(text)
        _check(entry)
    except BrokenEntry as error:
        return _skipped_block(fields, str(error))
    except _DAMAGE:
        return _skipped_block(fields, "the entry is malformed")
    return entry


def _check(entry: Component) -> None:
    """An entry needs one start that can be read; other damaged fields are done without."""
    broken = [name for name, value in entry.items() if isinstance(value, vBroken)]
    for name in broken:
        del entry[name]
    if "RRULE" in broken:
        raise BrokenEntry("the rule of repetition (RRULE) cannot be read")
    if "DTSTART" not in entry and "DTSTART" not in broken:
        raise BrokenEntry("the start (DTSTART) is missing")
    start_of(entry)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _order(entry: Component) -> datetime:
    """The start as an instant, or as if it were one."""
    start = start_of(entry)
    if not isinstance(start, datetime):
        return datetime.combine(start, time(), UTC)
    return start.astimezone(UTC) if start.tzinfo else start.replace(tzinfo=UTC)


def _skipped(entry: Component, reason: str) -> Skipped:
    return Skipped(text_of(entry, "UID"), text_of(entry, "SUMMARY"), "broken entry", reason)


def _skipped_block(fields: Fields, reason: str) -> Skipped:
    named = {name: values[0][1][:500] for name, values in fields.items()}
    return Skipped(named.get("UID", ""), named.get("SUMMARY", ""), "broken entry", reason)
