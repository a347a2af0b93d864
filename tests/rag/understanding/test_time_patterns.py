"""Days and hours that recur, and how they stand beside dates."""

from __future__ import annotations

from datetime import time

import pytest

from rag.types import TimePattern
from tests.rag.understanding.conftest import Ask, local

WORK_WEEK = (1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("what happens every tuesday evening", TimePattern((2,), (), time(17), time())),
        ("weekday evenings", TimePattern(WORK_WEEK, (), time(17), time())),
        ("english classes weekday evenings after 6", TimePattern(WORK_WEEK, (), time(18), time())),
        ("games on thursday afternoons", TimePattern((4,), (), time(12), time(17))),
        ("food trucks weekdays around lunch", TimePattern(WORK_WEEK, (), time(11), time(14))),
        ("weekday lunch", TimePattern(WORK_WEEK, (), time(11), time(14))),
        ("brunch with music on sundays", TimePattern((7,))),
        ("whats on every first friday", TimePattern((5,), (1,))),
        ("the last thursday of every month", TimePattern((4,), (-1,))),
        (
            "1st and 3rd wednesday of the month, evening",
            TimePattern((3,), (1, 3), time(17), time()),
        ),
        ("the first friday of the month", TimePattern((5,), (1,))),
        ("yoga on tuesdays and thursdays", TimePattern((2, 4))),
        ("yoga every monday and wednesday", TimePattern((1, 3))),
        ("trivia on weekends", TimePattern((6, 7))),
        ("trivia every weekend", TimePattern((6, 7))),
        ("jazz, any day except wednesdays", TimePattern((1, 2, 4, 5, 6, 7))),
        ("jazz but not on friday", TimePattern((1, 2, 3, 4, 6, 7))),
        ("jazz but not on mondays", TimePattern((2, 3, 4, 5, 6, 7))),
        ("yoga, mornings only", TimePattern((), (), time(5), time(12))),
        ("knitting, or crochet, whatever, evening", TimePattern((), (), time(17), time())),
        ("yoga after 6pm", TimePattern((), (), time(18), time())),
        ("yoga, nothing before 6pm", TimePattern((), (), time(18), time())),
        ("yoga but nothing that starts before 6pm", TimePattern((), (), time(18), time())),
        ("i don't want anything before 6pm", TimePattern((), (), time(18), time())),
        ("yoga, nothing after 8pm", TimePattern((), (), time(), time(20))),
        ("yoga, nothing later than 8pm", TimePattern((), (), time(), time(20))),
        ("yoga every other tuesday evening", TimePattern((2,), (), time(17), time())),
        ("storytime in the morning", TimePattern((), (), time(5), time(12))),
        ("chess on weeknights", TimePattern(WORK_WEEK)),
        ("classes during the week", TimePattern(WORK_WEEK)),
    ],
)
def test_recurring_days_are_a_pattern(ask: Ask, text: str, pattern: TimePattern) -> None:
    found = ask(text)

    assert found.times == (pattern,)
    assert (found.date_from, found.date_to) == (None, None)


