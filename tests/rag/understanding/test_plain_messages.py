"""Single messages as people write them, and what each means."""

from __future__ import annotations

from typing import Any

import pytest

from rag.types import AgeRange
from tests.rag.understanding.conftest import Ask, local


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("between Christmas and New Year", "2026-12-25T00:00", "2027-01-02T00:00"),
        ("concerts on New Year's Eve", "2026-12-31T00:00", "2027-01-01T00:00"),
        ("Friday the 13th parties", "2027-08-13T00:00", "2027-08-14T00:00"),
        ("Sunday the 29th", "2026-11-29T00:00", "2026-11-30T00:00"),
        ("jazz next Friday night after 9", "2026-11-27T21:00", "2026-11-28T00:00"),
        ("noon to 2 on Sunday", "2026-11-22T12:00", "2026-11-22T14:00"),
        ("anything tomorrow arvo?", "2026-11-21T12:00", "2026-11-21T17:00"),
        ("before noon on the 30th", "2026-11-30T00:00", "2026-11-30T12:00"),
        ("shows from March 13 to March 15", "2027-03-13T00:00", "2027-03-16T00:00"),
        ("first Friday in December art walk", "2026-12-04T00:00", "2026-12-05T00:00"),
        ("Memorial Day weekend", "2027-05-28T17:00", "2027-06-01T00:00"),
        ("March of Dimes fundraiser", None, None),
        ("may I bring my dog to a concert", None, None),
        ("Saturday Night Live watch party", None, None),
    ],
)
def test_dates_of_a_message(ask: Ask, text: str, begins: str | None, ends: str | None) -> None:
    found = ask(text)
    assert (local(found.date_from), local(found.date_to)) == (begins, ends)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("concerts in London on 3/12", "London, England, United Kingdom"),
        ("gluten-free cooking class in Austin", "Austin, TX"),
        ("events in Reading, MA tomorrow", "Reading, MA"),
        ("Reading book clubs this weekend", None),
        ("classes in art", None),
        ("lessons in French", None),
        ("help in Spanish", None),
    ],
)
def test_place_of_a_message(ask: Ask, text: str, label: str | None) -> None:
    place = ask(text).place
    assert (place.label if place else None) == label


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("I'm 16, what can I do tonight?", {"age": AgeRange(16, 16), "query": ""}),
        ("I am 30 minutes away", {"age": None}),
        ("jazz for everyone", {"audience": None, "query": "jazz"}),
        ("20s singles mixer", {"age": None, "audience": "singles"}),
    ],
)
def test_company_of_a_message(ask: Ask, text: str, wishes: dict[str, Any]) -> None:
    found = ask(text)
    assert {name: getattr(found, name) for name in wishes} == wishes


def test_numeric_date_follows_the_order_of_the_place(ask: Ask) -> None:
    assert local(ask("12/5 in Berlin").date_from) == "2027-05-12T00:00"
    assert local(ask("12/5 in Boston").date_from) == "2026-12-05T00:00"
