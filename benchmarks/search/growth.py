"""A geo query's time with the rows that pass held still while the table grows.

For each number of rows, towns are sought where 25 miles hold enough events,
and the window is ended where just so many have begun. What is left to differ
between two tables is their size.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from tqdm import tqdm

from benchmarks.search.comparing import ROUNDS, Measured, timed
from benchmarks.search.material.queries import FOREVER, Query, query_vectors
from benchmarks.search.material.rows import DAY, Places
from benchmarks.search.systems.ours import Ours
from benchmarks.search.truth import Truth, Wanted

PASSING = (10, 100, 1_000, 10_000)
MILES = 25.0
# A larger table may cost this much more for equally many rows: the index is a level deeper.
ALLOWED = 1.5
_SEED = 11
_TOWNS_TRIED = 400
_FEWEST = 10


def measure_growth(truth: Truth, places: Places, count: int) -> dict[int, Measured]:
    """By rows that pass, the times of `count` queries, as far as the table has so many rows."""
    result = {}
    search = Ours().search
    for passing in PASSING:
        queries = list(_queries(truth, places, passing, count))
        if len(queries) < _FEWEST:
            continue
        measured = Measured(f"{passing}", "")
        for query in queries:
            search(query)
        rounds = [*enumerate(queries)] * ROUNDS
        for number, query in tqdm(rounds, f"{passing}", disable=None, leave=False):
            took, ids = timed(search, query)
            verdict = truth.judge(query.wanted, query.vector, query.expected, ids)
            measured.add(number, took, verdict)
        result[passing] = measured
    return result


def _queries(truth: Truth, places: Places, passing: int, count: int) -> Iterator[Query]:
    random = np.random.default_rng([_SEED, passing])
    vectors = query_vectors()
    vectors = vectors.reshape(-1, vectors.shape[2])
    found = 0
    for place in random.choice(len(places.lat), _TOWNS_TRIED, p=places.share):
        circle = (float(places.lat[place]), float(places.lng[place]), MILES)
        everything = truth.passing(Wanted(0, FOREVER * DAY, circle, is_virtual=False))
        if len(everything) <= passing:
            continue
        starts = np.sort(truth.rows.starts[everything])
        wanted = Wanted(0, int(starts[passing]), circle, is_virtual=False)
        if wanted.date_to <= 0:
            continue
        vector = vectors[random.integers(len(vectors))]
        expected = truth.expected(truth.passing(wanted), vector[None])[0]
        yield Query(wanted, vector, expected)
        found += 1
        if found == count:
            return
