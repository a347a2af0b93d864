"""Counties, towns that nobody knows in their state, and opponents that are no places."""

from __future__ import annotations

from tests.rag.understanding.conftest import Ask


def test_county_is_wider_than_the_town_of_its_name(ask: Ask) -> None:
    wanted = ask("volunteer days in Sonoma County")
    assert wanted.place is not None
    assert (wanted.place.label, wanted.max_distance_miles) == ("Sonoma, CA", 30.0)
    assert wanted.query == "volunteer days"


def test_town_unknown_in_its_state_is_not_looked_for_in_another(ask: Ask) -> None:
    wanted = ask("story time in Candler NC")
    assert wanted.place is None
    assert wanted.unknown_place == "Candler NC"


def test_opponent_is_no_place(ask: Ask) -> None:
    assert ask("water polo against Princeton").place is None
    assert ask("UC Davis versus Princeton").place is None


def test_caregivers_of_others_are_no_parents(ask: Ask) -> None:
    assert ask("support groups for caregivers of people with dementia").audience is None
    assert ask("coffee for caregivers and toddlers").audience is not None
