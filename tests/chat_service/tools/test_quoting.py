"""The sentence of a description that answers a question."""

from __future__ import annotations

import pytest

from chat_service.tools.builtin.quoting import answering_sentence, sentences_of, without_title
from rag.embedding import get_backend

JAZZ = (
    "Join us for an evening of jazz. Free parking is available behind the library. Doors open at 7."
)
KNITTING = (
    "Learn to knit a scarf. Registration is required; call 555-1234. All materials are provided."
)
WALK = "A walk through the woods. Leashed pets are welcome on all trails. Wear sturdy shoes."
MUSIC = "Music by the Blue Notes. Food trucks will be on site from 5 to 8. Bring a chair."
YOGA = "Beginner yoga. Please bring a mat and water. Wear loose clothing."
LECTURE = "A lecture on canals. Light refreshments will be served. Space is limited."


@pytest.mark.parametrize(
    ("description", "question", "answer"),
    [
        (JAZZ, "Is there parking?", "Free parking is available behind the library."),
        (JAZZ, "when do doors open", "Doors open at 7."),
        (WALK, "can i bring my dog", "Leashed pets are welcome on all trails."),
        (KNITTING, "do I need to register?", "Registration is required; call 555-1234."),
        (MUSIC, "will there be food", "Food trucks will be on site from 5 to 8."),
        (YOGA, "what should I bring", "Please bring a mat and water."),
    ],
)
def test_answer_is_quoted_word_for_word(description: str, question: str, answer: str) -> None:
    assert answering_sentence(description, question, get_backend().embed) == answer


@pytest.mark.parametrize(
    ("description", "question"),
    [
        (WALK, "is there parking"),
        (KNITTING, "can i bring my dog"),
        (YOGA, "is there childcare"),
        (LECTURE, "are refunds possible"),
        ("", "is there parking"),
        (JAZZ, " "),
    ],
)
def test_nothing_is_quoted_where_nothing_answers(description: str, question: str) -> None:
    assert answering_sentence(description, question, get_backend().embed) is None


def test_words_of_the_title_bring_no_sentence_near() -> None:
    description = (
        "Market day with goat cheese and whatever else the season brings. "
        "Food assistance cards are accepted at every stall."
    )
    question, title = "Is there parking at the farmers market?", "Farmers Market: goat cheese"
    embed = get_backend().embed

    assert answering_sentence(description, without_title(question, title), embed) is None
    asked = without_title("Is there food at the farmers market?", title)
    assert asked == "Is there food at the ?"


def test_sentences_end_at_full_stops_lines_and_bullets_but_not_at_abbreviations() -> None:
    text = "With Dr. Evans at 7 p.m. in the hall! “Bring friends.” Free\n• Snacks  too • Tea"
    assert sentences_of(text) == [
        "With Dr. Evans at 7 p.m. in the hall!",
        "“Bring friends.",
        "Free",
        "Snacks too",
        "Tea",
    ]
