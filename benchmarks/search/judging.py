"""The targets, and whether the figures meet them. The worst group decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchmarks.figures import percentile
from benchmarks.search.comparing import RECALL, Compared, Measured
from benchmarks.search.growth import ALLOWED

FORCED_AT_MOST = 1.3
GEO_AT_MOST, OTHER_AT_MOST = 0.5, 1.2
WHOLE_P50_MS, WHOLE_P95_MS = 15.0, 60.0


@dataclass(frozen=True)
class Target:
    """What was asked for, the worst that was found, and how many groups miss it."""

    name: str
    limit: str
    worst: str
    passed: bool
    missed: str = ""

    @property
    def row(self) -> list[str]:
        return ["pass" if self.passed else "FAIL", self.name, self.limit, self.worst, self.missed]


def judge_grid(results: list[Compared]) -> list[Target]:
    """Rows, recall and plans of ours; its times beside the others'."""
    short = sum(result.ours.short for result in results)
    recalls = [result.ours.recall for result in results]
    targets = [
        Target("always min(k, matches) rows", "0 short answers", str(short), short == 0),
        Target(
            "recall@10 of the worst group", f"≥ {RECALL}", f"{min(recalls):.3f}",
            min(recalls) >= RECALL, _missed(recall < RECALL for recall in recalls),
        ),
        _at_most(
            "chosen plan to the best forced one, p50", FORCED_AT_MOST,
            [result.forced_ratio for result in results],
        ),
    ]  # fmt: skip
    geo = [result for result in results if result.group.cell.is_geo]
    rest = [result for result in results if not result.group.cell.is_geo]
    for share in (0.5, 0.95):
        name = f"to the better of Qdrant and pgvector, p{share * 100:.0f}"
        targets += [
            _at_most(f"with a circle: {name}", GEO_AT_MOST, [each.ratio(share) for each in geo]),
            _at_most(f"without: {name}", OTHER_AT_MOST, [each.ratio(share) for each in rest]),
        ]
    return targets


def judge_growth(by_events: Mapping[int, Mapping[int, Measured]]) -> list[Target]:
    """The largest table beside the smallest one in which as many rows pass."""
    targets = []
    largest = max(by_events)
    for passing, at_largest in by_events[largest].items():
        smaller = [events for events in sorted(by_events) if passing in by_events[events]]
        if smaller[0] == largest:
            continue
        ratio = at_largest.at(0.95) / by_events[smaller[0]][passing].at(0.95)
        name = f"{passing:,} rows pass: p95 at {largest:,} to p95 at {smaller[0]:,} events"
        targets.append(_at_most(name, ALLOWED, [ratio]))
    return targets


def judge_whole(took: list[float]) -> list[Target]:
    limits = ((0.5, WHOLE_P50_MS), (0.95, WHOLE_P95_MS))
    return [
        Target(
            f"whole retrieval, p{share * 100:.0f}", f"≤ {limit:.0f} ms",
            f"{percentile(took, share):.1f} ms", percentile(took, share) <= limit,
        )
        for share, limit in limits
    ]  # fmt: skip


def _at_most(name: str, limit: float, ratios: list[float]) -> Target:
    worst = max(ratios, default=0.0)
    missed = _missed(ratio > limit for ratio in ratios)
    return Target(name, f"≤ {limit:g}", f"{worst:.2f}", worst <= limit, missed)


def _missed(misses: Iterable[bool]) -> str:
    known = list(misses)
    return f"{sum(known)} of {len(known)} groups" if any(known) else ""
