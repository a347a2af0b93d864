"""Where a row is, as SQL: within a circle or a box, by grid cells first, then exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.grid import NO_CELL, cells_in_box, cells_within, squared_chord, unit_vector

# Past this many cells (a radius of about 500 miles) the index no longer helps.
MOST_CELLS = 4000
# Added to the squared chord (3e-7, about six feet), so that rounding excludes no event
# exactly at the rim.
_RIM = 1e-13
# The same for the edges of a box, in degrees (about half an inch).
_EDGE = 1e-7


@dataclass(frozen=True, slots=True)
class Circle:
    """All points within `miles` of a centre in WGS84 degrees."""

    lat: float
    lng: float
    miles: float


@dataclass(frozen=True, slots=True)
class Box:
    """All points between two meridians and two parallels, in WGS84 degrees, edges included.

    With `west` greater than `east` it crosses the antimeridian.
    """

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Condition:
    """A SQL boolean over the search table `r` with its named parameters."""

    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __and__(self, other: Condition) -> Condition:
        return Condition(f"{self.sql} AND {other.sql}", {**self.parameters, **other.parameters})


def squared_chord_to(prefix: str) -> str:
    """SQL for the squared chord between a row and the point of three parameters."""
    return " + ".join(
        f"(r.{axis} - %({prefix}{axis})s::float8) * (r.{axis} - %({prefix}{axis})s::float8)"
        for axis in "xyz"
    )


def near(circle: Circle) -> Condition:
    x, y, z = unit_vector(circle.lat, circle.lng)
    return Condition(
        f"{squared_chord_to('')} <= %(chord)s",
        {"x": x, "y": y, "z": z, "chord": squared_chord(circle.miles) + _RIM},
    )


def in_cells(circle: Circle) -> Condition:
    cells = cells_within(circle.lat, circle.lng, circle.miles, limit=MOST_CELLS)
    if cells is None:
        return Condition(f"r.cell <> {NO_CELL}")
    return Condition("r.cell = ANY(%(cells)s::int[])", {"cells": _as_array(cells)})


def _as_array(cells: list[int]) -> str:
    """As text, which psycopg passes on much sooner than a list."""
    return "{" + ",".join(map(str, cells)) + "}"


def in_box(box: Box, *, by_cells: bool) -> Condition:
    """By its cells first; then the sine of the latitude, which is z, and the longitude."""
    condition = Condition("r.can_attend_in_person")
    if by_cells:
        cells = cells_in_box(box.west, box.south, box.east, box.north, limit=MOST_CELLS)
        if cells is None:
            condition &= Condition(f"r.cell <> {NO_CELL}")
        else:
            condition &= Condition(
                "r.cell = ANY(%(box_cells)s::int[])", {"box_cells": _as_array(cells)}
            )
    condition &= Condition(
        "r.z BETWEEN %(south)s::float8 AND %(north)s::float8",
        {
            "south": math.sin(math.radians(max(box.south - _EDGE, -90))),
            "north": math.sin(math.radians(min(box.north + _EDGE, 90))),
        },
    )
    if box.east - box.west >= 360:
        return condition
    east_of = "(degrees(atan2(r.y, r.x)) - %(west)s::float8)"
    return condition & Condition(
        f"{east_of} - 360 * floor({east_of} / 360) <= %(width)s::float8",
        {"west": box.west - _EDGE, "width": (box.east - box.west) % 360 + 2 * _EDGE},
    )
