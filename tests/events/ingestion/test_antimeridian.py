"""Where longitudes jump from 180 to -180, nothing is far from what lies beside it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.zones import zone_or_none
from events.ingestion.locations.from_fields import from_fields
from events.ingestion.locations.venues import venue_key
from events.ingestion.records import RawPlace, VenueDraft
from events.merging.comparison import compare
from events.merging.facts import VenueFacts
from events.models import Event, Venue
from events.places.gazetteer import Gazetteer
from tests.events.merging.stored import DRAFT, store
from tests.events.merging.test_comparing import NIGHT, other

METRES_A_DEGREE = 111_195.0
latitudes = st.floats(-85, 85)
# Degrees east or west of the meridian.
offsets = st.floats(-0.5, 0.5)
# None near a distance at which the rules for places change.
metres = st.sampled_from([0, 1, 10, 100, 500, 1500, 5_000, 30_000, 60_000])


def wrapped(longitude: float) -> float:
    return (longitude + 180) % 360 - 180


def pair(lat: float, middle: float, apart: float) -> tuple[float, float]:
    """Two longitudes so many metres apart, on both sides of a middle."""
    half = apart / METRES_A_DEGREE / math.cos(math.radians(lat)) / 2
    return wrapped(middle - half), wrapped(middle + half)


@pytest.mark.django_db
@settings(deadline=None)
@given(latitudes, offsets)
@example(-16.85, 0.0)
@example(51.9, -0.0)
def test_point_near_the_meridian_is_the_venues_own_and_has_a_zone(
    lat: float, offset: float
) -> None:
    for longitude in {wrapped(180 + offset), -wrapped(-180 - offset)}:
        place = RawPlace("Reef", latitude=lat, longitude=longitude)
        where = from_fields(place, "", Gazetteer())
        assert where.venue is not None
        assert where.venue.latitude == pytest.approx(lat, abs=1e-7)
        assert where.venue.longitude == pytest.approx(longitude, abs=1e-7)
        assert where.venue.precision == "venue"
        assert zone_or_none(where.zone) == where.zone


@given(latitudes, st.floats(0, 0.0049))
def test_meridian_has_one_name_in_the_keys_of_venues(lat: float, offset: float) -> None:
    keys = {
        venue_key(VenueDraft("Reef", latitude=lat, longitude=longitude, precision="venue"))
        for longitude in (180.0, -180.0, 180 - offset, -180 + offset)
    }
    assert len(keys) == 1


@given(latitudes, offsets, metres, st.integers(-170, 170))
def test_distance_across_the_meridian_is_that_anywhere_else(
    lat: float, offset: float, apart: float, elsewhere: int
) -> None:
    def verdict(middle: float) -> tuple[bool, float, int | None]:
        west, east = pair(lat, middle, apart)
        one = replace(NIGHT, place=VenueFacts("Reef", "", lat, west, True))
        found = compare(one, other(place=VenueFacts("Lagoon", "", lat, east, True)))
        return found.same, found.score, found.features.metres_apart

    same, score, told = verdict(180 + offset)
    assert (same, score) == verdict(elsewhere)[:2]
    assert told == pytest.approx(apart, rel=0.01, abs=1)


@pytest.mark.django_db
@settings(max_examples=8, deadline=None)
@given(st.floats(-75, 75), offsets, metres)
@example(-16.85, 0.0, 100)
@example(5e-324, 0.0, 500)  # nearer to zero than SQL's trigonometry can bear
@example(-16.85, 0.0, 5_000)
@example(65.5, 0.0, 100)
def test_copies_are_found_across_the_meridian_as_anywhere_else(
    lat: float, offset: float, apart: float
) -> None:
    def merged(middle: float) -> int:
        Event.objects.all().delete()
        Venue.objects.all().delete()
        for source, name, longitude in zip(
            ("town", "paper"), ("Reef", "Lagoon"), pair(lat, middle, apart), strict=True
        ):
            place = RawPlace(name, latitude=lat, longitude=longitude)
            venue = from_fields(place, "", Gazetteer()).venue
            found = store(source, replace(DRAFT, venue=venue))
        return found.merged

    across = merged(180 + offset)
    assert across == merged(20.0)
    assert across == (1 if apart <= 100 else 0)
