"""Values of iCalendar entries that both readers share: lengths, whole days, versions, states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from events.places.zone_names import tells_the_place

STATUS = {"CANCELLED": "cancelled", "TENTATIVE": "scheduled", "CONFIRMED": "scheduled"}
# Outlook writes midnights and marks the entry as one of whole days.
ALL_DAY_MARKS = frozenset({"X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT"})


def version_name(sequence: str, stamp: str) -> str:
    """A name for a version of an entry; names in order are versions in order."""
    number = int(sequence) if sequence.strip().isdigit() and len(sequence) < 10 else 0
    return f"{number:09d} {stamp.strip()[:15]}"


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


def zone_of_moment(moment: date | datetime) -> str:
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
