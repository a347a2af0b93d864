"""What takes part: a name, a way to search, and how hard it may try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.search.material.queries import Query

# Event ids, best first.
Answer = Callable[[Query], list[int]]


@dataclass(frozen=True)
class Effort:
    """One setting of an engine."""

    label: str
    search: Answer


@dataclass(frozen=True)
class Entrant:
    """An engine in one mode. `efforts` rise: each is slower and finds more than the one before."""

    name: str
    efforts: list[Effort]
    is_ours: bool = False


@dataclass(frozen=True)
class Built:
    """What it took to get ready."""

    engine: str
    load_seconds: float
    index_seconds: float
    data_bytes: int
    index_bytes: int
    remark: str = ""
