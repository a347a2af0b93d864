"""Turns the times that a feed wrote into instants and a zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from events.ingestion.records import BrokenEntry
from events.ingestion.written.moments import parse_clock, parse_moment

__all__ = ["ZoneFrom", "Zones", "event_times", "parse_clock", "parse_moment"]

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200

# A clock that ends before it starts is the next morning's, up to this length.
_LONGEST_NIGHT = timedelta(hours=12)


def event_times(
    start: date | datetime, end: date | datetime | None, zone: str
) -> tuple[datetime, datetime | None, bool]:
    """(start, end, all_day): aware datetimes in UTC, read in `zone` where they are local.

    An event that starts on a bare date is all day: it runs from local midnight
    to local midnight, one day when its end is unknown. An end before the start
    is an error of the feed and counts as unknown.

    Raises:
        BrokenEntry: the date is beyond what a calendar can mean.
    """
    for moment in (start, end):
        if moment is not None and not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            raise BrokenEntry(f"the year {moment.year} is not plausible")
    info = ZoneInfo(zone)
    if not isinstance(start, datetime):
        first = start
        after = first + timedelta(days=1) if end is None else _day_after_last(end, info)
        after = max(after, first + timedelta(days=1))
        return _midnight(first, info), _midnight(after, info), True
    begins = _aware(start, info)
    if end is None:
        return begins, None, False
    ends = _aware(end, info) if isinstance(end, datetime) else _midnight(end, info)
    if ends < begins and timedelta(0) < (night := _a_day_later(ends, info) - begins):
        ends = begins + night if night <= _LONGEST_NIGHT else ends
    return begins, ends if ends >= begins else None, False


def _a_day_later(moment: datetime, info: ZoneInfo) -> datetime:
    """The same wall time on the next day: a party from 22:00 "to 02:00" ends then."""
    return (moment.astimezone(info) + timedelta(days=1)).astimezone(UTC)


def _day_after_last(end: date | datetime, info: ZoneInfo) -> date:
    if not isinstance(end, datetime):
        return end
    local = _aware(end, info).astimezone(info)
    return local.date() if local.time() == time() else local.date() + timedelta(days=1)


def _midnight(day: date, info: ZoneInfo) -> datetime:
    return _aware(datetime.combine(day, time()), info)


def _aware(moment: datetime, info: ZoneInfo) -> datetime:
    """The instant, in UTC: within a zone Python compares wall clocks, which go back in autumn.

    A naive time that the clocks skip in spring moves on by the skipped hour.
    """
    return (moment if moment.tzinfo else moment.replace(tzinfo=info)).astimezone(UTC)


# So many events of a file must have a zone, and so large a share of them the same one,
# before it is taken for the zone of those that name nothing.
_ENOUGH, _SHARE = 5, 0.9


class ZoneFrom(StrEnum):
    """The origin of a zone, the surest first."""

    EVENT = "event"
    PLACE = "place"
    CALENDAR = "calendar"
    SOURCE = "source"
    OTHER_EVENTS = "other events"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Zones:
    """IANA zones that hold for a whole file; empty where unknown.

    `source` is what is known of the sender. `assumed` is the last resort, for
    which nothing in the file speaks.
    """

    assumed: str
    source: str = ""
    calendar: str = ""
    others: str = ""

    def with_file(self, calendar: str, known: Iterable[str]) -> Zones:
        """With the calendar's own zone, and the one that nearly all events share."""
        if calendar or self.source:
            return replace(self, calendar=calendar)
        counts = Counter(zone for zone in known if zone)
        [(zone, count)] = counts.most_common(1) or [("", 0)]
        is_shared = counts.total() >= _ENOUGH and count >= _SHARE * counts.total()
        return replace(self, others=zone if is_shared else "")

    def of(self, event_zone: str, place_zone: str) -> tuple[str, ZoneFrom]:
        """The zone of an event, and what it was taken from."""
        if event_zone:
            return event_zone, ZoneFrom.EVENT
        if place_zone:
            return place_zone, ZoneFrom.PLACE
        known = (
            (self.calendar, ZoneFrom.CALENDAR),
            (self.source, ZoneFrom.SOURCE),
            (self.others, ZoneFrom.OTHER_EVENTS),
        )
        return next((each for each in known if each[0]), (self.assumed, ZoneFrom.ASSUMED))
