"""Whatever is typed is understood somehow: quickly, with one query, without an error."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from rag.types import SearchContext
from rag.understanding import constraints_from_json, constraints_to_json, understand
from rag.understanding.places.lookup import StoredPlaces
from rag.understanding.places.own_names import own_names
from tests.rag.understanding.conftest import Ask

_WORDS = """
in near Boston MA , 02458 12/5 13/13 99/99 31.2. Dec Feb 30 31st the between and to - after 6pm
25:99 next last this Friday weekend week free under $ 20 miles km 5 within year old ages 4-7
online not in-person anywhere 0000 2026-13-45 2026-02-30 29th of until may march noon 12am 24:00
Easter Monday weekend' 'St.
"""
_ODD = [
    "\u2013",
    "\u20ac",
    "\xbd",
    "\u0663",
    "\u0130stanbul",
    "\ufdfd",
    "\u6771\u4eac",
    "\u05e9\u05dc\u05d5\u05dd",
    "\u0645\u0631\u062d\u0628\u0627",
    "\U0001f389",
    "\x00",
    "\u202e",
]
_FRAGMENTS = st.sampled_from([*_WORDS.split(), *_ODD])
_MESSAGES = st.text(min_size=1, max_size=200) | st.lists(_FRAGMENTS, min_size=1, max_size=12).map(
    " ".join
)
_NOWS = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2032, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    message=_MESSAGES,
    now=_NOWS,
    zone=st.sampled_from(["America/New_York", "Europe/Dublin", "Pacific/Apia", "Nowhere/Land"]),
)
def test_any_message_is_understood_without_an_error(
    gazetteer: StoredPlaces, message: str, now: datetime, zone: str
) -> None:
    context = SearchContext(timezone=zone)
    first = understand(message, now=now, gazetteer=gazetteer, context=context)
    second = understand(message, now=now, gazetteer=gazetteer, context=context, standing=first)

    for found in (first, second):
        for moment in (found.date_from, found.date_to):
            assert moment is None or moment.tzinfo is not None
        if found.date_from and found.date_to:
            assert found.date_from.timestamp() <= found.date_to.timestamp()
        assert set(found.sources.values()) <= {"message", "context", "session", "default"}


HOSTILE = {
    "numbers": "1" * 4000,
    "dates": "12/5 " * 800,
    "days": "dec " + "5, " * 1300,
    "ranges": "between " * 500,
    "towns": "in Boston, MA " * 280,
    "ages": "ages 6-" * 570,
    "prices": "$1 to " * 660,
    "fillers": "what about " * 360,
    "refinements": "ok and so " * 400,
    "spaces": " " * 3999 + "x",
    "emoji": "🎉" * 4000,
    "nulls": "\x00" * 4000,
    "capitals": "New York " * 440,
    "months": "jan to " * 570,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_message_is_read_like_any_other(ask: Ask, name: str) -> None:
    # How long it takes is measured by `benchmarks/understanding.py`.
    found = ask(HOSTILE[name][:4000])
    assert constraints_from_json(constraints_to_json(found)) == found


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("free jazz in Boston or near Newton, MA tomorrow for kids", 1),
        ("what's on around 02458?", 1),
        ("in the 3rd arrondissement of Paris, France", 1),
    ],
)
def test_message_costs_at_most_one_query(
    ask: Ask, django_assert_num_queries: DjangoAssertNumQueries, text: str, queries: int
) -> None:
    own_names()  # which are read once for many messages
    with django_assert_num_queries(queries):
        ask(text)


def test_long_message_is_read_at_both_ends(ask: Ask) -> None:
    filling = "lorem ipsum dolor " * 200

    assert ask(f"free jazz {filling}").max_price == 0
    found = ask(f"{filling}, in Boston")
    assert found.place is not None
    assert found.place.label == "Boston, MA"
