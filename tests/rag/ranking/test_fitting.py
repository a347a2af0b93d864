"""Whether anything fits at all, what comes first without a topic, and the order asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rag.ranking.fitting import Asked, fits_at_all, holding
from rag.ranking.order import Kin
from rag.ranking.tiers import Ranking, Topic, rank
from rag.types import Candidate, Centre, Constraints, MoreLike
from tests.rag.ranking.test_tiers import candidate

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
NEWTON = Centre("Newton, MA", 42.337, -71.209)
NEAR = Constraints(place=NEWTON, max_distance_miles=10)


def _kin(candidates: Sequence[Candidate], **titles: str) -> dict[int, Kin]:
    return {
        one.event_id: Kin(titles.get(f"e{one.event_id}", f"event {one.event_id}"), one.starts_at)
        for one in candidates
    }


def _rank(
    candidates: Sequence[Candidate], wishes: Constraints, words: int = 0, **more: Any
) -> Ranking:
    kin = more.pop("kin", None) or _kin(candidates)
    return rank([Topic(candidates, wishes, _asked(words))], now=NOW, kin=kin, **more)


def _asked(words: int, *, is_common: bool = False) -> Asked:
    """Words of which each tells as much as the others."""
    return Asked((1.0,) * words, is_common)


def _tier(ranking: Ranking, tier: str) -> list[int]:
    return [one.event_id for one in ranking.events if one.tier == tier]


@pytest.mark.parametrize(
    ("words", "similarity", "coverage", "fits"),
    [
        (2, 0.48, 0.5, True),
        (2, 0.48, 0.4, False),  # half of "nutcracker ballet" is no Nutcracker
        (1, 0.45, 0.4, True),
        (1, 0.38, 0.0, False),
        (7, 0.38, 0.0, True),  # nothing bears much of a long sentence
    ],
)
def test_bound_goes_by_meaning_and_words(
    words: int, similarity: float, coverage: float, fits: bool
) -> None:
    one = candidate(1, similarity, coverage=coverage)
    assert fits_at_all([one], Constraints(query="some words"), _asked(words)) == fits


def test_a_name_a_model_or_an_audience_alone_needs_no_bound() -> None:
    weak = candidate(1, 0.2)
    assert fits_at_all([replace(weak, named=0.5)], Constraints(query="zz top"), _asked(2))
    assert fits_at_all([weak], Constraints(query="like it", more_like=MoreLike(9, "It")), _asked(2))
    assert fits_at_all([weak], Constraints(query="kids", audience="kids"), _asked(1))
    assert not fits_at_all([weak], Constraints(query="kids rodeo", audience="kids"), _asked(2))


def test_a_tag_stands_for_the_one_word_that_names_its_topic() -> None:
    show = candidate(1, 0.36, metadata_tags=("music",))
    assert fits_at_all([show], Constraints(query="concert"), _asked(1))
    assert not fits_at_all(
        [replace(show, metadata_tags=("food",))], Constraints(query="concert"), _asked(1)
    )
    assert not fits_at_all([show], Constraints(query="beyonce concert"), _asked(2))


def test_a_tag_is_not_the_genre_of_which_it_holds_all_kinds() -> None:
    choir = candidate(1, 0.36, metadata_tags=("music",))
    assert not fits_at_all([choir], Constraints(query="opera"), _asked(1))
    assert not _rank([choir], Constraints(query="opera"), 1).fits


def test_more_are_only_those_that_fit() -> None:
    found = [candidate(1, 0.6, coverage=1.0), candidate(2, 0.55, coverage=0.8)]
    found += [candidate(number, 0.3) for number in range(3, 9)]
    ranking = _rank(found, Constraints(query="chess club"), 2)
    assert ranking.fits
    assert ranking.fitting == 2
    assert len(_tier(ranking, "recommended")) > 2


def test_what_is_counted_holds_the_most_telling_word() -> None:
    asked = Asked((6.9, 2.7, 2.1))
    found = [candidate(number, 0.7) for number in (1, 2, 3, 4)]
    held = {1: {0, 1, 2}, 2: {0, 1}, 3: {1, 2}}
    counted = holding(found, Constraints(query="chess club meeting"), asked, held)
    assert [one.event_id for one in counted] == [1, 2]


def test_a_word_that_nothing_holds_keeps_nothing_from_being_counted() -> None:
    asked = Asked((6.9, 4.0, 3.0))
    found = [candidate(number, 0.7) for number in (1, 2)]
    counted = holding(found, Constraints(query="zorbing trivia night"), asked, {1: {1}, 2: {2}})
    assert [one.event_id for one in counted] == [1]


def test_kind_of_event_is_counted_by_its_tag() -> None:
    band = candidate(1, 0.51, metadata_tags=("music",))
    meal = candidate(2, 0.51, metadata_tags=("food",))
    wishes = Constraints(query="concerts")
    assert holding([band, meal], wishes, Asked((4.9,)), {}) == [band]
    assert holding([replace(band, similarity=0.25)], wishes, Asked((4.9,)), {}) == []
    assert holding([band], Constraints(query="jazz concerts"), Asked((5.0, 4.9)), {}) == []


def test_what_only_comes_close_is_near_and_nothing_else_is_offered() -> None:
    ranking = _rank([candidate(i, 0.4) for i in (1, 2)], Constraints(query="ufo convention"), 2)
    assert not ranking.fits
    assert _tier(ranking, "near") == [1, 2]
    assert {one.tier for one in ranking.events} == {"near"}
    assert {one.why_not.value for one in ranking.events if one.why_not} == {"nothing_fits"}


def test_online_alone_is_near_a_place_and_never_its_match() -> None:
    online = candidate(1, can_attend_online=True, distance_miles=None)
    ranking = _rank([online], NEAR)
    assert not ranking.fits
    assert _tier(ranking, "near") == [1]
    there = [candidate(n, distance_miles=2.0) for n in (2, 3)]
    assert _tier(_rank([online, *there], NEAR), "recommended")[-1] == 1


def test_made_up_events_give_way_to_real_ones() -> None:
    made_up, real = candidate(1, distance_miles=1.0), candidate(2, distance_miles=2.0)
    kin = _kin([made_up, real])
    kin[1] = replace(kin[1], is_demo=True)
    assert _tier(_rank([made_up, real], NEAR, kin=kin), "recommended") == [2]
    assert _tier(_rank([made_up], NEAR, kin=kin), "recommended") == [1]


def test_without_a_topic_what_begins_comes_before_what_is_open_or_goes_on() -> None:
    soon = NOW + timedelta(hours=1)
    found = [
        candidate(1, starts_at=NOW - timedelta(days=3)),
        candidate(2, starts_at=soon),
        candidate(3, starts_at=soon),
        candidate(4, starts_at=soon + timedelta(hours=5)),
        candidate(5, starts_at=soon),
    ]
    kin = _kin(found, e2="Church Office Hours", e3="Finance Committee")
    kin[5] = replace(kin[5], is_all_day=True)
    ranking = _rank(found, Constraints(), kin=kin)
    assert _tier(ranking, "recommended") == [4, 3, 5, 1, 2]


def test_a_phrase_outranks_one_of_its_words() -> None:
    word, phrase = candidate(1, 0.5, coverage=0.5), candidate(2, 0.42, coverage=1.0)
    ranking = _rank([word, phrase], Constraints(query="tribute bands"), 2)
    assert _tier(ranking, "recommended") == [2, 1]


@pytest.mark.parametrize(
    ("order", "expected"), [("start", [3, 1, 2]), ("distance", [2, 3, 1]), ("price", [1, 3, 2])]
)
def test_the_order_asked_for_is_the_order(order: Any, expected: list[int]) -> None:
    found = [
        candidate(1, distance_miles=9.0, min_price=0.0),
        candidate(2, starts_at=NOW + timedelta(days=9), distance_miles=1.0),
        candidate(3, starts_at=NOW + timedelta(hours=2), distance_miles=2.0, min_price=5.0),
    ]
    assert _tier(_rank(found, replace(NEAR, order=order)), "recommended") == expected


def test_either_topic_is_enough_and_each_event_counts_for_its_best() -> None:
    swing = Topic(
        [candidate(1, 0.6, coverage=1.0), candidate(2, 0.3)], Constraints(query="swing"), _asked(1)
    )
    contra = Topic(
        [candidate(2, 0.7, coverage=1.0), candidate(1, 0.3)], Constraints(query="contra"), _asked(1)
    )
    ranking = rank([swing, contra], now=NOW, kin=_kin([*swing.candidates, *contra.candidates][:2]))
    assert ranking.fits
    assert sorted(_tier(ranking, "recommended")) == [1, 2]
    # A topic that nothing fits adds nothing to one that is met.
    rodeo = Topic([candidate(3, 0.3)], Constraints(query="rodeo"), _asked(1))
    for topics in ([swing, rodeo], [rodeo, swing]):
        ranking = rank(topics, now=NOW, kin={})
        assert ranking.fits
        assert 3 not in _tier(ranking, "recommended")


def test_words_that_stand_in_many_events_need_less() -> None:
    show = candidate(1, 0.51, metadata_tags=("comedy",))
    wishes = Constraints(query="comedy shows")
    assert not fits_at_all([show], wishes, _asked(2))
    assert fits_at_all([show], wishes, _asked(2, is_common=True))
    assert not fits_at_all([candidate(1, 0.4)], wishes, _asked(2, is_common=True))


def test_what_comes_close_goes_by_meaning_and_not_by_its_day() -> None:
    late = candidate(1, 0.31, starts_at=NOW + timedelta(days=60), metadata_tags=("science",))
    soon = candidate(2, 0.24, metadata_tags=("outdoors",))
    ranking = _rank([soon, late], Constraints(query="stargazing"), 1)
    assert not ranking.fits
    assert _tier(ranking, "near") == [1, 2]


def test_the_town_itself_comes_before_what_lies_around_it() -> None:
    around = candidate(1, 0.0, distance_miles=6.0, starts_at=NOW + timedelta(hours=1))
    inside = candidate(2, 0.0, distance_miles=1.0, starts_at=NOW + timedelta(days=2))
    assert _tier(_rank([around, inside], NEAR), "recommended") == [2, 1]
