"""What sets two titles of one house and hour apart, and what does not, kind by kind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from events.merging.comparison import compare
from events.merging.facts import Facts, VenueFacts
from events.merging.wording.contrasts import title_contrast
from events.merging.wording.markers import read_markers
from events.merging.wording.titles import title_words
from tests.events.ingestion.moments import utc

HALL = VenueFacts("Grange Hall", "Davis", 38.5449, -121.7405, True)
TOLD = Facts(1, "town", "", utc(2026, 12, 6, 3), "America/Los_Angeles", place=HALL)


def pair(one: str, two: str) -> tuple[Facts, Facts]:
    return replace(TOLD, title=one), replace(TOLD, id=2, source="paper", title=two)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Valley Loop Ride (A+)", "Valley Loop Ride (B+)"),
        ("Choir Rehearsal Group A", "Choir Rehearsal Group B"),
        ("Pottery Session One", "Pottery Session Two"),
        ("Ukulele Part II", "Ukulele Part III"),
        ("Quilting 101", "Quilting 201"),
        ("Turkey Trot 5K", "Turkey Trot 10K"),
        ("CS101 Information Night", "CS102 Information Night"),
        ("Raven Gathering p18", "Raven Gathering p25"),
        ("Book Talk: Chapter Five", "Book Talk: Chapter Six"),
        ("Conversational Spanish I", "Conversational Spanish II"),
        ("Class of 1986 Reunion", "Class of 1996 Reunion"),
        ("Half Marathon at the Lake", "Marathon at the Lake"),
        ("Red Team Practice Match", "Blue Team Practice Match"),
        ("North Side Clean Up Crew", "South Side Clean Up Crew"),
        ("Early Show: The Lumberjacks", "Late Show: The Lumberjacks"),
        ("Summer Camp Week 1", "Summer Camp Week 2"),
        ("First Session: Ballroom Basics", "Second Session: Ballroom Basics"),
        ("Soccer Clinic U10", "Soccer Clinic U12"),
        ("Clay Play, ages 3-5", "Clay Play (0 - 2 Years)"),
        ("Chess for Tweens", "Chess for Teens"),
        ("Story Hour for Toddlers", "Story Hour for Preschoolers"),
        ("Davis vs Dixon Wrestling", "Davis vs Dixon JV Wrestling"),
        ("Davis vs Dixon Varsity Wrestling", "Davis vs Dixon Junior Varsity Wrestling"),
        ("Davis vs Dixon Boys Basketball", "Davis vs Dixon Boys Wrestling"),
        ("Creek Restoration Board", "Creek Restoration Board Finance Committee"),
        ("Creek Restoration Committee", "Creek Restoration Subcommittee"),
        ("Creek Restoration Committee", "Creek Restoration Committee - Trails Task Force"),
        ("Gentle Yoga at Sunset", "Vigorous Yoga at Sunset"),
        ("Baby Lapsit 9am", "Baby Lapsit 10:30am"),
        ("Horror Book Club: Monsters", "Horror Movie Club: Monsters"),
        ("Middle School Winter Concert", "High School Winter Concert"),
        ("Oak House, 395 Columbia Ave", "Oak House, 100 Merlin Dr"),
        ("Nutcracker Matinee", "Nutcracker Evening"),
    ],
)
def test_compare_keeps_sisters_apart_both_ways(one: str, two: str) -> None:
    left, right = pair(one, two)
    there, back = title_contrast(left.words, right.words), title_contrast(right.words, left.words)
    assert there is not None
    assert back == there[::-1]
    assert not compare(left, right).same
    assert not compare(right, left).same


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("10th Annual Harvest Carnival", "Harvest Carnival (10th annual)"),
        ("Clay Play (3 - 5 Years)", "Clay Play, ages 3-5"),
        ("Baby Story Time - 9am", "Baby Storytime (9:00)"),
        ("2827 - Sourdough Workshop", "Sourdough Workshop with Mike"),
        ("Valley Loop Ride (B+)", "Ride: Valley Loop (B+)"),
        ("Davis vs Dixon Varsity Wrestling", "Varsity Wrestling: Davis vs. Dixon"),
        ("Transportation Technical Advisory Committee", "TTAC"),
        ("Blue Moon Orchestra (SOLD OUT)", "Blue Moon Orchestra at the Grange Hall"),
        ("Flaw Performing At Grange Hall In Davis Ca", "Flaw"),
        ("Ukulele Part 2", "Ukulele, Part Two"),
        ("Davis Dems Potluck", "Davis Democrats Potluck"),
        ("Etown Fall Potluck", "Elizabethtown Fall Potluck"),
    ],
)
def test_compare_knows_other_wordings_both_ways(one: str, two: str) -> None:
    left, right = pair(one, two)
    assert title_contrast(left.words, right.words) is None
    assert compare(left, right).same
    assert compare(right, left).same


@pytest.mark.parametrize(
    ("title", "letters"),
    [
        ("Ride (C)", {"c"}),
        ("A Ride on the Trail", set()),
        ("Ride Group A", {"a"}),
        ("B & B Weekend", set()),
        ("D.C. Trip", set()),
        ("GROUP B MEETS HERE", set()),
    ],
)
def test_read_markers_tells_a_letter_from_an_article(title: str, letters: set[str]) -> None:
    assert read_markers(title)[0].letters == letters


def test_a_word_that_sets_apart_is_no_initials() -> None:
    assert "jv" in title_words("Girls JV Volleyball").telling
