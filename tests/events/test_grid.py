"""The grid never loses a point of a circle, wherever on the globe it lies."""

from __future__ import annotations

import math

from geopy.distance import great_circle
from hypothesis import example, given
from hypothesis import strategies as st

from core.grid import (
    CELLS,
    EARTH_RADIUS_MILES,
    cell_of,
    cells_in_box,
    cells_within,
    chord_to_miles,
    distance_miles,
    squared_chord,
    unit_vector,
)

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
radii = st.floats(0, 300)


@given(latitudes, longitudes)
@example(90.0, 180.0)
@example(-90.0, -180.0)
def test_every_point_has_a_cell(lat: float, lng: float) -> None:
    assert 0 <= cell_of(lat, lng) < CELLS


@given(latitudes, longitudes, radii, st.floats(0, 1), st.floats(0, 2 * math.pi))
@example(89.9, 10.0, 50.0, 1.0, 0.0)
@example(12.0, 179.99, 25.0, 1.0, math.pi / 2)
@example(-17.0, -180.0, 25.0, 1.0, 3 * math.pi / 2)
def test_cells_within_cover_every_point_of_the_circle(
    lat: float, lng: float, radius: float, share: float, bearing: float
) -> None:
    from_centre = great_circle(miles=radius * share).destination((lat, lng), math.degrees(bearing))
    cells = cells_within(lat, lng, radius, limit=200_000)
    assert cells is not None
    assert cell_of(from_centre.latitude, (from_centre.longitude + 180) % 360 - 180) in cells
    assert len(set(cells)) == len(cells)


@given(st.floats(0, math.pi * EARTH_RADIUS_MILES))
def test_chord_and_miles_are_inverse(miles: float) -> None:
    assert math.isclose(chord_to_miles(squared_chord(miles)), miles, rel_tol=1e-6, abs_tol=1e-3)


@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_agrees_with_geopy(a: float, b: float, c: float, d: float) -> None:
    expected = great_circle((a, b), (c, d)).miles
    assert math.isclose(distance_miles(a, b, c, d), expected, rel_tol=2e-4, abs_tol=0.01)


def test_unit_vector_has_length_one() -> None:
    assert math.isclose(sum(part**2 for part in unit_vector(42.3, -71.2)), 1.0)


def test_too_many_cells_are_refused() -> None:
    assert cells_within(42.0, -71.0, 100, limit=10) is None
    assert cells_within(42.0, -71.0, 20_000, limit=10**9) is None


@given(
    west=st.floats(-180, 180),
    width=st.floats(0, 30),
    south=st.floats(-90, 60),
    height=st.floats(0, 30),
    across=st.floats(0, 1),
    up=st.floats(0, 1),
)
def test_cells_of_a_box_hold_each_of_its_points(
    west: float, width: float, south: float, height: float, across: float, up: float
) -> None:
    east = (west + width + 180) % 360 - 180
    north = min(south + height, 90.0)
    cells = cells_in_box(west, south, east, north, limit=CELLS)
    assert cells is not None
    lng = (west + across * ((east - west) % 360) + 180) % 360 - 180
    assert cell_of(south + up * (north - south), lng) in cells


def test_cells_of_a_box_are_each_there_once_and_limited() -> None:
    whole = cells_in_box(-180, -90, 180, 90, limit=CELLS)
    assert whole is not None
    assert len(whole) == len(set(whole)) == CELLS
    assert cells_in_box(-180, -90, 180, 90, limit=1000) is None
