"""Runs one search: for each of its parts a plan, then the rows. One database visit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from core.grid import chord_to_miles
from core.prepared import Row, fetch
from rag.search.filters import Condition, SearchFilter, Where, parts_of
from rag.search.lexical import lexical_statement
from rag.search.plan import BOUND_UNKNOWN, Plan, choose_plan, graph_candidates, most_steps
from rag.search.sample import Sample, current_sample
from rag.search.statements import (
    MORE_FOR_GROUPS,
    SELECTED,
    Search,
    browse_statement,
    exact_kept,
    exact_statement,
    graph_statement,
    steps_statement,
)
from rag.types import Candidate

# A list of so many different happenings is full.
_ENOUGH_GROUPS = 25


@dataclass(frozen=True, slots=True)
class PartFound:
    """How one part of a search was done. `estimated` is None where nothing was guessed;
    `counted` is how many rows matched, a lower bound unless `is_whole`."""

    where: Where
    plan: Plan
    estimated: float | None
    counted: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The best candidates, one a group, and how they were found."""

    candidates: tuple[Candidate, ...]
    parts: tuple[PartFound, ...]

    @property
    def plan(self) -> Plan:
        """The plan of the first part, the nearest one."""
        return self.parts[0].plan

    @property
    def counted(self) -> int:
        """How many rows matched; a lower bound unless every part `is_whole`."""
        return sum(part.counted for part in self.parts)


# The online rows of one question, by filter without the circle, with the limit they had.
FoundOnline = dict[SearchFilter, tuple[int, PartFound, list[Row]]]


def run_search(search: Search, found_online: FoundOnline | None = None) -> Found:
    """The best matching rows, one a group: always `min(limit, matches)` of them.

    Rows that only full text finds come on top of that. `found_online` is read and filled:
    the same search around another circle reuses its online rows. A row that lies within
    the wider circle as well appears twice and is kept once, as one group.
    """
    sample = current_sample() if search.vector is not None else None
    known = {} if found_online is None else found_online
    parts: list[PartFound] = []
    found: list[Row] = []
    for where in parts_of(search.wanted):
        asked = search.in_part(where, len(found))
        if where is Where.ONLINE_BEYOND:
            part, rows = _run_online(asked, sample, known)
        else:
            part, rows = _run_part(asked, where, sample)
        parts.append(part)
        found += rows
    rows = sorted(found, key=_order(search))
    best = _first_of_groups(rows)[: search.limit]
    by_words = sorted(_by_words(search), key=_by_words_first)
    candidates = tuple(_candidate(row) for row in _first_of_groups([*best, *by_words]))
    return Found(candidates, tuple(parts))


def _run_online(
    search: Search, sample: Sample | None, known: FoundOnline
) -> tuple[PartFound, list[Row]]:
    """What is online beyond the circle, unless enough of it is known already."""
    anywhere = replace(search.wanted, circle=None)
    if anywhere not in known or known[anywhere][0] < search.limit:
        known[anywhere] = (search.limit, *_run_part(search, Where.ONLINE_BEYOND, sample))
    _, part, rows = known[anywhere]
    return part, rows


def _run_part(search: Search, where: Where, sample: Sample | None) -> tuple[PartFound, list[Row]]:
    if search.vector is None:
        rows = _fetch(browse_statement(search, where))
        is_whole = len(rows) < search.limit * MORE_FOR_GROUPS
        return PartFound(where, Plan.BROWSE, None, len(rows), is_whole), rows
    estimated = sample.estimate(where, search.wanted) if sample else None
    plan = search.plan or _plan(search, where, sample, estimated)
    if plan is Plan.EXACT:
        bound = BOUND_UNKNOWN if estimated is None and search.plan is None else None
        part, rows = _exact(search, where, bound, estimated)
        if bound is None or part.counted <= bound:
            return part, rows
    part, rows = _graph(search, where, estimated)
    gave_up = part.counted < graph_candidates(search.limit)[0]
    if gave_up or len(rows) < min(search.limit, _ENOUGH_GROUPS):
        # The filter excludes what resembles the query, so the rows met are not the nearest.
        return _exact(search, where, None, estimated)
    return part, rows


def _plan(search: Search, where: Where, sample: Sample | None, estimated: float | None) -> Plan:
    if sample is None or estimated is None:
        return Plan.EXACT
    online = where in (Where.ONLINE, Where.ONLINE_BEYOND)
    indexed = sample.online if online else sample.indexed
    return choose_plan(matching=estimated, indexed=indexed, limit=search.limit)


def _exact(
    search: Search, where: Where, bound: int | None, estimated: float | None
) -> tuple[PartFound, list[Row]]:
    most = None if bound is None else bound + 1
    counted, rows = _counted(_fetch(exact_statement(search, where, most)))
    kept = None if search.counts else exact_kept(search) - 1
    at_most = kept if bound is None else bound
    is_whole = at_most is None or counted <= at_most
    return PartFound(where, Plan.EXACT, estimated, counted, is_whole), rows


def _graph(search: Search, where: Where, estimated: float | None) -> tuple[PartFound, list[Row]]:
    _fetch(steps_statement(most_steps(estimated)))
    for candidates in graph_candidates(search.limit):
        counted, rows = _counted(_fetch(graph_statement(search, where, candidates)))
        if counted < candidates or len(rows) >= min(search.limit, _ENOUGH_GROUPS):
            break
    return PartFound(where, Plan.GRAPH, estimated, counted, is_whole=False), rows


def _counted(rows: list[Row]) -> tuple[int, list[Row]]:
    """How many rows were met, which each row begins with, and those that are rows."""
    return rows[0][0], [row for row in rows if row[1] is not None]


def _by_words(search: Search) -> list[Row]:
    statement = lexical_statement(search, search.words) if search.words else None
    return _fetch(statement) if statement else []


def _order(search: Search) -> Callable[[Row], tuple[Any, ...]]:
    """The statements' own order, for merging the rows of several parts."""
    if search.vector is None:
        since = search.wanted.date_from
        return lambda row: (max(_of(row, "starts_at"), since), _of(row, "event_id"))
    return lambda row: (-_of(row, "similarity"), _of(row, "starts_at"), _of(row, "event_id"))


def _by_words_first(row: Row) -> tuple[Any, ...]:
    return (-_of(row, "named"), -_of(row, "coverage"), -_of(row, "similarity"), row[1])


def _first_of_groups(rows: Iterable[Row]) -> list[Row]:
    seen: set[int] = set()
    kept = []
    for row in rows:
        group = _of(row, "group")
        if group not in seen:
            seen.add(group)
            kept.append(row)
    return kept


def _of(row: Row, name: str) -> Any:
    return row[_POSITIONS[name]]


# Each row begins with the count.
_POSITIONS = {name: number for number, name in enumerate(SELECTED, start=1)}


def _fetch(statement: Condition) -> list[Row]:
    return fetch(statement.sql, statement.parameters)


def _candidate(row: Row) -> Candidate:
    known = dict(zip(SELECTED, row[1:], strict=True))
    chord = known.pop("chord")
    known["audience_tags"] = tuple(known["audience_tags"])
    known["metadata_tags"] = tuple(known["metadata_tags"])
    return Candidate(**known, distance_miles=None if chord is None else chord_to_miles(chord))
