"""The tables: each class and split, the ratio to the better half, and single queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.figures import table
from benchmarks.relevance.labels import CLASSES, SPLITS, LabelledQuery
from benchmarks.relevance.scoring import Scores, mean

Measured = Mapping[str, Mapping[str, Scores]]  # system → query id → scores

_HALVES = ("dense", "full_text")
_WHOLE = "hybrid"
# A query on which hybrid is this much behind the better half is listed.
_BEHIND = 0.05


@dataclass(frozen=True, slots=True)
class Group:
    """Queries whose figures are averaged in one row."""

    name: str
    queries: Sequence[LabelledQuery]


def groups(queries: Sequence[LabelledQuery]) -> list[Group]:
    """Each class, all queries, and each half of the split."""
    return [
        *(Group(kind, [query for query in queries if query.kind == kind]) for kind in CLASSES),
        Group("all", queries),
        *(Group(split, [query for query in queries if query.split == split]) for split in SPLITS),
    ]


def means_table(queries: Sequence[LabelledQuery], measured: Measured) -> str:
    """nDCG@10 and success@5 of every system, and hybrid to the better half and to dense."""
    header = [
        *("queries", "count"),
        *(f"nDCG@10 {system}" for system in measured),
        *("to the better", "to dense"),
        *(f"success@5 {system}" for system in measured),
        "judged@10",
    ]
    return table(header, [_row(group, measured) for group in groups(queries)])


def _row(group: Group, measured: Measured) -> list[object]:
    means = {
        system: mean(scores[query.id] for query in group.queries)
        for system, scores in measured.items()
    }
    whole = means[_WHOLE].ndcg
    better = max(means[half].ndcg for half in _HALVES)
    return [
        *(group.name, len(group.queries)),
        *(each.ndcg for each in means.values()),
        *(_ratio(whole, better), _ratio(whole, means["dense"].ndcg)),
        *(each.success for each in means.values()),
        min(each.judged for each in means.values()),
    ]


def _ratio(value: float, base: float) -> float | str:
    return value / base if base else "–"


def losers_table(queries: Sequence[LabelledQuery], measured: Measured) -> str:
    """Queries on which hybrid is behind the better half, the farthest first."""
    behind = sorted(_differences(queries, measured), key=lambda row: row[0])
    rows = [
        [query.id, query.message, *(scores[query.id].ndcg for scores in measured.values())]
        for difference, query in behind
        if difference < -_BEHIND
    ]
    return table(["behind", "message", *(f"nDCG@10 {system}" for system in measured)], rows)


def _differences(
    queries: Sequence[LabelledQuery], measured: Measured
) -> Iterator[tuple[float, LabelledQuery]]:
    for query in queries:
        better = max(measured[half][query.id].ndcg for half in _HALVES)
        yield measured[_WHOLE][query.id].ndcg - better, query


def queries_table(queries: Sequence[LabelledQuery], measured: Measured) -> str:
    """Every query with its figures."""
    rows = [
        [
            *(query.id, query.split, query.message),
            *(scores[query.id].ndcg for scores in measured.values()),
            min(scores[query.id].judged for scores in measured.values()),
        ]
        for query in queries
    ]
    header = ["query", "split", "message", *(f"nDCG@10 {system}" for system in measured)]
    return table([*header, "judged@10"], rows)
