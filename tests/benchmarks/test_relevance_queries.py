"""The labelled queries are complete and consistent, and are scored as the field scores them."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.relevance.calendars import CALENDARS
from benchmarks.relevance.labels import (
    CLASSES,
    SPLITS,
    Judgement,
    LabelledQuery,
    event_key,
    load_queries,
)
from benchmarks.relevance.report import groups, losers_table
from benchmarks.relevance.scoring import Scores, mean, score

QUERIES = load_queries()


def _query(name: str = "name-01", *, grades: dict[str, int] | None = None) -> LabelledQuery:
    judged = {"a": 3, "b": 1, "c": 0} if grades is None else grades
    judgements = tuple(Judgement(grade, "because", (key,)) for key, grade in judged.items())
    return LabelledQuery(name, "name", "tune", "words", None, judgements)


def test_queries_are_enough_in_every_class() -> None:
    sizes = Counter(query.kind for query in QUERIES)
    assert len(QUERIES) >= 80
    assert {kind: sizes[kind] >= 10 for kind in CLASSES} == dict.fromkeys(CLASSES, True)


def test_query_ids_and_messages_are_unique() -> None:
    assert [name for name, count in Counter(q.id for q in QUERIES).items() if count > 1] == []
    assert [text for text, count in Counter(q.message for q in QUERIES).items() if count > 1] == []


def test_query_ids_name_their_class() -> None:
    assert [query.id for query in QUERIES if not query.id.startswith(f"{query.kind}-")] == []


def test_every_class_is_split_in_halves() -> None:
    for kind in CLASSES:
        sizes = Counter(query.split for query in QUERIES if query.kind == kind)
        assert set(sizes) == set(SPLITS)
        assert max(sizes.values()) - min(sizes.values()) <= 1


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.id)
def test_query_is_judged_with_reasons(query: LabelledQuery) -> None:
    keys = Counter(key for each in query.judgements for key in each.events)
    assert query.message == query.message.strip() != ""
    assert [each for each in query.judgements if each.grade not in (0, 1, 2, 3)] == []
    assert [each for each in query.judgements if not each.why.strip() or not each.events] == []
    assert [key for key, count in keys.items() if count > 1] == []
    assert [key for key in keys if key.partition(":")[0] not in CALENDARS] == []
    assert max(query.grades.values()) >= 2


def test_event_key_is_one_for_all_dates_of_a_series() -> None:
    assert event_key("davis", "1", "chess|9") == event_key("davis", "2", "chess|9")
    assert event_key("davis", "1", "") == "davis:1"


def test_score_of_the_ideal_order_is_one() -> None:
    assert score([_query()], {"name-01": ["a", "b"]})["name-01"] == Scores(1.0, 1.0, 1.0)


def test_score_counts_unjudged_and_late_events_as_losses() -> None:
    found = score([_query()], {"name-01": ["x", "c", "y", "z", "v", "a"]})["name-01"]
    assert found.ndcg == pytest.approx(3 / 2.807354922 / (3 + 1 / 1.584962501))
    assert found.success == 0.0
    assert found.judged == pytest.approx(2 / 6)


def test_score_of_an_empty_list_is_zero() -> None:
    assert score([_query()], {"name-01": []})["name-01"] == Scores(0.0, 0.0, 1.0)


def test_mean_averages_each_figure() -> None:
    assert mean([Scores(1, 1, 1), Scores(0, 1, 0.5)]) == Scores(0.5, 1, 0.75)


def test_groups_are_the_classes_all_and_the_split() -> None:
    assert [group.name for group in groups(QUERIES)] == [*CLASSES, "all", *SPLITS]
    assert sum(len(group.queries) for group in groups(QUERIES)) == 3 * len(QUERIES)


def test_losers_are_those_behind_the_better_half_farthest_first() -> None:
    queries = [_query("near"), _query("far"), _query("level")]
    halves = {query.id: Scores(0.9, 1, 1) for query in queries}
    whole = {"near": Scores(0.8, 1, 1), "far": Scores(0.1, 1, 1), "level": Scores(0.9, 1, 1)}
    lines = losers_table(queries, {"dense": halves, "full_text": halves, "hybrid": whole})
    assert [line.split("|")[1].strip() for line in lines.splitlines()[2:]] == ["far", "near"]
