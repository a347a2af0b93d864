"""Suggestions agree with a plain reading of every name, whichever plan found them."""

from __future__ import annotations

import pytest
from django.db.models import Case, F, IntegerField, Max, Value, When
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from events.models import PlaceName
from events.places.gazetteer import find_postal_code
from events.places.suggestions import suggest_places
from events.places.typed_letters import WantedPlace, postal_code_in, read_letters


def _plainly(prefix: str, country_code: str | None, limit: int) -> list[int]:
    """The same answer by weighing every name that begins so."""
    names = PlaceName.objects.filter(key__startswith=prefix)
    if country_code:
        names = names.filter(place__country_code=country_code)
    whole = Case(When(key=prefix, then=Value(10)), default=1, output_field=IntegerField())
    own = Case(When(is_primary=True, then=Value(30)), default=1, output_field=IntegerField())
    weighed = names.values("place_id").annotate(weight=Max((F("population") + 1) * whole * own))
    return [row["place_id"] for row in weighed.order_by("-weight", "place_id")[:limit]]


@pytest.mark.parametrize("country_code", [None, "US", "FR", "LI"])
@pytest.mark.parametrize(
    "prefix", ["s", "x", "sa", "xq", "san", "amphoe", "santa", "saint", "ка", "с", "new y", "zzz"]
)
def test_suggestions_are_those_of_a_plain_reading(
    db: None, prefix: str, country_code: str | None
) -> None:
    found = suggest_places(prefix, limit=20, country_code=country_code)
    assert [place.pk for place in found] == _plainly(prefix, country_code, 20)


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("s", 1),
        ("newton", 1),
        ("newton, m", 1),
        ("paris tx", 1),
        ("02458", 2),  # the code itself, then the nearest town
        ("%", 0),
        ("00000", 1),
    ],
)
def test_suggestions_take_one_query_or_two(
    db: None, django_assert_num_queries: DjangoAssertNumQueries, text: str, queries: int
) -> None:
    find_postal_code.cache_clear()
    with django_assert_num_queries(queries):
        for place in suggest_places(text, limit=20):
            assert place.label


@pytest.mark.parametrize(
    ("text", "country_code", "wanted"),
    [
        ("newton, MA", None, WantedPlace("newton", ("MA", "US-MA"))),
        ("newton, ma", "US", WantedPlace("newton", ("US-MA",))),
        ("newton, ontario, canada", None, WantedPlace("newton", ("CA-08",))),
        ("newton,", "FR", WantedPlace("newton", ("FR",))),
        ("newton, nowhere", "FR", WantedPlace("newton nowhere", ("FR",))),
        ("newton tex", None, WantedPlace("newton tex", None, (("newton", "US-TX"),))),
        ("newton te", None, WantedPlace("newton te")),
        ("newton, ma 02458", None, WantedPlace("newton", ("MA", "US-MA"))),
        ("perth wa", None, WantedPlace("perth wa", None, (("perth", "AU"), ("perth", "US-WA")))),
        (
            "newton tx usa",
            None,
            WantedPlace("newton tx usa", None, (("newton", "US-TX"),)),
        ),
        ("newton tx", "FR", WantedPlace("newton tx", ("FR",))),
        (", tx", None, WantedPlace("tx")),
        ("--", None, None),
        ("new%", None, None),
        ("new_ton", None, None),
    ],
)
def test_letters_are_read_as_name_and_area(
    text: str, country_code: str | None, wanted: WantedPlace | None
) -> None:
    assert read_letters(text, country_code) == wanted


@pytest.mark.parametrize(
    ("prefix", "twin"),
    [
        ("saint lou", "st lou"),
        ("st lou", "saint lou"),
        ("mt vernon", "mount vernon"),
        ("fort collins", "ft collins"),
        ("st l", ""),
        ("stockholm", ""),
        ("saint", ""),
    ],
)
def test_first_word_is_spelled_in_two_ways(prefix: str, twin: str) -> None:
    assert WantedPlace(prefix).twin == twin


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("saint louis", "St. Louis, MO"),
        ("st. louis", "St. Louis, MO"),
        ("saint lou", "St. Louis, MO"),
        ("ft coll", "Fort Collins, CO"),
        ("boston ma usa", "Boston, MA"),
        ("boston, ma 02108", "Boston, MA"),
        ("munchen", "Munich, Germany"),
        ("København", "Copenhagen, Denmark"),
        ("NYC", "New York City, NY"),
        ("sao paulo", "São Paulo, Brazil"),
        ("paris tx", "Paris, TX"),
        ("newcastle nsw", "Newcastle, Australia"),
    ],
)
def test_best_suggestion_comes_first(db: None, text: str, label: str) -> None:
    assert suggest_places(text, limit=1)[0].label == label


@given(st.text(max_size=100), st.sampled_from([None, "US", "fr", "ZZ"]))
def test_any_letters_can_be_read(text: str, country_code: str | None) -> None:
    wanted = read_letters(text, country_code)
    if wanted is not None:
        assert wanted.prefix
        assert not set(wanted.prefix) & set("%_\\,\0")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" 02458 ", "02458"),
        ("02458-1", "02458"),
        ("0245", None),
        ("024581", None),
        ("٠٢٤٥٨", None),
        ("02458, ma", None),
    ],
)
def test_zip_code_is_five_digits(text: str, code: str | None) -> None:
    assert postal_code_in(text) == code
