"""Topics of which one is enough, what is not wanted, and the order of a list."""

from __future__ import annotations

import pytest

from tests.rag.understanding.conftest import Ask


@pytest.mark.parametrize(
    ("text", "any_of"),
    [
        ("jazz or blues", ("jazz", "blues")),
        ("board games or trivia this week", ("board games", "trivia")),
        ("swing or contra dancing this month", ("swing", "contra dancing")),
        ("yoga or tai chi on thursday", ("yoga", "tai chi")),
        ("karaoke or trivia tomorrow night", ("karaoke", "trivia")),
        ("knitting, or crochet, whatever, evening", ("knitting", "crochet")),
        ("jazz, blues or folk in Boston", ("jazz", "blues", "folk")),
        ("jazz on friday or saturday", ()),
        ("jazz in Boston", ()),
    ],
)
def test_choice_of_topics(ask: Ask, text: str, any_of: tuple[str, ...]) -> None:
    assert ask(text).any_of == any_of


@pytest.mark.parametrize(
    ("text", "none_of", "query"),
    [
        ("clubs for adults but not book clubs", ("book clubs",), "clubs for adults"),
        ("dance classes except salsa", ("salsa",), "dance classes"),
        ("kids friday, no storytimes", ("storytimes",), "kids"),
        ("yoga but not on the university campus", ("university campus",), "yoga"),
        (
            "comedy tonight or tomorrow, but i dont want an open mic",
            ("open mic",),
            "comedy",
        ),
        ("board game nights without d&d", ("d&d",), "board game nights"),
        ("live music, not at a bar", ("bar",), "live music"),
        ("anything besides yoga", ("yoga",), ""),
        ("live music but no country", ("country",), "live music"),
        ("anything but music", ("music",), ""),
        ("concerts, i hate opera", ("opera",), "concerts"),
        ("jazz, no later than 9pm", (), "jazz"),
        ("jazz but not too far", (), None),
        ("no cover charge", (), ""),
        ("not online", (), ""),
        ("not this weekend", (), ""),
        ("music, not in a bar or church", ("bar", "church"), "music"),
    ],
)
def test_refused_subjects_are_split_off(
    ask: Ask, text: str, none_of: tuple[str, ...], query: str | None
) -> None:
    found = ask(text)

    assert found.none_of == none_of
    assert query is None or found.query == query


def test_refused_place_is_no_wish_for_another(ask: Ask) -> None:
    refused = ask("jazz but not in Newton", location="Boston, MA")
    other = ask("not in Newton but Boston, MA")

    assert (refused.none_of, refused.query) == (("newton",), "jazz")
    assert refused.place is not None
    assert refused.place.label == "Boston, MA"
    assert other.place is not None
    assert other.place.label == "Boston, MA"


def test_refused_subjects_stay_with_the_topic(ask: Ask) -> None:
    first = ask("live music, not at a bar")
    sunday = ask("what about sunday", standing=first)
    more = ask("no country", standing=sunday)
    pottery = ask("pottery classes", standing=more)

    assert sunday.none_of == ("bar",)
    assert more.none_of == ("bar", "country")
    assert (more.query, more.sources["none_of"]) == ("live music", "message")
    assert pottery.none_of == ()


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("cheapest show friday night", "price"),
        ("the closest yoga class", "distance"),
        ("nearest jazz", "distance"),
        ("earliest storytime tomorrow", "start"),
        ("jazz, sorted by price", "price"),
        ("jazz as soon as possible", "start"),
        ("jazz", "relevance"),
    ],
)
def test_order_is_read(ask: Ask, text: str, order: str) -> None:
    assert ask(text).order == order


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("concerts in Boston, not in Cambridge", ("cambridge",)),
        ("concerts in Boston but nothing in Newton", ("newton",)),
        ("neither comedy nor yoga in Boston", ("comedy", "yoga")),
        ("jazz not in Cambridge but in Boston", ()),
        ("no jazz, comedy in Boston", ("jazz",)),
    ],
)
def test_what_is_refused_beside_a_place_is_left_out(
    ask: Ask, text: str, refused: tuple[str, ...]
) -> None:
    found = ask(text)

    assert found.none_of == refused
    assert found.place is not None
    assert found.place.label == "Boston, MA"


def test_how_many_are_free_asks_for_the_price(ask: Ask) -> None:
    assert ask("and how many are free?", standing=ask("concerts in Boston")).max_price == 0
    assert ask("we are free on friday").max_price is None
