"""Reads a day, a moment, or a span of either from one field."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from events.ingestion.written.clocks import DAY, Clocks, read_clocks
from events.ingestion.written.dates import FoundDay, find_day, serial_day

_EPOCH = re.compile(r"-?\d{9,10}(?:\.\d+)?|\d{12,13}")
# As .NET serialises a moment; the offset behind the milliseconds does not move it.
_SERIALISED = re.compile(r"\\?/Date\((-?\d{1,14})(?:[+-]\d{4})?\)\\?/")
_ONLY_DIGITS = re.compile(r"\d{4}-?\d{2}-?\d{2}")
_BETWEEN = re.compile(
    r"\s+(?:-|–|—|to|until|till|bis|au|al|a|à|ad|até|hasta|tot|do|through|thru)\s+|\s*(?:–|—|→)\s*"
    r"|(?<=\d)\s*-\s*(?=[^\W\d_])|(?<=\d[^\W\d_])\s*-\s*(?=\d)|(?<=\d)/(?=\d{4}-)|(?<=Z)/(?=\d)",
    re.IGNORECASE,
)
_FROM = re.compile(r"^(?:from|vom|von|du|del|dal|de|van|between)\s+", re.IGNORECASE)
# "12.–14. Dezember 2026", "Dec 12-14, 2026", "12–14.12.2026"
_DAYS = re.compile(
    r"(?<![\d.:/])(?P<one>\d{1,2})(?P<st>st|nd|rd|th|\.)?\s*(?:-|–|—|to|bis|au|al|a|and|&|y|e|und)\s*"
    r"(?P<two>\d{1,2})(?![\d:])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Written:
    """What a field says; without a `day` it is a time alone.

    `other` is the day in the other order of day and month, where both are days.
    `clocks` is None where words stand that are no time: these are in `unread`.
    """

    day: date | None = None
    other: date | None = None
    clocks: Clocks | None = None
    unread: str = ""
    last: Written | None = None
    instant: datetime | None = None

    def moment(self, *, swapped: bool = False) -> date | datetime | None:
        """The day, or the moment if an hour is known; None where words were not understood."""
        if self.instant is not None:
            return self.instant
        day = self.other if swapped and self.other else self.day
        if day is None or self.clocks is None:
            return None
        return at(day, self.clocks.start, self.clocks.zone)

    def end(self, *, swapped: bool = False) -> date | datetime | None:
        """The end that the same field tells, of days the last one."""
        if self.last is not None:
            return self.last.moment(swapped=swapped)
        day = self.other if swapped and self.other else self.day
        if day is None or self.clocks is None or self.clocks.end is None:
            return None
        return at(day, _after(self.clocks.start, self.clocks.end), self.clocks.zone)


def at(day: date, clock: timedelta | None, zone: tzinfo | None = None) -> date | datetime:
    """A time of day, which may be 24:00 or the next morning's, on a day."""
    if clock is None:
        return day
    return datetime.combine(day, time(), zone) + clock


def _after(start: timedelta | None, end: timedelta) -> timedelta:
    """The end of a span of times: an earlier clock is the next morning's."""
    return end + DAY if start is not None and end <= start else end


def read_written(
    text: str, *, day_first: bool = False, today: date | None = None
) -> Written | None:
    """Everything that one field says of when; None when it names neither day nor time.

    `day_first` is the order of 5/12/2026, `today` chooses the year of a day without one.
    """
    text = " ".join(text.split())
    if not text or len(text) > 200:
        return None
    if (instant := _machine_written(text)) is not None:
        return instant
    found = _single(text, day_first=day_first, today=today)
    if found is not None and found.clocks is not None:
        return found
    spans = _span(text, day_first=day_first, today=today)
    return spans or found or _time_alone(text)


def parse_moment(
    text: str, *, day_first: bool = False, today: date | None = None
) -> date | datetime | None:
    """A date, or a datetime (naive without an offset), of the forms people write.

    None for anything else, and where a part of the text is not understood.

    >>> parse_moment("12/5/2026 7:30 PM")
    datetime.datetime(2026, 12, 5, 19, 30)
    """
    written = read_written(text, day_first=day_first, today=today)
    return None if written is None else written.moment()


def parse_clock(text: str) -> time | None:
    """A time of day: 19:00, 7:30 p.m., 20 Uhr, noon. None for anything else."""
    clocks = read_clocks(text)
    if clocks is None or clocks.start is None or clocks.start >= DAY:
        return None
    return time(
        clocks.start.seconds // 3600, clocks.start.seconds // 60 % 60, clocks.start.seconds % 60
    )


def _machine_written(text: str) -> Written | None:
    """ISO 8601, seconds or milliseconds since 1970, a spreadsheet's count of days."""
    with suppress(ValueError):  # else one of the forms below, or words
        if _ONLY_DIGITS.fullmatch(text):
            return Written(date.fromisoformat(text), clocks=Clocks())
        if (text[:4].isdigit() and text[4:5] == "-") or "T" in text[8:11].upper():
            moment = datetime.fromisoformat(text.upper())
            if len(text) > 10:
                return Written(moment.date(), instant=moment)
    if (seconds := _since_1970(text)) is not None:
        moment = datetime.fromtimestamp(seconds, UTC)
        return Written(moment.date(), instant=moment)
    if (serial := serial_day(text)) is not None:
        day, share = serial
        if not share:
            return Written(day, clocks=Clocks())
        return Written(day, clocks=Clocks(timedelta(seconds=round(share * 86_400))))
    return None


def _since_1970(text: str) -> float | None:
    if match := _SERIALISED.fullmatch(text):
        return int(match[1]) / 1000
    if not _EPOCH.fullmatch(text):
        return None
    return float(text) if len(text.partition(".")[0]) <= 11 else int(text) / 1000


def _single(text: str, *, day_first: bool, today: date | None) -> Written | None:
    found = find_day(text, day_first=day_first, today=today)
    if found is None:
        return None
    return _with_clocks(found)


def _with_clocks(found: FoundDay) -> Written:
    if not found.rest:
        return Written(found.day, found.other, Clocks())
    clocks = read_clocks(found.rest)
    return Written(found.day, found.other, clocks, unread="" if clocks else found.rest)


def _span(text: str, *, day_first: bool, today: date | None) -> Written | None:
    """Two days, or two moments, in one field."""
    for start, end in _halves(_FROM.sub("", text)):
        last = _single(end, day_first=day_first, today=today)
        if last is None or last.day is None or last.clocks is None:
            continue
        # "Dec 12 – Dec 14, 2026": the year of the last day is that of the first.
        near = last.day - timedelta(days=300)
        first = _single(start, day_first=day_first, today=near)
        if first is not None and first.day is not None and first.clocks is not None:
            return replace(first, last=last)
    return None


def _halves(text: str) -> list[tuple[str, str]]:
    found = [(text[: each.start()], text[each.end() :]) for each in _BETWEEN.finditer(text)]
    if match := _DAYS.search(text):
        before, after = text[: match.start()], text[match.end() :]
        mark = match["st"] or ""
        found.append((f"{before}{match['one']}{mark}{after}", f"{before}{match['two']}{after}"))
    return found


def _time_alone(text: str) -> Written | None:
    clocks = read_clocks(text)
    return None if clocks is None or clocks.start is None else Written(clocks=clocks)
