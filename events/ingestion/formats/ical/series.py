"""Follows the repetitions of one iCalendar series, with its exceptions, within the window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import recurring_ical_events
from icalendar import Calendar, Component
from icalendar.prop import vDDDTypes

from events.ingestion.errors import FileBroken
from events.ingestion.formats.ical.component import (
    length_of,
    raw_event,
    stamp_of,
    start_of,
    text_of,
)
from events.ingestion.formats.ical.lines import Frame
from events.ingestion.formats.ical.rules import (
    MAX_OCCURRENCES,
    Budget,
    bound_rules,
    exclude_by_rules,
    include_last_day,
    is_sound_zone,
)
from events.ingestion.formats.ical.values import later
from events.ingestion.records import BrokenEntry, RawEvent, Skipped

# What reading a damaged entry can end in.
DAMAGE = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class SeriesReader:
    """Reads the series of one calendar; `local` is the zone that it names for its times."""

    zones: Component
    local: str
    is_cancelled: bool
    now: datetime
    budget: Budget

    def read(self, members: list[Component]) -> Iterator[RawEvent | Skipped]:
        """A series and its exceptions; entries without a rule stand for themselves."""
        is_series = any("RRULE" in entry or "RDATE" in entry for entry in members)
        try:
            found = self._repetitions(members) if is_series else members
        except BrokenEntry as error:
            yield skipped(members[0], str(error))
            return
        except DAMAGE:
            yield skipped(members[0], "the rule of repetition cannot be followed")
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
                    self.budget.take_occurrence()
                yield raw_event(entry, stamp, cancelled=self.is_cancelled)
            except BrokenEntry as error:
                yield skipped(entry, str(error))
                if self.budget.occurrences < 0:
                    return
            except DAMAGE:
                yield skipped(entry, "the entry is malformed")

    def _repetitions(self, members: list[Component]) -> list[Component]:
        for entry in members:
            include_last_day(entry, self.local)
            exclude_by_rules(entry, self.now, self.budget)
        last = min(bound_rules(entry, self.now, self.budget) for entry in members)
        series = Calendar()
        for component in (*self.zones.walk("VTIMEZONE"), *members):
            series.add_component(component)
        end = datetime.combine(last + timedelta(days=1), time(), UTC)
        found = recurring_ical_events.of(series).between(self.now, end)
        within = (entry for entry in found if _day(start_of(entry)) <= last)
        chosen = list(islice(sorted(within, key=_order), MAX_OCCURRENCES))
        _give_exact_ends(chosen, members)
        return chosen


def _give_exact_ends(chosen: list[Component], members: list[Component]) -> None:
    """Ends each date by the series' duration; `recurring_ical_events` adds it to the wall clock."""
    length = next((length_of(entry) for entry in members if "RECURRENCE-ID" not in entry), None)
    exceptions = {stamp_of(entry.get("RECURRENCE-ID")) for entry in members}
    if length is None:
        return
    for entry in chosen:
        if len(members) == 1 or stamp_of(entry.get("RECURRENCE-ID")) not in exceptions:
            entry["DTEND"] = vDDDTypes(later(start_of(entry), length))


def zones_of(frame: Frame) -> Component:
    """The calendar's own definitions of zones, without those that make no sense."""
    lines = [line for zone in frame.zones if is_sound_zone(zone) for line in zone]
    try:
        return Calendar.from_ical("\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]))
    except DAMAGE as error:
        raise FileBroken("The iCalendar file's time zones are malformed.") from error


def skipped(entry: Component, reason: str) -> Skipped:
    """An entry that could not be read, in the report."""
    return Skipped(text_of(entry, "UID"), text_of(entry, "SUMMARY"), "broken entry", reason)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _order(entry: Component) -> datetime:
    """The start as an instant, or as if it were one."""
    start = start_of(entry)
    if not isinstance(start, datetime):
        return datetime.combine(start, time(), UTC)
    return start.astimezone(UTC) if start.tzinfo else start.replace(tzinfo=UTC)
