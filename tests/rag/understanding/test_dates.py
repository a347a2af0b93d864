"""Words for days and periods, on a Friday afternoon unless the test says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rag.understanding.dates.clock import Clock, Period
from rag.understanding.dates.recognition import find_dates
from rag.understanding.dates.resolution import DateWords, read_dates
from rag.understanding.text import Utterance
from tests.rag.understanding.conftest import FRIDAY, local

NOW = FRIDAY


def _clock(now: str, zone: str, *, day_first: bool) -> Clock:
    place = ZoneInfo(zone)
    return Clock.at(datetime.fromisoformat(now).replace(tzinfo=place), place, day_first=day_first)


def _read(
    text: str, now: str = NOW, zone: str = "America/New_York", *, day_first: bool = False
) -> DateWords:
    low = Utterance.of(text).low
    return read_dates(find_dates(low), _clock(now, zone, day_first=day_first))


def _range(period: Period | None) -> tuple[str | None, str | None]:
    return (local(period.start), local(period.end)) if period else (None, None)


RELATIVE = [
    ("later today", NOW, "2026-11-21T00:00"),
    ("what's on right now", NOW, "2026-11-21T00:00"),
    ("later tonight", "2026-11-20T17:00", "2026-11-21T00:00"),
    ("tonight's shows", "2026-11-20T17:00", "2026-11-21T00:00"),
    ("this evening", "2026-11-20T17:00", "2026-11-21T00:00"),
    ("this afternoon", NOW, "2026-11-20T17:00"),
    ("tmrw", "2026-11-21T00:00", "2026-11-22T00:00"),
    ("day after tomorrow", "2026-11-22T00:00", "2026-11-23T00:00"),
    ("today or tomorrow", NOW, "2026-11-22T00:00"),
    ("in 3 days", "2026-11-23T00:00", "2026-11-24T00:00"),
    ("two days from now", "2026-11-22T00:00", "2026-11-23T00:00"),
    ("rest of the week", NOW, "2026-11-23T00:00"),
    ("later this week", NOW, "2026-11-23T00:00"),
    ("in two weeks", "2026-11-30T00:00", "2026-12-07T00:00"),
    ("in the next two weeks", NOW, "2026-12-04T15:00"),
    ("over the next few days", NOW, "2026-11-23T15:00"),
    ("next couple of weeks", NOW, "2026-12-04T15:00"),
    ("in the next hour", NOW, "2026-11-20T16:00"),
    ("within the next 48 hours", NOW, "2026-11-22T15:00"),
    ("next 2 weekends", "2026-11-20T17:00", "2026-11-30T00:00"),
    ("the weekend", "2026-11-20T17:00", "2026-11-23T00:00"),
    ("weekend plans", "2026-11-20T17:00", "2026-11-23T00:00"),
    ("the weekend after next", "2026-12-04T17:00", "2026-12-07T00:00"),
    ("next month", "2026-12-01T00:00", "2027-01-01T00:00"),
    ("end of the month", "2026-11-21T00:00", "2026-12-01T00:00"),
    ("this winter", "2026-12-01T00:00", "2027-03-01T00:00"),
    ("in the summer", "2027-06-01T00:00", "2027-09-01T00:00"),
    ("spring 2027", "2027-03-01T00:00", "2027-06-01T00:00"),
    ("over the holidays", "2026-12-20T00:00", "2027-01-02T00:00"),
    ("this wknd", "2026-11-20T17:00", "2026-11-23T00:00"),
    ("in 2027", "2027-01-01T00:00", "2028-01-01T00:00"),
]
WEEKDAYS = [
    ("on Friday", NOW, "2026-11-21T00:00"),
    ("this friday", NOW, "2026-11-21T00:00"),
    ("next friday", "2026-11-27T00:00", "2026-11-28T00:00"),
    ("this coming Tuesday", "2026-11-24T00:00", "2026-11-25T00:00"),
    ("Wednesday of next week", "2026-11-25T00:00", "2026-11-26T00:00"),
    ("next week on friday", "2026-11-27T00:00", "2026-11-28T00:00"),
    ("a week from Saturday", "2026-11-28T00:00", "2026-11-29T00:00"),
    ("sat-sun", "2026-11-21T00:00", "2026-11-23T00:00"),
    ("Saturday and Sunday", "2026-11-21T00:00", "2026-11-23T00:00"),
    ("friday through sunday", NOW, "2026-11-23T00:00"),
    ("Mon to Fri", "2026-11-23T00:00", "2026-11-28T00:00"),
    ("until Sunday", NOW, "2026-11-23T00:00"),
    ("from tomorrow until Friday", "2026-11-21T00:00", "2026-11-28T00:00"),
    ("Saturday the 5th", "2026-12-05T00:00", "2026-12-06T00:00"),
    ("Sat. Dec 5, 3pm", "2026-12-05T15:00", "2026-12-05T16:00"),
    ("Saturday, December 5th", "2026-12-05T00:00", "2026-12-06T00:00"),
    ("the first Friday of December", "2026-12-04T00:00", "2026-12-05T00:00"),
]
CALENDAR = [
    ("Dec 5", "2026-12-05T00:00", "2026-12-06T00:00"),
    ("5 December", "2026-12-05T00:00", "2026-12-06T00:00"),
    ("the 5th of December", "2026-12-05T00:00", "2026-12-06T00:00"),
    ("Dec. 5th, 2027", "2027-12-05T00:00", "2027-12-06T00:00"),
    ("Dec 5–7", "2026-12-05T00:00", "2026-12-08T00:00"),
    ("5-7 December", "2026-12-05T00:00", "2026-12-08T00:00"),
    ("Dec 5, 6 and 7", "2026-12-05T00:00", "2026-12-08T00:00"),
    ("December 5 to January 3", "2026-12-05T00:00", "2027-01-04T00:00"),
    ("dec 5 to 7 january", "2026-12-05T00:00", "2027-01-08T00:00"),
    ("between Dec 10 and 12", "2026-12-10T00:00", "2026-12-13T00:00"),
    ("from dec 26 until jan 2", "2026-12-26T00:00", "2027-01-03T00:00"),
    ("12/5", "2026-12-05T00:00", "2026-12-06T00:00"),
    ("12/5/2027", "2027-12-05T00:00", "2027-12-06T00:00"),
    ("12/24-12/26", "2026-12-24T00:00", "2026-12-27T00:00"),
    ("13/5", "2027-05-13T00:00", "2027-05-14T00:00"),
    ("2026-12-05", "2026-12-05T00:00", "2026-12-06T00:00"),
    ("5.12.2026", "2026-12-05T00:00", "2026-12-06T00:00"),
    ("the 30th", "2026-11-30T00:00", "2026-12-01T00:00"),
    ("on the 4th", "2026-12-04T00:00", "2026-12-05T00:00"),
    ("28th", "2026-11-28T00:00", "2026-11-29T00:00"),
    ("the 5th to the 7th", "2026-12-05T00:00", "2026-12-08T00:00"),
    ("in December", "2026-12-01T00:00", "2027-01-01T00:00"),
    ("events in may", "2027-05-01T00:00", "2027-06-01T00:00"),
    ("in november", NOW, "2026-12-01T00:00"),
    ("early December", "2026-12-01T00:00", "2026-12-11T00:00"),
    ("between March and May", "2027-03-01T00:00", "2027-06-01T00:00"),
    ("the first week of January", "2027-01-01T00:00", "2027-01-08T00:00"),
    ("last weekend of november", "2026-11-27T17:00", "2026-11-30T00:00"),
    ("early next week", "2026-11-23T00:00", "2026-11-26T00:00"),
    ("any weekend in december", "2026-12-01T00:00", "2027-01-01T00:00"),
    ("between now and Christmas", NOW, "2026-12-26T00:00"),
    ("week of Dec 7", "2026-12-07T00:00", "2026-12-14T00:00"),
    ("the weekend of dec 12", "2026-12-11T17:00", "2026-12-14T00:00"),
    ("before December 15", NOW, "2026-12-15T00:00"),
    ("after Dec 5", "2026-12-06T00:00", None),
    ("from Dec 5 onwards", "2026-12-05T00:00", None),
    ("feb 29", "2028-02-29T00:00", "2028-03-01T00:00"),
]
HOLIDAYS = [
    ("NYE", "2026-12-31T00:00", "2027-01-01T00:00"),
    ("new year's day hike", "2027-01-01T00:00", "2027-01-02T00:00"),
    ("Christmas Eve services", "2026-12-24T00:00", "2026-12-25T00:00"),
    ("Thanksgiving", "2026-11-26T00:00", "2026-11-27T00:00"),
    ("Thanksgiving weekend", "2026-11-26T00:00", "2026-11-30T00:00"),
    ("Black Friday", "2026-11-27T00:00", "2026-11-28T00:00"),
    ("MLK day", "2027-01-18T00:00", "2027-01-19T00:00"),
    ("Memorial Day weekend", "2027-05-28T17:00", "2027-06-01T00:00"),
    ("july 4th", "2027-07-04T00:00", "2027-07-05T00:00"),
    ("Labor Day", "2027-09-06T00:00", "2027-09-07T00:00"),
    ("Halloween", "2027-10-31T00:00", "2027-11-01T00:00"),
    ("Easter Sunday brunch", "2027-03-28T00:00", "2027-03-29T00:00"),
    ("Good Friday", "2027-03-26T00:00", "2027-03-27T00:00"),
    ("Mother's Day", "2027-05-09T00:00", "2027-05-10T00:00"),
    ("after Christmas", "2026-12-26T00:00", None),
]
TIMES = [
    ("Friday morning", "2026-11-27T05:00", "2026-11-27T12:00"),
    ("Sunday afternoon", "2026-11-22T12:00", "2026-11-22T17:00"),
    ("tomorrow night", "2026-11-21T17:00", "2026-11-22T00:00"),
    ("after 6pm on Saturday", "2026-11-21T18:00", "2026-11-22T00:00"),
    ("tomorrow before noon", "2026-11-21T00:00", "2026-11-21T12:00"),
    ("between 2 and 5pm tomorrow", "2026-11-21T14:00", "2026-11-21T17:00"),
    ("tomorrow 10am-2pm", "2026-11-21T10:00", "2026-11-21T14:00"),
    ("sunday from 2 to 5", "2026-11-22T14:00", "2026-11-22T17:00"),
    ("tomorrow at 7", "2026-11-21T19:00", "2026-11-21T20:00"),
    ("19:00 tomorrow", "2026-11-21T19:00", "2026-11-21T20:00"),
    ("10pm to 2am friday", "2026-11-20T22:00", "2026-11-21T02:00"),
    ("this weekend after 6pm", "2026-11-20T18:00", "2026-11-23T00:00"),
    ("Saturday morning to Sunday evening", "2026-11-21T05:00", "2026-11-23T00:00"),
    ("after work on thursday", "2026-11-26T17:00", "2026-11-27T00:00"),
    ("tonight after 8", "2026-11-20T20:00", "2026-11-21T00:00"),
]


@pytest.mark.parametrize(
    ("text", "start", "end"), [*RELATIVE, *WEEKDAYS, *CALENDAR, *HOLIDAYS, *TIMES]
)
def test_dates_in_words_become_a_half_open_range(text: str, start: str, end: str | None) -> None:
    assert _range(_read(text).period) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "March of Dimes",
        "march madness watch party",
        "may I bring my dog",
        "sun salutation workshop",
        "fun under the sun",
        "second hand sale",
        "top 10 restaurants",
        "5k run",
        "24/7 diner",
        "9 to 5 the musical",
        "2nd grade math night",
        "the 5th annual turkey trot",
        "on the 4th floor",
        "20th century art",
        "1/2 price books",
        "3-day workshop",
        "class of 2027",
        "first friday art walk",
        "sunday school",
        "saturday night live viewing",
        "christmas carols",
        "winter break camps",
        "tuesdays and thursdays",
        "shows in the evening",
        "yoga at 7pm",
        "June Carter tribute band",
        "ages 6-10",
        "$5-10",
    ],
)
def test_dates_that_are_none_stay_open(text: str) -> None:
    assert _read(text).period is None


def test_range_going_on_begins_now() -> None:
    running = _read("December 5 to January 3", now="2026-12-20T10:00")

    assert _range(running.period) == ("2026-12-20T10:00", "2027-01-04T00:00")


def test_day_that_has_gone_by_comes_next_year() -> None:
    assert _range(_read("Nov 19").period) == ("2027-11-19T00:00", "2027-11-20T00:00")


def test_past_period_stays_what_was_asked() -> None:
    assert _range(_read("last weekend").period) == ("2026-11-13T17:00", "2026-11-16T00:00")


def test_weekend_on_a_sunday_is_the_one_going_on() -> None:
    on_sunday = _read("this weekend", now="2026-11-22T20:00")

    assert _range(on_sunday.period) == ("2026-11-22T20:00", "2026-11-23T00:00")


def test_numeric_date_is_read_in_the_countrys_order() -> None:
    european = _read("12/5", zone="Europe/Berlin", day_first=True)

    assert _range(european.period) == ("2027-05-12T00:00", "2027-05-13T00:00")


def test_day_on_which_the_clocks_change_has_25_hours() -> None:
    period = _read("sunday", now="2026-10-31T12:00").period

    assert period is not None
    assert period.end is not None
    assert (period.end.astimezone(UTC) - period.start.astimezone(UTC)).total_seconds() == 25 * 3600


def test_next_days_are_elapsed_time_across_the_change() -> None:
    period = _read("in the next 3 days", now="2026-10-31T12:00").period

    assert _range(period) == ("2026-10-31T12:00", "2026-11-03T11:00")


def test_wall_time_that_the_clocks_skip_is_an_hour_later() -> None:
    period = _read("march 14 from 2:30am to 4am", now="2027-03-01T12:00").period

    assert _range(period) == ("2027-03-14T03:30", "2027-03-14T04:00")


def test_part_of_day_without_a_day_is_kept_as_a_bound() -> None:
    found = _read("shows in the evening")

    assert found.period is None
    assert found.bound is not None
    assert (found.bound.start, found.bound.end) == (17 * 60, 24 * 60)
