"""The full-text half: names first, accents and languages, and never outside of the filter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.models import Event
from events.search_table.rows import write_search_rows
from rag.retrieval.pipeline import find_events
from rag.search.words import read_words, written_out
from rag.types import Centre, Constraints
from tests.factories import make_event

NOW = datetime.now(UTC)
NEWTON = Centre("Newton, MA", 42.337, -71.209, timezone="America/New_York")

pytestmark = pytest.mark.django_db


def titles(constraints: Constraints) -> list[str]:
    found = find_events(constraints, now=NOW)
    return [each.event.title for each in found.events if each.tier == "recommended"]


def test_name_comes_before_what_is_only_alike() -> None:
    for title in ("Symphony orchestra concert", "Orchestra open rehearsal", "Blue note jazz night"):
        make_event(title, metadata_tags=["music"])
    make_event("Holiday Pops with the Blue Ridge Orchestra", metadata_tags=["music"])
    for query in ("Blue Ridge Orchestra", "blue ridge orchestra", "BLUE RIDGE ORCHESTRA"):
        assert titles(Constraints(query=query))[0] == "Holiday Pops with the Blue Ridge Orchestra"


def test_quoted_name_in_a_description_is_found() -> None:
    make_event("Winter gala", description="With music by the Zephyr Quintet and dinner.")
    for number in range(4):
        make_event(f"Quintet concert {number}", metadata_tags=["music"])
    wanted = Constraints(query="Zephyr Quintet", names=("Zephyr Quintet",))
    assert titles(wanted)[0] == "Winter gala"


def test_name_of_stop_words_is_found() -> None:
    make_event("The Who: live")
    make_event("Who wrote Shakespeare? A talk")
    assert titles(Constraints(query="The Who", names=("The Who",)))[0] == "The Who: live"


def test_words_match_without_accents_and_in_the_language_of_the_zone() -> None:
    make_event("Führungen durch das Schloß", timezone="Europe/Berlin")
    make_event("Castle tour", timezone="Europe/Berlin")
    found = find_events(Constraints(query="Fuhrung schloss", timezone="Europe/Berlin"), now=NOW)
    assert found.events[0].event.title == "Führungen durch das Schloß"
    assert found.events[0].factors["words"] == pytest.approx(1.0, abs=0.01)


def test_words_find_nothing_outside_of_the_filter() -> None:
    make_event("Blue Ridge Orchestra far away", point=(35.6, -82.55))
    make_event("Blue Ridge Orchestra long ago", starts_in=timedelta(days=-30))
    make_event("Blue Ridge Orchestra at home")
    wanted = Constraints(query="Blue Ridge Orchestra", place=NEWTON, max_distance_miles=10)
    found = find_events(wanted, now=NOW)
    assert [each.event.title for each in found.events] == ["Blue Ridge Orchestra at home"]


def test_every_factor_is_in_the_ranking_factors() -> None:
    make_event("Blue Ridge Orchestra", min_price=5, audience_tags=["families"])
    wanted = Constraints(
        query="Blue Ridge Orchestra",
        place=NEWTON,
        max_distance_miles=10,
        max_price=20,
        audience="families",
    )
    (found,) = find_events(wanted, now=NOW).events
    assert set(found.factors) >= {
        *("relevance", "similarity", "words", "name", "distance", "time", "audience", "price"),
    }
    assert all(0 <= value <= 1 for value in found.factors.values())
    assert 0 <= found.score <= 1


@pytest.mark.parametrize(
    "query", ["", "!!! ...", "'; DROP TABLE events_event; --", "a | b & !c :*"]
)
def test_query_of_signs_does_no_harm(query: str) -> None:
    make_event("Concert")
    before = Event.objects.count()
    find_events(Constraints(query=query, names=(query,) if query else ()), now=NOW)
    assert Event.objects.count() == before


def test_read_words_tells_stop_words_from_telling_ones() -> None:
    words = read_words("the concerts of Orchestras", (), "America/New_York")
    assert words is not None
    assert [word.forms for word in words.words] == [
        ("concert", "concerts"),
        ("orchestra", "orchestras"),
    ]
    assert read_words("", (), "UTC") is None


def test_one_entry_a_weekly_event_without_a_series() -> None:
    for week in range(12):
        make_weekly(week)
    make_event("Pub quiz elsewhere")
    found = find_events(Constraints(query="trivia night quiz"), now=NOW)
    assert [each.event.title for each in found.events].count("Trivia night") == 1


def make_weekly(week: int) -> Event:
    """One date of a weekly event at one venue, each an event of its own in the feed."""
    first = Event.objects.filter(title="Trivia night").first()
    event = make_event("Trivia night", starts_in=timedelta(days=1 + 7 * week))
    if first is not None:
        Event.objects.filter(pk=event.pk).update(venue=first.venue)
        event.refresh_from_db()
        write_search_rows([event], {}, model_name="")
    return event


def test_abbreviations_are_written_out() -> None:
    assert written_out("D&D for teens") == "dungeons and dragons for teens"
    assert written_out("Vitamin D, and more") == "Vitamin D, and more"
    assert written_out("BBQ & Blues") == "barbecue blues"
