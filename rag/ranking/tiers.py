"""Ranks candidates into tiers, one entry a happening. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from rag.ranking.fitting import NO_WORDS, Asked, those_that_fit
from rag.ranking.order import Kin, by_interest, first_of_each, vary
from rag.ranking.scoring import (
    DEFAULT_WEIGHTS,
    Ranked,
    Weights,
    names_only_an_audience,
    score_candidates,
)
from rag.ranking.selection import Selection, best_of_each, closest, local_first, select
from rag.types import Candidate, Constraints, Tier, WhyNot

RECOMMENDED_AT_MOST = 10
ADDITIONAL_AT_MOST = 15
CONTEXT_AT_MOST = 50
# With so many that take place there, what is online no longer fills up the best.
FEW_LOCAL = 3
# This share of the radius is the town itself; the rest is what lies around it.
TOWN_SHARE = 0.2
LISTED_AT_MOST = RECOMMENDED_AT_MOST + ADDITIONAL_AT_MOST
SHOWN_AT_MOST = LISTED_AT_MOST + CONTEXT_AT_MOST


@dataclass(frozen=True, slots=True)
class Ranking:
    """The ranked events, and whether anything of them fits what was asked for.

    `fitting` is how many do, those that are not listed included.
    """

    events: list[Ranked]
    fits: bool
    fitting: int = 0


@dataclass(frozen=True, slots=True)
class Topic:
    """Candidates for one topic: its constraints, and how much its words tell.

    A search for "jazz or blues" has two.
    """

    candidates: Sequence[Candidate]
    constraints: Constraints
    asked: Asked = NO_WORDS


def rank(
    topics: Sequence[Topic],
    *,
    now: datetime,
    kin: Mapping[int, Kin],
    recommended: int = RECOMMENDED_AT_MOST,
    weights: Weights = DEFAULT_WEIGHTS,
) -> Ranking:
    """Best first, in tiers: recommended (or near, when nothing fits), additional, context.

    `kin` tells which events are dates of one series, copies of each other or much
    alike: only the best of those is recommended or additional. An event counts for the
    topic that it suits best.
    """
    scored: list[Ranked] = []
    chosen: list[Ranked] = []
    why_not: dict[int, WhyNot] = {}
    fitting: set[int] = set()
    for topic in topics:
        these = score_candidates(topic.candidates, topic.constraints, now=now, weights=weights)
        selection = select(these, topic.constraints)
        fit = those_that_fit(
            (one.candidate for one in selection.chosen), topic.constraints, topic.asked
        )
        fitting_ids = {one.event_id for one in fit}
        if fitting and not fitting_ids:
            continue
        if fitting_ids and not fitting:  # what only came close to the topics before counts no more
            chosen = []
        fitting |= fitting_ids
        scored += these
        chosen += selection.chosen
        why_not |= selection.why_not
    constraints = topics[0].constraints
    if len(topics) > 1:
        scored, chosen = best_of_each(scored, constraints), best_of_each(chosen, constraints)
    return _in_tiers(
        scored, Selection(chosen, why_not), constraints, _View(now, kin, recommended, fitting)
    )


@dataclass(frozen=True, slots=True)
class _View:
    now: datetime
    kin: Mapping[int, Kin]
    recommended: int
    fitting: AbstractSet[int]


def _in_tiers(
    scored: Sequence[Ranked], selection: Selection, constraints: Constraints, view: _View
) -> Ranking:
    kin = view.kin
    single = first_of_each(selection.chosen, kin)
    local, online = local_first(single, constraints, kin)
    is_ordered = constraints.order != "relevance"
    has_topic = constraints.query and not names_only_an_audience(constraints)
    if not (has_topic or constraints.more_like or is_ordered):
        local = by_interest(
            local,
            kin,
            max(constraints.date_from or view.now, view.now),
            TOWN_SHARE * (constraints.max_distance_miles or math.inf),
        )
    best = local if is_ordered else vary(local, kin)
    fits = bool(view.fitting) and bool(local)
    if len(local) < FEW_LOCAL:
        best, online = [*best, *online], []
    at_most = min(view.recommended, RECOMMENDED_AT_MOST)
    fitting = sum(one.event_id in view.fitting for one in (*best, *online))
    first, second = best[:at_most], [*best[at_most:], *online][:ADDITIONAL_AT_MOST]
    fits = fits and bool(first)
    if not fits:  # then what comes closest is worth a look
        first, second = first_of_each(closest(scored, constraints), kin)[:at_most], []
    shown = {one.event_id for one in (*first, *second)}
    others = [one for one in scored if one.event_id not in shown]
    repeated = {one.event_id for one in selection.chosen} - {one.event_id for one in single}
    why_not = dict(selection.why_not) | dict.fromkeys(repeated, WhyNot.SAME_HAPPENING)
    why_not |= dict.fromkeys((one.event_id for one in online), WhyNot.ONLINE)
    if not fits:
        why_not = dict.fromkeys((one.event_id for one in first), WhyNot.NOTHING_FITS) | why_not
    return Ranking(
        [
            *(_in_tier(first, "recommended") if fits else _in_tier(first, "near", why_not)),
            *_in_tier(second, "additional", why_not),
            *_in_tier(others[:CONTEXT_AT_MOST], "context", why_not),
        ],
        fits,
        fitting if fits else 0,
    )


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
