"""Explains one search as JSON: plans, filters, scores and the reason for each tier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.prepared import fetch
from rag.ranking.scoring import Ranked, Weights
from rag.search.areas import Condition
from rag.search.filters import SearchFilter, in_spans, overlaps, somewhere, wishes
from rag.search.run import Found
from rag.search.statements import TABLE
from rag.types import Constraints, EventSummary
from rag.understanding import constraints_to_json


@dataclass(frozen=True, slots=True)
class Explained:
    """The results of the steps of one search, for its trace."""

    constraints: Constraints
    wanted: SearchFilter
    found: Found
    ranked: Sequence[Ranked]


def trace_search(
    topics: Sequence[Explained], summaries: Mapping[int, EventSummary], weights: Weights
) -> dict[str, Any]:
    """The trace of a search that was just made, of one topic or several; counts what each
    filter removes.

    Counting reads the whole search table: for debugging only.
    """
    explained = topics[0]
    wanted = explained.wanted
    return {
        "constraints": constraints_to_json(explained.constraints),
        "window": {"from": wanted.date_from.isoformat(), "to": wanted.date_to.isoformat()},
        "plans": [
            {
                "part": part.where.value,
                "plan": part.plan.value,
                "estimated_rows": None if part.estimated is None else round(part.estimated),
                "counted_rows": part.counted,
                "is_whole_count": part.is_whole,
            }
            for topic in topics
            for part in topic.found.parts
        ],
        "filters": list(count_filters(wanted)),
        "found": len({one.event_id for topic in topics for one in topic.found.candidates}),
        "weights": asdict(weights),
        "candidates": [_candidate(one, summaries) for one in explained.ranked],
    }


def count_filters(wanted: SearchFilter) -> Iterator[dict[str, Any]]:
    """Each filter with how many events it removed of those that the ones before had left."""
    steps = list(_filters(wanted))
    total = Condition("TRUE")
    cumulative = []
    for _, condition in steps:
        total &= condition
        cumulative.append(total)
    counts = ", ".join(f"count(*) FILTER (WHERE {each.sql})" for each in cumulative)
    [left] = fetch(f"SELECT count(*), {counts} FROM {TABLE} AS r", total.parameters)
    for (name, _), before, after in zip(steps, left, left[1:], strict=False):
        yield {"filter": name, "removed": before - after, "left": after}


def _filters(wanted: SearchFilter) -> Iterator[tuple[str, Condition]]:
    yield "dates", overlaps(wanted)
    name = "place" if wanted.circle and not wanted.is_virtual else "attendance"
    yield name, somewhere(wanted)
    if wanted.spans is not None:
        yield "times", in_spans(wanted.spans)
    if wanted.max_price is not None or wanted.age is not None:
        yield "price_and_age", wishes(replace(wanted, spans=None, excluded=()))
    for each in wanted.excluded:
        yield f"not {each.term}", each.condition


def _candidate(one: Ranked, summaries: Mapping[int, EventSummary]) -> dict[str, Any]:
    event = summaries[one.candidate.event_id]
    return {
        "event_id": event.id,
        "title": event.title,
        "start_time": event.start_time.isoformat(),
        "tier": one.tier,
        "why_not": one.why_not.value if one.why_not else None,
        "final_score": round(one.score, 4),
        "ranking_factors": dict(one.factors),
        "distance_miles": one.candidate.distance_miles,
    }
