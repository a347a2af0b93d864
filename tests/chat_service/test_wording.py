"""Days, hours, places, prices and distances in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_service.llm import wish_wording, wording
from rag.types import AgeRange, Constraints
from tests.chat_service.samples import ENGLISH, NOW, event, local, ranked, wishes


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"start_time": local(21, 19), "end_time": None}, "Sat 21 Nov, 7 pm"),
        ({"start_time": local(21, 19), "end_time": local(21, 19)}, "Sat 21 Nov, 7 pm"),
        ({"start_time": local(21, 19), "end_time": local(21, 21, 30)}, "Sat 21 Nov, 7–9:30 pm"),
        ({"start_time": local(21, 10), "end_time": local(21, 12)}, "Sat 21 Nov, 10 am – noon"),
        ({"start_time": local(21, 11), "end_time": local(21, 13)}, "Sat 21 Nov, 11 am – 1 pm"),
        ({"start_time": local(21, 0, 30), "end_time": local(21, 1)}, "Sat 21 Nov, 12:30–1 am"),
        ({"start_time": local(21, 20), "end_time": local(22)}, "Sat 21 Nov, 8 pm – midnight"),
        ({"start_time": local(21, 22), "end_time": local(22, 2)}, "Sat 21 Nov, 10 pm – 2 am"),
        ({"start_time": local(21, 22), "end_time": local(22, 9)}, "Sat 21 Nov, 10 pm – 9 am"),
        (
            {"start_time": local(21, 9), "end_time": local(23, 17)},
            "Sat 21 Nov, 9 am – Mon 23 Nov, 5 pm",
        ),
        (
            {"start_time": local(21), "end_time": local(22), "all_day": True},
            "Sat 21 Nov, all day",
        ),
        ({"start_time": local(21), "end_time": None, "all_day": True}, "Sat 21 Nov, all day"),
        (
            {"start_time": local(21), "end_time": local(24), "all_day": True},
            "Sat 21 Nov – Mon 23 Nov",
        ),
        (
            {
                "start_time": local(31, month=12),
                "end_time": local(31, month=12) + timedelta(days=3),
                "all_day": True,
            },
            "Thu 31 Dec – Sat 2 Jan 2027",
        ),
    ],
)
def test_when_an_event_is(fields: dict[str, Any], words: str) -> None:
    assert wording.when(event(**fields), wishes(), NOW, ENGLISH) == words


@pytest.mark.parametrize(
    ("zone", "mode", "words"),
    [
        ("America/Los_Angeles", "offline", "Sat 21 Nov, 4 pm PST"),
        ("Asia/Dubai", "offline", "Sun 22 Nov, 4 am UTC+04"),
        ("America/Detroit", "offline", "Sat 21 Nov, 7 pm"),
        ("America/New_York", "online", "Sat 21 Nov, 7 pm EST"),
        ("America/New_York", "mixed", "Sat 21 Nov, 7 pm EST"),
    ],
)
def test_zone_is_named_where_clocks_differ(zone: str, mode: str, words: str) -> None:
    evening = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    fields = {"start_time": evening, "end_time": None, "timezone": zone}
    assert (
        wording.when(event(event_attendance_mode=mode, **fields), wishes(), NOW, ENGLISH) == words
    )


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (None, None, ""),
        (local(21), local(22), "tomorrow (Sat 21 Nov)"),
        (local(25), local(26), "on Wed 25 Nov"),
        (local(25, 12), local(25, 17), "on Wed 25 Nov, noon – 5 pm"),
        (local(20, 17), local(21), "today (Fri 20 Nov), 5 pm – midnight"),
        (NOW, local(21), "today (Fri 20 Nov)"),
        (NOW, local(20, 18), "today (Fri 20 Nov) until 6 pm"),
        (NOW, local(23, 15), "between now and Mon 23 Nov"),
        (local(20, 17), local(23), "from Fri 20 Nov, 5 pm to Sun 22 Nov"),
        (local(23), local(30), "from Mon 23 Nov to Sun 29 Nov"),
        (local(23), local(29, 17), "from Mon 23 Nov to Sun 29 Nov, 5 pm"),
        (local(23), None, "from Mon 23 Nov on"),
        (NOW, None, "from now on"),
        (None, local(30), "between now and Sun 29 Nov"),
    ],
)
def test_wished_dates(start: datetime | None, end: datetime | None, words: str) -> None:
    assert wish_wording.dates(wishes(date_from=start, date_to=end), NOW, ENGLISH) == words


def test_wished_dates_are_told_in_the_search_zone() -> None:
    constraints = wishes(date_from=local(25), date_to=local(26))
    in_utc = wishes(
        date_from=local(25).astimezone(UTC), date_to=local(26).astimezone(UTC), timezone="UTC"
    )
    assert wish_wording.dates(constraints, NOW.astimezone(UTC), ENGLISH) == "on Wed 25 Nov"
    assert wish_wording.dates(in_utc, NOW, ENGLISH) == "from Wed 25 Nov, 5 am to Thu 26 Nov, 5 am"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Free Library, Newton, MA"),
        ({"venue": {"name": "The Bar, Newton", "city": "Newton"}}, "The Bar, Newton"),
        ({"venue": {"name": "", "city": "Newton", "state": ""}}, "Newton"),
        ({"venue": {"name": "Hall", "city": None, "state": None}}, "Hall"),
        ({"venue": {"name": "", "city": ""}}, "330 Homer St, Newton"),
        ({"venue": None, "location": " 1 Main St\n Davis "}, "1 Main St Davis"),
        ({"venue": None, "location": ""}, ""),
        ({"event_attendance_mode": "online"}, "online"),
        ({"event_attendance_mode": "mixed"}, "Free Library, Newton, MA or online"),
        ({"event_attendance_mode": "mixed", "venue": None, "location": ""}, "online"),
    ],
)
def test_where_an_event_is(fields: dict[str, Any], words: str) -> None:
    assert wording.where(event(**fields), ENGLISH) == words


@pytest.mark.parametrize(
    ("price", "least", "words"),
    [
        ("", None, ""),
        ("", 0.0, "free"),
        ("", 12.0, "from $12"),
        ("", 12.5, "from $12.50"),
        ("$10–$25", 10.0, "$10–$25"),
        ("FREE", None, "free"),
        ("Free", 0.0, "free"),
        ("$0", 0.0, "free"),
        ("free for members, others $10", 0.0, "free for members, others $10"),
        ("Donation", None, "Donation"),
    ],
)
def test_price_says_what_is_known(price: str, least: float | None, words: str) -> None:
    assert wording.price(event(price=price, min_price=least), ENGLISH) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (0.0, "under 0.1 miles"),
        (0.04, "under 0.1 miles"),
        (0.1, "0.1 miles"),
        (0.96, "1 mile"),
        (1.0, "1 mile"),
        (1.24, "1.2 miles"),
        (9.94, "9.9 miles"),
        (9.96, "10 miles"),
        (14.6, "15 miles"),
        (1234.5, "1,234 miles"),
    ],
)
def test_miles(length: float, words: str) -> None:
    assert wording.miles(length, ENGLISH) == words


def test_distance_of_an_online_event_does_not_matter() -> None:
    assert wording.distance(ranked(distance=3.0), ENGLISH) == "3 miles away"
    assert wording.distance(ranked(distance=3.0, event_attendance_mode="online"), ENGLISH) == ""
    assert wording.distance(ranked(distance=None), ENGLISH) == ""


@pytest.mark.parametrize(
    ("constraints", "words"),
    [
        (wishes(), ""),
        (wishes(audience="kids"), "for kids"),
        (wishes(age=AgeRange(4, 4)), "for a 4-year-old"),
        (wishes(age=AgeRange(8, 8)), "for an 8-year-old"),
        (wishes(age=AgeRange(11, 11)), "for an 11-year-old"),
        (wishes(age=AgeRange(80, 80)), "for an 80-year-old"),
        (wishes(audience="kids", age=AgeRange(4, 4)), "for kids (age 4)"),
    ],
)
def test_company(constraints: Constraints, words: str) -> None:
    assert wish_wording.company(constraints, ENGLISH) == words


@pytest.mark.parametrize(
    ("query", "audience", "topic"),
    [
        ("", None, ""),
        ("live  music", None, "live music"),
        ("kids crafts", None, "kids crafts"),
        ("kids crafts", "kids", "crafts"),
        ("Children", "kids", ""),
        ("family friendly music", "families", "music"),
        ("music families", "families", "music"),
        ("kids music", "families", "kids music"),
        ("jazz [1]", None, "jazz (1)"),
    ],
)
def test_topic_is_the_query_without_the_audience(
    query: str, audience: str | None, topic: str
) -> None:
    assert wish_wording.topic(Constraints(query=query, audience=audience)) == topic


@pytest.mark.parametrize(
    ("words", "sentence"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_join_words(words: list[str], sentence: str) -> None:
    assert ENGLISH.joined(words) == sentence


def test_shorten_cuts_between_words() -> None:
    assert wording.shorten("a  short\nline", 12) == "a short line"
    assert wording.shorten("one two three", 9) == "one two…"
    assert wording.shorten("x" * 20, 9) == "x" * 8 + "…"


@given(st.text(max_size=200), st.integers(2, 100))
def test_shorten_keeps_the_length(text: str, length: int) -> None:
    assert len(wording.shorten(text, length)) <= length


@given(st.text(max_size=60))
def test_plain_is_one_line_without_brackets(text: str) -> None:
    assert not set(wording.plain(text)) & set("[]*`\n\r\u2028")


@pytest.mark.parametrize(
    ("miles", "expected"), [(0.0, ""), (2.9, ""), (7.4, "about 7 miles away"), (None, "")]
)
def test_distance_of_a_town_is_said_in_round_miles_and_only_of_another_town(
    miles: float | None, expected: str
) -> None:
    venue = {"name": "Somewhere", "city": "Newton", "precision": "place"}
    assert wording.distance(ranked(distance=miles, venue=venue), ENGLISH) == expected
