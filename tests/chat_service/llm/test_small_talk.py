"""Greetings, thanks, questions about the service, and what is declined."""

from __future__ import annotations

from typing import Any

import pytest

from chat_service.llm.builtin.provider import answer_text
from chat_service.llm.types import ActOutcome, AnswerRequest
from chat_service.turns.found_events import cited_numbers
from rag.types import Act
from tests.chat_service.samples import NEWTON_MA, NOW, wishes

COVERAGE = {
    "events": 2340,
    "towns": [{"label": "Lancaster, PA", "events": 1947}, {"label": "Davis, CA", "events": 12}],
    "more_towns": 0,
    "sources": ["lancaster", "davis"],
    "more_sources": 0,
    "invented": 0,
    "until": "2027-02-01T00:00:00+00:00",
    "updated_at": "2026-11-19T12:00:00+00:00",
}
NOTHING = {**COVERAGE, "events": 0, "towns": [], "sources": [], "updated_at": None}


def answer_to(act: Act, *data: Any, **wished: Any) -> str:
    """The built-in answer to a message that asks for no events."""
    outcome = ActOutcome(act, data=data)
    request = AnswerRequest(
        "", list, None, now=NOW, outcomes=(outcome,), constraints=wishes(**wished)
    )
    return answer_text(request)


@pytest.mark.parametrize(
    ("topic", "beginning"),
    [
        ("greeting", "Hello! Tell me what"),
        ("thanks", "You are welcome!"),
        ("farewell", "Goodbye"),
        ("praise", "Good. Ask me"),
        ("about", "I find real events from public calendars"),
        ("privacy", "I keep this conversation"),
        ("start_over", "All right, we start over"),
        ("weather", "Tell me what you would like to do"),
    ],
)
def test_talk_gets_a_small_answer_without_events(topic: str, beginning: str) -> None:
    answer = answer_to(Act("talk", topic=topic))
    assert answer.startswith(beginning)
    assert cited_numbers(answer, 9) == []


def test_towns_and_their_events_come_from_the_data() -> None:
    act = Act("talk", topic="towns")
    told = "I know events to come in Lancaster, PA (1,947) and Davis, CA (12)."
    assert answer_to(act, COVERAGE) == told
    more = "I know events to come in Lancaster, PA (1,947), Davis, CA (12) and 3 more towns."
    assert answer_to(act, {**COVERAGE, "more_towns": 3}) == more
    one_more = "I know events to come in Lancaster, PA (1,947), Davis, CA (12) and 1 more town."
    assert answer_to(act, {**COVERAGE, "more_towns": 1}) == one_more
    assert answer_to(act, NOTHING) == "I know no events to come in any town at the moment."


def test_whether_the_data_is_real_is_answered_from_the_data() -> None:
    act = Act("talk", topic="data")
    assert answer_to(act, COVERAGE) == (
        "Yes, these are real events, read from public calendars: 2,340 to come, from lancaster and "
        "davis. They were last read on Thu 19 Nov."
    )
    assert answer_to(act, NOTHING).endswith("At the moment I know none that are to come.")


def test_invented_events_are_called_so() -> None:
    demo = {**COVERAGE, "invented": 2340}
    some = {**COVERAGE, "invented": 340}
    data, about = Act("talk", topic="data"), Act("talk", topic="about")

    assert answer_to(data, demo) == (
        "No, these are demonstration events, made up so that the service can be tried: "
        "2,340 to come."
    )
    assert answer_to(about, demo).endswith("All of them are made up, for demonstration.")
    assert "340 of them are made up, for demonstration." in answer_to(data, some)
    assert "made up" not in answer_to(about, COVERAGE)


def test_what_it_can_do_names_a_town_that_has_events() -> None:
    answer = answer_to(Act("talk", topic="about"), COVERAGE)
    assert "“free concerts near Lancaster, PA this weekend”" in answer
    assert "Davis, CA (12)" in answer


@pytest.mark.parametrize(
    ("topic", "beginning"),
    [
        ("off_topic", "I only know about events, so I cannot help with that."),
        ("insult", "I am sorry that I was no help."),
        ("nonsense", "I did not understand that."),
    ],
)
def test_what_is_declined_gets_one_sentence_and_what_can_be_asked(
    topic: str, beginning: str
) -> None:
    answer = answer_to(Act("decline", topic=topic), place=NEWTON_MA)
    assert answer.startswith(f"{beginning} Tell me what you would like to do")
    assert "near Newton, MA this weekend" in answer


@pytest.mark.parametrize(
    ("number", "is_exact", "told"),
    [
        (4, True, "4 events about “chess”."),
        (4, False, "About 4 events about “chess”."),
        (1, False, "Perhaps 1 match for events about “chess”."),
        (0, True, "None. I know no events about “chess”."),
    ],
)
def test_count_that_may_be_off_says_so(number: int, is_exact: bool, told: str) -> None:
    counted = {"events": number, "dates": number, "is_whole": True, "is_exact": is_exact}
    assert answer_to(Act("count"), counted, query="chess") == told
