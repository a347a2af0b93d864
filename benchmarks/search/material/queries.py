"""The grid of filters, and for each the questions that go with it and against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.search.material.rows import DAY, Places
from benchmarks.search.material.texts import query_texts
from benchmarks.search.material.vocabulary import TOPICS
from benchmarks.search.truth import Expected, Truth, Wanted

SEED = 7
# Longer than the calendar: no end.
FOREVER = 400
_LATEST_START_DAYS = 80
_CENTRE_SPREAD_DEGREES = 0.03


class Kind(StrEnum):
    """How a query's topic relates to the rows that pass its filter."""

    INDEPENDENT = "independent"
    CORRELATED = "correlated"  # the most frequent topic among them
    OPPOSED = "opposed"  # the rarest: often absent there, frequent elsewhere


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of filter: miles around a town, days ahead (None: no limit), attendance."""

    miles: float | None
    days: int | None
    is_virtual: bool | None

    @property
    def is_geo(self) -> bool:
        return self.miles is not None


@dataclass(frozen=True)
class Query:
    """One search with its right answer. `vector` holds values that a halfvec can hold."""

    wanted: Wanted
    vector: NDArray[np.float32]
    expected: Expected


@dataclass(frozen=True)
class Group:
    """The queries of one kind in one cell."""

    cell: Cell
    kind: Kind
    queries: list[Query]


# Who asks for online events asks for no circle: those cells would be alike.
GRID = [
    Cell(miles, days, is_virtual)
    for miles in (5.0, 10.0, 25.0, 100.0, None)
    for days in (1, 7, 30, None)
    for is_virtual in (True, False, None)
    if miles is None or not is_virtual
]
QUICK_GRID = [cell for cell in GRID if cell.miles in (10.0, 100.0, None) and cell.days in (7, None)]


def query_vectors() -> NDArray[np.float32]:
    """What people ask, by the real model: float32[topics, questions, 384]."""
    from rag.embedding import get_backend

    texts = [query_texts(topic) for topic in range(len(TOPICS))]
    flat = get_backend().embed([text for of_topic in texts for text in of_topic])
    halved = flat.astype(np.float16).astype(np.float32)
    return halved.reshape(len(texts), len(texts[0]), -1)


def make_groups(
    truth: Truth, places: Places, cells: list[Cell], count: int
) -> Iterator[list[Group]]:
    """For each cell its three groups, which share the `count` filters."""
    vectors = query_vectors()
    for number, cell in enumerate(tqdm(cells, desc="cells", disable=None, leave=False)):
        random = np.random.default_rng([SEED, number])
        chosen: dict[Kind, list[Query]] = {kind: [] for kind in Kind}
        for place in random.choice(len(places.lat), count, p=places.share):
            wanted = _filter(random, cell, (places.lat[place], places.lng[place]))
            passing = truth.passing(wanted)
            topics = _topics(random, truth.rows.topics[passing])
            asked = np.array([vectors[t, random.integers(vectors.shape[1])] for t in topics])
            for kind, vector, right in zip(
                Kind, asked, truth.expected(passing, asked), strict=True
            ):
                chosen[kind].append(Query(wanted, vector, right))
        yield [Group(cell, kind, queries) for kind, queries in chosen.items()]


def _filter(random: np.random.Generator, cell: Cell, centre: tuple[float, float]) -> Wanted:
    """Half of the windows begin now, the others up to eighty days later."""
    later = bool(random.integers(2)) and cell.days is not None
    date_from = int(random.integers(_LATEST_START_DAYS)) * DAY if later else 0
    circle = None
    if cell.miles is not None:
        lat, lng = np.array(centre) + random.normal(scale=_CENTRE_SPREAD_DEGREES, size=2)
        circle = (float(np.clip(lat, -90, 90)), float((lng + 180) % 360 - 180), cell.miles)
    return Wanted(date_from, date_from + (cell.days or FOREVER) * DAY, circle, cell.is_virtual)


def _topics(random: np.random.Generator, passing: NDArray[np.int64]) -> tuple[int, int, int]:
    """The topic of each kind of query, in the order of `Kind`."""
    frequency = np.bincount(passing, minlength=len(TOPICS)) + random.random(len(TOPICS)) / 2
    return int(random.integers(len(TOPICS))), int(frequency.argmax()), int(frequency.argmin())
