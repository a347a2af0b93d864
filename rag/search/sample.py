"""Estimates the number of rows that pass a filter, from a sample of the search table.

The estimate only chooses the plan, and every plan finds the same rows, so an old or
unlucky sample costs time alone.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from core.grid import squared_chord, unit_vector
from rag.search.filters import SHORT, Circle, SearchFilter, Where

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
