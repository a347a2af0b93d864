"""Places as understanding looks them up: the place table and the ZIP codes."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from rag.understanding.places.lookup import StoredPlaces

NEWTON_MA = 4945283


@pytest.fixture
def gazetteer(db: None) -> StoredPlaces:
    return StoredPlaces()


def test_find_answers_all_keys_with_one_query(
    gazetteer: StoredPlaces, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = gazetteer.find({"newton", "asheville", "no such town"})

    assert set(found) == {"newton", "asheville"}
    assert any(c.centre.location_id == NEWTON_MA and c.is_primary for c in found["newton"])


def test_find_orders_candidates_by_population(gazetteer: StoredPlaces) -> None:
    populations = [c.centre.population for c in gazetteer.find({"springfield"})["springfield"]]

    assert populations == sorted(populations, key=lambda p: p or 0, reverse=True)


def test_find_with_no_keys_asks_nothing(
    gazetteer: StoredPlaces, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert gazetteer.find(set()) == {}


def test_find_holds_every_place_of_a_common_name(gazetteer: StoredPlaces) -> None:
    codes = {c.centre.region_code for c in gazetteer.find({"santa rosa"})["santa rosa"]}

    assert {"CA", "NM", "TX"} <= codes


def test_by_id_gives_the_whole_centre(gazetteer: StoredPlaces) -> None:
    newton = gazetteer.by_id(NEWTON_MA)

    assert newton is not None
    assert (newton.label, newton.region, newton.region_code) == (
        "Newton, MA",
        "Massachusetts",
        "MA",
    )
    assert (newton.country_code, newton.timezone, newton.kind) == (
        "US",
        "America/New_York",
        "place",
    )
    assert gazetteer.by_id(1) is None


@pytest.mark.parametrize(
    ("code", "label"),
    [("02458", "02458, Newton, MA"), ("28801-1234", "28801, Asheville, NC"), ("00000", None)],
)
def test_postal_code_is_its_middle(gazetteer: StoredPlaces, code: str, label: str | None) -> None:
    centre = gazetteer.postal_code(code)

    assert (centre.label if centre else None) == label
    assert centre is None or centre.kind == "postal_code"


@pytest.mark.parametrize("code", ["", "1234", "abcde", "٣٣٣٣٣"])
def test_postal_code_that_is_none_is_unknown(gazetteer: StoredPlaces, code: str) -> None:
    assert gazetteer.postal_code(code) is None


@pytest.mark.parametrize(
    ("lat", "lng", "zone"),
    [
        (42.34, -71.2, "America/New_York"),
        (38.44, -122.71, "America/Los_Angeles"),
        (48.1, 11.6, "Europe/Berlin"),
        (-18.14, 178.44, "Pacific/Fiji"),
        (41.47, -87.06, "America/Chicago"),
        (0.0, -140.0, "Etc/GMT+9"),
        (90.0, 0.0, "Etc/GMT"),
    ],
)
def test_timezone_at_a_point_is_that_of_its_land_or_sea(
    gazetteer: StoredPlaces, lat: float, lng: float, zone: str
) -> None:
    assert gazetteer.timezone_at(lat, lng) == zone


def test_area_covers_a_state(gazetteer: StoredPlaces) -> None:
    area = gazetteer.region("US", "MA", None)

    assert area is not None
    assert area.centre.label == "Massachusetts"
    assert gazetteer.region("US", "XX", None) is None
