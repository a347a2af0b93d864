"""Runs the same queries through every entrant, interleaved, at equal recall.

**Equal recall.** In each group (a cell of the grid and a kind of query) an
entrant is at equal recall when its mean recall@10 over the group's queries is
at least that of ours or 0.99, whichever is less. Recall counts missing rows as
missed. Each foreign entrant climbs its ladder of efforts, defaults first, on a
sample of the queries, and is measured with the first effort that reaches this.
It stops climbing at the top of its ladder (pgvector: ef_search 1,000, its own
limit, and 200,000 tuples; Qdrant: ef 2,048, then its exact search), or when it
takes `TOO_SLOW` times as long as ours and finds less: a higher effort could
only lose by more. What it reached stands beside its times; an entrant below
equal recall is no better one, however quick.

**Times.** After an untimed pass, each query goes to all entrants one after the
other, in an order drawn anew, so that a busy moment of the machine hits all
alike; this in `ROUNDS` rounds, of which a query's quickest counts. Each is asked
`IN_A_ROW` times: else whoever comes behind an entrant of the same engine finds
its caches warm, and the first of them does not. Percentiles are over queries. An
entrant that takes more than `SLOW_MS` is asked only every third query; ratios are
then of the queries that both were asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from benchmarks.figures import percentile
from benchmarks.search.material.queries import Group, Query
from benchmarks.search.systems.engine import Answer, Effort, Entrant
from benchmarks.search.systems.ours import CHOSEN, EXACT, GRAPH, Ours
from benchmarks.search.truth import Truth, Verdict

RECALL = 0.99
TOO_SLOW = 10.0
SLOW_MS = 150.0
ROUNDS = 2
IN_A_ROW = 3
_SAMPLE = 10
_FORCED = {EXACT: "exact", GRAPH: "graph"}


@dataclass
class Measured:
    """One entrant in one group: milliseconds by query, and what its answers were worth."""

    name: str
    effort: str
    took: dict[int, float] = field(default_factory=dict)
    verdicts: dict[int, Verdict] = field(default_factory=dict)

    def add(self, number: int, took: float, verdict: Verdict) -> None:
        """Notes one answer to the query of this number; its quickest counts."""
        self.took[number] = min(took, self.took.get(number, took))
        self.verdicts[number] = verdict

    @property
    def recall(self) -> float:
        return mean(verdict.recall for verdict in self.verdicts.values())

    @property
    def worst_recall(self) -> float:
        return min(verdict.recall for verdict in self.verdicts.values())

    @property
    def short(self) -> int:
        """How many answers had fewer rows than there are."""
        return sum(verdict.short for verdict in self.verdicts.values())

    def at(self, share: float) -> float:
        """A percentile of the milliseconds."""
        return percentile(self.took.values(), share)


@dataclass(frozen=True)
class Compared:
    """All entrants in one group, and the plans that ours chose."""

    group: Group
    by_name: dict[str, Measured]
    plans: str

    @property
    def ours(self) -> Measured:
        return self.by_name[CHOSEN]

    @property
    def others(self) -> list[Measured]:
        """The foreign entrants at equal recall."""
        return [
            measured
            for name, measured in self.by_name.items()
            if name not in (CHOSEN, *_FORCED) and measured.recall >= equal_recall(self.ours)
        ]

    def best_other(self, share: float) -> Measured | None:
        """The quickest foreign entrant at equal recall, by a percentile."""
        return min(self.others, key=lambda other: other.at(share), default=None)

    def ratio(self, share: float) -> float:
        """Ours to the best other; 0 when no other reaches equal recall."""
        best = self.best_other(share)
        return _ratio(self.ours, best, share) if best else 0.0

    @property
    def forced_ratio(self) -> float:
        """The median of the chosen plan to that of the best forced one that is right.

        At least 1; and 1 where the same plan was chosen for all queries and is
        the best, since then both are the same work.
        """
        others = [name for name, plan in _FORCED.items() if self.plans != plan]
        forced = [self.by_name[name] for name in others]
        right = [plan for plan in forced if plan.recall >= RECALL and not plan.short]
        return max([1.0, *(_ratio(self.ours, plan, 0.5) for plan in right)])


def equal_recall(ours: Measured) -> float:
    return min(RECALL, ours.recall)


def compare(truth: Truth, group: Group, ours: Ours, entrants: list[Entrant]) -> Compared:
    """Climbs, then measures."""
    asking = _Asking(truth, group.queries)
    first = entrants[0]
    own = asking.ask(first.efforts[0], range(len(group.queries)))
    ours.plans_since()
    efforts = {
        entrant.name: entrant.efforts[0] if entrant.is_ours else asking.climb(entrant, own)
        for entrant in entrants
    }
    result = {name: Measured(name, effort.label) for name, effort in efforts.items()}
    slow = {name for name in efforts if asking.warm_up(efforts[name].search) > SLOW_MS}
    ours.plans_since()
    random = Random(0)
    for number in [*range(len(group.queries))] * ROUNDS:
        query = group.queries[number]
        for name in random.sample([*efforts], len(efforts)):
            if name in slow and number % 3:
                continue
            for _ in range(IN_A_ROW):
                took, ids = timed(efforts[name].search, query)
                result[name].add(number, took, asking.judge(query, ids))
    return Compared(group, result, ours.plans_since())


class _Asking:
    """The queries of a group, and what answers to them are worth."""

    def __init__(self, truth: Truth, queries: list[Query]) -> None:
        self._truth, self._queries = truth, queries
        step = max(1, len(queries) // _SAMPLE)
        self._sample = range(0, len(queries), step)

    def climb(self, entrant: Entrant, own: Measured) -> Effort:
        """The first effort at equal recall, or the last one that was worth trying."""
        own_ms = mean(own.took[number] for number in self._sample)
        for effort in entrant.efforts:
            tried = self.ask(effort, self._sample)
            too_slow = mean(tried.took.values()) > TOO_SLOW * own_ms
            if tried.recall >= equal_recall(own) or too_slow:
                return effort
        return effort

    def ask(self, effort: Effort, numbers: Iterable[int]) -> Measured:
        measured = Measured("", effort.label)
        for number in numbers:
            took, ids = timed(effort.search, self._queries[number])
            measured.add(number, took, self.judge(self._queries[number], ids))
        return measured

    def warm_up(self, search: Answer) -> float:
        """Mean milliseconds of the untimed pass, which ends early where it is slow."""
        took: list[float] = []
        for query in self._queries:
            took.append(timed(search, query)[0])
            if len(took) == 3 and mean(took) > SLOW_MS:
                break
        return mean(took)

    def judge(self, query: Query, ids: list[int]) -> Verdict:
        return self._truth.judge(query.wanted, query.vector, query.expected, ids)


def timed(search: Callable[[Query], list[int]], query: Query) -> tuple[float, list[int]]:
    """Milliseconds and the answer."""
    began = time.perf_counter()
    ids = search(query)
    return (time.perf_counter() - began) * 1000, ids


def mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known) if known else 0.0


def _ratio(ours: Measured, other: Measured, share: float) -> float:
    both = ours.took.keys() & other.took.keys()
    return percentile([ours.took[number] for number in both], share) / percentile(
        [other.took[number] for number in both], share
    )
