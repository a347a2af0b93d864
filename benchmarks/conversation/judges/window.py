"""Windows of time, compared by what they accept and not by how they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

_STEP = timedelta(minutes=30)
_MARGIN = timedelta(days=2)
_DEFAULT = timedelta(days=30)
_WEEK = timedelta(days=7)
_MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open range of local wall-clock time and the patterns within it; None is open."""

    start: datetime | None
    end: datetime | None
    times: Sequence[Mapping[str, Any]]

    def accepts(self, moment: datetime) -> bool:
        """Whether something that begins at this local moment lies within."""
        if self.start is not None and moment < self.start:
            return False
        if self.end is not None and moment >= self.end:
            return False
        return self.fits_pattern(moment)

    def fits_pattern(self, moment: datetime) -> bool:
        """Whether one of the patterns holds the moment; without patterns all do."""
        return not self.times or any(_fits(pattern, moment) for pattern in self.times)


def read_window(constraints: Mapping[str, Any]) -> Window:
    """The window of expected constraints, whose dates are local and without offset."""
    start, end = (
        datetime.fromisoformat(constraints[key]) if constraints.get(key) else None
        for key in ("date_from", "date_to")
    )
    return Window(start, end, constraints.get("times") or ())


def _fits(pattern: Mapping[str, Any], moment: datetime) -> bool:
    first = _clock(pattern.get("from"))
    last = _clock(pattern.get("to"))
    clock = moment.time()
    if first < last or last == _MIDNIGHT:
        return first <= clock and (last == _MIDNIGHT or clock < last) and _on(pattern, moment)
    if first == last or clock >= first:
        return _on(pattern, moment)
    # What crosses midnight belongs to the day on which it began.
    return clock < last and _on(pattern, moment - timedelta(days=1))


def _clock(text: str | None) -> time:
    return time.fromisoformat("00:00" if text in (None, "", "24:00") else text)


def _on(pattern: Mapping[str, Any], day: datetime) -> bool:
    weekdays, nth = pattern.get("weekdays"), pattern.get("nth")
    if weekdays and day.isoweekday() not in weekdays:
        return False
    is_last = (day + _WEEK).month != day.month
    return not nth or (day.day - 1) // 7 + 1 in nth or (is_last and -1 in nth)


def first_difference(
    expected: Window, answered: Window, *, now: datetime, tolerance: timedelta = timedelta()
) -> datetime | None:
    """The first half hour that one accepts and the other does not; None when they are the same.

    Only the sides that the expectation gives are compared: with patterns and no dates the
    patterns alone, with one date that edge alone. A start in the past is now. What is
    within `tolerance` of an edge of the expected window does not count.
    """
    if expected.start is None and expected.end is None:
        expected, answered = (Window(None, None, each.times) for each in (expected, answered))
    first, last = _compared(expected, now)
    expected, answered = _from_now(expected, now), _from_now(answered, now)
    moment = first.replace(minute=first.minute // 30 * 30, second=0, microsecond=0)
    while moment < last:
        wanted = expected.accepts(moment)
        if wanted != answered.accepts(moment) and not _near_edge(expected, moment, tolerance):
            return moment
        moment += _STEP
    return None


def _from_now(window: Window, now: datetime) -> Window:
    return Window(max(now, window.start or now), window.end, window.times)


def _compared(expected: Window, now: datetime) -> tuple[datetime, datetime]:
    """The range that is looked at: beyond an edge that is not given, nothing is."""
    start, end = expected.start, expected.end
    if start is None and end is None:
        return now, now + _DEFAULT
    if end is None:
        assert start is not None
        return max(now, start) - _MARGIN, max(now, start) + _STEP
    return (end - _STEP if start is None else max(now, start) - _MARGIN), end + _MARGIN


def _near_edge(window: Window, moment: datetime, tolerance: timedelta) -> bool:
    wanted = window.accepts(moment)
    steps = tolerance // _STEP
    return any(
        window.accepts(moment + _STEP * step) != wanted for step in range(-steps, steps + 1) if step
    )
