from __future__ import annotations

from dataclasses import replace

from chat_service.llm.wording import further_dates
from tests.chat_service.samples import ENGLISH, NOW, local, ranked


def test_further_dates_are_days_of_the_events_zone() -> None:
    found = replace(ranked(), next_dates=(local(28, 10, 30), local(28, 14), local(5, month=12)))
    assert further_dates(found, NOW, ENGLISH) == "also Sat 28 Nov and Sat 5 Dec"


def test_further_dates_end_with_later_when_there_are_many() -> None:
    days = tuple(local(day, month=12) for day in (5, 12, 19, 26))
    found = replace(ranked(), next_dates=days)
    assert further_dates(found, NOW, ENGLISH) == "also Sat 5 Dec, Sat 12 Dec, Sat 19 Dec and later"


def test_further_dates_without_any_say_nothing() -> None:
    assert further_dates(ranked(), NOW, ENGLISH) == ""
    assert further_dates(replace(ranked(), next_dates=(local(21, 14),)), NOW, ENGLISH) == ""
