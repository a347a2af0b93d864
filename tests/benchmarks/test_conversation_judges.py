"""Each judgement on answers made by hand: what is right passes, what is wrong does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from benchmarks.conversation.answers import Answer, Listed, read_answer
from benchmarks.conversation.cases import make_case
from benchmarks.conversation.judges.listing import judge_list
from benchmarks.conversation.judges.ranking import (
    CalendarEvent,
    miles_between,
    ndcg,
    passes,
    rank_plainly,
)
from benchmarks.conversation.judges.reading import judge_reading
from benchmarks.conversation.judges.verdicts import Circumstances, Verdict
from benchmarks.conversation.judges.wording import judge_text
from benchmarks.conversation.report import interval, right_of
from benchmarks.conversation.running import Judged

NEW_YORK = ZoneInfo("America/New_York")
TUESDAY_5PM = {"weekdays": [2], "nth": None, "from": "17:00", "to": "00:00"}


def _around(expect: Mapping[str, Any], *earlier: Answer) -> Circumstances:
    line = {
        "id": "1",
        "class": "time",
        "calendar": "lancaster",
        "text": "words",
        "context": {"timezone": "America/New_York", "current_date": "2026-12-01T10:00:00-05:00"},
        "expect": expect,
    }
    case = make_case(line)
    return Circumstances(case, case.turns[0], [NEW_YORK], earlier=earlier)


def _event(title: str, start: str = "2026-12-05T19:30", *, number: int = 0, **more: Any) -> Listed:
    moment = datetime.fromisoformat(start)
    given = {"end": None, "all_day": False, "location": "Hall, Lancaster, PA", **more}
    return Listed(number or sum(map(ord, title + start)), title, moment, **given)


def _wrong(verdicts: list[Verdict]) -> list[str]:
    return [verdict.name for verdict in verdicts if not verdict.is_right]


def _misread(expect: Mapping[str, Any], constraints: Mapping[str, Any], **more: Any) -> list[str]:
    answer = Answer("text", constraints=constraints, **more)
    return _wrong(list(judge_reading(_around(expect), answer)))


@pytest.mark.parametrize(
    ("wanted", "right", "wrong"),
    [
        ({"place": "Lancaster, PA"}, {"place": {"label": "Lancaster, PA, US"}}, None),
        (
            {"place": "Lancaster, PA"},
            {"place": {"label": "Lancaster, Pennsylvania"}},
            {"place": {"label": "Lancaster, CA"}},
        ),
        ({"place": None}, {"place": None}, {"place": {"label": "Lancaster, PA"}}),
        ({"place": ["Berlin", "Bern"]}, {"place": {"label": "Bern, BE"}}, {"place": None}),
        ({"max_distance_miles": 4.97}, {"max_distance_miles": 5}, {"max_distance_miles": 8}),
        ({"max_price": 0}, {"max_price": 0.0}, {"max_price": None}),
        ({"max_price": None}, {"max_price": None}, {"max_price": 0}),
        ({"currency": "EUR"}, {"currency": "EUR"}, {"currency": "USD"}),
        ({"is_virtual": False}, {"is_virtual": False}, {"is_virtual": None}),
        ({"age": 14}, {"age": {"min": 13, "max": None}}, {"age": {"min": None, "max": None}}),
        ({"age": 8}, {"age": 8}, {"age": 9}),
        ({"age": 14}, {"age": {"min": 12, "max": 17}}, {"age": {"min": 0, "max": 12}}),
        ({"audience": ["kids", "children"]}, {"audience": "Children"}, {"audience": "adults"}),
        (
            {"audience": ["seniors", "senior"]},
            {"age": {"min": 65, "max": None}},
            {"age": {"min": 8, "max": None}},
        ),
        ({"any_of": ["jazz", "blues"]}, {"any_of": ["jazz", "blues"]}, {"any_of": ["jazz"]}),
        (
            {"none_of": [["storytimes", "story time"]]},
            {"none_of": ["storytime"]},
            {"none_of": ["yoga"]},
        ),
        ({"none_of": ["bar"]}, {"audience": {"none_of": ["bars"]}}, {"query": "bar"}),
        ({"order": "price"}, {"order": "price"}, {"order": "relevance"}),
    ],
)
def test_constraint_is_judged(
    wanted: dict[str, Any], right: dict[str, Any], wrong: dict[str, Any] | None
) -> None:
    assert _misread({"constraints": wanted}, right) == []
    assert _misread({"constraints": wanted}, wrong or {}) == list(wanted)


MORNING = {"date_from": "2026-12-05T05:00", "date_to": "2026-12-05T12:00"}


@pytest.mark.parametrize(
    "answered",
    [
        {"date_from": "2026-12-05T05:00:00-05:00", "date_to": "2026-12-05T12:00:00-05:00"},
        {"date_from": "2026-12-05T10:00:00Z", "date_to": "2026-12-05T17:00:00Z"},
        {
            "date_from": "2026-12-05T00:00:00-05:00",
            "date_to": "2026-12-06T00:00:00-05:00",
            "times": [{"weekdays": [6], "nth": None, "from": "05:00", "to": "12:00"}],
        },
    ],
)
def test_window_is_the_same_however_it_is_written(answered: dict[str, Any]) -> None:
    assert _misread({"constraints": MORNING}, answered) == []


@pytest.mark.parametrize(
    "answered",
    [
        {},
        {"date_from": "2026-12-05T05:00:00-08:00", "date_to": "2026-12-05T12:00:00-08:00"},
        {"date_from": "2026-12-05T05:00:00-05:00", "date_to": "2026-12-06T00:00:00-05:00"},
    ],
)
def test_another_window_is_wrong(answered: dict[str, Any]) -> None:
    assert _misread({"constraints": MORNING}, answered) == ["window"]


def test_window_that_begins_in_the_past_begins_now() -> None:
    today = {"date_from": "2026-12-01T00:00", "date_to": "2026-12-02T00:00"}
    answered = {"date_to": "2026-12-02T00:00:00-05:00"}
    assert _misread({"constraints": today}, answered) == []


def test_window_within_the_tolerance_is_right() -> None:
    answered = {"date_from": "2026-12-05T06:00:00-05:00", "date_to": "2026-12-05T12:00:00-05:00"}
    assert _misread({"constraints": MORNING, "tolerance_minutes": 60}, answered) == []
    assert _misread({"constraints": MORNING, "tolerance_minutes": 30}, answered) == ["window"]


def test_window_of_one_edge_judges_that_edge_alone() -> None:
    wanted = {"constraints": {"date_to": "2026-12-08T00:00"}}
    assert _misread(wanted, {"date_to": "2026-12-08T00:00:00-05:00"}) == []
    started = {"date_from": "2026-12-03T00:00:00-05:00", "date_to": "2026-12-08T00:00:00-05:00"}
    assert _misread(wanted, started) == []
    assert _misread(wanted, {"date_to": "2026-12-09T00:00:00-05:00"}) == ["window"]


def test_pattern_without_dates_judges_the_pattern_alone() -> None:
    wanted = {"constraints": {"times": [TUESDAY_5PM]}}
    ranged = {"date_to": "2027-06-01T00:00:00-04:00", "times": [TUESDAY_5PM]}
    assert _misread(wanted, ranged) == []
    assert _misread(wanted, {"times": [{**TUESDAY_5PM, "weekdays": [3]}]}) == ["window"]
    assert _misread(wanted, {"times": [{**TUESDAY_5PM, "nth": [1]}]}) == ["window"]


def test_pattern_past_midnight_belongs_to_the_evening_before() -> None:
    late = [{"weekdays": [5], "nth": None, "from": "22:00", "to": "02:00"}]
    split = [
        {"weekdays": [5], "nth": None, "from": "22:00", "to": "00:00"},
        {"weekdays": [6], "nth": None, "from": "00:00", "to": "02:00"},
    ]
    assert _misread({"constraints": {"times": late}}, {"times": split}) == []
    assert _misread({"constraints": {"times": late}}, {"times": split[:1]}) == ["window"]


def test_gone_wish_must_not_stay() -> None:
    assert _misread({"gone": ["max_price"]}, {"max_price": None}) == []
    assert _misread({"gone": ["max_price"]}, {"max_price": 0}) == ["gone max_price"]
    assert _misread({"gone": ["audience=adults"]}, {"audience": "kids"}) == []
    kept = {"audience": ["adults"]}
    assert _misread({"gone": ["audience=adults"]}, kept) == ["gone audience=adults"]


def test_start_that_is_now_is_no_wish() -> None:
    expect = {"gone": ["date_from"], "constraints": {"date_from": None}}
    assert _misread(expect, {"date_from": "2026-12-01T10:00:00-05:00"}) == []
    later = {"date_from": "2026-12-02T10:00:00-05:00"}
    assert _misread(expect, later) == ["date_from", "gone date_from"]


def test_act_is_one_of_the_expected() -> None:
    expect = {"act": ["about", "compare"]}
    assert _misread(expect, {}, act={"kind": "compare"}) == []
    assert _misread(expect, {}, act={"kind": "find"}) == ["act"]
    assert _misread(expect, {}) == ["act"]


def test_references_are_those_of_the_act_or_else_the_shown() -> None:
    one, other = _event("Jazz Jam", number=1), _event("Blues Night", number=2)
    around = replace(_around({"refers_to": ["Jazz Jam"]}), event_of={1: one, 2: other}.get)

    def misses(answer: Answer) -> list[str]:
        return _wrong(list(judge_reading(around, answer)))

    assert misses(Answer("", act={"refers_to": [1]})) == []
    assert misses(Answer("", shown=[one])) == []
    assert misses(Answer("", act={"refers_to": [2]}, shown=[one])) == ["refers_to"]


def test_same_event_of_another_source_counts() -> None:
    event = _event("Chris Porter presented by a Festival")
    around = _around({"refers_to": ["Chris Porter"]})
    same = replace(around, starts_of=lambda title: frozenset({event.start}))
    assert _wrong(list(judge_reading(same, Answer("", shown=[event])))) == []
    assert _wrong(list(judge_reading(around, Answer("", shown=[event])))) == ["refers_to"]


def test_rank_refers_to_an_earlier_list() -> None:
    first, second = _event("One", number=1), _event("Two", number=2)
    earlier = Answer("", shown=[first, second])
    expect = {"refers_to_rank": {"list": 1, "ranks": [-1]}, "answer_field": ["where", "when"]}
    around = _around(expect, earlier)
    right = Answer("It is at the Hall, at 7:30 PM.", shown=[second])
    assert _wrong([*judge_reading(around, right), *judge_text(around, right)]) == []
    wrong = Answer("It begins at 8 pm.", shown=[first])
    assert _wrong([*judge_reading(around, wrong), *judge_text(around, wrong)]) == [
        "refers_to_rank",
        "answer where",
        "answer when",
    ]


def test_rank_beyond_the_list_must_be_told() -> None:
    around = _around({"refers_to_rank": {"list": 1, "ranks": [2]}}, Answer("", shown=[_event("A")]))
    assert _wrong(list(judge_text(around, Answer("I listed only one.")))) == []
    assert _wrong(list(judge_text(around, Answer("Here it is.")))) == ["says that there is none"]


@pytest.mark.parametrize(
    ("entry", "right", "wrong"),
    [
        (["7:30 pm"], "Doors at 7:30 PM", "at 7 pm"),
        (["n't say"], "The calendar doesn’t say.", "It says so."),
        (["#15"], "It is $15.", "It is $15.50, 7:15 or 115"),
        (["#3"], "There are three.", "There are 13."),
        (["free", "no charge"], "No charge", "$5"),
        (["rien", "ning"], "Rien ce soir", "a friend this evening"),
        (["not say"], "It cannot say.", "It does say."),
    ],
)
def test_answer_is_found_in_the_text(entry: list[str], right: str, wrong: str) -> None:
    around = _around({"answer": [entry]})
    assert _wrong(list(judge_text(around, Answer(right)))) == []
    assert _wrong(list(judge_text(around, Answer(wrong)))) == ["answer"]


def test_every_entry_of_the_answer_is_needed() -> None:
    around = _around({"answer": [["#34"], ["#64"]], "must_not": ["$99"]})
    assert _wrong(list(judge_text(around, Answer("$34 to $64")))) == []
    assert _wrong(list(judge_text(around, Answer("$34 to $99")))) == ["answer", "must_not"]


def _misheard(expect: Mapping[str, Any], *shown: Listed, **more: Any) -> list[str]:
    return _wrong(list(judge_list(_around(expect), Answer("", shown=shown, **more))))


def test_enough_must_belong_among_the_first_six() -> None:
    expect = {"belong": ["Jazz", "Blues"], "min_hits": 2}
    others = [_event(name) for name in "abcde"]
    assert _misheard(expect, _event("JAZZ "), _event("Blues")) == []
    assert _misheard(expect, _event("Jazz"), *others, _event("Blues")) == ["at least 2 that belong"]


def test_complete_list_has_nothing_else() -> None:
    expect = {"belong": ["Jazz"], "belong_complete": True, "min_hits": 1}
    assert _misheard(expect, _event("Jazz")) == []
    assert _misheard(expect, _event("Jazz"), _event("Yoga")) == ["nothing else"]


def test_breaking_event_is_a_fault_unless_offered_as_near() -> None:
    bar = _event("Bar Crawl", number=7)
    assert _misheard({"breaks": ["Bar Crawl"]}, _event("Jazz")) == []
    assert _misheard({"breaks": ["Bar Crawl"]}, bar) == ["breaks"]
    assert _misheard({"breaks": ["Bar Crawl"]}, bar, near_ids=frozenset({7})) == []


def test_nothing_may_fit_or_be_listed() -> None:
    assert _misheard({"empty": True}) == []
    assert _misheard({"empty": True}, _event("Jazz")) == ["nothing fits"]
    assert _misheard({"lists": False}) == []
    assert _misheard({"lists": False}, _event("Jazz")) == ["lists nothing"]
    assert _misheard({"asks": "place"}, _event("Jazz")) == ["lists nothing"]


def test_every_event_is_at_the_place() -> None:
    expect = {"every_listed_at": "Lititz"}
    assert _misheard(expect, _event("Jazz", location="Park, Lititz, PA")) == []
    assert _misheard(expect, _event("Jazz")) == ["at Lititz"]


@pytest.mark.parametrize(
    ("event", "is_inside"),
    [
        (_event("a", "2026-12-05T05:00"), True),
        (_event("a", "2026-12-05T12:00"), False),
        (_event("a", "2026-12-04T08:00"), False),
        (_event("a", "2026-12-05T00:00", all_day=True), True),
        (_event("a", "2026-12-06T00:00", all_day=True), False),
        (_event("a", "2026-12-03T00:00", end=datetime.fromisoformat("2026-12-08")), True),
    ],
)
def test_listed_event_lies_within_the_window(event: Listed, *, is_inside: bool) -> None:
    wrong = _misheard({"constraints": MORNING}, event)
    assert wrong == ([] if is_inside else ["within the window"])


def test_listed_event_is_ahead_not_cancelled_and_once() -> None:
    jazz = _event("Jazz")
    assert _misheard({}, _event("Past", "2026-11-30T10:00")) == ["within the window"]
    assert _misheard({}, _event("CANCELLED: Jazz")) == ["none cancelled"]
    assert _misheard({}, _event("Jazz", status="cancelled")) == ["none cancelled"]
    assert _misheard({}, jazz, jazz) == ["none twice"]
    assert _misheard({}, jazz, _event("Jazz", "2026-12-06T19:30")) == []


PLAN = {"min_items": 2, "max_items": 3, "day": "2026-12-05", "ordered": True}


@pytest.mark.parametrize(
    ("starts", "wrong"),
    [
        (["05T10:00", "05T14:00"], []),
        (["05T10:00"], ["2–3 items"]),
        (["05T14:00", "05T10:00"], ["in order of start"]),
        (["05T10:00", "06T10:00"], ["all on 2026-12-05"]),
        (["05T10:00", "05T12:30"], ["free from 12:00 to 13:00"]),
        (["05T10:00", "05T10:00"], ["no two at once"]),
    ],
)
def test_plan_is_judged(starts: list[str], wrong: list[str]) -> None:
    items = [_event(f"item {place}", f"2026-12-{start}") for place, start in enumerate(starts)]
    plan = {**PLAN, "gap": ["12:00", "13:00"]}
    assert _misheard({"plan": plan, "act": "plan"}, *items) == wrong


def _summary(number: int, title: str, *, cited: bool = True) -> dict[str, Any]:
    return {
        "id": number,
        "title": title,
        "start_time": "2026-12-05T19:30:00-05:00",
        "end_time": None,
        "location": "Hall",
        "venue": {"city": "Lancaster"},
        "cited": cited,
    }


@pytest.mark.parametrize(
    ("content", "matches"),
    [
        ("- **Jazz**\n- Blues", [1, 2]),
        ("I know of no trivia night. Nearest:\n- Jazz\n- Blues", []),
        ("- Jazz\n\nClose to it, on another day:\n- Blues", [1]),
        (
            "I looked for “nothing instead” near Lancaster, PA. The best matches:\n- Jazz\n- Blues",
            [1, 2],
        ),
        ("I looked for jazz near Lancaster, PA:\n- Jazz\n- Blues", [1, 2]),
        ("The nearest first:\n- Jazz\n- Blues", [1, 2]),
    ],
)
def test_what_is_called_near_is_no_match(content: str, matches: list[int]) -> None:
    events = [_summary(1, "Jazz"), _summary(2, "Blues"), _summary(3, "Yoga", cited=False)]
    answer = read_answer({"content": content, "events": events})
    assert [event.id for event in answer.shown] == [1, 2]
    assert [event.id for event in answer.matches] == matches


def test_tier_tells_what_is_near() -> None:
    body = {"content": "Jazz", "events": [_summary(1, "Jazz")]}
    tiers = {"event_metadata": {"1": {"tier": "near"}}}
    assert [event.id for event in read_answer(body).matches] == [1]
    assert read_answer(body | tiers).matches == []


def test_ndcg_takes_the_first_six_and_each_title_once() -> None:
    grades = {"a": 3, "b": 1}
    assert ndcg(["A", "a", "b"], grades) == 1.0
    assert ndcg(["x", "a"], grades) < 1.0
    assert ndcg(["x", "a", "b"], grades, leave_out=True) == 1.0
    assert ndcg([*"uvwxyz", "a"], grades) == 0.0
    assert ndcg([], grades) == 0.0


def test_plain_ranking_follows_likeness() -> None:
    events = [
        CalendarEvent(_event(name, number=n), None, "offline", None)
        for n, name in [(1, "a"), (2, "b")]
    ]
    vectors = {1: np.array([0.0, 1.0], np.float32), 2: np.array([1.0, 0.0], np.float32)}
    assert rank_plainly(np.array([1.0, 0.0], np.float32), vectors, events) == ["b", "a"]


def test_plain_filters_are_those_of_the_expectation() -> None:
    lancaster, harrisburg = (40.0379, -76.3055), (40.2732, -76.8867)
    assert miles_between(lancaster, harrisburg) == pytest.approx(34.8, abs=0.5)
    around = _around({"constraints": {**MORNING, "max_price": 10}})
    fits = CalendarEvent(_event("a", "2026-12-05T09:00"), lancaster, "offline", 5.0)
    assert passes(fits, around, lancaster, 15)
    assert not passes(fits, around, harrisburg, 15)
    assert not passes(replace(fits, min_price=None), around, lancaster, 15)
    assert not passes(replace(fits, mode="online"), around, lancaster, 15)
    late = replace(fits, event=_event("a", "2026-12-05T15:00"))
    assert not passes(late, around, lancaster, 15)


def test_figures_count_messages_with_all_verdicts_right() -> None:
    around = _around({})
    sets = [[True, True], [True, False], []]
    judged = [
        Judged(
            around.case,
            around.turn,
            Answer(""),
            [Verdict("text", "answer", is_right) for is_right in rights],
            None,
        )
        for rights in sets
    ]
    assert right_of(judged, ["text"]) == (1, 2)
    assert right_of(judged, ["list"]) == (0, 0)
    assert interval(9, 10) == pytest.approx((0.596, 0.982), abs=1e-3)
    assert interval(0, 20)[0] == 0.0
