"""Proposes the smallest changes of a search that found little, with what each finds.

The proposals are pure; a callback counts their events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from rag.types import Constraints, Relaxation
from rag.understanding.places.centre import wider_radii

MOST_RELAXATIONS = 4
_WIDEST_MILES = 250.0

Count = Callable[[Sequence[Constraints]], Sequence[int]]


def helpful_relaxations(
    constraints: Constraints, *, found: int, count: Count
) -> tuple[Relaxation, ...]:
    """Changes that bring more than `found` events, the smallest first, at most four."""
    helpful: list[Relaxation] = []
    possible = possible_relaxations(constraints)
    # Counted together, as many as could still be offered: most changes help.
    while batch := list(islice(possible, MOST_RELAXATIONS - len(helpful))):
        counts = count([relaxation.constraints for relaxation in batch])
        helpful += [
            replace(relaxation, matches=matches)
            for relaxation, matches in zip(batch, counts, strict=True)
            if matches > found
        ]
    return tuple(helpful)


def possible_relaxations(wishes: Constraints) -> Iterator[Relaxation]:
    """One change each, the smallest first; `message` is how a user would ask for it."""
    if wishes.max_price is not None:
        cheaper = _without(wishes, "max_price", "currency")
        yield Relaxation("price", "without the price limit", "any price", cheaper)
    yield from _later(wishes)
    yield from _wider(wishes)
    if wishes.is_virtual is not None:
        yield Relaxation(
            "attendance",
            "online or in person",
            "online or in person",
            _without(wishes, "is_virtual"),
        )
    if wishes.audience or wishes.age is not None:
        anyone = _without(wishes, "audience", "age")
        yield Relaxation("audience", "for any age", "for everyone", anyone)
    if wishes.times:
        yield Relaxation("times", "at any time", "at any time", _without(wishes, "times"))
    if wishes.date_from is not None or wishes.date_to is not None:
        any_day = _without(wishes, "date_from", "date_to")
        yield Relaxation("dates", "on any day", "any day", any_day)


def _without(wishes: Constraints, *names: str) -> Constraints:
    kept = {name: source for name, source in wishes.sources.items() if name not in names}
    absent = {name: () if name == "times" else None for name in names}
    return replace(wishes, **absent, sources=kept)  # type: ignore[arg-type]


def _later(wishes: Constraints) -> Iterator[Relaxation]:
    """The day after a single day, and the week after it."""
    if wishes.date_from is None or wishes.date_to is None:
        return
    if wishes.date_to - wishes.date_from > timedelta(days=4):
        return
    next_day = _midnight_after(wishes.date_to, ZoneInfo(wishes.timezone))
    for days, label in ((1, f"on {next_day:%A}"), (7, "in the week after")):
        later = replace(
            wishes,
            date_from=next_day,
            date_to=_midnight(next_day, ZoneInfo(wishes.timezone), days),
        )
        message = f"on {next_day:%Y-%m-%d}"
        if days > 1:
            last = next_day + timedelta(days=days - 1)
            message = f"from {next_day:%Y-%m-%d} to {last:%Y-%m-%d}"
        yield Relaxation("dates", label, message, later)


def _midnight_after(moment: datetime, zone: ZoneInfo) -> datetime:
    """The first local midnight at or after a moment."""
    local = moment.astimezone(zone)
    return local if local.time() == time() else _midnight(local, zone, 1)


def _midnight(day: datetime, zone: ZoneInfo, days: int) -> datetime:
    return datetime.combine(day.date() + timedelta(days=days), time(), zone)


def _wider(wishes: Constraints) -> Iterator[Relaxation]:
    """The next two round distances, then any."""
    near = wishes.max_distance_miles
    if wishes.place is None or near is None or wishes.is_virtual:
        return
    farther = [miles for miles in wider_radii(near) if 5 <= miles <= _WIDEST_MILES][:3:2]
    for miles in farther:
        around = replace(
            wishes,
            max_distance_miles=miles,
            sources={**wishes.sources, "max_distance_miles": "message"},
        )
        yield Relaxation("distance", f"within {miles:g} miles", f"within {miles:g} miles", around)
