"""Bounds rules of repetition and of time zones before anything expands them.

A rule of 30 bytes can name a billion dates, or none in all of history, which
takes just as long to find out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr
from icalendar import Component
from icalendar.prop import vDDDLists, vRecur

from events.ingestion.records import BrokenEntry

REPEAT_DAYS_AHEAD = 366
MAX_OCCURRENCES = 1000
# Dates that one rule may go through from its start until the end of the window.
MAX_STEPS = 100_000
_LONGEST_RULE = 2000
_LARGEST_INTERVAL = 10_000
_UTC = frozenset({"UTC", "Etc/UTC", "Etc/GMT", "GMT", "Z"})


@dataclass(slots=True)
class Budget:
    """The cost that all recurrences of one file share."""

    steps: int = 3_000_000
    occurrences: int = 200_000

    def take_steps(self, count: int) -> None:
        """Raises BrokenEntry when the file has used up its share."""
        self.steps -= count
        if self.steps < 0:
            raise BrokenEntry("the file's repetitions are too many to follow")

    def take_occurrence(self) -> None:
        """Raises BrokenEntry when the file has used up its share."""
        self.occurrences -= 1
        if self.occurrences < 0:
            raise BrokenEntry("the file's repetitions are too many to store")


def bound_rules(entry: Component, now: datetime, budget: Budget) -> date:
    """Checks an entry's rules and returns the last day that is worth looking at.

    A rule that names no further date after the window is replaced by its dates
    within, since a search beyond them would go on until the year 9999.

    Raises:
        BrokenEntry: a rule that cannot be followed, or not in reasonable time.
    """
    last = (now + timedelta(days=REPEAT_DAYS_AHEAD)).date()
    rules = entry.get("RRULE")
    rules = rules if isinstance(rules, list) else [rules] if rules is not None else []
    start: Any = getattr(entry.get("DTSTART"), "dt", None)
    kept: list[vRecur] = []
    for rule in rules:
        found = _look_ahead(rule, start, now, last, budget)
        last = min(last, found.last)
        if found.is_endless_search:
            _add_dates(entry, "RDATE", found.dates)
        else:
            kept.append(rule)
    if rules:
        del entry["RRULE"]
        for rule in kept:
            entry.add("RRULE", rule)
    return last


def include_last_day(entry: Component, zone: str) -> None:
    """Makes of an UNTIL that is a bare date the end of that day where the event is.

    A start in UTC says nothing of that: then the calendar's own zone does.
    """
    start: Any = getattr(entry.get("DTSTART"), "dt", None)
    if not isinstance(start, datetime):
        return
    place: tzinfo | None = start.tzinfo
    if str(place) in _UTC and zone:
        place = ZoneInfo(zone)
    for rule in (*_rules_of(entry, "RRULE"), *_rules_of(entry, "EXRULE")):
        until = (rule.get("UNTIL") or [None])[0]
        if isinstance(until, date) and not isinstance(until, datetime):
            end = datetime.combine(until, time(23, 59, 59), place)
            rule["UNTIL"] = [end.astimezone(UTC) if place else end]
        elif isinstance(until, datetime) and until.tzinfo is None and place:
            rule["UNTIL"] = [until.replace(tzinfo=place).astimezone(UTC)]


def exclude_by_rules(entry: Component, now: datetime, budget: Budget) -> None:
    """Turns EXRULE, which RFC 2445 had and some programs still write, into excluded dates.

    Raises:
        BrokenEntry: a rule that cannot be followed.
    """
    rules = _rules_of(entry, "EXRULE")
    entry.pop("EXRULE", None)
    start: Any = getattr(entry.get("DTSTART"), "dt", None)
    last = (now + timedelta(days=REPEAT_DAYS_AHEAD)).date()
    for rule in rules:
        found = _look_ahead(rule, start, now, last, budget)
        _add_dates(entry, "EXDATE", found.dates)


def _rules_of(entry: Component, name: str) -> list[vRecur]:
    rules = entry.get(name)
    found = rules if isinstance(rules, list) else [rules] if rules is not None else []
    return [rule for rule in found if isinstance(rule, vRecur)]


@dataclass(frozen=True, slots=True)
class _Found:
    """The end of the search, and the dates until then from now on."""

    last: date
    dates: list[date | datetime]
    is_endless_search: bool


def _look_ahead(
    rule: Any, start: date | datetime, now: datetime, last: date, budget: Budget
) -> _Found:
    """Follows a rule by the wall clock, up to the end of the window and not beyond."""
    first = start.replace(tzinfo=None) if isinstance(start, datetime) else _midnight(start)
    until = _until(rule, start)
    _check(rule, first, last)
    plain = vRecur({name: value for name, value in rule.items() if name != "UNTIL"})
    bounded = _UntilYear(rrulestr(_written(plain), dtstart=first), last.year + 1)
    soon = now.replace(tzinfo=None) - timedelta(days=1)
    dates: list[datetime] = []

    def shown() -> list[date | datetime]:
        return [_like(start, moment) for moment in dates]

    steps = 0
    try:
        for moment in _dates(bounded):
            steps += 1
            if until is not None and moment > until:
                return _Found(last, shown(), is_endless_search=False)
            if moment.date() > last:
                return _Found(last, shown(), is_endless_search=False)
            if moment >= soon:
                dates.append(moment)
            if len(dates) > MAX_OCCURRENCES + 24:
                return _Found(moment.date(), shown(), is_endless_search=False)
    except _NoneUntilThen:
        return _Found(last, shown(), is_endless_search=True)
    finally:
        budget.take_steps(steps + 50)
    return _Found(last, shown(), is_endless_search=False)


def _dates(rule: rrule) -> Iterator[datetime]:
    return islice(iter(rule), MAX_STEPS)


def _check(rule: Any, first: datetime, last: date) -> None:
    """Refuses what is no rule, and what takes too long to follow."""
    if len(rule.to_ical()) > _LONGEST_RULE:
        raise BrokenEntry("the rule of repetition (RRULE) is too long")
    frequency = str(rule.get("FREQ", [""])[0]).upper()
    if frequency in ("SECONDLY", "MINUTELY"):
        raise BrokenEntry("the event repeats more often than every hour")
    interval = int(rule.get("INTERVAL", [1])[0])
    if not 1 <= interval <= _LARGEST_INTERVAL:
        raise BrokenEntry(f"the event repeats at intervals of {interval}, which makes no sense")
    days = max((last - first.date()).days, 1)
    a_day = 24 / interval if frequency == "HOURLY" else len(rule.get("BYHOUR", [0]))
    steps = days * a_day * len(rule.get("BYMINUTE", [0])) * len(rule.get("BYSECOND", [0]))
    if steps > MAX_STEPS:
        raise BrokenEntry("the event has repeated too often since its start")


def _written(rule: Any) -> str:
    text: str = rule.to_ical().decode()
    return text


def _until(rule: Any, start: date | datetime) -> datetime | None:
    """The rule's last moment by the wall clock of its start."""
    until = (rule.get("UNTIL") or [None])[0]
    if until is None:
        return None
    if not isinstance(until, datetime):
        return datetime.combine(until, time.max)
    zone = start.tzinfo if isinstance(start, datetime) else None
    local = until.astimezone(zone) if until.tzinfo and zone else until
    return local.replace(tzinfo=None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _like(start: date | datetime, moment: datetime) -> date | datetime:
    return moment.replace(tzinfo=start.tzinfo) if isinstance(start, datetime) else moment.date()


def _add_dates(entry: Component, name: str, dates: list[date | datetime]) -> None:
    if dates:
        more = entry.get(name, [])
        listed = more if isinstance(more, list) else [more]
        entry[name] = [*listed, vDDDLists(dates)]


class _NoneUntilThen(Exception):
    """The rule named no date up to the year of interest."""


class _UntilYear(rrule):
    """A rule that is given up after a year.

    dateutil looks for a next date until the year 9999. For each year that it
    enters it asks once for the numbers of weeks, and there this counts.
    """

    def __init__(self, rule: Any, year: int) -> None:
        self.__dict__.update(rule.__dict__)
        self.__dict__["_years"] = max(year - rule._dtstart.year, 0) + 3

    @property
    def _byweekno(self) -> Any:
        self.__dict__["_years"] -= 1
        if self.__dict__["_years"] < 0:
            raise _NoneUntilThen
        return self.__dict__["_byweekno"]


_MOST_LINES = 5000
# A change of clocks comes once a year, on a day that every year has. A rule by
# the second, or for the 30th of February, would be followed for minutes.
_YEARLY = re.compile(
    r"RRULE:(?:(?:FREQ=YEARLY|INTERVAL=1|BYMONTH=\d{1,2}|BYDAY=(?:-1|[+]?[1-4])?(?:MO|TU|WE|TH|FR|SA|SU)"
    r"|BYMONTHDAY=(?:[12]?\d)(?:,[12]?\d)*|UNTIL=\d{8}(?:T\d{6}Z?)?|COUNT=\d{1,3}|WKST=[A-Z]{2}"
    r"|BYSETPOS=-?[1-5]|BYHOUR=\d{1,2}|BYMINUTE=\d{1,2}|BYSECOND=0)(?:;|$))+",
    re.IGNORECASE,
)


def is_sound_zone(lines: Sequence[str]) -> bool:
    """Whether a definition can be followed quickly; others are as if they were not there."""
    if len(lines) > _MOST_LINES:
        return False
    rules = [line.strip() for line in lines if line[:5].upper() == "RRULE"]
    return all(_YEARLY.fullmatch(rule) and "FREQ=YEARLY" in rule.upper() for rule in rules)
