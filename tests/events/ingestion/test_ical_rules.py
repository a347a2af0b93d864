"""Repetitions: what the library knows, what keeps its wall time, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.ingestion.fetching.fetch import Fetched
from events.ingestion.formats.ical import component, lines, reader
from events.ingestion.formats.ical.plain_entry import NotPlain, read_fields, simple_event
from events.ingestion.records import RawEvent
from events.ingestion.times import event_times
from tests.events.ingestion.moments import utc
from tests.events.ingestion.parsing import parse_icalendar

NOW = utc(2026, 11, 20)
ZONES = ["America/New_York", "Europe/Berlin", "Pacific/Auckland", "Asia/Kathmandu"]
ZONES += ["America/St_Johns", "Pacific/Apia", "Pacific/Kiritimati", "America/Adak", "UTC"]


def parse(*entries: str) -> list[RawEvent]:
    blocks = "".join(f"BEGIN:VEVENT\nUID:1\nSUMMARY:a\n{entry}\nEND:VEVENT\n" for entry in entries)
    parsed = parse_icalendar(f"BEGIN:VCALENDAR\n{blocks}END:VCALENDAR\n".encode(), NOW)
    assert not parsed.broken
    return list(parsed.events)


@settings(max_examples=40, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1)),  # noqa: DTZ001
    rule=st.sampled_from(["DAILY", "WEEKLY", "DAILY;INTERVAL=3", "WEEKLY;INTERVAL=2", "MONTHLY"]),
)
def test_repetitions_keep_their_wall_time(zone: str, start: datetime, rule: str) -> None:
    start = start.replace(second=0, microsecond=0)
    found = parse(f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}\nRRULE:FREQ={rule}")
    assert found
    for event in found:
        begins, _, _ = event_times(event.start, event.end, zone)
        wall = begins.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        # A wall time that the clocks skip in spring moves on by at most an hour (or a day in Apia).
        assert (
            timedelta(0) <= wall - datetime.combine(wall.date(), start.time()) <= timedelta(hours=1)
        )
    assert [event.repeats_at for event in found] == sorted({event.repeats_at for event in found})


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    days=st.integers(1, 40),
)
def test_all_day_events_are_local_days(zone: str, first: date, days: int) -> None:
    start, end, all_day = event_times(first, first + timedelta(days=days), zone)
    assert all_day
    assert end is not None
    assert start.astimezone(ZoneInfo(zone)).date() == first
    last = (end - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    assert last == first + timedelta(days=days - 1)


def test_period_dates_bring_their_own_ends() -> None:
    found = parse(
        "DTSTART:20261201T190000Z\nDTEND:20261201T200000Z\n"
        "RDATE;VALUE=PERIOD:20261205T180000Z/PT3H,20261206T180000Z/20261206T190000Z"
    )
    assert [(event.start, event.end) for event in found] == [
        (utc(2026, 12, 1, 19), utc(2026, 12, 1, 20)),
        (utc(2026, 12, 5, 18), utc(2026, 12, 5, 21)),
        (utc(2026, 12, 6, 18), utc(2026, 12, 6, 19)),
    ]


def test_this_and_future_dates_move_and_stay_apart() -> None:
    found = parse(
        "DTSTART:20261201T190000Z\nRRULE:FREQ=WEEKLY;COUNT=4",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20261208T190000Z\nDTSTART:20261208T200000Z",
    )
    assert [event.start for event in found] == [
        *(utc(2026, 12, 1, 19), utc(2026, 12, 8, 20), utc(2026, 12, 15, 20), utc(2026, 12, 22, 20)),
    ]
    assert len({event.repeats_at for event in found}) == 4
    assert [event.end for event in found] == [None] * 4


def test_cancelled_occurrence_is_one_cancelled_event() -> None:
    found = parse(
        "DTSTART:20261201T190000Z\nRRULE:FREQ=WEEKLY;COUNT=3",
        "RECURRENCE-ID:20261208T190000Z\nDTSTART:20261208T190000Z\nSTATUS:CANCELLED",
    )
    assert [event.status for event in found] == ["", "cancelled", ""]


def test_rule_without_further_dates_keeps_those_it_has() -> None:
    found = parse("DTSTART:20260228T190000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28;BYDAY=SA,SU")
    assert [event.start for event in found] == [utc(2027, 2, 28, 19)]


@pytest.mark.parametrize("name", ["santarosa", "asheville", "montclair", "davis"])
def test_plain_reading_agrees_with_the_library(shared_data: Path, name: str) -> None:
    fetched = Fetched((shared_data / f"{name}.ics").read_bytes(), f"{name}.ics")
    blocks = list(lines.blocks(fetched))[::7]
    for block in blocks:
        entry = reader._read_entry("\r\n".join(["BEGIN:VEVENT", *block.lines, "END:VEVENT"]))
        assert simple_event(read_fields(block.lines), cancelled=False) == (
            component.raw_event(entry, "", cancelled=False)  # type: ignore[arg-type]
        )


def test_simple_event_leaves_what_repeats_to_the_library() -> None:
    with pytest.raises(NotPlain):
        simple_event(read_fields(["DTSTART:20261201T190000Z", "RRULE:FREQ=DAILY"]), cancelled=False)


def test_clocks_going_back_tell_two_instants_apart() -> None:
    found = parse(
        "DTSTART;TZID=America/New_York:20271031T013000\nRRULE:FREQ=DAILY;COUNT=14",
    )
    starts = [event.start for event in found if isinstance(event.start, datetime)]
    instants = [start.astimezone(UTC) for start in starts]
    gaps = {after - before for before, after in pairwise(instants)}
    assert gaps == {timedelta(hours=24), timedelta(hours=25)}
