"""Ranking: what suits comes first, and nothing else is recommended while it is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rag.ranking.order import Kin
from rag.ranking.scoring import Ranked
from rag.ranking.tiers import Topic, rank
from rag.types import Candidate, Centre, Constraints

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
NEWTON = Centre("Newton, MA", 42.337, -71.209)


def candidate(event_id: int, similarity: float = 0.4, **fields: Any) -> Candidate:
    start = NOW + timedelta(days=1)
    plain = Candidate(
        event_id=event_id,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        can_attend_online=False,
        can_attend_in_person=True,
        min_price=None,
        age_min=None,
        age_max=None,
        audience_tags=(),
        metadata_tags=(),
        similarity=similarity,
        distance_miles=1.0,
    )
    return replace(plain, **fields)


def tiers(ranked: list[Ranked]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for one in ranked:
        found.setdefault(one.tier, []).append(one.candidate.event_id)
    return found


def ranked(
    candidates: list[Candidate], constraints: Constraints, series: Mapping[int, str] | None = None
) -> list[Ranked]:
    kin = {
        event_id: Kin(title=f"event {event_id}", starts_at=NOW, series=name)
        for event_id, name in (series or {}).items()
    }
    return rank([Topic(candidates, constraints)], now=NOW, kin=kin).events


def test_topic_sets_music_apart_from_what_only_sounds_alike() -> None:
    music = [candidate(n, 0.3, metadata_tags=("music",)) for n in range(3)]
    yoga = candidate(9, 0.5, metadata_tags=("wellness",))
    found = ranked([yoga, *music], Constraints(query="live music"))
    assert tiers(found) == {"recommended": [0, 1, 2], "context": [9]}
    assert found[0].factors["topic"] == 1.0
    assert found[-1].factors["topic"] == 0.0


def test_undecided_events_are_recommended_while_few_suit() -> None:
    events = [candidate(1, 0.4, metadata_tags=("music",)), candidate(2, 0.4), candidate(3, 0.19)]
    found = ranked(events, Constraints(query="live music"))
    assert tiers(found) == {"recommended": [1, 2], "context": [3]}


def test_audience_counts_by_tags_and_by_ages() -> None:
    events = [
        candidate(1, audience_tags=("families",)),
        candidate(2, age_min=5, age_max=9),
        candidate(3, audience_tags=("kids",)),
        candidate(4, age_min=12),
        candidate(5, audience_tags=("seniors",)),
        candidate(6),
    ]
    found = ranked(events, Constraints(query="kids", audience="kids"))
    assert tiers(found) == {"recommended": [2, 3, 1], "context": [6, 4, 5]}


def test_distant_similarity_is_not_recommended() -> None:
    found = ranked([candidate(1, 0.6), candidate(2, 0.2)], Constraints(query="pottery"))
    assert tiers(found) == {"recommended": [1], "context": [2]}


def test_nearer_and_sooner_wins_at_equal_similarity() -> None:
    far = candidate(1, distance_miles=14.0)
    late = candidate(2, starts_at=NOW + timedelta(days=10))
    best = candidate(3)
    wishes = Constraints(query="pottery", place=NEWTON, max_distance_miles=15)
    assert [one.candidate.event_id for one in ranked([far, late, best], wishes)] == [3, 2, 1]


def test_places_come_before_online_events_around_a_centre() -> None:
    online = {"distance_miles": None, "can_attend_online": True}
    wishes = Constraints(query="pottery", place=NEWTON, max_distance_miles=15)
    few = [candidate(1, 0.5, **online), candidate(2)]
    assert tiers(ranked(few, wishes)) == {"recommended": [2, 1]}
    many = [*few, candidate(3), candidate(4)]
    assert tiers(ranked(many, wishes)) == {"recommended": [2, 3, 4], "additional": [1]}


def test_series_is_recommended_once() -> None:
    events = [candidate(n, 0.5 - n / 100) for n in range(4)]
    series = {0: "a", 1: "a", 2: "b", 3: "a"}
    found = ranked(events, Constraints(query="pottery"), series)
    assert tiers(found) == {"recommended": [0, 2], "context": [1, 3]}


def test_without_a_topic_the_soonest_comes_first() -> None:
    events = [candidate(n, 0.0, starts_at=NOW + timedelta(days=9 - n)) for n in range(3)]
    assert tiers(ranked(events, Constraints())) == {"recommended": [2, 1, 0]}


def test_nothing_suiting_shows_what_comes_closest() -> None:
    events = [candidate(1, metadata_tags=("sports",)), candidate(2, metadata_tags=("film",))]
    assert tiers(ranked(events, Constraints(query="live music"))) == {"near": [1, 2]}


def test_cheaper_counts_only_with_a_price_limit() -> None:
    events = [candidate(1, min_price=15.0), candidate(2, min_price=0.0)]
    with_limit = ranked(events, Constraints(query="x", max_price=20))
    assert [one.candidate.event_id for one in with_limit] == [2, 1]
    assert "price" not in ranked(events, Constraints(query="x"))[0].factors


def test_tiers_are_bounded() -> None:
    found = ranked([candidate(n) for n in range(120)], Constraints(query="pottery"))
    sizes = {tier: len(ids) for tier, ids in tiers(found).items()}
    assert sizes == {"recommended": 10, "additional": 15, "context": 50}


def test_scores_and_factors_stay_between_0_and_1() -> None:
    events = [candidate(n, similarity) for n, similarity in enumerate((-0.5, 0.0, 1.0, 1.2))]
    for one in ranked(events, Constraints(query="x", place=NEWTON, max_distance_miles=1)):
        assert 0 <= one.score <= 1
        assert all(0 <= factor <= 1 for factor in one.factors.values())


def test_what_resembles_nothing_much_is_not_recommended() -> None:
    events = [candidate(1, 0.2), candidate(2, 0.18)]
    assert tiers(ranked(events, Constraints(query="pottery classes"))) == {"near": [1, 2]}
