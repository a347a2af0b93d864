"""What is right: exact NumPy over the same vectors, and recall against it.

Equal texts have equal vectors, so that the tenth of the best is often one of
many. A returned row therefore counts when it passes the filter and is as
similar as the tenth, not when it is one of ten chosen ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.search.material.rows import Rows, unit_vectors
from core.grid import squared_chord

TOP = 10
# Sums of 384 products in float32 differ by less, whichever way they are added up.
_ROUNDING = 1e-5
# Within a foot: whether a row at the rim is inside may differ between engines.
_RIM_CHORD = 1e-10
# Past this many rows it is quicker to compare with all texts than to gather the rows' own.
_GATHER_AT_MOST = 60_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter, for any engine. Seconds are from `rows.NOW`; the circle is (lat, lng, miles).

    `is_virtual` as in `rag.search.filters.SearchFilter`: True, one can attend
    online, wherever; False, in person within the circle; None, within the
    circle or online.
    """

    date_from: int
    date_to: int
    circle: tuple[float, float, float] | None
    is_virtual: bool | None


@dataclass(frozen=True, slots=True)
class Expected:
    """How many rows match, and how similar the last of the best `TOP` is."""

    matches: int
    threshold: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one answer was worth. `short`: fewer right-filtered rows than there are."""

    recall: float
    short: bool


class Truth:
    """The rows in memory, ready to be compared with."""

    def __init__(self, rows: Rows, vectors: NDArray[np.float32]) -> None:
        self.rows = rows
        self._vectors = vectors

    def passing(self, wanted: Wanted) -> NDArray[np.int64]:
        """The indices of the rows that match."""
        rows = self.rows
        in_time = np.flatnonzero((rows.starts < wanted.date_to) & (rows.ends > wanted.date_from))
        return in_time[self._where(wanted, in_time, 0.0)]

    def expected(self, passing: NDArray[np.int64], queries: NDArray[np.float32]) -> list[Expected]:
        """What each query of float32[n, 384] ought to find among the passing rows."""
        if not len(passing):
            return [Expected(0, 0.0)] * len(queries)
        texts = self.rows.texts[passing]
        if len(passing) > _GATHER_AT_MOST:
            similarities = (self._vectors @ queries.T)[texts].T
        else:
            similarities = (self._vectors[texts] @ queries.T).T
        last = min(TOP, len(passing)) - 1
        return [
            Expected(len(passing), float(-np.partition(-similarity, last)[last]))
            for similarity in similarities
        ]

    def judge(
        self, wanted: Wanted, query: NDArray[np.float32], expected: Expected, ids: Sequence[int]
    ) -> Verdict:
        """Compares the event ids that an engine returned with what is right."""
        best = min(TOP, expected.matches)
        if not best:
            return Verdict(1.0, short=False)
        found = np.unique(np.array(ids, np.int64)) - 1
        rows = self.rows
        if len(found):
            in_time = (rows.starts[found] < wanted.date_to) & (rows.ends[found] > wanted.date_from)
            found = found[in_time & self._where(wanted, found, _RIM_CHORD)]
        right = self._vectors[rows.texts[found]] @ query >= expected.threshold - _ROUNDING
        return Verdict(min(1.0, int(right.sum()) / best), short=len(found) < best)

    def _where(self, wanted: Wanted, at: NDArray[np.int64], slack: float) -> NDArray[np.bool_]:
        online, in_person = self.rows.online[at], self.rows.in_person[at]
        if wanted.is_virtual:
            return online
        if wanted.circle is None:
            return in_person if wanted.is_virtual is False else online | in_person
        lat, lng, miles = wanted.circle
        centre = unit_vectors(np.array([[lat, lng]]))[0]
        # NaN, the point of online events, is in no circle.
        cosine = self.rows.points[at] @ centre
        within: NDArray[np.bool_] = 2 - 2 * cosine <= squared_chord(miles) + slack
        return within if wanted.is_virtual is False else within | online
