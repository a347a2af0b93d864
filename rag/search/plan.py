"""Chooses the plan of a search from the number of matching rows, estimated from a sample.

Left to Postgres' planner, a filtered graph search loses rows silently. Costs are in
milliseconds of one core; only the point where they cross matters. `docs/benchmarks.md`
measures the choice. The estimate only chooses the plan, and every plan finds the same rows,
so an old or unlucky sample costs time alone.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from core.grid import squared_chord, unit_vector
from rag.search.areas import Circle
from rag.search.filters import SHORT, SearchFilter, Where

# The longest walk of the graph, about as long as comparing all matching rows takes. A walk
# that ends early returns the rows that it met, not the nearest: with 2,000 steps single
# groups fell to a recall of 0.91.
_FEWEST_STEPS = 10_000
# The graph's order is approximate, so more rows are taken and then sorted.
_MORE_FROM_GRAPH = (20, 0.5)
# A second attempt, when the rows were dates of few happenings, takes this many times as many.
_MANY_MORE = 6
# Comparing a row's vector with the query, once the filter has let it through.
_EXACT_PER_ROW = 0.0012
# Walking the graph to its first `EF_SEARCH` rows, and each further one, with the
# look into the table that the filter needs.
_GRAPH_BEGIN = 1.5
_GRAPH_PER_ROW = 0.009
# Without a sample to estimate from, this many rows are compared before the graph is tried.
BOUND_UNKNOWN = 20_000


class Plan(StrEnum):
    """How the rows are found.

    BROWSE orders by time and needs no vector; EXACT compares the query with
    every matching row; GRAPH walks the HNSW index until enough rows match.
    """

    BROWSE = "browse"
    EXACT = "exact"
    GRAPH = "graph"


def choose_plan(*, matching: float, indexed: float, limit: int) -> Plan:
    """EXACT or GRAPH for about `matching` rows of the `indexed` ones that the graph holds."""
    return Plan.EXACT if matching <= most_exact_rows(indexed, limit) else Plan.GRAPH


def most_exact_rows(indexed: float, limit: int) -> float:
    """Up to how many matching rows the exact scan is the quicker way.

    The rarer the matching rows, the farther the graph must be walked to meet
    `limit` of them, so the two cross where
    per_row · n = begin + per_visit · limit · indexed / n.
    """
    visits = _GRAPH_PER_ROW * graph_candidates(limit)[0] * indexed
    half = _GRAPH_BEGIN / (2 * _EXACT_PER_ROW)
    return half + math.sqrt(half**2 + visits / _EXACT_PER_ROW)


def most_steps(matching: float | None) -> int:
    """How many nodes of the graph may be visited for about so many matching rows."""
    if matching is None:
        return _FEWEST_STEPS
    return max(_FEWEST_STEPS, round(matching * _EXACT_PER_ROW / _GRAPH_PER_ROW))


def graph_candidates(limit: int) -> tuple[int, int]:
    """How many rows to take from the graph for `limit` happenings: at first, and if they repeat."""
    least, share = _MORE_FROM_GRAPH
    first = limit + max(least, round(limit * share))
    return first, first * _MANY_MORE


SIZE = 10_000
# Smaller tables are always searched exactly and need no sample.
SMALL_TABLE = 5_000
_SECONDS_KEPT = 300.0
# While one thread takes a new sample, the others use the old one for this long.
_SECONDS_TO_REMAKE = 5.0

_SIZE_OF_TABLE = """
    SELECT greatest(reltuples, 0)::float8 FROM pg_class
    WHERE oid = 'events_eventsearchrow'::regclass
"""
_ROWS = """
    SELECT extract(epoch FROM starts_at)::float8, extract(epoch FROM ends_at)::float8,
        can_attend_online, can_attend_in_person,
        coalesce(x, 'NaN'), coalesce(y, 'NaN'), coalesce(z, 'NaN'),
        coalesce(min_price, 'NaN'), coalesce(age_min, 0), coalesce(age_max, 32767)
    FROM events_eventsearchrow TABLESAMPLE SYSTEM (%s)
"""


@dataclass(frozen=True, eq=False)
class Sample:
    """Some rows of the table, column by column, each standing for `scale` of them."""

    columns: NDArray[np.float64]
    scale: float

    @property
    def indexed(self) -> float:
        """About how many rows there are."""
        return float(self.columns.shape[1] * self.scale)

    @property
    def online(self) -> float:
        """About how many one can attend online."""
        return float(self.columns[2].sum()) * self.scale

    def estimate(self, where: Where, wanted: SearchFilter) -> float:
        """About how many rows belong to a part of a search."""
        columns = self.columns
        if where is Where.WITHIN and wanted.circle is not None:
            columns = columns[:, _near(columns, wanted.circle)]
        starts, ends, online, in_person, *_, price, age_min, age_max = columns
        passes = (starts < _epoch(wanted.date_to)) & (ends > _epoch(wanted.date_from))
        if wanted.max_price is not None:
            passes &= price <= wanted.max_price
        if wanted.spans is not None:
            passes &= _in_spans(starts, ends, wanted.spans)
        if wanted.age is not None:
            youngest, oldest = wanted.age.min, wanted.age.max
            passes &= (age_min <= (math.inf if oldest is None else oldest)) & (
                age_max >= (youngest or 0)
            )
        if where in (Where.ONLINE, Where.ONLINE_BEYOND):
            passes &= online > 0
        elif where is not Where.ANYWHERE:
            passes &= in_person > 0
        return float(np.count_nonzero(passes)) * self.scale


_lock = threading.Lock()
_kept: dict[str, tuple[float, Sample | None]] = {}


def current_sample() -> Sample | None:
    """A sample at most some minutes old; None while the table is small or not yet analysed."""
    database = connection.settings_dict["NAME"]
    with _lock:
        made_at, sample = _kept.get(database, (-np.inf, None))
        now = time.monotonic()
        if now - made_at < _SECONDS_KEPT:
            return sample
        _kept[database] = (now - _SECONDS_KEPT + _SECONDS_TO_REMAKE, sample)
    sample = _take()
    with _lock:
        _kept[database] = (time.monotonic(), sample)
    return sample


def _take() -> Sample | None:
    with connection.cursor() as cursor:
        cursor.execute(_SIZE_OF_TABLE)
        rows = cursor.fetchone()[0]
        if rows <= SMALL_TABLE:
            return None
        cursor.execute(_ROWS, [100 * min(1.0, SIZE / rows)])
        columns = np.ascontiguousarray(
            np.array(cursor.fetchall(), dtype=np.float64).reshape(-1, 10).T
        )
    return Sample(columns, rows / max(columns.shape[1], 1))


def _near(columns: NDArray[np.float64], circle: Circle) -> NDArray[np.intp]:
    """The numbers of the rows within a circle: few, so that the rest is asked of them alone."""
    along = np.array(unit_vector(circle.lat, circle.lng)) @ columns[4:7]
    return np.flatnonzero(along >= 1 - squared_chord(circle.miles) / 2)


def _in_spans(
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    spans: Sequence[tuple[datetime, datetime]],
) -> NDArray[np.bool_]:
    """What `in_spans` asks in SQL."""
    since = np.array([_epoch(span[0]) for span in spans] + [np.inf])
    until = np.array([_epoch(span[1]) for span in spans])
    first = since[np.searchsorted(until, starts, side="right")]
    is_short = ends - starts < SHORT.total_seconds()
    return np.where(is_short, ends > first, starts >= first)


def _epoch(moment: datetime) -> float:
    return moment.timestamp()
