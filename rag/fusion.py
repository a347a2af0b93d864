"""Reciprocal rank fusion of what is near in meaning and what holds the words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rag.search.run import Candidate

# Cormack, Clarke and Buettcher (2009): how quickly a rank's worth fades.
RRF_K = 60


def fuse(candidates: Sequence[Candidate]) -> Mapping[int, float]:
    """Event id → relevance, 0 to 1: the sum of the reciprocal ranks over the best possible.

    A candidate that holds none of the words has no rank among them; without any
    words at all the order of similarity is all there is.
    """
    by_meaning = _ranks(candidates, lambda one: one.similarity)
    holding = [one for one in candidates if one.named or one.coverage > 0]
    by_words = _ranks(holding, lambda one: one.named + one.coverage)
    best = (1 + bool(holding)) / (RRF_K + 1)
    return {
        event_id: (_worth(by_meaning[event_id]) + _worth(by_words.get(event_id))) / best
        for event_id in by_meaning
    }


def _worth(rank: int | None) -> float:
    return 0.0 if rank is None else 1 / (RRF_K + rank)


def _ranks(candidates: Sequence[Candidate], key: Callable[[Candidate], float]) -> dict[int, int]:
    """Ranks from 1, the largest key first; equal keys share the better rank."""
    ranks: dict[int, int] = {}
    before: tuple[float, int] | None = None
    for number, one in enumerate(sorted(candidates, key=key, reverse=True), start=1):
        value = round(key(one), 6)
        rank = before[1] if before is not None and before[0] == value else number
        ranks[one.event_id] = rank
        before = (value, rank)
    return ranks
