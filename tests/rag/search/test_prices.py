"""The highest price holds in its own currency, whichever statement searches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.models import Event
from rag.embedding import embed_query, get_backend
from rag.search.filters import SearchFilter
from rag.search.plan import Plan
from rag.search.run import run_search, run_searches
from rag.search.statements import Search
from rag.types import AgeRange
from tests.factories import make_event

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
UNTIL = NOW + timedelta(days=60)
pytestmark = pytest.mark.django_db


def _search(wanted: SearchFilter, plan: Plan | None) -> Search:
    vector = embed_query("an evening at the hall") if plan else None
    return Search(wanted, vector, None, limit=50, plan=plan, model=get_backend().name)


def _titles(ids: list[int]) -> set[str]:
    return set(Event.objects.filter(pk__in=ids).values_list("title", flat=True))


@pytest.fixture
def evenings() -> None:
    """Evenings at one hall that differ in price and age alone."""
    prices: dict[str, dict[str, Any]] = {
        "Free": {"min_price": 0, "currency": "JPY"},
        "Euros": {"min_price": 5, "currency": "EUR", "age_max": 6},
        "Dear euros": {"min_price": 50, "currency": "EUR"},
        "Pounds": {"min_price": 5, "currency": "GBP", "age_min": 18},
        "No currency": {"min_price": 5},
        "No price": {},
    }
    for title, fields in prices.items():
        row = make_event(title, now=NOW, **fields).search_row
        row.embedding = embed_query("an evening at the hall")
        row.save(update_fields=["embedding"])


@pytest.mark.parametrize("plan", [None, Plan.EXACT, Plan.GRAPH])
def test_prices_in_another_currency_are_left_out(evenings: None, plan: Plan | None) -> None:
    wanted = SearchFilter(NOW, UNTIL, max_price=10, currency="EUR")
    found = run_search(_search(wanted, plan))
    assert _titles([each.event_id for each in found.candidates]) == {"Free", "Euros", "No currency"}


def test_searches_of_one_statement_keep_their_currencies_and_ages(evenings: None) -> None:
    wishes = [
        SearchFilter(NOW, UNTIL, max_price=10, currency="EUR"),
        SearchFilter(NOW, UNTIL, max_price=10, currency="GBP"),
        SearchFilter(NOW, UNTIL, max_price=10, age=AgeRange(5, 5)),
        SearchFilter(NOW, UNTIL, max_price=10, age=AgeRange(30, 30)),
    ]
    found = run_searches([_search(each, Plan.EXACT) for each in wishes])
    everybodys = {"Free", "No currency"}
    assert [_titles([row.event_id for row in each.candidates]) for each in found] == [
        everybodys | {"Euros"},
        everybodys | {"Pounds"},
        everybodys | {"Euros"},
        everybodys | {"Pounds"},
    ]
