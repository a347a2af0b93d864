"""Reads iCalendar (RFC 5545) piece by piece: entries, their recurrences and their zones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from tempfile import SpooledTemporaryFile

import recurring_ical_events
from icalendar import Calendar, Component
from icalendar import Event as Entry
from icalendar.prop import vBroken, vDDDTypes
from icalendar.timezone import tzp

from events.ingestion.errors import FileBroken
from events.ingestion.fetching.fetch import Fetched
from events.ingestion.formats.ical_entry import (
    Fields,
    NotPlain,
    later,
    length_of_all,
    newest,
    raw_event,
    read_fields,
    simple_event,
    stamp_of,
    start_of,
    text_of,
)
from events.ingestion.formats.ical_lenient import mended
from events.ingestion.formats.ical_lines import Block, Frame, blocks
from events.ingestion.formats.ical_rules import (
    MAX_OCCURRENCES,
    Budget,
    bound_rules,
    exclude_by_rules,
    include_last_day,
    is_sound_zone,
)
from events.ingestion.formats.ical_zones import with_known_zone
from events.ingestion.records import (
    BrokenEntry,
    Entries,
    RawEvent,
    Skipped,
)
from events.places.zone_names import place_zone

_SPOOL_IN_MEMORY = 4 * 1024 * 1024
_MOST_EXCEPTIONS = 2000
# What reading a damaged entry can end in.
_DAMAGE = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)


def read_icalendar(fetched: Fetched, now: datetime, budget: Budget | None = None) -> Entries:
    """All entries; a repeating one becomes its occurrences from `now` a year ahead.

    At most `MAX_OCCURRENCES` of a series are taken. A damaged entry is
    reported and left out. What repeats comes last, since an exception may
    stand anywhere in the file. Only one entry is held at a time.

    Raises (also while the entries are read):
        FileBroken: not a whole calendar, e.g. cut off before END:VCALENDAR.
    """
    found = blocks(fetched)
    first = next(found, None)  # by then the calendar's own properties are known
    entries = _Reader(now, budget or Budget())
    zone = "" if first is None else _zone_of(first.frame)
    return Entries(entries.read(() if first is None else _chained(first, found)), zone)


def _chained(first: Block, rest: Iterator[Block]) -> Iterator[Block]:
    yield first
    yield from rest


def _zone_of(frame: Frame) -> str:
    """The zone that a calendar names for its local times."""
    names = (frame.value_of(name) for name in ("X-WR-TIMEZONE", "TIMEZONE-ID"))
    return next((zone for zone in map(place_zone, names) if zone), "")


@dataclass(frozen=True, slots=True)
class _Calendar:
    """What one of a file's calendars says of all of its entries.

    The first one's zone is the file's, and `zone` is None there.
    """

    frame: Frame
    is_cancelled: bool
    zone: str | None

    @classmethod
    def of(cls, frame: Frame) -> _Calendar:
        """Reads the calendar's own properties."""
        is_cancelled = frame.value_of("METHOD").upper() == "CANCEL"
        return cls(frame, is_cancelled, _zone_of(frame) if frame.number else None)

    def take(self, event: RawEvent) -> RawEvent:
        """An event of this calendar."""
        return event if self.zone is None else replace(event, calendar_zone=self.zone)


@dataclass(frozen=True, slots=True)
class _Aside:
    """An entry that waits in the spool: its calendar, its identity there, and where it is."""

    calendar: _Calendar
    digest: int
    offset: int
    length: int

    @property
    def group(self) -> tuple[int, int]:
        """What entries of one series share."""
        return self.calendar.frame.number, self.digest


