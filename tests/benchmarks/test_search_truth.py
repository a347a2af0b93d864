"""What the search benchmark calls right decides all of its figures."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.search.material.queries import Query
from benchmarks.search.material.rows import DAY, Places, make_rows
from benchmarks.search.material.texts import event_text, query_texts, topic_of
from benchmarks.search.material.vocabulary import TOPICS
from benchmarks.search.truth import Truth, Wanted
from core.grid import distance_miles

EVERYTHING = Wanted(-400 * DAY, 400 * DAY, None, is_virtual=None)
BOSTON = (42.36, -71.06)


@pytest.fixture(scope="module")
def truth() -> Truth:
    towns = Places(
        lat=np.array([BOSTON[0], 52.52]),
        lng=np.array([BOSTON[1], 13.41]),
        share=np.array([0.5, 0.5]),
        region=np.array([0, 1]),
    )
    vectors = np.random.default_rng(1).normal(size=(480, 8)).astype(np.float32)
    return Truth(make_rows(2000, len(vectors), towns), vectors)


def test_rows_are_the_same_each_time(truth: Truth) -> None:
    again = make_rows(
        2000, 480, Places(np.array([BOSTON[0], 52.52]), np.array([BOSTON[1], 13.41]),
                          np.array([0.5, 0.5]), np.array([0, 1])),
    )  # fmt: skip
    assert np.array_equal(again.texts, truth.rows.texts)
    assert np.array_equal(again.starts, truth.rows.starts)
    assert np.array_equal(again.points, truth.rows.points, equal_nan=True)


def test_a_rows_topic_is_that_of_its_text(truth: Truth) -> None:
    assert [topic_of(int(text)) for text in truth.rows.texts] == truth.rows.topics.tolist()


def test_texts_differ_and_queries_are_none_of_them() -> None:
    texts = {event_text(number) for number in range(2000)}
    asked = {text for topic in range(len(TOPICS)) for text in query_texts(topic)}
    assert len(texts) == 2000
    assert not texts & asked


def test_a_circle_holds_what_is_within_its_miles(truth: Truth) -> None:
    wanted = Wanted(-400 * DAY, 400 * DAY, (*BOSTON, 3.0), is_virtual=False)
    rows = truth.rows
    expected = [
        at
        for at in range(len(rows))
        if rows.in_person[at] and _miles_from_boston(rows.venues[rows.venue[at]].tolist()) <= 3.0
    ]
    assert 0 < len(expected) < rows.in_person.sum()
    assert truth.passing(wanted).tolist() == expected


def _miles_from_boston(point: list[float]) -> float:
    lat, lng = point
    return distance_miles(lat, lng, *BOSTON)


def test_online_events_pass_any_circle_unless_they_are_unwanted(truth: Truth) -> None:
    anywhere = Wanted(-400 * DAY, 400 * DAY, (0.0, 0.0, 1.0), is_virtual=None)
    assert truth.passing(anywhere).tolist() == np.flatnonzero(truth.rows.online).tolist()


def _query(truth: Truth, wanted: Wanted) -> Query:
    vector = np.random.default_rng(2).normal(size=8).astype(np.float32)
    return Query(wanted, vector, truth.expected(truth.passing(wanted), vector[None])[0])


def _best(truth: Truth, query: Query) -> list[int]:
    similarity = truth._vectors[truth.rows.texts] @ query.vector
    passing = truth.passing(query.wanted)
    return [int(at) + 1 for at in passing[np.argsort(-similarity[passing], kind="stable")]]


def test_any_row_as_similar_as_the_tenth_counts(truth: Truth) -> None:
    query = _query(truth, EVERYTHING)
    best = _best(truth, query)
    texts = truth.rows.texts
    tied = [event for event in best[10:20] if texts[event - 1] == texts[best[9] - 1]]
    assert tied
    instead = [*best[:9], tied[0]]
    verdict = truth.judge(query.wanted, query.vector, query.expected, instead)
    assert (verdict.recall, verdict.short) == (1.0, False)


def test_missing_repeated_and_wrong_rows_count_as_missed(truth: Truth) -> None:
    query = _query(truth, EVERYTHING)
    best = _best(truth, query)
    judge = truth.judge
    missing = judge(query.wanted, query.vector, query.expected, best[:9])
    repeated = judge(query.wanted, query.vector, query.expected, [*best[:9], best[0]])
    wrong = judge(query.wanted, query.vector, query.expected, [*best[:9], best[-1]])
    assert (missing.recall, missing.short) == (0.9, True)
    assert (repeated.recall, repeated.short) == (0.9, True)
    assert (wrong.recall, wrong.short) == (0.9, False)


def test_a_row_outside_of_the_filter_does_not_count(truth: Truth) -> None:
    inside = _query(truth, Wanted(0, 30 * DAY, None, is_virtual=True))
    best = _best(truth, inside)
    outside = _best(truth, _query(truth, Wanted(60 * DAY, 90 * DAY, None, is_virtual=False)))
    verdict = truth.judge(inside.wanted, inside.vector, inside.expected, [*best[:9], outside[0]])
    assert (verdict.recall, verdict.short) == (0.9, True)


def test_nothing_to_find_is_found(truth: Truth) -> None:
    query = _query(truth, Wanted(0, DAY, (0.0, 0.0, 1.0), is_virtual=False))
    assert query.expected.matches == 0
    assert truth.judge(query.wanted, query.vector, query.expected, []).recall == 1.0