@pytest.mark.parametrize(
    ("text", "pattern", "date_from", "date_to"),
    [
        (
            "saturday mornings in december for little ones",
            TimePattern((6,), (), time(5), time(12)),
            "2026-12-01T00:00",
            "2027-01-01T00:00",
        ),
        (
            "mornings next week",
            TimePattern((), (), time(5), time(12)),
            "2026-11-23T05:00",
            "2026-11-29T12:00",
        ),
        (
            "yoga on tuesdays in december",
            TimePattern((2,)),
            "2026-12-01T00:00",
            "2027-01-01T00:00",
        ),
        (
            "friday or saturday night",
            TimePattern((), (), time(17), time()),
            "2026-11-20T17:00",
            "2026-11-22T00:00",
        ),
        (
            "monday or wednesday night",
            TimePattern((1, 3), (), time(17), time()),
            "2026-11-23T17:00",
            "2026-11-26T00:00",
        ),
        (
            "friday, sunday or monday",
            TimePattern((1, 5, 7)),
            "2026-11-20T15:00",
            "2026-11-24T00:00",
        ),
        (
            "friday to sunday evenings",
            TimePattern((), (), time(17), time()),
            "2026-11-20T17:00",
            "2026-11-23T00:00",
        ),
        (
            "monday contra dance in december",
            TimePattern((1,)),
            "2026-12-01T00:00",
            "2027-01-01T00:00",
        ),
        (
            "friday night jazz in may 2027",
            TimePattern((5,), (), time(17), time()),
            "2027-05-01T00:00",
            "2027-06-01T00:00",
        ),
    ],
)
def test_pattern_stands_within_the_dates(
    ask: Ask, text: str, pattern: TimePattern, date_from: str, date_to: str
) -> None:
    found = ask(text)

    assert found.times == (pattern,)
    assert (local(found.date_from), local(found.date_to)) == (date_from, date_to)


@pytest.mark.parametrize(
    "text",
    [
        "jazz tomorrow evening",
        "jazz on Tuesday",
        "this weekend",
        "trivia night",
        "an evening with Kenny G",
        "Saturday Night Fever",
        "game night for adults",
        "morning yoga",
        "friday or saturday",
        "weekdays next week",
        "first friday of december",
        "Friday 6pm to Sunday noon",
        "Friday 6pm to Sunday",
        "Saturday evening or Sunday",
        "monday contra dance or swing night in december",
        "all the chess sundays in december",
    ],
)
def test_one_time_or_a_name_is_no_pattern(ask: Ask, text: str) -> None:
    assert ask(text).times == ()


def test_pattern_stays_until_others_are_named(ask: Ask) -> None:
    mornings = ask("yoga in Boston, mornings only")
    weekends = ask("on weekends", standing=mornings)
    saturday = ask("what about next saturday", standing=weekends)
    free = ask("free ones", standing=weekends)
    dropped = ask("any time", standing=weekends)

    assert weekends.times == (TimePattern((6, 7), (), time(5), time(12)),)
    assert weekends.query == "yoga"
    assert saturday.times == (TimePattern((), (), time(5), time(12)),)
    assert free.times == weekends.times
    assert dropped.times == ()


def test_around_five_or_six_is_an_hour_or_two(ask: Ask) -> None:
    found = ask("what can i do on friday after work, around 5 or 6", now="2026-12-01T10:00")

    assert (local(found.date_from), local(found.date_to)) == (
        "2026-12-04T17:00",
        "2026-12-04T19:00",
    )
    assert found.query == ""


@pytest.mark.parametrize("text", ["yoga, nothing before 6pm", "yoga, nothing after 8pm"])
def test_refusal_of_hours_is_no_topic(ask: Ask, text: str) -> None:
    assert ask(text).query == "yoga"


def test_refused_day_amid_a_range_is_left_out_of_it(ask: Ask) -> None:
    found = ask("jazz next week but not on wednesday")

    assert found.times == (TimePattern((1, 2, 4, 5, 6, 7)),)
    assert (local(found.date_from), local(found.date_to)) == (
        "2026-11-23T00:00",
        "2026-11-30T00:00",
    )


def test_refused_day_is_left_out_of_the_dates_in_force(ask: Ask) -> None:
    next_week = ask("jazz next week")

    found = ask("not on wednesday", standing=next_week)

    assert found.times == (TimePattern((1, 2, 4, 5, 6, 7)),)
    assert (found.date_from, found.date_to) == (next_week.date_from, next_week.date_to)
    assert found.query == "jazz"


def test_refused_end_of_a_range_shortens_it(ask: Ask) -> None:
    found = ask("jazz this weekend but not on friday")

    assert found.times == ()
    assert local(found.date_from) == "2026-11-21T00:00"
