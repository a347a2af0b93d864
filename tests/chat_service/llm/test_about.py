"""Questions about an event: what was asked first, quoted where only the listing's words say it."""

from __future__ import annotations

from typing import Any

import pytest

from chat_service.llm.builtin.provider import answer_text
from chat_service.llm.types import ActOutcome, AnswerRequest
from rag.types import Act
from tests.chat_service.samples import NOW, wishes

FACTS: dict[str, Any] = {
    "id": 7,
    "title": "Trivia Night",
    "start_time": "2026-11-21T18:00:00-05:00",
    "end_time": None,
    "timezone": "America/New_York",
    "place": "Moonlight Hall",
    "address": "12 Main St, Newton, MA, 02458",
    "attendance": "offline",
}


def answer_about(about: str, question: str = "", **facts: Any) -> str:
    """What is answered of the trivia night, with some of its facts changed."""
    act = Act("about", refers_to=(7,), about=about, question=question)
    outcome = ActOutcome(act, data=({**FACTS, **facts},))
    return answer_text(
        AnswerRequest(
            "", list, None, now=NOW, outcomes=(outcome,), numbers={7: 1}, constraints=wishes()
        )
    )


@pytest.mark.parametrize(
    ("about", "facts", "beginning"),
    [
        ("time", {}, "Sat 21 Nov, 6 pm is when **Trivia Night** [1] takes place."),
        ("end", {"end_time": "2026-11-21T20:00:00-05:00"}, "It ends at 8 pm: **Trivia Night** [1]"),
        (
            "end",
            {},
            "The listing does not say when it ends; **Trivia Night** [1] starts Sat 21 Nov",
        ),
        ("end", {"description": "Fun! We play 6-8pm."}, "“We play 6-8pm.” So says the listing"),
        ("address", {}, "Moonlight Hall, 12 Main St, Newton, MA, 02458 is the address of"),
        ("price", {"price": "$15", "min_price": 15.0}, "$15 is the price of **Trivia Night** [1]."),
        ("price", {}, "The listing does not say what **Trivia Night** [1] costs."),
        ("price", {"description": "Entry is $5 a team."}, "“Entry is $5 a team.” So says"),
        ("organizer", {"organizer": "The Guild"}, "The Guild organises **Trivia Night** [1]."),
        ("ages", {"age_range": "21+"}, "21+ is what the listing says of the ages for"),
        ("registration", {"registration_required": True}, "Yes, you need to register for"),
        ("registration", {"description": "Please register by Friday."}, "“Please register by"),
        ("other", {}, "The listing does not say that of **Trivia Night** [1]."),
        ("other", {"quote": "Dogs are welcome."}, "“Dogs are welcome.” So says the listing of"),
        ("other", {"quote": "No dogs.", "asks": "pets", "says": "no"}, "No: “No dogs.” So says"),
        ("place", {"quote": "A 2-mile walk.", "asks": "route"}, "“A 2-mile walk.” So says the"),
        ("organizer", {"organizer": "The Guild", "asks": "phone"}, "The listing does not say that"),
        ("other", {"asks": "online"}, "In person: the listing of **Trivia Night** [1] names"),
        ("other", {"asks": "online", "attendance": "mixed"}, "Both online and in person: **Trivia"),
        ("price", {"price": "$9", "asks": "food", "quote": "Beer is ours."}, "$9 is the price of"),
        ("time", {"asks": "pets", "quote": "Dogs race."}, "Sat 21 Nov, 6 pm is when"),
        (
            "end",
            {"all_day": True, "end_time": "2026-11-24T00:00:00-05:00"},
            "Its last day is Mon 23 Nov: **Trivia Night** [1]",
        ),
    ],
)
def test_answer_begins_with_what_was_asked(
    about: str, facts: dict[str, Any], beginning: str
) -> None:
    assert answer_about(about, **facts).startswith(beginning)


def test_whether_it_is_free_is_answered_with_yes_or_no() -> None:
    assert answer_about("price", "is it free?", min_price=0.0).startswith("Yes, **Trivia Night**")
    paid = answer_about("price", "is it free?", price="$15", min_price=15.0)
    assert paid.startswith("No, it is not free: **Trivia Night** [1] costs $15.")


def test_last_and_next_dates_are_told_when_they_are_asked_for() -> None:
    dates = ["2026-11-28T18:00:00-05:00", "2026-12-05T18:00:00-05:00"]
    known = {"next_dates": dates, "last_date": "2026-12-12T18:00:00-05:00"}
    plain = answer_about("time", "when is it?", **known)
    assert "28 Nov" not in plain
    after = answer_about("time", "when is the next one?", **known)
    assert "After that: Sat 28 Nov, 6 pm and Sat 5 Dec, 6 pm." in after
    last = answer_about("time", "when is the last night?", **known)
    assert last.startswith("Sat 12 Dec, 6 pm is the last date that I know of **Trivia Night** [1].")
    assert "I know of no later date." in answer_about("time", "when is the next one?")


def test_what_is_over_or_cancelled_is_said_so() -> None:
    assert "It is cancelled." in answer_about("time", event_status="cancelled")
    assert "It is over." in answer_about("time", is_past=True)
