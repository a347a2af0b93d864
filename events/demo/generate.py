"""The demonstration calendar: events as a pure function of the seed and the dates.

What happens on a date depends on the seed and that date alone; `now` only
picks which dates are wanted. Two runs on different days therefore agree on the
days that they share, and storing the later one adds days instead of copies.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from events.demo.catalogue import TOWNS, Kind, Slot, Town, kind_named, kinds_for
from events.demo.draft import Happening, invent_venues, make_draft
from events.ingestion.records import EventDraft

SEED = 20
COUNT = 1400
# Yesterday and the 62 days after it: whatever today is, that holds all of next month.
DAYS = 63
# How busy the days of a week are, Monday first; their sum is one week.
_BUSYNESS = (16, 17, 18, 19, 21, 38, 25)
_BEFORE = (0, *itertools.accumulate(_BUSYNESS))
_FRIDAY, _SATURDAY = 4, 5
# A town has a festival every fourth weekend.
_FESTIVAL_WEEKS = 4
_SERIES_SHARE = {"evening": 0.5, "family": 0.5, "day": 0.5, "online": 0.6, "festival": 0.0}


@dataclass(frozen=True, slots=True)
class _Opening:
    """A gap in the week that one event fills; `number` tells equal ones apart."""

    town: Town
    slot: Slot
    number: int = 0

    @property
    def key(self) -> str:
        return f"{self.town.place_id}-{self.slot}-{self.number}"


def generate_events(now: datetime, seed: int = SEED, count: int = COUNT) -> Iterator[EventDraft]:
    """Yields exactly `count` events from yesterday to nine weeks later, by date.

    The same for every `now` of one day (UTC) and one seed. With the default
    count each town has an evening event on every day, one for families on every
    Saturday, and a farmers market and a jazz night every week.
    """
    venues = {
        town.place_id: invent_venues(town, _random(seed, "venues", town.place_id)) for town in TOWNS
    }
    yesterday = now.astimezone(UTC).date() - timedelta(days=1)
    for offset in range(DAYS):
        day = yesterday + timedelta(days=offset)
        for opening in itertools.islice(_openings(day, seed), _share(day, count)):
            happening = _fill(opening, day, seed)
            yield make_draft(happening, venues[opening.town.place_id])


def _share(day: date, count: int) -> int:
    """How many of `count` events fall on `day`; over any `DAYS` in a row it sums to `count`."""
    return _count_before(day + timedelta(days=1), count) - _count_before(day, count)


def _count_before(day: date, count: int) -> int:
    busyness = _week(day) * _BEFORE[7] + _BEFORE[day.weekday()]
    return count * busyness // (DAYS // 7 * _BEFORE[7])


def _week(day: date) -> int:
    return (day.toordinal() - 1) // 7  # ordinal 1 was a Monday


def _openings(day: date, seed: int) -> Iterator[_Opening]:
    """What a date has room for, most wanted first, without end."""
    weekday = day.weekday()
    order = list(TOWNS)
    _random(seed, "order", weekday).shuffle(order)
    for town in order:
        yield _Opening(town, "evening")
    # The hosts of online events sit anywhere, which gives these their zone.
    yield _Opening(order[0], "online")
    if weekday % 2:
        yield _Opening(order[1], "online")
    yield from _weekend_openings(day, order)
    yield from _festivals(day, order, seed)
    for number in itertools.count(1):
        for position, town in enumerate(order):
            slot: Slot = "family" if (position + number) % 3 == 0 else "day"
            yield _Opening(town, slot, number)


def _weekend_openings(day: date, order: list[Town]) -> Iterator[_Opening]:
    if day.weekday() == _SATURDAY:
        for town in order:
            yield _Opening(town, "family")
    for town in order:
        if day.weekday() == _market_day(town):
            yield _Opening(town, "day")


def _market_day(town: Town) -> int:
    """Half of the towns have their market on Saturday, the others on Sunday."""
    return _SATURDAY + TOWNS.index(town) % 2


def _jazz_day(town: Town) -> int:
    """Half of the towns have their jazz night on Friday, the others on Saturday."""
    return _FRIDAY + TOWNS.index(town) % 2


def _festivals(day: date, order: list[Town], seed: int) -> Iterator[_Opening]:
    if day.weekday() not in (_FRIDAY, _SATURDAY):
        return
    week = _week(day)
    for town in order:
        if (week + TOWNS.index(town)) % _FESTIVAL_WEEKS:
            continue
        begins_on = _FRIDAY if _festival(town, week, seed).days == 3 else _SATURDAY
        if day.weekday() == begins_on:
            yield _Opening(town, "festival")


def _festival(town: Town, week: int, seed: int) -> Kind:
    return _random(seed, "festival", town.place_id, week).choice(kinds_for("festival"))


def _fill(opening: _Opening, day: date, seed: int) -> Happening:
    """Chooses what happens: a series draws its constants from the weekday alone."""
    weekly = _random(seed, opening.key, day.weekday())
    once = _random(seed, opening.key, day.toordinal())
    kind = _staple(opening, day)
    series = kind is not None or weekly.random() < _SERIES_SHARE[opening.slot]
    constants = weekly if series else once
    if opening.slot == "festival":
        kind = _festival(opening.town, _week(day), seed)
    elif kind is None:
        kinds = kinds_for(opening.slot)
        kind = constants.choice([kind for kind in kinds if kind.weekly or not series])
    return Happening(
        external_id=f"{opening.key}-{day:%Y%m%d}",
        series_id=f"{opening.key}-{day:%a}-{kind.key}".lower() if series else "",
        town=opening.town,
        day=day,
        kind=kind,
        constants=constants,
        variations=once,
    )


def _staple(opening: _Opening, day: date) -> Kind | None:
    """What every town has every week, so that one can ask for it anywhere."""
    if opening.slot == "day" and opening.number == 0:
        return kind_named("farmers-market")
    if opening.slot == "evening" and day.weekday() == _jazz_day(opening.town):
        return kind_named("jazz")
    return None


def _random(*parts: object) -> Random:
    """A source of choices that is the same in every process for the same parts."""
    return Random("/".join(map(str, parts)))  # noqa: S311 - invented events, not secrets
