"""The smallest changes that bring results, as the user would ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from rag.retrieval.relaxations import helpful_relaxations, possible_relaxations
from rag.service import get_context_events
from rag.types import Centre, Constraints
from rag.understanding import understand
from rag.understanding.places.lookup import StoredPlaces
from tests.factories import make_event

BOSTON = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 20, 15, tzinfo=BOSTON)
NEWTON = Centre("Newton, MA", 42.337, -71.209, timezone="America/New_York")
SATURDAY = Constraints(
    place=NEWTON,
    date_from=datetime(2026, 11, 21, tzinfo=BOSTON),
    date_to=datetime(2026, 11, 22, tzinfo=BOSTON),
    max_distance_miles=5.0,
    max_price=10.0,
    audience="kids",
    is_virtual=False,
    query="pottery",
    timezone="America/New_York",
    sources=dict.fromkeys(
        ("place", "date_from", "date_to", "max_distance_miles", "max_price", "audience"), "message"
    ),
)


def test_possible_relaxations_change_one_wish_each_smallest_first() -> None:
    found = list(possible_relaxations(SATURDAY))
    assert [(each.name, each.label) for each in found] == [
        ("price", "without the price limit"),
        ("dates", "on Sunday"),
        ("dates", "in the week after"),
        ("distance", "within 10 miles"),
        ("distance", "within 25 miles"),
        ("attendance", "online or in person"),
        ("audience", "for any age"),
        ("dates", "on any day"),
    ]
    assert found[0].constraints.max_price is None
    assert "max_price" not in found[0].constraints.sources
    assert found[1].constraints.date_from == SATURDAY.date_to
    assert found[1].constraints.date_to == datetime(2026, 11, 23, tzinfo=BOSTON)
    assert found[3].constraints == replace(
        SATURDAY, max_distance_miles=10.0, sources=dict(SATURDAY.sources)
    )


def test_nothing_to_relax_gives_nothing() -> None:
    assert list(possible_relaxations(Constraints(query="pottery"))) == []


def test_relaxations_keep_local_midnights_over_a_change_of_clocks() -> None:
    before = replace(
        SATURDAY,
        date_from=datetime(2026, 10, 31, tzinfo=BOSTON),
        date_to=datetime(2026, 11, 1, tzinfo=BOSTON),
    )
    sunday = next(each for each in possible_relaxations(before) if each.label == "on Sunday")
    assert sunday.constraints.date_to == datetime(2026, 11, 2, tzinfo=BOSTON)


def test_only_helpful_changes_are_offered_and_at_most_four() -> None:
    asked: list[Constraints] = []

    def count(changes: Sequence[Constraints]) -> list[int]:
        counts = []
        for changed in changes:
            asked.append(changed)
            counts.append(1 if changed.max_price is None else len(asked))
        return counts

    offered = helpful_relaxations(SATURDAY, found=1, count=count)
    assert [each.label for each in offered] == [
        "on Sunday",
        "in the week after",
        "within 10 miles",
        "within 25 miles",
    ]
    assert [each.matches for each in offered] == [2, 3, 4, 5]
    assert len(asked) == 5


def test_every_message_is_understood_as_its_change(db: None) -> None:
    for each in possible_relaxations(SATURDAY):
        understood = understand(
            each.message,
            now=NOW,
            gazetteer=StoredPlaces(),
            standing=SATURDAY,
            server_timezone="America/New_York",
        )
        wanted = each.constraints
        for name in ("date_from", "date_to", "max_price", "max_distance_miles", "audience"):
            assert getattr(understood, name) == getattr(wanted, name), (each.message, name)
        assert understood.is_virtual == wanted.is_virtual, each.message


def test_search_that_finds_little_says_what_would_bring_more(db: None) -> None:
    for _ in range(3):
        make_event("Pottery class for beginners", min_price=40)
    found = get_context_events("pottery under $10 near Newton, MA in the next 3 days")
    assert found.in_tier("recommended") == ()
    assert [(each.label, each.matches) for each in found.relaxations] == [
        ("without the price limit", 3)
    ]
    plenty = get_context_events("pottery near Newton, MA in the next 3 days", now=timezone.now())
    assert plenty.relaxations == ()
