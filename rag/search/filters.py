"""From constraints to SQL: which rows of the search table may be in the answer.

Every filter is SQL; nothing is dropped in Python afterwards. The circle is a
list of grid cells (for the index), then the squared chord (for exactness).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from events.grid import NO_CELL, cells_within, squared_chord, unit_vector

# Past this many cells (a radius of about 500 miles) the index no longer helps.
MOST_CELLS = 4000
# Keeps an event exactly at the rim inside despite the last bit of rounding
# (a chord of 3e-7, or about six feet).
_RIM = 1e-13


@dataclass(frozen=True, slots=True)
class Circle:
    """All points within `miles` of a centre in WGS84 degrees."""

    lat: float
    lng: float
    miles: float


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """What a row must satisfy. Times are aware, the range half-open.

    `is_virtual` True: one can attend online, wherever. False: one can attend
    in person, within the circle if there is one. None: within the circle, or
    online.
    """

    date_from: datetime
    date_to: datetime
    circle: Circle | None = None
    is_virtual: bool | None = None
    max_price: float | None = None
    age: int | None = None
    not_event_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """A SQL boolean over the search table `r` with its named parameters."""

    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __and__(self, other: Condition) -> Condition:
        return Condition(f"{self.sql} AND {other.sql}", {**self.parameters, **other.parameters})


def in_every_case(wanted: SearchFilter) -> Condition:
    """The conditions that hold wherever the event is: dates, price, age."""
    condition = Condition(
        "r.starts_at < %(date_to)s AND r.ends_at > %(date_from)s",
        {"date_from": wanted.date_from, "date_to": wanted.date_to},
    )
    if wanted.max_price is not None:
        condition &= Condition("r.min_price <= %(max_price)s", {"max_price": wanted.max_price})
    if wanted.age is not None:
        condition &= Condition(
            "(r.age_min IS NULL OR r.age_min <= %(age)s)"
            " AND (r.age_max IS NULL OR r.age_max >= %(age)s)",
            {"age": wanted.age},
        )
    if wanted.not_event_ids:
        condition &= Condition(
            "r.event_id <> ALL(%(not_event_ids)s)", {"not_event_ids": list(wanted.not_event_ids)}
        )
    return condition


def places_to_look(wanted: SearchFilter) -> list[Condition]:
    """Disjoint conditions on where the event is; a row matches when one of them holds."""
    online = Condition("r.can_attend_online")
    if wanted.is_virtual:
        return [online]
    in_person = Condition("r.can_attend_in_person")
    if wanted.circle is None:
        return [in_person] if wanted.is_virtual is False else [Condition("TRUE")]
    within = _within(wanted.circle)
    if wanted.is_virtual is False:
        return [within & in_person]
    beyond = Condition(f"NOT coalesce({within.sql}, FALSE)", within.parameters)
    return [within, online & beyond]


def _within(circle: Circle) -> Condition:
    x, y, z = unit_vector(circle.lat, circle.lng)
    near = Condition(
        "(r.x - %(x)s) ^ 2 + (r.y - %(y)s) ^ 2 + (r.z - %(z)s) ^ 2 <= %(chord)s",
        {"x": x, "y": y, "z": z, "chord": squared_chord(circle.miles) + _RIM},
    )
    cells = cells_within(circle.lat, circle.lng, circle.miles, limit=MOST_CELLS)
    if cells is None:
        return Condition(f"r.cell <> {NO_CELL}") & near
    return Condition("r.cell = ANY(%(cells)s)", {"cells": cells}) & near
