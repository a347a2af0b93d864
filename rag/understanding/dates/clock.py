"""The user's clock and calendar, correct across DST, and what a rule of the calendar is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rag.understanding.dates.calendar_words import month_number
from rag.understanding.numbers import Length

DAY = timedelta(days=1)
NOON = 12 * 60
MORNING = 5 * 60
EVENING = 17 * 60
MIDNIGHT = 24 * 60
# No weekday and day of the month stay apart for longer.
_MOST_MONTHS = 40


@dataclass(frozen=True, slots=True)
class Clock:
    """What "now" is for the user, and how they write 12/5.

    `now` is aware, in `zone`. `day_first` reads 12/5 as the 12th of May;
    `country_code` says whose Mother's Day and whose summer is meant.
    """

    now: datetime
    zone: ZoneInfo
    day_first: bool = False
    country_code: str | None = None

    @classmethod
    def at(
        cls,
        now: datetime,
        zone: ZoneInfo,
        *,
        day_first: bool = False,
        country_code: str | None = None,
    ) -> Clock:
        """The clock of a zone at any aware instant."""
        return cls(now.astimezone(zone), zone, day_first, country_code)

    @property
    def today(self) -> date:
        return self.now.date()

    def moment(self, day: date, minutes: int = 0) -> datetime:
        """The wall time so many minutes after a day's midnight (24 × 60: the next midnight).

        A wall time that the clocks skip becomes the one an hour later.
        """
        day += timedelta(days=minutes // MIDNIGHT)
        hour, minute = divmod(minutes % MIDNIGHT, 60)
        wall = datetime.combine(day, time(hour, minute), tzinfo=self.zone)
        return wall.astimezone(UTC).astimezone(self.zone)

    def later(self, length: Length) -> datetime:
        """Now plus elapsed time, not wall time: 24 h stay 24 h when the clocks change.

        A length of months ends at the first moment of its last day.
        """
        if length.months:
            return self.moment(months_later(self.today, length.months), length.minutes)
        elapsed = timedelta(minutes=length.minutes)
        return (self.now.astimezone(UTC) + elapsed).astimezone(self.zone)

    def from_day(self, day: date) -> Clock:
        """The same clock, at the first moment of another day."""
        return replace(self, now=self.moment(day))


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open range of time; an open end is None.

    `repeats` says that the words name a day or month that comes again (a
    weekday, "Dec 5"), `weekly` that it comes every week. `first` and `last`
    are its days, both included, for bounds on the time of day.
    """

    start: datetime
    end: datetime | None
    repeats: bool = False
    weekly: bool = False

    @property
    def first(self) -> date:
        return self.start.date()

    @property
    def last(self) -> date:
        """The last day that the period touches; its first one when the end is open."""
        if self.end is None:
            return self.first
        return max(self.first, (self.end - timedelta(microseconds=1)).date())


def is_before(one: datetime, other: datetime) -> bool:
    """Compares instants; Python compares wall times when both are in one zone."""
    return one.timestamp() < other.timestamp()


def days(
    clock: Clock, first: date, last: date, *, repeats: bool = False, weekly: bool = False
) -> Period:
    """The whole days from `first` to `last`, both included."""
    return Period(clock.moment(first), clock.moment(last + DAY), repeats, weekly)


def week(clock: Clock, day: date, weeks: int = 0, first: int = 0, last: int = 6) -> Period:
    """The week of a day, or one so many weeks on: its days `first` to `last` (Monday is 0)."""
    monday = day + (7 * weeks - day.weekday()) * DAY
    return days(clock, monday + first * DAY, monday + last * DAY)


def weekend(clock: Clock, day: date, weeks: int = 0, *, repeats: bool = False) -> Period:
    """Friday 17:00 to Monday of the week of a day, or of one so many weeks on."""
    monday = day + (7 * weeks - day.weekday()) * DAY
    return Period(clock.moment(monday + 4 * DAY, EVENING), clock.moment(monday + 7 * DAY), repeats)


def months(clock: Clock, first: date, count: int = 1, *, repeats: bool = False) -> Period:
    """So many whole months from the first day of one."""
    return days(clock, first, first_of_month(first, count) - DAY, repeats=repeats)


def coming_months(clock: Clock, named: str | None, *, skip: int = 0) -> Iterator[date]:
    """The first days of the months from the current one on, of those that bear a name if given."""
    for ahead in range(skip, _MOST_MONTHS):
        first = first_of_month(clock.today, ahead)
        if not named or first.month == month_number(named):
            yield first


def not_before_now(period: Period, clock: Clock) -> Period:
    """Moves a start in the past to now; a period that is wholly past stays as it was asked."""
    if period.end is not None and not is_before(clock.now, period.end):
        return period
    if not is_before(period.start, clock.now):
        return period
    return Period(clock.now, period.end, period.repeats, period.weekly)


# "Next", "this coming", "the rest of": which of several weeks, months or years.
WHICH = (
    r"(?:the )?(?P<which>all of this |all this |all of the |all |the whole "
    r"|this coming |this upcoming |this past |this |next |coming |upcoming "
    r"|following |last |past |current |my |later this |later in the "
    r"|(?:the )?rest (?:of )?(?:the |this |my |(?<=of ))(?:current )?)"
)

AFTER_NEXT = r"(?P<after> after (?:the )?next)?"


Evaluate = Callable[[re.Match[str], Clock], Period | None]


@dataclass(frozen=True, slots=True)
class Rules:
    """Patterns over lower-case text and what a match of each means; None is no date after all.

    A text without any match of `trigger` is not tried with the patterns.
    """

    trigger: re.Pattern[str]
    rules: tuple[tuple[re.Pattern[str], Evaluate], ...]

    @classmethod
    def of(cls, trigger: str, *rules: tuple[str, Evaluate]) -> Rules:
        return cls(
            re.compile(trigger), tuple((re.compile(pattern), mean) for pattern, mean in rules)
        )


def in_year(year: int, month: int, day: int) -> date | None:
    """The date, or None when there is none such (31 June, 29 February of most years)."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def dated(clock: Clock, year: str | None, month: int, numbers: list[int]) -> Period | None:
    """The days of a month, in the year given or the nearest one whose end is ahead."""
    for candidate in [int(year)] if year else range(clock.today.year, clock.today.year + 9):
        first = in_year(candidate, month, min(numbers))
        last = in_year(candidate, month, max(numbers))
        if first is None or last is None:
            continue
        period = days(clock, first, last, repeats=year is None)
        if year or (period.end and is_before(clock.now, period.end)):
            return period
    return None


def first_of_month(day: date, ahead: int = 0) -> date:
    years, month = divmod(day.month - 1 + ahead, 12)
    return date(day.year + years, month + 1, 1)


def months_later(day: date, count: int) -> date:
    """The same day so many months on, the month's last one where it has no such day."""
    first = first_of_month(day, count)
    return first.replace(day=min(day.day, (first_of_month(first, 1) - first).days))


def offset_of(which: str | None) -> int:
    """0 for this one, 1 for the following, -1 for the one before."""
    if not which:
        return 0
    if "next" in which or "following" in which:
        return 1
    return -1 if "last" in which or "past" in which else 0
