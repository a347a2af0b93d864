"""What is proposed as the next message."""

from __future__ import annotations

import pytest

from chat_service.llm.builtin.advice import follow_up_questions
from rag.types import AgeRange, Constraints
from tests.chat_service.samples import ENGLISH, NEWTON_MA, NOW, local, numbered, ranked, wishes

SATURDAY = {"date_from": local(21), "date_to": local(22)}
ONLINE = ranked(event_attendance_mode="online")


@pytest.mark.parametrize(
    ("constraints", "questions"),
    [
        (wishes(), ["What about this weekend?", "What's on near me?", "Only free ones?"]),
        (wishes(**SATURDAY), ["What's on near me?", "Only free ones?", "Anything for kids?"]),
        (
            wishes(place=NEWTON_MA, **SATURDAY),
            ["Only free ones?", "Anything for kids?", "Any online events?"],
        ),
        (
            wishes(place=NEWTON_MA, max_price=0.0, age=AgeRange(4, 4)),
            ["What about this weekend?", "Any online events?"],
        ),
        (
            wishes(is_virtual=True),
            ["What about this weekend?", "Only free ones?", "Anything for kids?"],
        ),
        (
            wishes(place=NEWTON_MA, max_price=5.0, audience="teens", is_virtual=False, **SATURDAY),
            [],
        ),
        (
            wishes(date_from=NOW, sources={"date_from": "default"}, place=NEWTON_MA),
            ["What about this weekend?", "Only free ones?", "Anything for kids?"],
        ),
    ],
)
def test_full_search_is_narrowed_by_what_was_not_asked(
    constraints: Constraints, questions: list[str]
) -> None:
    assert follow_up_questions(constraints, numbered(3), ENGLISH) == questions


def test_free_only_is_not_proposed_where_all_is_free() -> None:
    free = [ranked(min_price=0.0)]
    assert "Only free ones?" not in follow_up_questions(wishes(**SATURDAY), free, ENGLISH)


def test_attendance_is_proposed_by_what_the_list_lacks() -> None:
    constraints = wishes(place=NEWTON_MA, max_price=0.0, age=AgeRange(4, 4), **SATURDAY)
    assert follow_up_questions(constraints, [ONLINE, ONLINE, ranked()], ENGLISH) == [
        "In-person only, please"
    ]
    assert follow_up_questions(constraints, [ONLINE, ranked()], ENGLISH) == ["Any online events?"]


@pytest.mark.parametrize(
    ("constraints", "questions"),
    [
        (wishes(), ["Any online events?"]),
        (wishes(**SATURDAY), ["What about any day?"]),
        (
            wishes(place=NEWTON_MA, is_virtual=False, **SATURDAY),
            ["What about any day?", "What about anywhere?", "Any online events?"],
        ),
        (wishes(place=NEWTON_MA, is_virtual=True), ["Any in-person events?"]),
    ],
)
def test_empty_search_is_loosened(constraints: Constraints, questions: list[str]) -> None:
    assert follow_up_questions(constraints, [], ENGLISH) == questions
    assert follow_up_questions(constraints, numbered(4, "context"), ENGLISH) == questions
