"""The questions are complete and in the form that the judges read."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from benchmarks.conversation.cases import PARTS, Case, Turn, choose, load_cases, make_case
from benchmarks.conversation.judges.ranking import gains, is_ranked
from benchmarks.conversation.judges.reading import REGIONS
from benchmarks.conversation.sample import load_sample
from benchmarks.conversation.service import CALENDARS, ROOT, Home, kept_database

CASES = load_cases()
TURNS = [(case, turn) for case in CASES for turn in case.turns]
ACTS_TEXT = "find about compare count plan calendar explain talk decline"
CONSTRAINTS_TEXT = (
    "place date_from date_to times is_virtual max_distance_miles max_price currency age audience"
    " any_of none_of order"
)
EXPECTED_TEXT = (
    "constraints act belong belong_complete min_hits breaks breaks_why grades answer must_not"
    " refers_to refers_to_rank answer_field empty tolerance_minutes plan gone lists"
    " every_listed_at asks note"
)
ACTS, CONSTRAINTS = set(ACTS_TEXT.split()), set(CONSTRAINTS_TEXT.split())
EXPECTED = set(EXPECTED_TEXT.split())


def test_cases_are_all_there() -> None:
    singles = [case for case in CASES if not case.is_conversation]
    assert (len(singles), len(CASES) - len(singles), len(TURNS)) == (285, 54, 518)


def test_case_ids_are_unique() -> None:
    assert [name for name, count in Counter(case.id for case in CASES).items() if count > 1] == []


def test_every_class_of_questions_is_in_both_parts() -> None:
    parts: dict[str, set[str]] = {}
    for case in CASES:
        if not case.is_conversation:
            parts.setdefault(case.kind, set()).add(case.part)
    assert {kind: found for kind, found in parts.items() if found != set(PARTS)} == {}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case_has_a_moment_a_zone_and_a_known_calendar(case: Case) -> None:
    assert case.now.utcoffset() == case.now.astimezone(_zone(case)).utcoffset()
    assert case.calendar in {name.partition(".")[0] for name in CALENDARS}
    assert case.is_conversation == (len(case.turns) > 1)


def _zone(case: Case) -> ZoneInfo:
    return ZoneInfo(case.context["timezone"])


@pytest.mark.parametrize(("case", "turn"), TURNS, ids=[turn.id for _, turn in TURNS])
def test_turn_expects_what_the_judges_know(case: Case, turn: Turn) -> None:
    expect = turn.expect
    assert set(expect) <= EXPECTED
    assert set(expect["constraints"]) <= CONSTRAINTS
    acts = expect.get("act", [])
    assert set([acts] if isinstance(acts, str) else acts) <= ACTS
    for key in ("date_from", "date_to"):
        if moment := expect["constraints"].get(key):
            assert datetime.fromisoformat(moment).tzinfo is None
    assert not set(expect.get("belong", [])) & set(expect.get("breaks", []))
    assert set(gains(expect).values()) <= {0, 1, 2, 3}
    assert not expect.get("belong") or is_ranked(expect)
    if ranks := expect.get("refers_to_rank"):
        assert 1 <= ranks["list"] < 1 + case.turns.index(turn)


def test_regions_of_the_expected_places_are_known() -> None:
    places = [
        name
        for _, turn in TURNS
        if (given := turn.expect["constraints"].get("place"))
        for name in ([given] if isinstance(given, str) else given)
    ]
    assert {name for name in places if ", " in name and name.partition(", ")[2] not in REGIONS} == {
        "Berlin, Germany"
    }


def test_conversation_keeps_its_messages_in_order() -> None:
    line = {
        "id": "E-1",
        "class": "conversation",
        "kind": "reference",
        "calendar": "davis",
        "part": "final",
        "context": {"current_date": "2026-12-01T10:00:00-08:00"},
        "messages": [
            {"text": "chess?", "expect": {"act": "find"}},
            {"text": "where", "expect": {}},
        ],
    }
    case = make_case(line)
    assert [(turn.id, turn.text) for turn in case.turns] == [
        ("E-1.1", "chess?"),
        ("E-1.2", "where"),
    ]
    assert (case.kind, case.part, case.is_conversation) == ("reference", "final", True)


def test_sample_is_read_into_the_same_form(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(
        '{"id": "W1", "class": "time", "calendar": "lancaster", "text": "every tuesday evening",'
        ' "context": {}, "expect": {"constraints": {"weekday": "tuesday", "time_of_day": "17-24",'
        ' "audience": "adults", "not": "book clubs"}, "belong": ["Knitting Club"],'
        ' "graded_no_answer": ["Teen Gaming"]}}\n'
    )
    [case] = load_sample(path)
    expect = case.turns[0].expect
    assert expect["constraints"] == {
        "audience": ["adults", "adult"],
        "none_of": ["book clubs"],
        "times": [{"weekdays": [2], "nth": None, "from": "17:00", "to": "00:00"}],
    }
    assert gains(expect) == {"knitting club": 3, "teen gaming": 0}


def test_missing_calendars_are_told(tmp_path: Path) -> None:
    (tmp_path / "davis.ics").touch()
    home = Home(project=ROOT, keep=tmp_path / "keep", data=tmp_path)
    told = pytest.raises(SystemExit, match=r"asheville\.ics, lancaster\.ics.* not found .*--data")
    with told, kept_database(home):
        pytest.fail("nothing can be imported")


def test_chosen_part_and_names_are_asked_alone() -> None:
    assert {case.part for case in choose(load_cases(), part="final")} == {"final"}
    assert [case.id for case in choose(load_cases(), only="E-X1,E-T1")] == ["E-T1", "E-X1"]
    assert choose(load_cases(), part="dev", only="E-T1") == []
