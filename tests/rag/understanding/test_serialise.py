"""Constraints survive the way into a stored JSON object and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.types import AgeRange, Centre, Constraints, Mended, TimePattern
from rag.understanding import constraints_from_json, constraints_to_json
from tests.rag.understanding.conftest import Ask

_CENTRES = st.builds(
    Centre,
    label=st.text(max_size=20),
    lat=st.floats(-90, 90),
    lng=st.floats(-180, 180),
    location_id=st.none() | st.integers(1, 10**8),
    timezone=st.none() | st.just("America/New_York"),
    population=st.none() | st.integers(0, 10**8),
    kind=st.sampled_from(["place", "postal_code", "point"]),
)
_MOMENTS = st.none() | st.datetimes(
    timezones=st.just(timezone(timedelta(hours=-5))),
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
)
_WALL_TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
_WEEKDAYS = st.sets(st.integers(1, 7)).map(lambda days: tuple(sorted(days)))
_NTHS = st.sets(st.sampled_from([-1, 1, 2, 3])).map(tuple)
_PATTERNS = st.builds(TimePattern, _WEEKDAYS, _NTHS) | st.builds(
    TimePattern, _WEEKDAYS, _NTHS, st.builds(time, st.integers(1, 23)), _WALL_TIMES
)
_CONSTRAINTS = st.builds(
    Constraints,
    place=st.none() | _CENTRES,
    date_from=_MOMENTS,
    date_to=_MOMENTS,
    is_virtual=st.none() | st.booleans(),
    max_distance_miles=st.none() | st.floats(0, 10_000),
    max_price=st.none() | st.floats(0, 10_000),
    currency=st.none() | st.sampled_from(["EUR", "USD"]),
    age=st.none()
    | st.builds(AgeRange, st.integers(0, 120), st.none() | st.integers(0, 120))
    | st.builds(AgeRange, st.none(), st.integers(0, 120)),
    times=st.lists(_PATTERNS, max_size=3).map(tuple),
    any_of=st.lists(st.text(max_size=10), max_size=2).map(tuple),
    none_of=st.lists(st.text(max_size=10), max_size=2).map(tuple),
    order=st.sampled_from(["relevance", "start", "distance", "price"]),
    mended=st.lists(st.builds(Mended, st.text(max_size=5), st.text(max_size=5)), max_size=2).map(
        tuple
    ),
    audience=st.none() | st.just("kids"),
    query=st.text(max_size=30),
    sources=st.dictionaries(st.just("place"), st.sampled_from(["message", "session"])),
    alternatives=st.lists(_CENTRES, max_size=2).map(tuple),
    unknown_place=st.none() | st.text(max_size=10),
)


@given(_CONSTRAINTS)
def test_constraints_come_back_as_they_were(constraints: Constraints) -> None:
    stored = json.loads(json.dumps(constraints_to_json(constraints)))

    assert constraints_from_json(stored) == constraints


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
_KEYS = st.sampled_from([*constraints_to_json(Constraints()), "lat", "lng"])


@given(st.dictionaries(_KEYS, _JSON) | _JSON)
def test_anything_stored_is_read_or_refused_but_never_raises(stored: Any) -> None:
    read = constraints_from_json(stored)

    assert read is None or isinstance(read, Constraints)


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        "x",
        {"date_from": "yesterday"},
        {"date_from": "2026-11-20T15:00:00"},
        {"place": {"label": "Nowhere"}},
        {"place": {"label": "Off the map", "lat": 91, "lng": 0}},
        {"place": "Boston"},
        {"max_price": "20"},
        {"currency": "euros"},
        {"currency": 978},
        {"max_price": float("nan")},
        {"is_virtual": "yes"},
        {"sources": ["place"]},
        {"times": [{"weekdays": [8], "from": "00:00", "to": "00:00"}]},
        {"times": [{"weekdays": [1], "nth": [7], "from": "00:00", "to": "00:00"}]},
        {"times": [{"weekdays": [1], "from": "25:00", "to": "00:00"}]},
        {"order": "best"},
        {"age": {"min": "4"}},
        {"none_of": [4]},
    ],
)
def test_malformed_constraints_are_refused(stored: object) -> None:
    assert constraints_from_json(stored) is None


def test_json_has_every_key_of_the_contract(ask: Ask) -> None:
    stored = constraints_to_json(ask("jazz in Boston tomorrow"))

    assert set(stored) >= {
        "place",
        "date_from",
        "date_to",
        "is_virtual",
        "max_distance_miles",
        "max_price",
        "age",
        "audience",
        "query",
        "sources",
    }
    assert set(stored["place"]) >= {"label", "lat", "lng", "location_id"}
    assert stored["date_from"] == "2026-11-21T00:00:00-05:00"
    assert datetime.fromisoformat(stored["date_from"]).astimezone(UTC).hour == 5


def test_pattern_and_ages_stand_in_the_contracts_form() -> None:
    evenings = TimePattern((2,), (1, -1), time(17), time())
    wished = Constraints(times=(evenings, TimePattern((6, 7))), age=AgeRange(6, None))
    stored = constraints_to_json(wished)

    assert stored["times"] == [
        {"weekdays": [2], "nth": [1, -1], "from": "17:00", "to": "00:00"},
        {"weekdays": [6, 7], "nth": None, "from": "00:00", "to": "00:00"},
    ]
    assert stored["age"] == {"min": 6, "max": None}


def test_age_of_an_earlier_version_is_read() -> None:
    stored = {**constraints_to_json(Constraints()), "age": 4}

    read = constraints_from_json(stored)

    assert read is not None
    assert read.age == AgeRange(4, 4)
