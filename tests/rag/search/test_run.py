"""Search against NumPy over the same rows: nothing short, nothing wrong, whatever the filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray
from pgvector import HalfVector

from core.grid import NO_CELL, cell_of, distance_miles, unit_vector
from events.models import Event, EventSearchRow
from events.models.search import EMBEDDING_DIMENSIONS
from rag.search.areas import Circle
from rag.search.filters import SearchFilter
from rag.search.plan import Plan
from rag.search.run import FoundOnline, run_search, run_searches
from rag.search.statements import Search
from rag.types import AgeRange, Centre

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
SIZE = 600
# Some rows sit around the north pole and the antimeridian, most around Newton.
CENTRES = [(42.337, -71.209), (42.337, -71.209), (89.7, 12.0), (-17.5, 179.95)]


@dataclass(frozen=True)
class Rows:
    """The rows in the table, as NumPy sees them."""

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    lat: NDArray[np.float64]
    lng: NDArray[np.float64]
    starts: list[datetime]
    ends: list[datetime]
    mode: list[str]
    price: list[float | None]


@pytest.fixture
def rows(db: None) -> Rows:
    random = np.random.default_rng(7)
    vectors = random.normal(size=(SIZE, EMBEDDING_DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    centres = [CENTRES[i % len(CENTRES)] for i in range(SIZE)]
    lat = np.clip([c[0] for c in centres] + random.normal(scale=0.3, size=SIZE), -90, 90)
    lng = (
        np.array([c[1] for c in centres]) + random.normal(scale=0.4, size=SIZE) + 180
    ) % 360 - 180
    starts = [NOW + timedelta(hours=float(h)) for h in random.uniform(-48, 24 * 40, SIZE)]
    ends = [
        s + timedelta(hours=float(h))
        for s, h in zip(starts, random.uniform(0.1, 90, SIZE), strict=True)
    ]
    mode = [("offline", "online", "mixed")[i % 7 if i % 7 < 3 else 0] for i in range(SIZE)]
    price = [None if i % 3 == 0 else float(i % 50) for i in range(SIZE)]
    events = Event.objects.bulk_create(
        Event(
            source="test", external_id=str(i), title=f"event {i}", timezone="UTC",
            start_time=starts[i], end_time=ends[i], event_attendance_mode=mode[i],
        )
        for i in range(SIZE)
    )  # fmt: skip
    EventSearchRow.objects.bulk_create(
        EventSearchRow(
            event=event, starts_at=starts[i], ends_at=ends[i], embedding=HalfVector(vectors[i]),
            can_attend_online=mode[i] != "offline", can_attend_in_person=mode[i] != "online",
            min_price=price[i], text_hash="", embedding_model="test",
            **_point(mode[i], float(lat[i]), float(lng[i])),
        )
        for i, event in enumerate(events)
    )  # fmt: skip
    ids = np.array([event.pk for event in events])
    return Rows(
        ids, vectors.astype(np.float16).astype(np.float32), lat, lng, starts, ends, mode, price
    )


def _point(mode: str, lat: float, lng: float) -> dict[str, float]:
    if mode == "online":
        return {"cell": NO_CELL}
    x, y, z = unit_vector(lat, lng)
    return {"cell": cell_of(lat, lng), "x": x, "y": y, "z": z}


def _expected(rows: Rows, wanted: SearchFilter) -> list[int]:
    def passes(i: int) -> bool:
        price, circle = rows.price[i], wanted.circle
        if not (rows.starts[i] < wanted.date_to and rows.ends[i] > wanted.date_from):
            return False
        if wanted.max_price is not None and (price is None or price > wanted.max_price):
            return False
        online, in_person = rows.mode[i] != "offline", rows.mode[i] != "online"
        if wanted.is_virtual:
            return online
        within = in_person and (
            circle is None
            or distance_miles(circle.lat, circle.lng, float(rows.lat[i]), float(rows.lng[i]))
            <= circle.miles
        )
        return within or (wanted.is_virtual is None and online)

    return [i for i in range(SIZE) if passes(i)]


def _filter(
    centre: tuple[float, float] | None,
    miles: float,
    days: int,
    is_virtual: bool | None,
    price: float | None = None,
) -> SearchFilter:
    circle = Circle(*centre, miles) if centre else None
    return SearchFilter(NOW, NOW + timedelta(days=days), circle, is_virtual, price)


GRID = [
    (centre, miles, days, is_virtual)
    for centre in (None, (42.337, -71.209), (90.0, 0.0), (-17.5, -179.99))
    for miles in (3.0, 25.0, 20_000.0)
    for days in (1, 30)
    for is_virtual in (None, True, False)
]


def _searches(rows: Rows) -> Iterator[tuple[SearchFilter, NDArray[np.float32], list[int]]]:
    """Each filter of the grid with a random query and the ids of its ten nearest rows."""
    random = np.random.default_rng(11)
    for centre, miles, days, is_virtual in GRID:
        wanted = _filter(centre, miles, days, is_virtual)
        vector = random.normal(size=EMBEDDING_DIMENSIONS).astype(np.float32)
        vector /= np.linalg.norm(vector)
        matching = _expected(rows, wanted)
        similarity = rows.vectors[matching] @ vector.astype(np.float16).astype(np.float32)
        yield wanted, vector, [int(rows.ids[matching[i]]) for i in np.argsort(-similarity)[:10]]


@pytest.mark.parametrize("plan", [None, Plan.EXACT])
def test_search_returns_the_nearest_matching_rows(rows: Rows, plan: Plan | None) -> None:
    for wanted, vector, best in _searches(rows):
        found = run_search(Search(wanted, vector, None, limit=10, plan=plan))
        assert {c.event_id for c in found.candidates} == set(best), wanted
        assert found.counted == len(_expected(rows, wanted))
        assert all(part.is_whole for part in found.parts)
        assert [c.similarity for c in found.candidates] == sorted(
            (c.similarity for c in found.candidates), reverse=True
        )


def test_graph_never_comes_back_short_or_with_what_does_not_match(rows: Rows) -> None:
    # How near its rows are to the nearest is measured by `benchmarks/search`.
    for wanted, vector, best in _searches(rows):
        found = run_search(Search(wanted, vector, None, limit=10, plan=Plan.GRAPH))
        ids = {c.event_id for c in found.candidates}
        assert len(ids) == len(best), wanted
        assert ids <= {int(rows.ids[i]) for i in _expected(rows, wanted)}


def test_browse_returns_what_begins_next_before_what_has_begun(rows: Rows) -> None:
    wanted = _filter((42.337, -71.209), 25, 30, None)
    found = run_search(Search(wanted, None, None, limit=20))
    matching = sorted(
        _expected(rows, wanted), key=lambda i: (rows.starts[i] < NOW, rows.starts[i], rows.ids[i])
    )
    assert found.plan is Plan.BROWSE
    assert [c.event_id for c in found.candidates] == [rows.ids[i] for i in matching[:20]]


def test_price_limit_keeps_only_known_prices(rows: Rows) -> None:
    wanted = _filter(None, 0, 30, None, price=10)
    found = run_search(Search(wanted, None, None, limit=SIZE))
    assert {c.event_id for c in found.candidates} == {rows.ids[i] for i in _expected(rows, wanted)}
    assert all(c.min_price is not None and c.min_price <= 10 for c in found.candidates)


def test_similarity_threshold_is_applied(rows: Rows) -> None:
    wanted = _filter(None, 0, 30, None)
    vector = rows.vectors[5] / np.linalg.norm(rows.vectors[5])
    found = run_search(Search(wanted, vector, None, limit=10, similarity_threshold=0.9))
    assert [c.event_id for c in found.candidates] == (
        [rows.ids[5]] if 5 in _expected(rows, wanted) else []
    )


def test_distance_is_in_miles_from_the_centre(rows: Rows) -> None:
    centre = Centre("Newton", 42.337, -71.209)
    found = run_search(Search(_filter((42.337, -71.209), 30, 30, False), None, centre, limit=SIZE))
    assert found.candidates
    for candidate in found.candidates:
        i = int(np.where(rows.ids == candidate.event_id)[0][0])
        expected = distance_miles(42.337, -71.209, float(rows.lat[i]), float(rows.lng[i]))
        assert candidate.distance_miles == pytest.approx(expected, abs=1e-6)
        assert expected <= 30


def test_event_exactly_at_the_rim_is_found(rows: Rows) -> None:
    i = rows.mode.index("offline")
    centre = (42.0, -71.0)
    miles = distance_miles(*centre, float(rows.lat[i]), float(rows.lng[i]))
    wanted = SearchFilter(rows.starts[i], rows.ends[i], Circle(*centre, miles))
    found = run_search(Search(wanted, None, None, limit=SIZE))
    assert int(rows.ids[i]) in {c.event_id for c in found.candidates}


def test_search_makes_a_constant_number_of_queries(
    rows: Rows, django_assert_num_queries: Callable[..., object]
) -> None:
    wanted = _filter((42.337, -71.209), 25, 30, None)
    searches = [Search(wanted, rows.vectors[0], None, limit) for limit in (5, 10)]
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        run_searches(searches)  # the circle and what is online, of both


def test_wider_circle_is_not_searched_online_again(rows: Rows) -> None:
    near, wide = (
        Search(_filter((42.337, -71.209), miles, 30, None), rows.vectors[0], None, limit=40)
        for miles in (5, 25)
    )
    online: FoundOnline = {}
    run_search(near, online)
    [kept] = online.values()
    found = run_search(wide, online)
    assert list(online.values()) == [kept]
    assert any(
        candidate.can_attend_online and candidate.can_attend_in_person
        for candidate in found.candidates
    )
    assert found.candidates == run_search(wide).candidates


def test_searches_together_find_what_each_finds_alone(rows: Rows) -> None:
    newton = (42.337, -71.209)
    wanted = [
        _filter(newton, 5, 3, None),
        _filter(newton, 25, 30, None),
        _filter(newton, 20_000, 30, None),
        _filter(newton, 25, 30, False),
        _filter(newton, 25, 30, True),
        _filter(newton, 25, 30, None, price=10),
        replace(_filter(newton, 25, 30, None), age=AgeRange(9, 9)),
        _filter(None, 0, 30, None),
    ]
    searches = [
        Search(each, rows.vectors[0], None, limit, online_limit=limit)
        for each in wanted
        for limit in (7, 40)
    ]
    together = run_searches(searches)
    assert [found.candidates for found in together] == [
        run_search(search).candidates for search in searches
    ]


def test_other_days_are_searched_online_again(rows: Rows) -> None:
    online: FoundOnline = {}
    searches = [
        Search(_filter((42.337, -71.209), 5, days, None), rows.vectors[0], None, limit=40)
        for days in (3, 30)
    ]
    for search in searches:
        assert run_search(search, online).candidates == run_search(search).candidates