class _Reader:
    """Reads the plain entries at once, and puts the others aside until all are known."""

    def __init__(self, now: datetime, budget: Budget) -> None:
        self._now = now
        self._budget = budget
        self._aside: list[_Aside] = []
        self._spool = SpooledTemporaryFile(max_size=_SPOOL_IN_MEMORY)  # noqa: SIM115

    def read(self, found: Iterable[Block]) -> Iterator[RawEvent | Skipped]:
        calendar: _Calendar | None = None
        with self._spool:
            for block in found:
                if calendar is None or block.frame is not calendar.frame:
                    calendar = _Calendar.of(block.frame)
                fields = read_fields(block.lines)
                if block.is_too_large:
                    yield _skipped_block(fields, "the entry is too large")
                elif not block.is_closed:
                    reason = "the entry is not closed (END:VEVENT is missing)"
                    yield _skipped_block(fields, reason)
                else:
                    try:
                        event = simple_event(fields, cancelled=calendar.is_cancelled)
                    except NotPlain:
                        self._put_aside(calendar, fields, block)
                    else:
                        yield calendar.take(event)
            if self._aside:
                yield from self._read_aside()

    def _put_aside(self, calendar: _Calendar, fields: Fields, block: Block) -> None:
        # Entries without a UID belong to no other.
        uid = fields["UID"][0][1].strip() if "UID" in fields else ""
        key = uid or f"\n{len(self._aside)}"
        digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        lines = mended(with_known_zone(line) for line in block.lines)
        text = "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])
        content = text.encode("utf-8", "surrogatepass")
        place = self._spool.tell(), len(content)
        self._aside.append(_Aside(calendar, int.from_bytes(digest), *place))
        self._spool.write(content)

    def _read_aside(self) -> Iterator[RawEvent | Skipped]:
        """The entries of one calendar and UID after another, in the order of their first ones."""
        groups: dict[tuple[int, int], list[_Aside]] = {}
        for entry in self._aside:
            groups.setdefault(entry.group, []).append(entry)
        self._aside.clear()
        frame: Frame | None = None
        zones: Component = Calendar()
        for group in groups.values():
            calendar = group[0].calendar
            if calendar.frame is not frame:
                frame = calendar.frame
                tzp.use_default()  # forgets: another calendar's zone of that name is not this one's
                zones = _zones(frame)
            members: list[Component] = []
            for each in group[:_MOST_EXCEPTIONS]:
                self._spool.seek(each.offset)
                text = self._spool.read(each.length).decode("utf-8", "surrogatepass")
                entry_or_not = _read_entry(text)
                if isinstance(entry_or_not, Skipped):
                    yield entry_or_not
                else:
                    members.append(entry_or_not)
            if len(group) > _MOST_EXCEPTIONS:
                reason = f"the event has more than {_MOST_EXCEPTIONS:,} exceptions"
                yield (
                    _skipped(members[0], reason)
                    if members
                    else Skipped("", "", "broken entry", reason)
                )
            for found in self._read_group(zones, newest(members), calendar):
                yield found if isinstance(found, Skipped) else calendar.take(found)

    def _read_group(
        self, zones: Component, members: list[Component], calendar: _Calendar
    ) -> Iterator[RawEvent | Skipped]:
        """A series and its exceptions; entries without a rule stand for themselves."""
        is_series = any("RRULE" in entry or "RDATE" in entry for entry in members)
        try:
            found = self._repetitions(zones, members, calendar) if is_series else members
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
                yield raw_event(entry, stamp, cancelled=calendar.is_cancelled)
            except BrokenEntry as error:
                yield _skipped(entry, str(error))
                if self._budget.occurrences < 0:
                    return
            except _DAMAGE:
                yield _skipped(entry, "the entry is malformed")

    def _repetitions(
        self, zones: Component, members: list[Component], calendar: _Calendar
    ) -> list[Component]:
        local = _zone_of(calendar.frame)
        for entry in members:
            include_last_day(entry, local)
            exclude_by_rules(entry, self._now, self._budget)
        length = length_of_all(members)
        last = min(bound_rules(entry, self._now, self._budget) for entry in members)
        series = Calendar()
        for zone in zones.walk("VTIMEZONE"):
            series.add_component(zone)
        for entry in members:
            series.add_component(entry)
        end = datetime.combine(last + timedelta(days=1), time(), UTC)
        found = recurring_ical_events.of(series).between(self._now, end)
        within = (entry for entry in found if _day(start_of(entry)) <= last)
        chosen = list(islice(sorted(within, key=_order), MAX_OCCURRENCES))
        if length is not None:
            for entry in chosen:
                entry["DTEND"] = vDDDTypes(later(start_of(entry), length))
        return chosen


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
