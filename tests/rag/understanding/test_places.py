"""Towns where the words make them one, and nowhere else."""

from __future__ import annotations

import pytest

from tests.rag.understanding.conftest import Ask

NAMED = [
    ("in boston", "Boston, MA"),
    ("WHAT'S ON IN BOSTON TONIGHT", "Boston, MA"),
    ("near newton ma", "Newton, MA"),
    ("Newton, Massachusetts", "Newton, MA"),
    ("Boston, MA, USA", "Boston, MA"),
    ("jazz Asheville", "Asheville, NC"),
    ("asheville", "Asheville, NC"),
    ("boston concerts this weekend", "Boston, MA"),
    ("austin live music", "Austin, TX"),
    ("philly food festivals", "Philadelphia, PA"),
    ("things to do in NYC", "New York City, NY"),
    ("events in new york this weekend", "New York City, NY"),
    ("comedy in la", "Los Angeles, CA"),
    ("what's happening in Washington, D.C.?", "Washington, DC"),
    ("events in Reading, PA", "Reading, PA"),
    ("events in reading", "Reading, PA"),
    ("portland or", "Portland, OR"),
    ("portland maine", "Portland, ME"),
    ("events in bloomington in december", "Bloomington, IN"),
    ("St. Louis tonight", "St. Louis, MO"),
    ("events in St Paul", "Saint Paul, MN"),
    ("Ft. Worth", "Fort Worth, TX"),
    ("Winston Salem NC this saturday", "Winston-Salem, NC"),
    ("going to Chicago dec 12-15", "Chicago, IL"),
    ("10 km from Boston", "Boston, MA"),
    ("in the Boston area", "Boston, MA"),
    ("in the Bronx", "The Bronx, NY"),
    ("book signing at Powell's in Portland", "Portland, OR"),
    ("events near Friday Harbor", "Friday Harbor, WA"),
    ("Paris, TX", "Paris, TX"),
    ("paris france", "Paris, France"),
    ("Cambridge, England", "Cambridge, England, United Kingdom"),
    ("Toronto, Ontario", "Toronto, Ontario, Canada"),
    ("münchen", "Munich, Germany"),
    ("around 02458", "02458, Newton, MA"),
    ("Newton, MA 02458", "02458, Newton, MA"),
    ("events near 94608 this Saturday", "94608, Emeryville, CA"),
    ("concerts in Massachusetts", "Massachusetts"),
]
NOT_NAMED = [
    "reading group for kids",
    "in reading club",
    "interested in reading",
    "mobile app events",
    "events in may",
    "orange county fair",
    "story time in Spanish",
    "concerts in central park",
    "in person events",
    "michael jackson tribute",
    "taylor swift concert",
    "miles davis night",
    "tribute to Prince",
    "salsa dancing lessons",
    "10000 steps challenge",
    "concert at Fenway Park",
    "near me",
    "in the evening",
    "free music",
    "sober events",
    "an evening with Lucy Foley",
    "Works in Progress: Adult Craft Circle",
    "jazz in the plaza",
    "day in Downtown",
    "on 4th street",
    "sunday brunch",
    "what's on in the park",
    "phoenix suns game",
]


@pytest.mark.parametrize(("text", "label"), NAMED)
def test_place_in_words_is_found(ask: Ask, text: str, label: str) -> None:
    place = ask(text).place

    assert place is not None
    assert place.label == label


@pytest.mark.parametrize("text", NOT_NAMED)
def test_place_is_not_made_of_other_words(ask: Ask, text: str) -> None:
    assert ask(text).place is None


def test_place_near_the_user_wins_over_a_larger_namesake(ask: Ask) -> None:
    in_kansas = ask("events in Newton", user_lat=37.69, user_lng=-97.34)

    assert in_kansas.place is not None
    assert in_kansas.place.label == "Newton, KS"


@pytest.mark.parametrize(
    ("text", "user", "label"),
    [
        ("events in Springfield", None, "Springfield, MO"),
        ("events in Springfield", (42.1, -72.6), "Springfield, MA"),
        ("events in Springfield", (39.9, -83.8), "Springfield, OH"),
        ("events in Springfield", (44.05, -123.02), "Springfield, OR"),
        ("events in Springfield", (21.3, -157.8), "Springfield, MO"),
        ("events in Portland", None, "Portland, OR"),
        ("events in Portland", (43.66, -70.25), "Portland, ME"),
        ("events in Paris", (33.66, -95.5), "Paris, TX"),
        ("events in Boston", (30.79, -83.79), "Boston, GA"),
        ("events in Philadelphia", (43.05, -76.15), "Philadelphia, PA"),
    ],
)
def test_ambiguous_place_is_the_one_near_the_user_else_the_most_populous(
    ask: Ask, text: str, user: tuple[float, float] | None, label: str
) -> None:
    given = {"user_lat": user[0], "user_lng": user[1]} if user else {}
    found = ask(text, zone=None, **given)

    assert found.place is not None
    assert found.place.label == label
    assert len(found.alternatives) >= 2
    assert {other.label.partition(",")[0] for other in found.alternatives} == {text.split()[-1]}


def test_alternatives_follow_by_population(ask: Ask) -> None:
    populations = [other.population or 0 for other in ask("in Springfield", zone=None).alternatives]

    assert populations == sorted(populations, reverse=True)


def test_ambiguous_location_of_the_context_has_alternatives_too(ask: Ask) -> None:
    found = ask("jazz", zone=None, location="Springfield")

    assert found.place is not None
    assert (found.place.label, found.sources["place"]) == ("Springfield, MO", "context")
    assert found.alternatives[0].label == "Springfield, MA"


def test_place_in_the_users_country_wins_over_a_larger_namesake(ask: Ask) -> None:
    here = ask("in Cambridge", zone="America/New_York").place
    there = ask("in Cambridge", zone="Europe/London").place

    assert here is not None
    assert there is not None
    assert (here.label, there.label) == ("Cambridge, MA", "Cambridge, England, United Kingdom")


def test_ambiguous_place_lists_at_most_five_others(ask: Ask) -> None:
    found = ask("events in Springfield")

    assert len(found.alternatives) == 5
    assert found.place not in found.alternatives


@pytest.mark.parametrize(
    ("text", "unknown"),
    [("events in Xyzzyville", "Xyzzyville"), ("events in Foobar, MA", "Foobar, MA")],
)
def test_unknown_place_is_named_as_such(ask: Ask, text: str, unknown: str) -> None:
    found = ask(text)

    assert found.place is None
    assert found.unknown_place == unknown


def test_state_has_a_radius_that_covers_it(ask: Ask) -> None:
    found = ask("concerts in Massachusetts")

    assert found.max_distance_miles is not None
    assert 80 < found.max_distance_miles < 200


def test_zone_of_the_place_is_used_when_the_user_gave_none(ask: Ask) -> None:
    found = ask("tomorrow in Santa Rosa, CA", zone=None)

    assert found.timezone == "America/Los_Angeles"
    assert found.date_from is not None
    assert found.date_from.isoformat() == "2026-11-21T00:00:00-08:00"


def test_words_before_a_town_with_its_zip_code_stay_the_topic(ask: Ask) -> None:
    assert ask("jazz in Newton, MA 02458").query == "jazz"
    assert ask("live jazz near New York, NY 10001").query == "live jazz"
