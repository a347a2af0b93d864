"""Ranks candidates into tiers, one entry a happening. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rag.ranking.scoring import DEFAULT_WEIGHTS, Ranked, Weights, score_candidates
from rag.ranking.selection import select
from rag.ranking.variety import Kin, first_of_each, vary
from rag.types import Candidate, Constraints, Tier, WhyNot

RECOMMENDED_AT_MOST = 10
ADDITIONAL_AT_MOST = 15
CONTEXT_AT_MOST = 50
LISTED_AT_MOST = RECOMMENDED_AT_MOST + ADDITIONAL_AT_MOST
SHOWN_AT_MOST = LISTED_AT_MOST + CONTEXT_AT_MOST


def rank(
    candidates: Iterable[Candidate],
    constraints: Constraints,
    *,
    now: datetime,
    kin: Mapping[int, Kin],
    recommended: int = RECOMMENDED_AT_MOST,
    weights: Weights = DEFAULT_WEIGHTS,
) -> list[Ranked]:
    """Best first, in tiers: recommended, additional, then context for the map.

    `kin` tells which events are dates of one series, copies of each other or much
    alike: only the best of those is recommended or additional.
    """
    scored = score_candidates(candidates, constraints, now=now, weights=weights)
    selection = select(scored, constraints)
    single = first_of_each(selection.chosen, kin)
    best = vary(single, kin)
    at_most = min(recommended, RECOMMENDED_AT_MOST)
    first, second = best[:at_most], best[at_most : at_most + ADDITIONAL_AT_MOST]
    if not first:  # nothing suits: then what comes closest is worth a look
        second = first_of_each(scored, kin)[:ADDITIONAL_AT_MOST]
    shown = {one.event_id for one in first + second}
    others = [one for one in scored if one.event_id not in shown]
    repeated = {one.event_id for one in selection.chosen} - {one.event_id for one in single}
    why_not = dict(selection.why_not) | dict.fromkeys(repeated, WhyNot.SAME_HAPPENING)
    return [
        *_in_tier(first, "recommended"),
        *_in_tier(second, "additional", why_not),
        *_in_tier(others[:CONTEXT_AT_MOST], "context", why_not),
    ]


def _in_tier(
    ranked: Sequence[Ranked], tier: Tier, why_not: Mapping[int, WhyNot] | None = None
) -> list[Ranked]:
    return [
        Ranked(
            one.candidate,
            one.score,
            one.factors,
            one.fits,
            tier,
            None if why_not is None else why_not.get(one.event_id, WhyNot.FURTHER_DOWN),
        )
        for one in ranked
    ]
