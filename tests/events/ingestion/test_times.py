from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.zones import zone_or_none
from events.ingestion.records import BrokenEntry
from events.ingestion.times import event_times, parse_clock, parse_moment
from tests.events.ingestion.moments import utc, wall

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-05", date(2026, 12, 5)),
        ("20261205", date(2026, 12, 5)),
        ("2026-12-05T19:30", wall(2026, 12, 5, 19, 30)),
        ("2026-12-05 19:30:15", wall(2026, 12, 5, 19, 30).replace(second=15)),
        ("2026-12-05T19:30:00Z", utc(2026, 12, 5, 19, 30)),
        (
            "2026-12-05T19:30:00-05:00",
            datetime(2026, 12, 5, 19, 30, tzinfo=timezone(timedelta(hours=-5))),
        ),
        ("12/5/2026", date(2026, 12, 5)),
        ("25/12/2026", date(2026, 12, 25)),
        ("05.12.2026", date(2026, 12, 5)),
        ("12/5/26", date(2026, 12, 5)),
        ("12/5/2026 7:30 PM", wall(2026, 12, 5, 19, 30)),
        ("2026-12-05, 7pm", wall(2026, 12, 5, 19)),
        ("12/05/2026 00:15", wall(2026, 12, 5, 0, 15)),
        ("next Friday", None),
        ("2026-13-40", None),
        ("12/5/2026 25:00", None),
        ("", None),
    ],
)
def test_parse_moment_reads_written_forms(text: str, moment: date | None) -> None:
    assert parse_moment(text) == moment
    assert type(parse_moment(text)) is type(moment)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("19:00", time(19)),
        ("7pm", time(19)),
        ("12:30 a.m.", time(0, 30)),
        ("12 PM", time(12)),
        ("13 PM", None),
        ("7", None),
        ("noonish", None),
    ],
)
def test_parse_clock_reads_times_of_day(text: str, clock: time | None) -> None:
    assert parse_clock(text) == clock


def test_zone_or_none_knows_iana_zones_only() -> None:
    assert zone_or_none("Europe/Berlin") == "Europe/Berlin"
    assert zone_or_none("Mars/Olympus") is None
    assert zone_or_none("../../etc/passwd") is None
    assert zone_or_none("") is None


def test_event_times_naive_time_is_local() -> None:
    start, end, all_day = event_times(wall(2026, 7, 1, 19), None, NEW_YORK)
    assert (start, end, all_day) == (utc(2026, 7, 1, 23), None, False)


def test_event_times_offset_wins_over_zone() -> None:
    start, _, _ = event_times(utc(2026, 7, 1, 19), None, NEW_YORK)
    assert start == utc(2026, 7, 1, 19)


def test_event_times_all_day_without_end_is_one_local_day() -> None:
    start, end, all_day = event_times(date(2026, 6, 8), None, "Europe/Berlin")
    assert (start, end, all_day) == (utc(2026, 6, 7, 22), utc(2026, 6, 8, 22), True)


def test_event_times_all_day_over_the_clock_change_ends_at_local_midnight() -> None:
    start, end, _ = event_times(date(2026, 11, 1), date(2026, 11, 2), NEW_YORK)
    assert (start, end) == (utc(2026, 11, 1, 4), utc(2026, 11, 2, 5))


def test_event_times_all_day_end_equal_to_start_is_one_day() -> None:
    _, end, _ = event_times(date(2026, 6, 8), date(2026, 6, 8), "UTC")
    assert end == utc(2026, 6, 9)


def test_event_times_skipped_wall_time_moves_on() -> None:
    start, _, _ = event_times(wall(2027, 3, 14, 2, 30), None, NEW_YORK)
    assert start.astimezone(ZoneInfo(NEW_YORK)).hour == 3


def test_event_times_repeated_wall_time_is_the_first_one() -> None:
    start, _, _ = event_times(wall(2026, 11, 1, 1, 30), None, NEW_YORK)
    assert start == utc(2026, 11, 1, 5, 30)


def test_event_times_end_before_start_is_unknown() -> None:
    _, end, _ = event_times(wall(2026, 7, 1, 19), wall(2026, 7, 1, 18), NEW_YORK)
    assert end is None


def test_event_times_end_across_autumn_change_is_compared_as_instant() -> None:
    start = utc(2026, 11, 1, 5, 45)  # 01:45 summer time
    end = utc(2026, 11, 1, 6, 15)  # 01:15 winter time, half an hour later
    assert event_times(start, end, NEW_YORK)[1] == end


@pytest.mark.parametrize("year", [1, 1066, 9999])
def test_event_times_implausible_year_is_broken(year: int) -> None:
    with pytest.raises(BrokenEntry):
        event_times(wall(year, 1, 1, 12), None, NEW_YORK)


@given(
    st.datetimes(wall(1950, 1, 1), wall(2150, 1, 1)),
    st.timedeltas(timedelta(days=-3), timedelta(days=30)),
    st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia", "UTC"]),
)
def test_event_times_never_end_before_they_start(
    start: datetime, length: timedelta, zone: str
) -> None:
    begins, ends, _ = event_times(start, start + length, zone)
    assert ends is None or ends >= begins
    days_start, days_end, _ = event_times(start.date(), (start + length).date(), zone)
    assert days_end is not None
    assert days_end > days_start
