"""Reads iCalendar (RFC 5545) piece by piece: entries, their recurrences and their zones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from tempfile import SpooledTemporaryFile

from icalendar import Component
from icalendar import Event as Entry
from icalendar.prop import vBroken
from icalendar.timezone import tzp

from events.ingestion.fetching.fetch import Fetched
from events.ingestion.formats.ical.component import newest, start_of
from events.ingestion.formats.ical.lenient import mended
from events.ingestion.formats.ical.lines import (
    ZONE_NAMES,
    Block,
    Frame,
    blocks,
    frames_with_a_late_zone,
)
from events.ingestion.formats.ical.plain_entry import Fields, NotPlain, read_fields, simple_event
from events.ingestion.formats.ical.rules import Budget
from events.ingestion.formats.ical.series import DAMAGE, SeriesReader, skipped, zones_of
from events.ingestion.formats.ical.zones import with_known_zone
from events.ingestion.records import BrokenEntry, Entries, RawEvent, Skipped
from events.places.zone_names import place_zone

_SPOOL_IN_MEMORY = 4 * 1024 * 1024
_MOST_EXCEPTIONS = 2000


def read_icalendar(fetched: Fetched, now: datetime, budget: Budget | None = None) -> Entries:
    """All entries; a repeating one becomes its occurrences from `now` a year ahead.

    At most `MAX_OCCURRENCES` of a series are taken. A damaged entry is
    reported and left out. What repeats comes last, since an exception may
    stand anywhere in the file. Only one entry is held at a time.

    Raises (also while the entries are read):
        FileBroken: not a whole calendar, e.g. cut off before END:VCALENDAR.
    """
    late = {number: _zone_of(frame) for number, frame in frames_with_a_late_zone(fetched).items()}
    found = blocks(fetched)
    first = next(found, None)  # by then the calendar's own properties are known
    entries = _Reader(now, budget or Budget(), late)
    zone = "" if first is None else entries.calendar_of(first.frame).named
    return Entries(entries.read(() if first is None else _chained(first, found)), zone)


def _chained(first: Block, rest: Iterator[Block]) -> Iterator[Block]:
    yield first
    yield from rest


def _zone_of(frame: Frame) -> str:
    """The zone that a calendar names for its local times."""
    names = (frame.value_of(name) for name in ZONE_NAMES)
    return next((zone for zone in map(place_zone, names) if zone), "")


@dataclass(frozen=True, slots=True)
class _Calendar:
    """What one of a file's calendars says of all of its entries.

    `named` is the zone that it names; that of the first one is the file's.
    """

    frame: Frame
    is_cancelled: bool
    named: str

    def take(self, event: RawEvent) -> RawEvent:
        """An event of this calendar."""
        return replace(event, calendar_zone=self.named) if self.frame.number else event


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

    def __init__(self, now: datetime, budget: Budget, late_zones: Mapping[int, str]) -> None:
        self._now = now
        self._budget = budget
        self._late_zones = late_zones
        self._aside: list[_Aside] = []
        self._spool = SpooledTemporaryFile(max_size=_SPOOL_IN_MEMORY)  # noqa: SIM115

    def calendar_of(self, frame: Frame) -> _Calendar:
        """Reads the calendar's own properties, as far as they stand before its first entry."""
        is_cancelled = frame.value_of("METHOD").upper() == "CANCEL"
        zone = _zone_of(frame) or self._late_zones.get(frame.number, "")
        return _Calendar(frame, is_cancelled, zone)

    def read(self, found: Iterable[Block]) -> Iterator[RawEvent | Skipped]:
        calendar: _Calendar | None = None
        with self._spool:
            for block in found:
                if calendar is None or block.frame is not calendar.frame:
                    calendar = self.calendar_of(block.frame)
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
        series: SeriesReader | None = None
        for group in groups.values():
            calendar = group[0].calendar
            if series is None or calendar.frame is not frame:
                frame = calendar.frame
                tzp.use_default()  # forgets: another calendar's zone of that name is not this one's
                series = SeriesReader(
                    zones_of(frame), calendar.named, calendar.is_cancelled, self._now, self._budget
                )
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
                    skipped(members[0], reason)
                    if members
                    else Skipped("", "", "broken entry", reason)
                )
            for found in series.read(newest(members)) if members else ():
                yield found if isinstance(found, Skipped) else calendar.take(found)


def _read_entry(text: str) -> Component | Skipped:
    fields = read_fields(text.split("\r\n"))
    try:
        entry = Entry.from_ical(text)
        _check(entry)
    except BrokenEntry as error:
        return _skipped_block(fields, str(error))
    except DAMAGE:
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


def _skipped_block(fields: Fields, reason: str) -> Skipped:
    named = {name: values[0][1][:500] for name, values in fields.items()}
    return Skipped(named.get("UID", ""), named.get("SUMMARY", ""), "broken entry", reason)
