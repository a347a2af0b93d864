"""A grid of near-equal cells over the globe, and circles in terms of it.

The sphere is cut into bands of `BAND_DEGREES` of latitude, and each band into
as many columns as keep its cells about as wide as they are high at the band's
edge nearest the equator. Cells of one band have consecutive numbers, so that a
cell is one integer and a circle a short list of them. Points are unit vectors:
a radius is a chord, which knows no poles and no antimeridian.
"""

from __future__ import annotations

import math
from itertools import accumulate

EARTH_RADIUS_MILES = 3958.7613
BAND_DEGREES = 0.25
BANDS = round(180 / BAND_DEGREES)
NO_CELL = -1
# Rounding in the cell arithmetic must never lose an event at the rim: the
# circle is covered with this much to spare (about 0.07 miles).
_COVER_SLACK_DEGREES = 0.001


def _columns(band: int) -> int:
    south = band * BAND_DEGREES - 90
    north = south + BAND_DEGREES
    nearest_equator = 0.0 if south <= 0 <= north else min(abs(south), abs(north))
    return max(1, round(360 * math.cos(math.radians(nearest_equator)) / BAND_DEGREES))


_COLUMNS = [_columns(band) for band in range(BANDS)]
_FIRST_CELL = [0, *accumulate(_COLUMNS)]
CELLS = _FIRST_CELL[-1]


def unit_vector(lat: float, lng: float) -> tuple[float, float, float]:
    """(x, y, z) on the unit sphere of a point in WGS84 degrees."""
    phi, lam = math.radians(lat), math.radians(lng)
    return (math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi))


def squared_chord(miles: float) -> float:
    """The squared straight-line distance on the unit sphere of a great-circle one.

    A distance of half the globe or more gives 4, which every point is within.
    """
    angle = miles / EARTH_RADIUS_MILES
    if angle >= math.pi:
        return 4.0
    return 4 * math.sin(angle / 2) ** 2


def chord_to_miles(squared: float) -> float:
    """Great-circle miles of a squared chord; rounding beyond [0, 4] is clamped."""
    return 2 * EARTH_RADIUS_MILES * math.asin(math.sqrt(min(max(squared, 0.0), 4.0)) / 2)


def distance_miles(lat: float, lng: float, other_lat: float, other_lng: float) -> float:
    """Great-circle miles between two points in degrees."""
    here, there = unit_vector(lat, lng), unit_vector(other_lat, other_lng)
    return chord_to_miles(sum((a - b) ** 2 for a, b in zip(here, there, strict=True)))


def _band(lat: float) -> int:
    return min(max(int((lat + 90) / BAND_DEGREES), 0), BANDS - 1)


def cell_of(lat: float, lng: float) -> int:
    """The number of the cell that holds a point in degrees."""
    band = _band(lat)
    columns = _COLUMNS[band]
    column = int(((lng + 180) % 360) / 360 * columns)
    return _FIRST_CELL[band] + min(column, columns - 1)


def cells_within(lat: float, lng: float, miles: float, *, limit: int) -> list[int] | None:
    """Every cell that a circle touches, or None when there are more than `limit`."""
    reach = math.degrees(miles / EARTH_RADIUS_MILES) + _COVER_SLACK_DEGREES
    if reach >= 90:
        return None
    half_width = _longitude_reach(lat, reach)
    cells: list[int] = []
    for band in range(_band(lat - reach), _band(lat + reach) + 1):
        cells.extend(_cells_of_band(band, lng, half_width))
        if len(cells) > limit:
            return None
    return cells


def cells_in_box(
    west: float, south: float, east: float, north: float, *, limit: int
) -> list[int] | None:
    """Every cell that a box in degrees touches, or None when there are more than `limit`.

    A box whose west is greater than its east crosses the antimeridian.
    """
    half_width = 180.0
    if east - west < 360:
        half_width = (east - west) % 360 / 2 + _COVER_SLACK_DEGREES
    middle = west + (east - west) % 360 / 2
    cells: list[int] = []
    southern, northern = south - _COVER_SLACK_DEGREES, north + _COVER_SLACK_DEGREES
    for band in range(_band(southern), _band(northern) + 1):
        cells.extend(_cells_of_band(band, middle, half_width))
        if len(cells) > limit:
            return None
    return cells


def _longitude_reach(lat: float, reach: float) -> float:
    """Half the width in longitude of a circle of `reach` degrees; 180 when it holds a pole."""
    if abs(lat) + reach >= 90:
        return 180.0
    ratio = math.sin(math.radians(reach)) / math.cos(math.radians(lat))
    return math.degrees(math.asin(min(ratio, 1.0))) + _COVER_SLACK_DEGREES


def _cells_of_band(band: int, lng: float, half_width: float) -> list[int]:
    columns, first = _COLUMNS[band], _FIRST_CELL[band]
    if half_width >= 180:
        return list(range(first, first + columns))
    west = math.floor((lng - half_width + 180) / 360 * columns)
    east = math.floor((lng + half_width + 180) / 360 * columns)
    if east - west + 1 >= columns:
        return list(range(first, first + columns))
    return [first + column % columns for column in range(west, east + 1)]
