"""What is left of the words for the semantic search."""

from __future__ import annotations

import pytest

from tests.rag.understanding.conftest import Ask


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("What live music is on in Asheville this weekend?", "live music"),
        ("what's on for kids near Newton this weekend?", "kids"),
        ("things to do this weekend with kids", "kids"),
        ("events tomorrow", ""),
        ("show me some free yoga classes please", "yoga classes"),
        ("I'm looking for something to do with my family in Davis on Saturday", "family"),
        ("can you recommend a good poetry reading in Boston?", "poetry reading"),
        ("stand-up comedy under 25 dollars in Portland, Oregon", "stand-up comedy"),
        ("crafts for my 4 year old", "crafts"),
        ("online workshops this weekend", "workshops"),
        ("webinars about gardening", "webinars about gardening"),
        ("new year's eve parties", "parties"),
        ("farmers markets near Asheville, NC", "farmers markets"),
        ("anything for toddlers within 3 miles?", "toddlers"),
        ("March of Dimes fundraisers", "March of Dimes fundraisers"),
        ("mobile app events", "mobile app"),
        ("jazz, blues or soul tomorrow night", "jazz, blues or soul"),
        ("🎷 jazz tonight", "jazz"),
    ],
)
def test_topic_is_what_nobody_understood_otherwise(ask: Ask, text: str, query: str) -> None:
    assert ask(text).query == query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("tickets for the band Wednesday", "tickets for the band Wednesday"),
        ("Taking Back Sunday in Boston", "Taking Back Sunday"),
        ("Chicago the musical on Saturday", "Chicago the musical"),
        ("twelfth night tonight", "twelfth night"),
    ],
)
def test_names_that_look_like_days_or_towns_stay_whole(ask: Ask, text: str, query: str) -> None:
    assert ask(text).query == query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("anything but music", ""),
        ("live music but no country", "live music"),
        ("comedy, not improv, tonight", "comedy"),
        ("music and no cover charge", "music"),
    ],
)
def test_what_is_not_wanted_is_not_searched_for(ask: Ask, text: str, query: str) -> None:
    assert ask(text).query == query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("whats on for couples, im new here", "couples"),
        ("ballet, i guess", "ballet"),
        ("chess for my husband on Sunday", "chess"),
        ("surely Boston has something like that", ""),
    ],
)
def test_remarks_and_relatives_are_no_topic(ask: Ask, text: str, query: str) -> None:
    assert ask(text).query == query


@pytest.mark.parametrize("text", ["list them", "ok, name them all", "surprise me"])
def test_asking_for_the_list_is_no_topic(ask: Ask, text: str) -> None:
    assert ask(text, standing=ask("concerts in Boston")).query == "concerts"
    assert ask(text).query == ""
