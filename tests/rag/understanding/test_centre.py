"""The one centre of a search and its radius, in the contract's order."""

from __future__ import annotations

import pytest

from tests.rag.understanding.conftest import Ask

NEWTON_MA = 4945283
ASHEVILLE = {"user_lat": 35.6, "user_lng": -82.55}


@pytest.mark.parametrize(
    ("text", "context", "label", "source"),
    [
        ("in Boston", {"location_id": NEWTON_MA, **ASHEVILLE}, "Boston, MA", "message"),
        (
            "jazz",
            {"location_id": NEWTON_MA, "max_distance_miles": 5.0, **ASHEVILLE},
            "Your location",
            "context",
        ),
        ("jazz", {"location_id": NEWTON_MA, **ASHEVILLE}, "Newton, MA", "context"),
        ("jazz", {"location_id": NEWTON_MA, "location": "Boston"}, "Newton, MA", "context"),
        ("jazz", {"location": "Davis, CA", **ASHEVILLE}, "Davis, CA", "context"),
        ("jazz", {"location": "reading"}, "Reading, PA", "context"),
        ("jazz", {"location": "02458"}, "02458, Newton, MA", "context"),
        ("jazz", ASHEVILLE, "Your location", "context"),
        ("near me", {"location_id": NEWTON_MA, **ASHEVILLE}, "Your location", "context"),
        ("near me", {"location_id": NEWTON_MA}, "Newton, MA", "context"),
    ],
)
def test_centre_follows_the_order_of_the_contract(
    ask: Ask, text: str, context: dict[str, object], label: str, source: str
) -> None:
    found = ask(text, **context)

    assert found.place is not None
    assert found.place.label == label
    assert found.sources["place"] == source


def test_anywhere_drops_the_place_of_the_context_too(ask: Ask) -> None:
    found = ask("jazz anywhere", location_id=NEWTON_MA)

    assert found.place is None
    assert found.max_distance_miles is None
    assert found.query == "jazz"


@pytest.mark.parametrize(
    ("text", "context", "miles"),
    [
        ("in Montclair, NJ", {}, 10.0),
        ("in Asheville", {}, 15.0),
        ("in Boston", {}, 20.0),
        ("in Chicago", {}, 25.0),
        ("in NYC", {}, 30.0),
        ("around 02458", {}, 8.0),
        ("near me", ASHEVILLE, 25.0),
    ],
)
def test_default_radius_fits_the_size(
    ask: Ask, text: str, context: dict[str, object], miles: float
) -> None:
    found = ask(text, **context)

    assert found.max_distance_miles == miles
    assert found.sources["max_distance_miles"] == "default"


def test_words_distance_wins_over_the_contexts(ask: Ask) -> None:
    found = ask("within 3 miles of Boston", max_distance_miles=50.0)

    assert found.max_distance_miles == 3.0
    assert found.sources["max_distance_miles"] == "message"


def test_distance_without_any_centre_is_kept(ask: Ask) -> None:
    found = ask("within 3 miles")

    assert (found.place, found.max_distance_miles) == (None, 3.0)


def test_bare_point_has_the_zone_of_its_nearest_town(ask: Ask) -> None:
    found = ask("tomorrow", zone=None, user_lat=38.44, user_lng=-122.71)

    assert found.timezone == "America/Los_Angeles"


def test_numeric_date_follows_the_country_of_the_place(ask: Ask) -> None:
    found = ask("12/5 in London, UK", zone="America/New_York")

    assert found.date_from is not None
    assert found.date_from.strftime("%d %B") == "12 May"
