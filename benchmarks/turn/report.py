"""The figures of two builds as tables, with their ratios pair by pair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from benchmarks.figures import percentile, table
from benchmarks.turn.measuring import Block

Pair = tuple[Block, Block]


def blocks_table(pairs: Sequence[Pair]) -> str:
    """The figures of old and new: the median of the blocks, percentiles over all turns."""
    old, new = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    rows: list[list[object]] = []
    for name, figure in _FIGURES.items():
        first, second = figure(old), figure(new)
        rows.append([name, first, second, second / first])
    return table(["a turn", "old", "new", "new / old"], rows)


def ratios_table(pairs: Sequence[Pair]) -> str:
    """New to old, each block beside the one that ran before or after it."""
    header = ["pair", "CPU old ms", "CPU new ms", "CPU ratio", "wall p50 ratio", "turns/s ratio"]
    rows: list[list[object]] = [
        [
            number,
            old.cpu_ms,
            new.cpu_ms,
            new.cpu_ms / old.cpu_ms,
            percentile(new.walls, 0.5) / percentile(old.walls, 0.5),
            new.turns_a_second / old.turns_a_second,
        ]
        for number, (old, new) in enumerate(pairs, start=1)
    ]
    rows.append(["median", *(median(float(str(row[at])) for row in rows) for at in range(1, 6))])
    return table(header, rows)


def _walls(blocks: Sequence[Block]) -> list[float]:
    return [wall for block in blocks for wall in block.walls]


_FIGURES: dict[str, Callable[[Sequence[Block]], float]] = {
    "CPU of the service, ms": lambda blocks: median(block.service_ms for block in blocks),
    "CPU of Postgres, ms": lambda blocks: median(block.postgres_ms for block in blocks),
    "CPU of both, ms": lambda blocks: median(block.cpu_ms for block in blocks),
    "wall p50, ms": lambda blocks: percentile(_walls(blocks), 0.5),
    "wall p95, ms": lambda blocks: percentile(_walls(blocks), 0.95),
    "turns a second": lambda blocks: median(block.turns_a_second for block in blocks),
}
