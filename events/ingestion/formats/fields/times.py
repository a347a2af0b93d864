"""Reads when an event is from its named fields: moments, days and times of day in any of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from events.ingestion.records import BrokenEntry
from events.ingestion.written.clocks import DAY, Clocks, read_clocks
from events.ingestion.written.moments import Written, at, read_written
from events.places.zone_names import zone_of_name


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How a file writes its dates: `day_first` is None where nothing in it tells.

    `today` chooses the year of a day without one.
    """

    day_first: bool | None = None
    today: date | None = None


UNKNOWN_STYLE = DateStyle()


@dataclass(frozen=True, slots=True)
class TimeFields:
    """The texts that say when: candidates for each, the likeliest first."""

    start: tuple[str, ...]
    start_clock: tuple[str, ...]
    end: tuple[str, ...]
    end_clock: tuple[str, ...]
    timezone: str = ""
    is_all_day: bool = False


@dataclass(frozen=True, slots=True)
class FieldTimes:
    """Start and half-open end; `day_first` are those of the other order, where both are days.

    `note` says what was not understood, or is left open.
    """

    start: date | datetime
    end: date | datetime | None = None
    day_first: tuple[date | datetime, date | datetime | None] | None = None
    note: str = ""


def texts_of(fields: Mapping[str, Any], synonyms: Iterable[str]) -> tuple[str, ...]:
    """What the fields of these names hold, as text."""
    values = (fields.get(name) for name in synonyms)
    return tuple(
        str(value).strip()
        for value in values
        if isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""
    )


def read_times(texts: TimeFields, style: DateStyle) -> FieldTimes:
    """Start and end of one record.

    Raises:
        BrokenEntry: no day, or one that cannot be read.
    """
    reading = _Reading(texts, style)
    start, end = reading.times(swapped=False)
    day_first = None
    if style.day_first is None and reading.can_be_swapped:
        day_first = reading.times(swapped=True)
    return FieldTimes(start, end, day_first, reading.note)


class _Reading:
    """One record's fields, read; `times` puts them together."""

    def __init__(self, texts: TimeFields, style: DateStyle) -> None:
        self._texts = texts
        self._style = style
        self._notes: list[str] = []
        self._day = self._first_day(texts.start)
        self._clocks = self._clocks_beside(self._day, texts.start_clock)
        self._end = self._last(texts.end)
        self._end_clock = self._end_clock_of(texts.end_clock)

    @property
    def note(self) -> str:
        """What was not understood."""
        return "; ".join(self._notes)

    @property
    def can_be_swapped(self) -> bool:
        """Whether day and month may be the other way round."""
        return self._day.other is not None

    def times(self, *, swapped: bool) -> tuple[date | datetime, date | datetime | None]:
        """(start, half-open end)."""
        start = self._start(swapped=swapped)
        end = self._ending(start, swapped=swapped)
        if self._is_all_day:
            return _whole_days(start, end, self._texts.timezone)
        if end is not None and not isinstance(end, datetime):
            if isinstance(start, datetime) and end <= start.date():
                return start, None
            end += timedelta(days=1)  # people write the last day; ours is half-open
        return start, end

    @property
    def _is_all_day(self) -> bool:
        return self._texts.is_all_day or (self._clocks is not None and self._clocks.is_all_day)

    def _read(self, text: str) -> Written | None:
        is_day_first = bool(self._style.day_first)
        return read_written(text, day_first=is_day_first, today=self._style.today)

    def _first_day(self, texts: tuple[str, ...]) -> Written:
        for written in self._readable(texts):
            if written.day is not None:
                return written
        if not texts:
            raise BrokenEntry("the start is missing")
        raise BrokenEntry(f"the start {texts[0][:60]!r} cannot be read")

    def _readable(self, texts: tuple[str, ...]) -> Iterator[Written]:
        return (written for text in texts if (written := self._read(text)) is not None)

    def _clocks_beside(self, day: Written, texts: tuple[str, ...]) -> Clocks | None:
        """The times in fields of their own, which win over a midnight that a date carries."""
        own = day.clocks
        if day.unread:
            self._notes.append(f"the time {day.unread[:60]!r} was not understood")
        carries_hour = day.instant is not None and day.instant.time() != time()
        if carries_hour or (own is not None and own.start is not None):
            return own
        for text in texts:
            clocks = read_clocks(text)
            if clocks is not None:
                if clocks == Clocks() and not day.instant:
                    self._notes.append(f"the time is left open: {text[:60]!r}")
                return clocks
            written = self._read(text)
            if written is not None and written.day is not None:
                continue  # the date again, or a moment that was read
            self._notes.append(f"the time {text[:60]!r} was not understood")
            return None
        return own

    def _start(self, *, swapped: bool) -> date | datetime:
        day = self._day
        on = day.other if swapped and day.other else day.day
        assert on is not None
        clocks = self._clocks
        if day.instant is not None and (clocks is None or clocks.start is None):
            return day.instant
        if clocks is not None and clocks.start is not None:
            zone = clocks.zone or (day.instant.tzinfo if day.instant else None)
            return at(on, clocks.start, zone)
        # An hour that is not known makes no whole day: that is midnight, as calendars write it.
        is_open = clocks is None or self._notes
        return datetime.combine(on, time()) if is_open and not self._is_all_day else on

    def _last(self, texts: tuple[str, ...]) -> Written | None:
        found = next(self._readable(texts), None)
        if texts and found is None and texts[0]:
            self._notes.append(f"the end {texts[0][:60]!r} was not understood")
        return found

    def _end_clock_of(self, texts: tuple[str, ...]) -> timedelta | None:
        found = (
            clocks.start for text in texts if (clocks := read_clocks(text, is_end=True)) is not None
        )
        return next((clock for clock in found if clock is not None), None)

    def _ending(self, start: date | datetime, *, swapped: bool) -> date | datetime | None:
        last = self._end
        if last is not None and last.day is not None:
            end = last.moment(swapped=swapped)
            if isinstance(end, datetime) and end.time() != time():
                return end
            if self._end_clock is not None and end is not None:
                on = end.date() if isinstance(end, datetime) else end
                return at(on, self._end_clock, _zone_of(start))
            return end
        clock = self._end_clock
        if clock is None and last is not None and last.clocks is not None:
            clock = last.clocks.start
        if clock is None and self._clocks is not None:
            clock = self._clocks.end
        if clock is None:
            return self._day.end(swapped=swapped)
        if not isinstance(start, datetime):
            return None
        end = at(start.date(), clock, start.tzinfo)
        assert isinstance(end, datetime)
        return end if end > start else end + DAY


def _zone_of(moment: date | datetime) -> Any:
    return moment.tzinfo if isinstance(moment, datetime) else None


def _whole_days(
    start: date | datetime, end: date | datetime | None, zone: str
) -> tuple[date, date | datetime | None]:
    """Days of an event that is marked as all day; its end midnight is already half-open."""
    if isinstance(end, date) and not isinstance(end, datetime):
        end += timedelta(days=1)
    if not isinstance(start, datetime):
        return start, end
    known = zone_of_name(zone)
    local = start.astimezone(ZoneInfo(known)) if start.tzinfo and known else start
    return local.date(), end
