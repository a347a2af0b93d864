"""Search at 100,000 events, beside exact NumPy over the same rows (the floor)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ParamSpec, TypeVar

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from benchmarks.figures import percentile, table
from benchmarks.synthetic import Table, drop_table, load_table, make_table
from rag.embedding import embed_query
from rag.search.filters import Circle, SearchFilter
from rag.search.run import run_search
from rag.search.statements import Search
from rag.service import get_context_events

P = ParamSpec("P")
T = TypeVar("T")

EVENTS = 100_000
QUERIES = 40
TOP = 10
WORDS = [
    "live jazz in the evening", "story time for toddlers", "farmers market", "trivia night",
    "yoga in the park", "python meetup", "pottery class for beginners", "stand-up comedy",
]  # fmt: skip
TOWNS = {
    "Newton, MA": (42.337, -71.209), "New York, NY": (40.714, -74.006),
    "Asheville, NC": (35.601, -82.554), "Berlin": (52.524, 13.411), "Tokyo": (35.69, 139.692),
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One kind of search: miles around a town (None: anywhere), days ahead, attendance."""

    miles: float | None
    days: int
    is_virtual: bool | None


HEADER = (
    *("radius", "days", "online", "rows", "p50 ms", "p95 ms", "NumPy p50 ms"),
    *("recall@10", "plans"),
)
GRID = [
    Cell(miles, days, is_virtual)
    for miles in (10, 25, 100, None)
    for days in (7, 30, 120)
    for is_virtual in (None, True)
    if not (miles and is_virtual)
]


def run() -> None:
    """Loads the rows, searches them cell by cell, and takes them out again."""
    rows = make_table(EVENTS)
    seconds = load_table(rows)
    print(f"{EVENTS:,} events; HNSW index built in {seconds:.0f} s\n")
    try:
        print(table(HEADER, [_measure(rows, cell) for cell in GRID]))
        print()
        print(table(["whole retrieval", "p50 ms", "p95 ms"], [_whole(rows)]))
    finally:
        drop_table(rows)
        connection.close()


def _measure(rows: Table, cell: Cell) -> list[object]:
    ours: list[float] = []
    floor: list[float] = []
    recalls: list[float] = []
    plans: set[str] = set()
    matching = 0
    towns = list(TOWNS.values())
    for number in range(QUERIES):
        vector = embed_query(WORDS[number % len(WORDS)])
        circle = Circle(*towns[number % len(towns)], cell.miles) if cell.miles else None
        wanted = SearchFilter(
            rows.now, rows.now + timedelta(days=cell.days), circle, cell.is_virtual
        )
        took, found = _timed(run_search, Search(wanted, vector, None, limit=TOP))
        ours.append(took)
        passing = _passing(rows, wanted)
        took, best = _timed(_exact, rows, passing, vector)
        floor.append(took)
        plans.add(found.plan.value)
        matching = max(matching, len(passing))
        threshold = best[-1] - 2e-3 if len(best) else 0.0
        good = sum(c.similarity >= threshold for c in found.candidates)
        assert len(found.candidates) == min(TOP, len(passing)), "a short list"
        recalls.append(good / max(1, min(TOP, len(passing))))
    return [
        cell.miles or "none", cell.days, cell.is_virtual or "any", matching,
        percentile(ours, 0.5), percentile(ours, 0.95), percentile(floor, 0.5),
        min(recalls), "+".join(sorted(plans)),
    ]  # fmt: skip


def _passing(rows: Table, wanted: SearchFilter) -> NDArray[np.int64]:
    seconds = (wanted.date_to - rows.now).total_seconds()
    in_time = rows.starts < seconds
    if wanted.is_virtual:
        return np.flatnonzero(in_time & rows.online)
    if wanted.circle is None:
        return np.flatnonzero(in_time)
    a, b = np.radians(rows.lat), np.radians(wanted.circle.lat)
    half = (
        np.sin((a - b) / 2) ** 2
        + np.cos(a) * np.cos(b) * np.sin(np.radians(rows.lng - wanted.circle.lng) / 2) ** 2
    )
    miles = 2 * 3958.7613 * np.arcsin(np.sqrt(half))
    return np.flatnonzero(in_time & (rows.online | (miles <= wanted.circle.miles)))


def _exact(
    rows: Table, passing: NDArray[np.int64], vector: NDArray[np.float32]
) -> NDArray[np.float32]:
    similarity = rows.vectors[passing] @ vector
    return np.sort(similarity)[::-1][:TOP]


def _whole(rows: Table) -> list[object]:
    """Understanding, embedding, search, ranking and loading, as a turn does them."""
    took = []
    for number, town in enumerate([*TOWNS] * 20):
        words = f"{WORDS[number % len(WORDS)]} near {town} in the next {3 + number} days"
        took.append(_timed(get_context_events, words, now=rows.now)[0])
    return ["understand, embed, search, rank, load", percentile(took, 0.5), percentile(took, 0.95)]


def _timed(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[float, T]:
    began = time.perf_counter()
    result = work(*args, **kwargs)
    return (time.perf_counter() - began) * 1000, result
