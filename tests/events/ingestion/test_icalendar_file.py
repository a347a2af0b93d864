from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from events.ingestion.errors import FileBroken
from events.ingestion.formats.ical.rules import MAX_OCCURRENCES
from events.ingestion.records import ParsedFile, RawEvent
from tests.events.ingestion.moments import utc, wall
from tests.events.ingestion.parsing import parse_icalendar

NOW = utc(2026, 11, 20)


def calendar(*entries: str, head: str = "X-WR-TIMEZONE:America/New_York") -> bytes:
    blocks = [f"BEGIN:VEVENT\n{entry.strip()}\nEND:VEVENT" for entry in entries]
    return "\r\n".join(
        "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", head, *blocks, "END:VCALENDAR"]).splitlines()
    ).encode()


def parse(*entries: str) -> ParsedFile:
    return parse_icalendar(calendar(*entries), NOW)


def parse_one(entry: str) -> RawEvent:
    (event,) = parse(f"UID:1\nSUMMARY:Concert\n{entry}").events
    return event


def test_parse_icalendar_reads_all_fields() -> None:
    event = parse_one(
        "DTSTART;TZID=America/New_York:20261205T193000\nDTEND;TZID=America/New_York:20261205T210000\n"
        "LOCATION:Hall\\, Asheville\\, NC\nDESCRIPTION:Two\\nlines\nURL:https://example.org/1\n"
        "CATEGORIES:Jazz,Folk\nGEO:35.6;-82.55\nORGANIZER;CN=Jazz Society:mailto:a@example.org"
    )
    assert event.start == utc(2026, 12, 6, 0, 30)
    assert event.end == utc(2026, 12, 6, 2)
    assert event.zone == "America/New_York"
    assert (event.location, event.description) == ("Hall, Asheville, NC", "Two\nlines")
    assert (event.url, event.keywords) == ("https://example.org/1", ("Jazz", "Folk"))
    assert event.organizer == "Jazz Society"
    assert event.place is not None
    assert (event.place.latitude, event.place.longitude) == (35.6, -82.55)


def test_parse_icalendar_utc_and_floating_times_name_no_zone() -> None:
    parsed = parse(
        "UID:1\nSUMMARY:a\nDTSTART:20261205T193000Z", "UID:2\nSUMMARY:b\nDTSTART:20261205T193000"
    )
    assert [event.start for event in parsed.events] == [
        utc(2026, 12, 5, 19, 30),
        wall(2026, 12, 5, 19, 30),
    ]
    assert [event.zone for event in parsed.events] == ["", ""]
    assert parsed.timezone == "America/New_York"


def test_parse_icalendar_windows_zone_is_understood() -> None:
    event = parse_one("DTSTART;TZID=Pacific Standard Time:20261205T193000")
    assert event.start == utc(2026, 12, 6, 3, 30)
    assert event.zone == "America/Los_Angeles"


def test_parse_icalendar_unknown_zone_is_local_time() -> None:
    assert parse_one("DTSTART;TZID=Nowhere/Town:20261205T193000").start == wall(2026, 12, 5, 19, 30)


def test_parse_icalendar_own_zone_definition_gives_the_instant() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Our Zone\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        "TZOFFSETFROM:-0500\nTZOFFSETTO:-0500\nTZNAME:EST\nEND:STANDARD\nEND:VTIMEZONE"
    )
    entry = "UID:1\nSUMMARY:a\nDTSTART;TZID=Our Zone:20261205T193000"
    (event,) = parse_icalendar(calendar(entry, head=zone), NOW).events
    assert event.start == utc(2026, 12, 6, 0, 30)


def test_parse_icalendar_all_day_has_dates() -> None:
    event = parse_one("DTSTART;VALUE=DATE:20261205\nDTEND;VALUE=DATE:20261207")
    assert (event.start, event.end) == (date(2026, 12, 5), date(2026, 12, 7))


def test_parse_icalendar_duration_makes_the_end() -> None:
    assert parse_one("DTSTART:20261205T190000Z\nDURATION:PT90M").end == utc(2026, 12, 5, 20, 30)


def test_parse_icalendar_without_end_has_none() -> None:
    assert parse_one("DTSTART:20261205T190000Z").end is None


def test_parse_icalendar_cancelled_is_a_status() -> None:
    assert parse_one("DTSTART:20261205T190000Z\nSTATUS:CANCELLED").status == "cancelled"
    (event,) = parse_icalendar(
        calendar("UID:1\nSUMMARY:a\nDTSTART:20261205T190000Z", head="METHOD:CANCEL"), NOW
    ).events
    assert event.status == "cancelled"


def test_parse_icalendar_repetition_keeps_the_wall_clock_over_the_change() -> None:
    parsed = parse(
        "UID:w\nSUMMARY:Weekly\nDTSTART;TZID=America/New_York:20260301T190000\n"
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=1;COUNT=24"
    )
    starts = [event.start for event in parsed.events]
    assert starts[0] == utc(2026, 12, 2, 0)
    assert utc(2027, 4, 1, 23) in starts
    assert len(starts) == 12
    assert [event.repeats_at for event in parsed.events][:2] == [
        "20261201T190000",
        "20270101T190000",
    ]


