"""The service's own search, with the plan that it chooses and with each plan forced."""

from __future__ import annotations

from collections import Counter

from benchmarks.search.material.loading import Loaded
from benchmarks.search.material.queries import Query
from benchmarks.search.material.rows import moment
from benchmarks.search.systems.engine import Built, Effort, Entrant
from benchmarks.search.truth import TOP, Wanted
from rag.search.areas import Circle
from rag.search.filters import SearchFilter
from rag.search.plan import Plan
from rag.search.run import run_search
from rag.search.statements import Search
from rag.types import Centre

CHOSEN, EXACT, GRAPH = "ours", "ours, exact", "ours, graph"


class Ours:
    """Searches as a chat turn does, and notes which plans were chosen."""

    def __init__(self) -> None:
        self.plans: Counter[str] = Counter()

    def entrants(self) -> list[Entrant]:
        return [
            Entrant(CHOSEN, [Effort("", self.search)], is_ours=True),
            Entrant(EXACT, [Effort("", lambda query: _search(query, Plan.EXACT)[0])], is_ours=True),
            Entrant(GRAPH, [Effort("", lambda query: _search(query, Plan.GRAPH)[0])], is_ours=True),
        ]

    def search(self, query: Query) -> list[int]:
        ids, plan = _search(query, None)
        self.plans[plan] += 1
        return ids

    def plans_since(self) -> str:
        """The plans chosen since the last call, the commonest first."""
        plans, self.plans = self.plans, Counter()
        return "+".join(name for name, _ in plans.most_common())


def search_filter(wanted: Wanted) -> SearchFilter:
    circle = Circle(*wanted.circle) if wanted.circle else None
    return SearchFilter(moment(wanted.date_from), moment(wanted.date_to), circle, wanted.is_virtual)


def describe(loaded: Loaded) -> Built:
    return Built(
        engine="ours",
        load_seconds=loaded.load_seconds,
        index_seconds=sum(loaded.index_seconds.values()),
        data_bytes=loaded.table_bytes,
        index_bytes=sum(loaded.index_bytes.values()),
        remark=", ".join(
            f"{name} {loaded.index_seconds.get(name, 0):.0f} s {size / 2**20:.0f} MB"
            for name, size in sorted(loaded.index_bytes.items())
        ),
    )


def _search(query: Query, plan: Plan | None) -> tuple[list[int], str]:
    centre = None
    if query.wanted.circle:
        lat, lng, _ = query.wanted.circle
        centre = Centre("here", lat, lng)
    found = run_search(
        Search(search_filter(query.wanted), query.vector, centre, limit=TOP, plan=plan)
    )
    return [candidate.event_id for candidate in found.candidates], found.plan.value
