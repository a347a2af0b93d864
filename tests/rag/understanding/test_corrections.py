"""A correction changes one wish and keeps the others; a new subject drops what was its own."""

from __future__ import annotations

from typing import Any

import pytest

from rag.types import Constraints
from tests.rag.understanding.conftest import Ask, local

FIRST = "free jazz for kids near Newton, MA this weekend"


def _in_force(found: Constraints) -> dict[str, Any]:
    return {
        "place": found.place.label if found.place else None,
        "date_from": local(found.date_from),
        "max_price": found.max_price,
        "audience": found.audience,
        "times": [pattern.weekdays for pattern in found.times],
    }


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("forget free", {"max_price": None}),
        ("any price", {"max_price": None}),
        ("i don't care about the price", {"max_price": None}),
        ("only in Boston, MA", {"place": "Boston, MA"}),
        ("ok back to Boston", {"place": "Boston, MA"}),
        ("for adults only", {"audience": "adults"}),
        ("for everyone", {"audience": None}),
        ("on weekends", {"times": [(6, 7)]}),
        ("no, I meant next week", {"date_from": "2026-11-23T00:00"}),
        ("no wait, sunday only", {"date_from": "2026-11-22T00:00"}),
        ("any day", {"date_from": None}),
        ("the week after", {"date_from": "2026-11-23T00:00"}),
        ("and the one after that", {"date_from": "2026-11-27T17:00"}),
        ("anywhere", {"place": None}),
        ("no country", {}),
        ("thanks", {}),
    ],
)
def test_correction_changes_one_wish(ask: Ask, text: str, changed: dict[str, Any]) -> None:
    before = ask(FIRST)
    after = ask(text, standing=before)

    assert _in_force(after) == _in_force(before) | changed
    assert after.query.split()[0] == "jazz"


def test_new_subject_drops_price_and_audience_of_the_old(ask: Ask) -> None:
    after = ask("concerts in Boston", standing=ask("free puppet shows for kids in Newton, MA"))

    assert (after.max_price, after.audience, after.query) == (None, None, "concerts")


def test_detail_of_the_same_subject_keeps_them(ask: Ask) -> None:
    before = ask("free puppet shows for kids in Newton, MA")
    after = ask("outdoor ones", standing=before)

    assert (after.max_price, after.audience) == (0, "kids")


def test_bare_answer_fills_what_was_asked_for(ask: Ask) -> None:
    nowhere = ask("what's on tonight near me")
    there = ask("davis, california", standing=nowhere)
    then = ask("the 6th", standing=there)
    about = ask("country music", standing=then)

    assert there.place is not None
    assert there.place.label == "Davis, CA"
    assert there.date_from == nowhere.date_from
    assert local(then.date_from) == "2026-12-06T00:00"
    assert (about.query, about.place, about.date_from) == (
        "country music",
        there.place,
        then.date_from,
    )


def test_place_in_the_words_stays_beside_the_location_that_a_client_repeats(ask: Ask) -> None:
    named = ask("kids stuff near Newton, MA", location="Boston, MA")
    repeated = ask("make it 25 miles", standing=named, location="Boston, MA")
    moved = ask("this weekend", standing=repeated, location="Davis, CA")

    assert repeated.place is not None
    assert (repeated.place.label, repeated.sources["place"]) == ("Newton, MA", "session")
    assert moved.place is not None
    assert moved.place.label == "Davis, CA"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("whats up in AVL tonight", "Asheville, NC"),
        ("flying into SMF saturday what can we do", "Sacramento, CA"),
        ("philly this weekend", "Philadelphia, PA"),
        ("jazz in chi-town", "Chicago, IL"),
        ("LAX tomorrow", "Los Angeles, CA"),
        ("concerts near SFO", "San Francisco, CA"),
        ("surely Boston has something like that", "Boston, MA"),
        ("we're staying close to Davis, CA", "Davis, CA"),
    ],
)
def test_nicknames_airports_and_places_anywhere(ask: Ask, text: str, label: str) -> None:
    place = ask(text).place

    assert place is not None
    assert place.label == label
