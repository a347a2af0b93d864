"""The sentence of a description that answers a question."""

from __future__ import annotations

import pytest

from chat_service.tools.builtin.quoting import quote_for, sentences_of
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
    assert quote_for(description, question, get_backend().embed).sentence == answer


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
    assert quote_for(description, question, get_backend().embed).sentence is None


def test_sentences_end_at_full_stops_lines_and_bullets_but_not_at_abbreviations() -> None:
    text = "With Dr. Evans at 7 p.m. in the hall! “Bring friends.” Free\n• Snacks  too • Tea"
    assert sentences_of(text) == [
        "With Dr. Evans at 7 p.m. in the hall!",
        "“Bring friends.",
        "Free",
        "Snacks too",
        "Tea",
    ]


HIKE = (
    "Meet your neighbours on the way. The loop is an easy 3-mile walk by the creek. "
    "We start at 9 and are back by noon. No dogs, please. Questions? Call (555) 010-4477."
)
TANGO = (
    "A tango evening for all. ✅ No partner necessary 🕖 7 PM beginner lesson, going until "
    "10pm. Tango shoes are fine."
)
READERS = "We meet in the back room. This month: “The Salt Road” by Ida Moreau. Coffee is on us."
CHOIR = "Sing with us. Sign up is not required. Write to choir@example.org with questions."


@pytest.mark.parametrize(
    ("description", "question", "asks", "answer", "says"),
    [
        (
            HIKE,
            "how far do you walk",
            "route",
            "The loop is an easy 3-mile walk by the creek.",
            None,
        ),
        (HIKE, "phone number?", "phone", "Call (555) 010-4477.", None),
        (HIKE, "can I bring my dog?", "pets", "No dogs, please.", "no"),
        (TANGO, "do i need a partner for the tango one", "partner", "No partner necessary", "no"),
        (READERS, "which book?", "work", "This month: “The Salt Road” by Ida Moreau.", None),
        (CHOIR, "do we have to sign up?", "registration", "Sign up is not required.", "no"),
        (CHOIR, "who do i contact", "contact", "Write to choir@example.org with questions.", None),
    ],
)
def test_sentence_is_chosen_by_the_kind_of_answer(
    description: str, question: str, asks: str, answer: str, says: str | None
) -> None:
    quote = quote_for(description, question, get_backend().embed)
    assert (quote.asks, quote.sentence, quote.says) == (asks, answer, says)


@pytest.mark.parametrize(
    ("sentence", "question", "says"),
    [
        ("All skill levels welcome.", "can beginners come?", "yes"),
        ("Intermediate dancers only.", "is it for beginners?", "no"),
        ("No experience needed.", "do i need experience?", "no"),
        ("Leashed dogs are welcome.", "are dogs allowed", "yes"),
        ("Leashed dogs are welcome.", "what about dogs", None),
        ("Dogs on parade.", "are dogs allowed", None),
    ],
)
def test_yes_and_no_come_from_a_sentence_that_plainly_says_so(
    sentence: str, question: str, says: str | None
) -> None:
    assert quote_for(sentence, question, get_backend().embed).says == says


def test_end_is_found_in_the_words_of_the_text() -> None:
    quote = quote_for(TANGO, "how long does it go", get_backend().embed)
    assert quote.sentence is not None
    assert "until 10pm" in quote.sentence


def test_sentence_that_shares_only_the_title_answers_nothing() -> None:
    embed = get_backend().embed
    quote = quote_for(
        "The tango evening is monthly.", "is the tango one loud", embed, "Tango night"
    )
    assert quote.sentence is None


def test_of_sentences_of_the_kind_the_one_that_shares_most_answers() -> None:
    text = "Lunch is 12 dollars. Vegan meals are there on request. Coffee is free."
    quote = quote_for(text, "is there vegan food", get_backend().embed)
    assert quote.sentence == "Vegan meals are there on request."


def test_words_that_name_the_event_do_not_tell_what_is_asked() -> None:
    text = "Dogs of all sizes race. The track is outdoors. No food on the track."
    embed = get_backend().embed
    assert quote_for(text, "is the dog show outdoors", embed, "Dog show").asks == "setting"
    assert quote_for(text, "is there food at the food fair", embed, "Food fair").asks == "food"