def test_parse_icalendar_repetition_follows_exceptions() -> None:
    parsed = parse(
        "UID:w\nSUMMARY:Weekly\nDTSTART:20261201T190000Z\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE:20261208T190000Z",
        "UID:w\nSUMMARY:Moved\nRECURRENCE-ID:20261215T190000Z\nDTSTART:20261216T200000Z",
    )
    found = [(event.title, event.start, event.repeats_at) for event in parsed.events]
    assert found == [
        ("Weekly", utc(2026, 12, 1, 19), "20261201T190000"),
        ("Moved", utc(2026, 12, 16, 20), "20261215T190000"),
        ("Weekly", utc(2026, 12, 22, 19), "20261222T190000"),
    ]


def test_parse_icalendar_endless_series_is_bounded() -> None:
    parsed = parse("UID:h\nSUMMARY:Hourly\nDTSTART:20261120T000000Z\nRRULE:FREQ=HOURLY")
    assert len(parsed.events) == MAX_OCCURRENCES


def test_parse_icalendar_series_by_the_second_is_refused() -> None:
    parsed = parse("UID:s\nSUMMARY:Tick\nDTSTART:20261120T000000Z\nRRULE:FREQ=SECONDLY")
    assert [(each.external_id, each.reason) for each in parsed.broken] == [
        ("s", "the event repeats more often than every hour")
    ]


def test_parse_icalendar_broken_rule_costs_one_series() -> None:
    parsed = parse(
        "UID:bad\nSUMMARY:Bad\nDTSTART:20261120T000000Z\nRRULE:FREQ=WEEKLY;UNTIL=banana",
        "UID:good\nSUMMARY:Good\nDTSTART:20261121T000000Z",
    )
    assert [event.uid for event in parsed.events] == ["good"]
    assert [each.reason for each in parsed.broken] == [
        "the rule of repetition (RRULE) cannot be read"
    ]


def test_parse_icalendar_damaged_details_are_done_without() -> None:
    event = parse_one("DTSTART:20261205T190000Z\nDTEND:late\nGEO:somewhere\nDURATION:long")
    assert (event.start, event.end, event.place) == (utc(2026, 12, 5, 19), None, None)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("UID:b\nSUMMARY:Bad", "the start (DTSTART) is missing"),
        ("UID:b\nSUMMARY:Bad\nDTSTART:garbage", "the start (DTSTART) cannot be read"),
        ("UID:b\nSUMMARY:Bad\nDTSTART:20261350T990000", "the start (DTSTART) cannot be read"),
        (
            "UID:b\nSUMMARY:Bad\nDTSTART:20261201T000000Z\nDTSTART:20261202T000000Z",
            "the start (DTSTART) cannot be read",
        ),
    ],
)
def test_parse_icalendar_broken_entry_is_reported_and_skipped(entry: str, reason: str) -> None:
    parsed = parse(entry, "UID:good\nSUMMARY:Good\nDTSTART:20261121T000000Z")
    assert [event.uid for event in parsed.events] == ["good"]
    assert [(each.external_id, each.title, each.reason) for each in parsed.broken] == [
        ("b", "Bad", reason)
    ]


def test_parse_icalendar_unclosed_entry_costs_only_itself() -> None:
    text = calendar(
        "UID:1\nSUMMARY:a\nDTSTART:20261205T190000Z", "UID:2\nSUMMARY:b\nDTSTART:20261205T190000Z"
    )
    parsed = parse_icalendar(text.replace(b"END:VEVENT\r\n", b"", 1), NOW)
    assert [event.uid for event in parsed.events] == ["2"]
    assert [each.external_id for each in parsed.broken] == ["1"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"BEGIN:VCALENDAR",
        b"\x00\xff\xfe\x81" * 50,
        b"END:VCALENDAR\nBEGIN:VCALENDAR",
    ],
)
def test_parse_icalendar_refuses_what_is_no_calendar(content: bytes) -> None:
    with pytest.raises(FileBroken):
        parse_icalendar(content, NOW)


def test_parse_icalendar_cut_off_file_is_refused_at_every_length() -> None:
    whole = calendar("UID:1\nSUMMARY:a\nDTSTART:20261205T190000Z")
    for length in range(len(whole) - 1):
        with pytest.raises(FileBroken):
            parse_icalendar(whole[:length], NOW)


def test_parse_icalendar_folded_lines_and_bytes_in_latin_letters() -> None:
    text = calendar("UID:1\nSUMMARY:Caf\u00e9 conc\n ert\nDTSTART:20261205T190000Z").decode()
    (event,) = parse_icalendar(text.encode("cp1252"), NOW).events
    assert event.title == "Café concert"


def test_parse_icalendar_real_calendar_is_read_whole(shared_data: Path) -> None:
    parsed = parse_icalendar((shared_data / "davis.ics").read_bytes(), NOW)
    assert (len(parsed.events), len(parsed.broken)) == (625, 0)
    assert parsed.timezone == "America/Los_Angeles"
