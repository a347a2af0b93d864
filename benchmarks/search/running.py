"""One run: each size is loaded and measured, then everything is judged."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe_machine
from benchmarks.search import report
from benchmarks.search.comparing import Compared, Measured, compare
from benchmarks.search.folders import vectors_folder
from benchmarks.search.growth import measure_growth
from benchmarks.search.judging import judge_grid, judge_growth, judge_whole
from benchmarks.search.material import loading
from benchmarks.search.material.queries import GRID, QUICK_GRID, make_groups
from benchmarks.search.material.rows import Places, make_rows
from benchmarks.search.material.vectors import read_vectors
from benchmarks.search.systems import database, ours, plain_pgvector, qdrant_engine
from benchmarks.search.systems.engine import Built, Entrant
from benchmarks.search.systems.whole import measure_whole
from benchmarks.search.truth import Truth

_GROWTH_QUERIES, _WHOLE_MESSAGES = 60, 300
_QUICK_QUERIES = 10


def run_benchmark(url: str, folder: Path, arguments: argparse.Namespace) -> None:
    """Sizes from the smallest; the grid and whole retrieval at the largest."""
    print(describe_machine())
    print(database.describe_settings(url), flush=True)
    database.prepare_base(url)
    places = Places.read()
    growth: dict[int, dict[int, Measured]] = {}
    for events in arguments.events:
        run = _Size(url, folder, arguments, places, events)
        if arguments.load_only:
            continue
        growth[events] = measure_growth(run.truth, places, _GROWTH_QUERIES)
        if events == max(arguments.events):
            run.measure_all(growth)
    database.close_connections()


class _Size:
    """One number of events, loaded."""

    def __init__(
        self, url: str, folder: Path, arguments: argparse.Namespace, places: Places, events: int
    ) -> None:
        self._url, self._folder, self._arguments = url, folder, arguments
        self._places, self._events = places, events
        vectors = read_vectors(vectors_folder(), min(events, arguments.texts))
        self._rows = make_rows(events, len(vectors), places)
        self.truth = Truth(self._rows, vectors)
        print(
            f"\n{events:,} events, {self._rows.recurring:.0%} of them with the text of another",
            flush=True,
        )
        loaded = loading.load(url, self._rows, vectors, fresh=arguments.fresh)
        self._built = [ours.describe(loaded), *self._load_peers(vectors)]
        report.print_built(self._built)

    def measure_all(self, growth: dict[int, dict[int, Measured]]) -> None:
        """The grid, whole retrieval, and the verdicts."""
        results = list(self._compare_all())
        whole = measure_whole(_WHOLE_MESSAGES)
        kept = {"built": [asdict(each) for each in self._built], "whole": whole}
        self._folder.joinpath(f"results-{self._events}.json").write_text(
            json.dumps({**kept, "groups": report.as_json(results)}, indent=1)
        )
        report.print_grid(results)
        report.print_entrants(results)
        report.print_growth(growth)
        report.print_whole(whole)
        report.print_targets([*judge_grid(results), *judge_growth(growth), *judge_whole(whole)])

    @property
    def _has_peers(self) -> bool:
        """Growth is a matter of ours alone."""
        largest = max(self._arguments.events)
        return self._events == largest and not self._arguments.only_ours

    @property
    def _shard(self) -> Path:
        return self._folder / f"qdrant-{self._events}"

    def _load_peers(self, vectors: NDArray[np.float32]) -> Iterator[Built]:
        if self._has_peers:
            fresh = self._arguments.fresh_peers
            yield plain_pgvector.load(self._url, self._rows, vectors, fresh=fresh)
            yield qdrant_engine.load(self._shard, self._rows, vectors, fresh=fresh)

    def _compare_all(self) -> Iterator[Compared]:
        quick = self._arguments.quick
        cells = QUICK_GRID if quick else GRID
        count = _QUICK_QUERIES if quick else self._arguments.queries
        own = ours.Ours()
        entrants: list[Entrant] = own.entrants()
        with ExitStack() as stack:
            if self._has_peers:
                plain = database.url_of(self._url, plain_pgvector.database_name(self._events))
                peers = (plain_pgvector.PlainPgvector(plain), qdrant_engine.Qdrant(self._shard))
                for peer in peers:
                    stack.enter_context(closing(peer))
                    entrants += peer.entrants()
            for groups in make_groups(self.truth, self._places, cells, count):
                for group in groups:
                    yield compare(self.truth, group, own, entrants)
