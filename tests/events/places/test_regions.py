"""One table of regions serves messages, suggestions and feeds."""

from __future__ import annotations

import pytest

from events.places.gazetteer import Gazetteer, find_extent, find_postal_code
from events.places.regions import Region, area_of, country_code, region_key, region_of


@pytest.mark.parametrize(
    ("words", "regions"),
    [
        ("Massachusetts", (Region("US", "MA", "Massachusetts"),)),
        ("mass", (Region("US", "MA"),)),
        ("MA", (Region("US", "MA", "Massachusetts"),)),
        ("NT", (Region("CA", name="Northwest Territories"), Region("AU", "03"))),
        ("georgia", (Region("US", "GA", "Georgia"), Region("GE"))),
        ("Wales", (Region("GB", name="Wales"),)),
        ("España", (Region("ES"),)),
        ("Victoria", ()),
        ("Macedonia", ()),
    ],
)
def test_words_of_a_message_name_regions(words: str, regions: tuple[Region, ...]) -> None:
    assert region_of(words) == regions


@pytest.mark.parametrize(
    ("name", "code"),
    [("Macedonia", "MK"), ("Wales", "GB"), ("Ivory Coast", "CI"), ("USA", "US"), ("in", "")],
)
def test_country_of_a_feed_is_read_more_generously(name: str, code: str) -> None:
    assert country_code(name) == code


def test_region_is_the_areas_of_the_place_table() -> None:
    assert Region("CA", name="Quebec").areas == ("CA-10",)
    assert Region("US", "MA").areas == (area_of("US", "MA"),) == ("US-MA",)
    assert Region("FR").areas == ("FR",)
    assert region_key("QC") == region_key("Québec") == "quebec"


def test_messages_and_imports_find_the_same_towns(db: None) -> None:
    found = Gazetteer().find(["newton", "no such town"])
    named = Gazetteer().named("Newton")

    assert set(found) == {"newton"}
    assert {town.id for town in found["newton"]} == {town.id for town in named}
    assert {town.label for town in named} > {"Newton, MA", "Newton, KS"}


def test_extent_of_a_region_holds_its_towns(db: None) -> None:
    extent = find_extent("US", "MA", "Massachusetts")

    assert extent is not None
    assert (extent.label, extent.timezone) == ("Massachusetts", "America/New_York")
    assert 90 < extent.radius_miles < 150
    assert find_extent("XX", None, None) is None


def test_postal_code_is_five_digits_that_exist(db: None) -> None:
    newton = find_postal_code("02458")

    assert newton is not None
    assert (newton.city, newton.state) == ("Newton", "MA")
    assert [find_postal_code(code) for code in ("00000", "0245", "０２４５８")] == [None] * 3
