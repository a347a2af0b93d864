"""nDCG@10 and success@5 of rankings against the hand-made grades."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import ir_measures
from ir_measures import Success, nDCG

from benchmarks.relevance.happenings import grades_of_happenings
from benchmarks.relevance.labels import LabelledQuery

# Grade 1 is related but no answer.
_ANSWER = 2
_FIRST = 10
_NDCG = nDCG @ _FIRST
_SUCCESS = Success(rel=_ANSWER) @ 5


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of one query or means over many, each 0 to 1.

    `judged` is the share of the first ten that somebody has graded: what
    is missing counts as grade 0, so a low share says that the other figures are too low.
    """

    ndcg: float
    success: float
    judged: float


def score(
    queries: Sequence[LabelledQuery],
    rankings: Mapping[str, Sequence[str]],
    happening_of: Callable[[str], str] = str,
) -> dict[str, Scores]:
    """The scores of every query, by its id; `rankings` holds the names of happenings by query id.

    `happening_of` gives the one that an event key belongs to; without it each stands alone.
    """
    run = {
        query.id: {key: 1 / (place + 1) for place, key in enumerate(rankings[query.id])}
        for query in queries
    }
    grades = {query.id: grades_of_happenings(query.grades, happening_of) for query in queries}
    measured = {
        (one.query_id, one.measure): one.value
        for one in ir_measures.iter_calc([_NDCG, _SUCCESS], grades, run)
    }
    return {
        query.id: Scores(
            ndcg=measured[query.id, _NDCG],
            success=measured[query.id, _SUCCESS],
            judged=_judged(grades[query.id], rankings[query.id][:_FIRST]),
        )
        for query in queries
    }


def _judged(grades: Mapping[str, int], first: Sequence[str]) -> float:
    return sum(key in grades for key in first) / len(first) if first else 1.0


def mean(scores: Iterable[Scores]) -> Scores:
    """The mean of each figure."""
    all_scores = list(scores)
    return Scores(
        fmean(each.ndcg for each in all_scores),
        fmean(each.success for each in all_scores),
        fmean(each.judged for each in all_scores),
    )
