"""Places to choose from over HTTP: the best first, narrowed, and hostile letters."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Person
from tests.serving import Service

NEWTON_MA = 4945283
NEWTON = {
    "id": NEWTON_MA,
    "label": "Newton, MA",
    "name": "Newton",
    "region": "Massachusetts",
    "country_code": "US",
    "lat": 42.33704,
    "lng": -71.20922,
    "population": 88817,
    "timezone": "America/New_York",
}


def _suggested(person: Person, q: str, **more: Any) -> list[dict[str, Any]]:
    response = person.client.get("/locations/suggest", params={"q": q, **more})
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()
    return found


def _labels(person: Person, q: str, **more: Any) -> list[str]:
    return [place["label"] for place in _suggested(person, q, **more)]


def test_suggestion_and_place_have_the_same_shape(ann: Person) -> None:
    assert _suggested(ann, "newton, ma", limit=1) == [NEWTON]
    assert ann.client.get(f"/locations/{NEWTON_MA}").json() == NEWTON


@pytest.mark.parametrize(
    ("q", "label"),
    [
        ("s", "Shanghai, China"),
        ("new", "New York City, NY"),
        ("san f", "San Francisco, CA"),
        ("SAN  F", "San Francisco, CA"),
        ("paris", "Paris, France"),
        ("paris, tx", "Paris, TX"),
        ("paris tx", "Paris, TX"),
        ("paris, texas", "Paris, TX"),
        ("paris, united states", "Paris, TX"),
        ("newton, m", "Newton, MA"),
        ("newton ma", "Newton, MA"),
        ("newton mass", "Newton, MA"),
        ("manchester, new h", "Manchester, NH"),
        ("manchester new hampshire", "Manchester, NH"),
        ("london, on", "London, Ontario, Canada"),
        ("london, canada", "London, Ontario, Canada"),
        ("London, Ontario, Canada", "London, Ontario, Canada"),
        ("cambridge, uk", "Cambridge, England, United Kingdom"),
        ("koln", "Köln, Germany"),
        ("köln", "Köln, Germany"),
        ("cologne", "Köln, Germany"),
        ("Muenchen", "Munich, Germany"),
        ("münch", "Munich, Germany"),
        ("NYC", "New York City, NY"),
        ("東京", "Tokyo, Japan"),
        ("st. john's, n", "St. John's, Newfoundland and Labrador, Canada"),
        ("90210", "Beverly Hills, CA"),
        ("90210-1234", "Beverly Hills, CA"),
    ],
)
def test_best_place_comes_first(ann: Person, q: str, label: str) -> None:
    assert _labels(ann, q)[0] == label


def test_whole_name_comes_before_a_longer_one_of_similar_size(ann: Person) -> None:
    """Nine times as many people live in that part of Paris as in the town in Texas."""
    found = _labels(ann, "paris")
    assert found.index("Paris, TX") < found.index("Paris 15 Vaugirard, France")


def test_own_name_comes_before_an_alternate_one(ann: Person) -> None:
    """Quito, three times as large, is "San Francisco de Quito" too."""
    found = _labels(ann, "san f", limit=20)
    assert found.index("San Francisco, CA") < found.index("San Fernando, Philippines")
    assert "Quito, Ecuador" not in found[:4]


def test_country_leaves_only_its_places(ann: Person) -> None:
    found = _suggested(ann, "newt", country="us", limit=20)
    assert found[0]["label"] == "Newton, MA"
    assert ({place["country_code"] for place in found}, len(found)) == ({"US"}, 20)
    assert _labels(ann, "paris, france", country="US") == []
    assert _labels(ann, "90210", country="CA") == []
    assert _labels(ann, "paris", country="ZZ") == []


@pytest.mark.parametrize("q", ["s", "sa", "san", "saint", "m, m", "a, us"])
def test_place_of_several_fitting_names_comes_once(ann: Person, q: str) -> None:
    ids = [place["id"] for place in _suggested(ann, q, limit=20)]
    assert len(ids) == len(set(ids)) == 20


def test_limit_is_eight_unless_told_and_takes_the_best(ann: Person) -> None:
    eight = _suggested(ann, "san")
    assert len(eight) == 8
    assert _suggested(ann, "san", limit=3) == eight[:3]
    assert _suggested(ann, "san", limit=20)[:8] == eight


@pytest.mark.parametrize(
    "q",
    [
        "%",
        "_",
        "pari_",
        "%aris",
        "san%f",
        "\0",
        "pa\0ris",
        "\\",
        "'; --",
        ",",
        "🎷",
        "xqzzy",
        "x" * 100,
    ],
)
def test_odd_letters_find_nothing_and_harm_nothing(ann: Person, q: str) -> None:
    assert _suggested(ann, q) == []


def test_nul_and_marks_part_words_like_spaces(ann: Person) -> None:
    assert _labels(ann, "san\0f")[0] == _labels(ann, "-san-f!")[0] == "San Francisco, CA"


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": " \t"}, "q"),
        ({"q": "x" * 101}, "q"),
        ({"q": "x", "limit": 0}, "limit"),
        ({"q": "x", "limit": 101}, "limit"),
        ({"q": "x", "limit": "many"}, "limit"),
        ({"q": "x", "country": "USA"}, "country"),
        ({"q": "x", "country": "U\0"}, "country"),
    ],
)
def test_wrong_parameter_is_named(ann: Person, parameters: dict[str, Any], field: str) -> None:
    response = ann.client.get("/locations/suggest", params=parameters)
    told = response.json()
    assert (response.status_code, told["code"], set(told["fields"])) == (
        422,
        "invalid_request",
        {field},
    )


def test_unknown_place_is_not_found(ann: Person) -> None:
    for unknown in (1, 2**63 - 1):
        response = ann.client.get(f"/locations/{unknown}")
        assert (response.status_code, response.json()) == (
            404,
            {"code": "not_found", "detail": "There is no such place.", "fields": {}},
        )
    assert ann.client.get("/locations/0").status_code == 422


def test_places_want_a_token(service: Service) -> None:
    with service.client() as nobody:
        for path in ("/locations/suggest?q=newton", f"/locations/{NEWTON_MA}"):
            response = nobody.get(path)
            assert (response.status_code, response.json()["code"]) == (401, "auth_required")
