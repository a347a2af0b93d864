from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.merging.comparison import compare
from events.merging.explanation import reasons_of, sentence
from events.merging.facts import Facts, VenueFacts, link_of
from tests.events.ingestion.moments import utc

DOOR = VenueFacts("Blue Door", "Davis", 38.5449, -121.7405, True)
NIGHT = Facts(1, "town", "Jazz Night", utc(2026, 12, 6, 3), "America/Los_Angeles", place=DOOR)


def other(**fields: object) -> Facts:
    return replace(NIGHT, id=2, source="paper", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"title": "Jazz Night at the Blue Door"},
        {"title": "JAZZ NIGHT 2026"},
        {"place": replace(DOOR, name="The Blue Door Club")},
        {"start": NIGHT.start + timedelta(minutes=30)},
        {"start": utc(2026, 12, 5, 8), "title": "Jazz Night with the Trio"},
    ],
)
def test_compare_knows_one_happening(fields: dict[str, object]) -> None:
    assert compare(NIGHT, other(**fields)).same


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Poetry Slam"},
        {"start": NIGHT.start + timedelta(days=1)},
        {"start": NIGHT.start + timedelta(hours=4)},
        {"place": VenueFacts("Red Barn", "Davis", 38.60, -121.80, True)},
        {"place": VenueFacts("Red Barn", "Davis")},
    ],
)
def test_compare_knows_two_happenings(fields: dict[str, object]) -> None:
    assert not compare(NIGHT, other(**fields)).same


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Watercolor Part 1", "Watercolor Part 2"),
        ("Kids Hip Hop - Ages 4,5,6", "Kids Hip Hop - Ages 7,8,9"),
        ("Girls JV Volleyball vs Windsor", "Girls Varsity Volleyball vs Windsor"),
        ("Beginning Ukulele", "Intermediate Ukulele"),
        ("Room A: Knot Tying Workshop", "Room B: Fly Fishing Workshop"),
    ],
)
def test_compare_keeps_apart_what_one_house_holds_at_one_hour(one: str, two: str) -> None:
    page = "https://example.org/classes/this-autumn-season"
    left = replace(NIGHT, title=one, url=page, description="Join us in our house. " * 5)
    assert not compare(left, replace(left, id=2, title=two)).same


def test_compare_takes_one_page_as_strong_evidence() -> None:
    page = "https://example.org/event/teen-hangout-109557"
    left = replace(NIGHT, title="Teen Hangout: Tiny Art", organizer="Paper", url=page)
    right = replace(left, id=2, title="Teen Hangout: Painted Rocks", organizer="Library")
    assert compare(left, right).same
    assert not compare(replace(left, url=""), replace(right, url="")).same


def test_compare_does_not_depend_on_the_order() -> None:
    two = other(title="Jazz Night at the Blue Door", description="x" * 60)
    assert compare(NIGHT, two) == compare(two, NIGHT) or compare(NIGHT, two).score == (
        compare(two, NIGHT).score
    )


@given(st.text(max_size=80), st.text(max_size=80))
def test_compare_takes_any_titles(one: str, two: str) -> None:
    verdict = compare(replace(NIGHT, title=one), other(title=two))
    assert 0 <= verdict.features.title_likeness <= 1
    assert verdict.score == round(sum(verdict.points.values()), 2)


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("https://example.org/event/summer-night-concert", True),
        ("https://example.org/calendar.aspx?EID=3172", True),
        ("https://example.org/calendar.aspx?CID=24", False),
        ("https://example.org/", False),
        ("https://example.org/events/", False),
        ("", False),
    ],
)
def test_link_of_tells_a_page_from_a_calendar(url: str, is_own: bool) -> None:
    assert link_of(url).is_own_page == is_own


def test_sentence_tells_the_reasons() -> None:
    two = other(title="Jazz Night at the Blue Door", url="https://example.org/e/jazz-night-door")
    verdict = compare(replace(NIGHT, url=two.url), two)
    assert sentence(reasons_of(verdict)) == (
        "same URL; titles 1.00 alike; same start; same venue; 0 m apart"
    )
