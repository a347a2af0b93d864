"""What is not wanted is not found: by words, by audience, by likeness; and the trace says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.models import Event
from rag.embedding import embed_query, get_backend
from rag.retrieval.pipeline import FindOptions, find_events
from rag.retrieval.whole import count_events, match_events
from rag.search.filters import SearchFilter
from rag.search.narrowing import exclusions_of
from rag.search.plan import Plan
from rag.search.run import run_search
from rag.search.statements import Search
from rag.types import Constraints
from tests.factories import make_event

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


_TEXT = (
    "Our neighbours meet again in the old hall beside the river, where the kitchen serves soup,"
    " bread, cheese and apples, children draw with chalk, and somebody always tells of last year."
)


def _titles(none_of: tuple[str, ...], plan: Plan | None = None, query: str = "") -> set[str]:
    wanted = SearchFilter(NOW, NOW + timedelta(days=60), excluded=exclusions_of(none_of, "UTC"))
    vector = embed_query(query) if query else None
    found = run_search(Search(wanted, vector, None, limit=50, plan=plan, model=get_backend().name))
    ids = [each.event_id for each in found.candidates]
    return set(Event.objects.filter(pk__in=ids).values_list("title", flat=True))


@pytest.fixture
def dances() -> None:
    """Some events that resemble nothing but a hall, so that their words alone decide."""
    for title, words in {
        "Salsa for beginners": "",
        "Line dancing": f"{_TEXT} Later that evening comes a salsa or two.",
        "Tap dancing": f"{_TEXT} Bring your shoes.",
        "Comedy night": f"{_TEXT} Followed by an open mic for everybody.",
        "House tour": f"{_TEXT} The doors are open; we explain what a mic does.",
    }.items():
        row = make_event(title, now=NOW, description=words).search_row
        row.embedding = embed_query("an evening at the hall")
        row.save(update_fields=["embedding"])


@pytest.mark.parametrize("plan", [None, Plan.EXACT, Plan.GRAPH])
def test_words_in_a_title_and_phrases_in_a_description_are_left_out(
    dances: None, plan: Plan | None
) -> None:
    query = "" if plan is None else "evening hall"
    everything = _titles((), plan, query)
    assert everything - _titles(("salsa",), plan, query) == {"Salsa for beginners"}
    assert everything - _titles(("open mic",), plan, query) == {"Comedy night"}


def test_several_unwanted_things_are_all_left_out(dances: None) -> None:
    assert _titles(("salsa", "open mic", "tap")) == {"Line dancing", "House tour"}


def test_signs_and_quotes_in_what_is_unwanted_are_words_or_nothing(dances: None) -> None:
    assert "Tap dancing" in _titles(("'; DROP TABLE --", "& | !", "\\", "o'clock <-> :A"))


def test_events_for_an_unwanted_audience_are_left_out() -> None:
    make_event("Puppets", now=NOW, audience_tags=["kids"])
    make_event("Picnic", now=NOW, audience_tags=["kids", "adults"])
    make_event("Wine", now=NOW, audience_tags=["adults"])
    make_event("Parade", now=NOW)
    assert _titles(("kids stuff",)) == {"Picnic", "Wine", "Parade"}


def test_what_is_alike_is_left_out_without_a_common_word() -> None:
    event = make_event("Vinyasa", now=NOW)
    make_event("Board meeting", now=NOW)
    term = "asanas"
    event.search_row.embedding = embed_query(term)
    event.search_row.save(update_fields=["embedding"])
    assert _titles((term,)) == {"Board meeting"}


def test_counts_and_lists_and_traces_leave_the_same_out(dances: None) -> None:
    constraints = Constraints(none_of=("salsa",), date_to=NOW + timedelta(days=60))
    assert count_events(constraints, now=NOW).happenings == 4
    wanted = SearchFilter(NOW, NOW + timedelta(days=60))
    listed = match_events(constraints, wanted, now=NOW)
    titles = Event.objects.filter(pk__in=[each.event_id for each in listed])
    assert "Salsa for beginners" not in titles.values_list("title", flat=True)
    found = find_events(constraints, now=NOW, options=FindOptions(explain=True))
    assert found.trace is not None
    removed = {each["filter"]: each["removed"] for each in found.trace["filters"]}
    assert removed["not salsa"] == 1
