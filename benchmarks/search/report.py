"""The figures as Markdown tables, the worst first, and all of them as JSON."""

from __future__ import annotations

from typing import Any

from benchmarks.figures import percentile, table
from benchmarks.search.comparing import Compared, Measured, mean
from benchmarks.search.judging import Target
from benchmarks.search.material.queries import Cell
from benchmarks.search.systems.engine import Built

_MEGABYTE = 2**20
_GRID = (
    *("radius", "days", "online", "queries", "rows", "plans", "p50", "p95", "recall"),
    *("chosen/forced", "better p50", "of", "ratio p50", "better p95", "of", "ratio p95"),
)


def print_built(built: list[Built]) -> None:
    header = ("engine", "load s", "index s", "data MB", "index MB", "")
    rows = [
        [
            *(each.engine, each.load_seconds, each.index_seconds),
            *(each.data_bytes / _MEGABYTE, each.index_bytes / _MEGABYTE, each.remark),
        ]
        for each in built
    ]
    print("\n" + table(header, rows))


def print_targets(targets: list[Target]) -> None:
    print("\n" + table(("", "target", "limit", "worst", "missed"), [each.row for each in targets]))


def print_grid(results: list[Compared]) -> None:
    """The worst kind of query of each cell, the worst cells first; cells with a circle apart."""
    for title, is_geo in (("With a circle", True), ("Without", False)):
        worst: dict[Cell, Compared] = {}
        for result in results:
            cell = result.group.cell
            if cell.is_geo is is_geo and (
                cell not in worst or _badness(result) > _badness(worst[cell])
            ):
                worst[cell] = result
        ordered = sorted(worst.values(), key=_badness, reverse=True)
        if ordered:
            print(f"\n{title}, milliseconds, worst kind of query of each cell:\n")
            print(table(_GRID, [_grid_row(result) for result in ordered]))


def print_entrants(results: list[Compared]) -> None:
    """Each entrant over all groups: how often it was at equal recall, and its times."""
    header = ("entrant", "groups", "at equal recall", "mean recall", "worst query", "short answers",
              "p50 ms", "p95 ms")  # fmt: skip
    rows = []
    for title, is_geo in (("with a circle", True), ("without", False)):
        chosen = [result for result in results if result.group.cell.is_geo is is_geo]
        for name in results[0].by_name:
            every = [result.by_name[name] for result in chosen]
            if not every:
                continue
            equal = sum(
                measured.recall >= min(0.99, result.ours.recall)
                for measured, result in zip(every, chosen, strict=True)
            )
            took = [ms for measured in every for ms in measured.took.values()]
            rows.append([
                f"{name}, {title}", len(every), equal, mean(each.recall for each in every),
                min(each.worst_recall for each in every), sum(each.short for each in every),
                percentile(took, 0.5), percentile(took, 0.95),
            ])  # fmt: skip
    print("\n" + table(header, rows))


def print_growth(by_events: dict[int, dict[int, Measured]]) -> None:
    header = ("events", "rows that pass", "queries", "p50 ms", "p95 ms", "recall")
    rows = [
        [f"{events:,}", f"{passing:,}", len(each.took), each.at(0.5), each.at(0.95), each.recall]
        for events, by_passing in by_events.items()
        for passing, each in by_passing.items()
    ]
    print("\nGrowth: 25 miles, in person, the window ended where so many rows have begun:\n")
    print(table(header, sorted(rows, key=lambda row: int(str(row[1]).replace(",", "")))))


def print_whole(took: list[float]) -> None:
    header = ("whole retrieval", "messages", "p50 ms", "p95 ms", "max ms")
    figures = [percentile(took, 0.5), percentile(took, 0.95), max(took)]
    print("\n" + table(header, [["understand, embed, search, rank, load", len(took), *figures]]))


def as_json(results: list[Compared]) -> list[dict[str, Any]]:
    """Every entrant in every group."""
    return [
        {
            "miles": result.group.cell.miles,
            "days": result.group.cell.days,
            "is_virtual": result.group.cell.is_virtual,
            "kind": result.group.kind.value,
            "rows": _rows_passing(result),
            "plans": result.plans,
            "forced_ratio": round(result.forced_ratio, 3),
            "ratio_p50": round(result.ratio(0.5), 3),
            "ratio_p95": round(result.ratio(0.95), 3),
            "entrants": {
                name: {
                    "effort": each.effort,
                    "queries": len(each.took),
                    "p50": round(each.at(0.5), 3),
                    "p95": round(each.at(0.95), 3),
                    "recall": round(each.recall, 4),
                    "worst_recall": round(each.worst_recall, 2),
                    "short": each.short,
                }
                for name, each in result.by_name.items()
            },
        }
        for result in results
    ]


def _badness(result: Compared) -> float:
    return max(result.ratio(0.5), result.ratio(0.95))


def _grid_row(result: Compared) -> list[object]:
    cell, ours = result.group.cell, result.ours
    online = {None: "any", True: "yes", False: "no"}[cell.is_virtual]
    row: list[object] = [
        cell.miles or "none", cell.days or "none", online, result.group.kind.value,
        _rows_passing(result), result.plans, ours.at(0.5), ours.at(0.95), ours.recall,
        result.forced_ratio,
    ]  # fmt: skip
    for share in (0.5, 0.95):
        best = result.best_other(share)
        row += [best.at(share), f"{best.name} {best.effort}"] if best else ["–", "none reaches it"]
        row.append(result.ratio(share))
    return row


def _rows_passing(result: Compared) -> int:
    return int(percentile([query.expected.matches for query in result.group.queries], 0.5))
