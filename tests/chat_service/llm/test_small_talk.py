"""Greetings, thanks and questions about the assistant, and what only looks like them."""

from __future__ import annotations

import pytest

from chat_service.llm.builtin.text import builtin_answer
from chat_service.turns.references import cited_numbers
from rag.types import Constraints
from rag.understanding.talk.pleasantries import is_small_talk
from tests.chat_service.samples import NOW, local, ranked, retrieval, wishes


def answer_to(message: str, constraints: Constraints) -> str:
    """The built-in answer where one event was found."""
    return builtin_answer(message, retrieval(constraints, ranked()), NOW)


@pytest.mark.parametrize(
    ("message", "beginning"),
    [
        ("hi", "Hello! Tell me what"),
        ("Good morning!", "Hello! Tell me what"),
        ("hi, good evening", "Hello! Tell me what"),
        ("Hello there 👋", "Hello! Tell me what"),
        ("Thanks a lot!", "You are welcome!"),
        ("ok great, thank you so much", "You are welcome!"),
        ("bye", "Goodbye"),
        ("awesome, goodbye", "Goodbye"),
        ("thanks, bye", "Goodbye"),
        ("perfect!", "Good. Ask me"),
        ("What can you do?", "I find real events from public calendars"),
        ("🎉", "Tell me what you would like to do"),
    ],
)
def test_small_talk_gets_a_small_answer_without_events(message: str, beginning: str) -> None:
    answer = answer_to(message, wishes())
    assert answer.startswith(beginning)
    assert cited_numbers(answer, 1) == []


@pytest.mark.parametrize(
    "message",
    ["hi, any jazz?", "thanksgiving", "good concerts", "evening", "help me move", "all day"],
)
def test_a_question_with_a_greeting_in_it_is_a_question(message: str) -> None:
    assert cited_numbers(answer_to(message, wishes()), 1) == [1]


@pytest.mark.parametrize("message", ["awesome, goodbye", "thanks, bye", "ok great, thank you"])
def test_what_gets_a_small_answer_is_not_searched_for(message: str) -> None:
    assert is_small_talk(message)


def test_small_talk_is_known_by_its_words_though_they_became_a_query() -> None:
    answer = answer_to("help", wishes(query="help"))
    assert answer.startswith("I find real events from public calendars")


def test_greeting_words_that_were_understood_as_a_wish_are_a_wish() -> None:
    evening = wishes(date_from=local(20, 17), date_to=local(21))
    assert cited_numbers(answer_to("good evening", evening), 1) == [1]
