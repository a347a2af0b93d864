"""The calendar's own towns, venues and words decide what a message means."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.models import Venue
from rag.types import Mended
from rag.understanding.places.own_names import forget_own_names
from tests.factories import make_event
from tests.rag.understanding.conftest import Ask

TITLES = ("Comedy at the quarry", "Pottery fair", "Ukulele circle")


@pytest.fixture
def calendar(db: None) -> None:
    """A comedy, a pottery fair and ukuleles every day for a week in Lancaster, PA."""
    for day in range(1, 7):
        for title in TITLES:
            make_event(title, starts_in=timedelta(days=day), point=(40.03788, -76.30551))
    Venue.objects.update(city="Lancaster", state="PA")
    Venue.objects.filter(pk=Venue.objects.latest("pk").pk).update(name="The Grey Eagle")
    forget_own_names()


def _place(ask: Ask, text: str, **context: object) -> str | None:
    place = ask(text, zone=None, **context).place
    return place.label if place else None


def test_town_with_events_comes_before_a_larger_namesake(ask: Ask, calendar: None) -> None:
    assert _place(ask, "jazz in Lancaster") == "Lancaster, PA"
    assert _place(ask, "jazz in Lancaster, CA") == "Lancaster, CA"


def test_larger_namesake_is_meant_where_nothing_takes_place(ask: Ask) -> None:
    assert _place(ask, "jazz in Lancaster") == "Lancaster, CA"


@pytest.mark.parametrize("state", ["Ontario", "ON", ""])
def test_town_abroad_is_known_however_its_region_is_written(ask: Ask, db: None, state: str) -> None:
    make_event("Choir", point=(43.66, -79.39))
    Venue.objects.update(city="Toronto", state=state)
    forget_own_names()

    assert _place(ask, "jazz in Toronto") == "Toronto, Ontario, Canada"
    assert ask("jazz in Toronto", zone=None).unknown_place is None


def test_events_in_a_namesake_far_away_do_not_speak_for_a_town(ask: Ask, db: None) -> None:
    make_event("Choir", point=(51.51, -0.12))
    Venue.objects.update(city="London", state="England")
    forget_own_names()

    assert _place(ask, "jazz in London") == "London, England, United Kingdom"
    assert _place(ask, "jazz in London, Ontario") == "London, Ontario, Canada"


def test_small_namesake_near_the_place_of_before_has_not_the_events_of_the_large_one(
    ask: Ask, db: None
) -> None:
    make_event("Choir", point=(52.52, 13.41))
    Venue.objects.update(city="Berlin", state="")
    forget_own_names()
    boston = ask("jazz in Boston")

    place = ask("jazz in Berlin", zone=None, standing=boston).place
    assert place is not None
    assert place.label == "Berlin, Germany"


def test_town_one_letter_short_is_mended_where_the_calendar_has_it(ask: Ask, db: None) -> None:
    make_event("Choir", point=(42.36, -71.06))
    Venue.objects.update(city="Boston", state="MA")
    forget_own_names()

    assert _place(ask, "concerts in bostn") == "Boston, MA"
    assert ask("concerts in color").place is None


def test_namesake_near_the_location_of_the_context_is_meant(ask: Ask) -> None:
    assert _place(ask, "new in newport", location="Providence, RI") == "Newport, RI"
    assert _place(ask, "new in newport", location="Cincinnati, OH") == "Newport, KY"


def test_name_of_a_venue_is_no_town(ask: Ask, calendar: None) -> None:
    assert _place(ask, "and at the grey eagle?", location="Lancaster, PA") == "Lancaster, PA"
    assert ask("and at the grey eagle?").query == "grey eagle"


@pytest.mark.parametrize(
    ("text", "query", "mended"),
    [
        ("comdy tonight", "comedy", ("comdy", "comedy")),
        ("potery and clay", "pottery and clay", ("potery", "pottery")),
        ("ukelele lessons", "ukulele lessons", ("ukelele", "ukulele")),
    ],
)
def test_misspelt_topic_is_mended_by_the_titles_and_said(
    ask: Ask, calendar: None, text: str, query: str, mended: tuple[str, str]
) -> None:
    found = ask(text)
    assert (found.query, found.mended) == (query, (Mended(*mended),))


def test_word_that_an_event_holds_is_spelled_right(ask: Ask, calendar: None) -> None:
    make_event("Music night", description="With a quarrel on stage.")
    assert ask("quarrel on stage").mended == ()


@pytest.mark.parametrize(
    ("text", "label", "typed"),
    [
        ("raliegh this weekend", "Raleigh, NC", "raliegh"),
        ("jazz in cambrige, ma", "Cambridge, MA", "cambrige"),
        ("concerts near philadelfia", None, None),
        ("jazz in detriot", "Detroit, MI", "detriot"),
    ],
)
def test_misspelt_town_is_mended_by_the_gazetteer_and_said(
    ask: Ask, text: str, label: str | None, typed: str | None
) -> None:
    found = ask(text)
    assert (found.place.label if found.place else None) == label
    assert [each.typed for each in found.mended] == ([typed] if typed else [])
