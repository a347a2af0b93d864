"""Expands the rules of repetition of other formats, by the reader of iCalendar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from events.ingestion.fetching.fetch import Fetched
from events.ingestion.formats.ical.reader import read_icalendar
from events.ingestion.formats.ical.rules import Budget
from events.ingestion.records import BrokenEntry, Skipped
from events.places.zone_names import zone_of_name

Moment = date | datetime


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One of the dates of a series; `stamp` tells it apart from the others."""

    start: Moment
    end: Moment | None
    stamp: str


@dataclass(frozen=True, slots=True)
class Series:
    """An event that repeats by `rules`, lines such as "RRULE:FREQ=WEEKLY;COUNT=3".

    They are counted by the wall clock of `zone`, else of the start itself.
    """

    start: Moment
    end: Moment | None
    zone: str
    rules: Sequence[str]
    excluded: Sequence[Moment] = ()


@dataclass(slots=True)
class Repeater:
    """Expands the series of one file, from `now` a year ahead; what it costs has a bound."""

    now: datetime
    budget: Budget = field(default_factory=Budget)

    def occurrences(self, series: Series) -> list[Occurrence]:
        """The dates of a series.

        Raises:
            BrokenEntry: a rule that cannot be followed.
        """
        start, known = series.start, zone_of_name(series.zone)
        offset = start.tzinfo if isinstance(start, datetime) and not known else None
        text = "\r\n".join(
            [
                *("BEGIN:VCALENDAR", "BEGIN:VEVENT"),
                *_lines(series, known),
                *("END:VEVENT", "END:VCALENDAR", ""),
            ]
        )
        entries = read_icalendar(Fetched(text.encode(), ""), self.now, self.budget)
        found: list[Occurrence] = []
        for entry in entries.found:
            if isinstance(entry, Skipped):
                raise BrokenEntry(entry.reason)
            begins = _by_clock(entry.start, offset)
            ends = None if entry.end is None else _by_clock(entry.end, offset)
            found.append(Occurrence(begins, ends, entry.repeats_at))
        return found


def _lines(series: Series, zone: str | None) -> Iterator[str]:
    yield "UID:1"
    yield f"DTSTART{_written(series.start, zone)}"
    if series.end is not None:
        yield f"DTEND{_written(series.end, zone)}"
    yield from (rule for rule in series.rules if rule.isprintable())
    yield from (f"EXDATE{_written(each, zone)}" for each in series.excluded)


def _written(moment: Moment, zone: str | None) -> str:
    if not isinstance(moment, datetime):
        return f";VALUE=DATE:{moment:%Y%m%d}"
    if zone is None:
        return f":{moment:%Y%m%dT%H%M%S}"
    local = moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment
    if zone == "UTC":
        return f":{local:%Y%m%dT%H%M%S}Z"
    return f";TZID={zone}:{local:%Y%m%dT%H%M%S}"


def _by_clock(moment: Moment, offset: tzinfo | None) -> Moment:
    """The moment with the offset that its series' start was written with."""
    if isinstance(moment, datetime) and moment.tzinfo is None:
        return moment.replace(tzinfo=offset)
    return moment
