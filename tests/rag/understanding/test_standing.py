"""What carries over from turn to turn, and what the words change or drop."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rag.types import Constraints, ShownEvent
from tests.rag.understanding.conftest import Ask, local


@pytest.fixture
def before(ask: Ask) -> Constraints:
    return ask("jazz concerts in Boston this weekend under $40 within 12 miles")


def test_standing_wishes_carry_over_as_the_sessions(ask: Ask, before: Constraints) -> None:
    after = ask("what about Sunday?", standing=before)

    assert after.place == before.place
    assert (after.max_price, after.max_distance_miles) == (40.0, 12.0)
    assert (local(after.date_from), local(after.date_to)) == (
        "2026-11-22T00:00",
        "2026-11-23T00:00",
    )
    assert after.query == "jazz concerts"
    assert after.sources == {
        "place": "session",
        "date_from": "message",
        "date_to": "message",
        "max_distance_miles": "session",
        "max_price": "session",
        "currency": "session",
        "query": "session",
    }


def test_standing_place_is_replaced_and_the_dates_stay(ask: Ask, before: Constraints) -> None:
    after = ask("in Asheville instead", standing=before)

    assert after.place is not None
    assert after.place.label == "Asheville, NC"
    assert (after.date_from, after.date_to) == (before.date_from, before.date_to)


def test_default_radius_does_not_carry_over_to_another_place(ask: Ask) -> None:
    after = ask("in Montclair, NJ instead", standing=ask("jazz in Boston"))

    assert after.max_distance_miles == 10.0
    assert after.sources["max_distance_miles"] == "default"


def test_further_out_takes_the_next_round_distance(ask: Ask, before: Constraints) -> None:
    assert ask("anything further out?", standing=before).max_distance_miles == 25.0


def test_cheaper_halves_the_price(ask: Ask, before: Constraints) -> None:
    assert ask("cheaper ones", standing=before).max_price == 20.0


def test_anywhere_drops_place_and_distance(ask: Ask, before: Constraints) -> None:
    after = ask("anywhere", standing=before)

    assert (after.place, after.max_distance_miles) == (None, None)
    assert after.date_to == before.date_to


@pytest.mark.parametrize("words", ["any day", "forget the date", "any time"])
def test_any_day_drops_the_dates(ask: Ask, before: Constraints, words: str) -> None:
    after = ask(words, standing=before)

    assert (after.date_from, after.date_to) == (None, None)
    assert after.place == before.place


def test_start_over_drops_everything(ask: Ask, before: Constraints) -> None:
    after = ask("start over", standing=before)

    assert after.sources == {}


def test_time_of_day_narrows_the_standing_day(ask: Ask) -> None:
    after = ask("in the evening", standing=ask("yoga tomorrow"))

    assert (local(after.date_from), after.query) == ("2026-11-21T17:00", "yoga")


def test_refinement_is_added_to_the_standing_topic(ask: Ask, before: Constraints) -> None:
    assert ask("only for kids", standing=before).query == "jazz concerts kids"


def test_new_topic_replaces_the_standing_one(ask: Ask, before: Constraints) -> None:
    assert ask("art shows", standing=before).query == "art shows"


def test_standing_dates_that_have_gone_by_are_dropped(ask: Ask, before: Constraints) -> None:
    later = ask("jazz", now="2026-11-24T12:00", standing=before)

    assert (later.date_from, later.date_to) == (None, None)


def test_either_way_to_attend_drops_the_standing_one(ask: Ask) -> None:
    online = ask("online yoga")

    assert online.is_virtual is True
    assert ask("online or in person", standing=online).is_virtual is None


def test_context_wins_over_the_session_and_words_over_both(ask: Ask, before: Constraints) -> None:
    from_context = ask("jazz", standing=before, max_price=15.0)
    from_words = ask("jazz under $5", standing=before, max_price=15.0)

    assert (from_context.max_price, from_context.sources["max_price"]) == (15.0, "context")
    assert (from_words.max_price, from_words.sources["max_price"]) == (5.0, "message")


def test_words_dates_win_over_the_contexts(ask: Ask) -> None:
    christmas = {
        "date_from": datetime(2026, 12, 25, 5, tzinfo=UTC),
        "date_to": datetime(2026, 12, 26, 5, tzinfo=UTC),
    }
    from_context = ask("jazz", **christmas)
    from_words = ask("jazz tomorrow", **christmas)

    assert local(from_context.date_from) == "2026-12-25T00:00"
    assert from_context.sources["date_from"] == "context"
    assert local(from_words.date_from) == "2026-11-21T00:00"


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("concerts under €15 in Berlin", "EUR"),
        ("concerts in Boston for 20 quid", "GBP"),
        ("concerts under $15 in Boston", "USD"),
        ("concerts under $15 in Toronto", "CAD"),
        ("concerts for 15 bucks in Sydney, Australia", "AUD"),
        ("tickets under 15 in Berlin", None),
        ("free concerts in Berlin", None),
    ],
)
def test_currency_is_the_one_that_the_words_name(ask: Ask, text: str, currency: str | None) -> None:
    assert ask(text).currency == currency


def test_currency_follows_the_price(ask: Ask) -> None:
    euros = ask("concerts under €15 in Berlin")
    stays = ask("what about Sunday?", standing=euros)
    cheaper = ask("cheaper ones", standing=euros)
    replaced = ask("under $20", standing=euros)
    dropped = ask("any price", standing=euros)
    from_context = ask("what about Sunday?", standing=euros, max_price=9.0, currency="CHF")

    assert (euros.currency, euros.sources["currency"]) == ("EUR", "message")
    assert (stays.currency, stays.sources["currency"]) == ("EUR", "session")
    assert (cheaper.max_price, cheaper.currency) == (7.5, "EUR")
    assert (replaced.max_price, replaced.currency) == (20.0, "USD")
    assert (dropped.max_price, dropped.currency) == (None, None)
    assert "currency" not in dropped.sources
    assert (from_context.currency, from_context.sources["currency"]) == ("CHF", "context")


def test_cheaper_counts_in_the_currency_of_most_prices_shown(ask: Ask) -> None:
    shown = (
        ShownEvent(1, "Choir", 1, 20.0, currency="EUR"),
        ShownEvent(2, "Opera", 2, 15.0, currency="EUR"),
        ShownEvent(3, "Gala", 3, 90.0, currency="USD"),
    )

    cheaper = ask("something cheaper please", standing=ask("music"), shown=shown)

    assert (cheaper.max_price, cheaper.currency) == (14.99, "EUR")


def test_cheaper_in_another_currency_than_all_prices_shown_is_free(ask: Ask) -> None:
    shown = (ShownEvent(1, "Choir", 1, 20.0, currency="EUR"),)

    cheaper = ask("something cheaper", standing=ask("music under $30"), shown=shown)

    assert (cheaper.max_price, cheaper.currency) == (0.0, "USD")
