from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from events.ingestion.errors import FileBroken, UnknownFormat
from events.ingestion.fetch import Fetched
from events.ingestion.formats import detect_format, parse_file
from events.ingestion.formats.json_file import parse_json
from events.ingestion.formats.jsonld import parse_html, parse_jsonld
from events.ingestion.formats.table import parse_csv
from events.ingestion.raw import RawEvent, RawPlace
from tests.events.ingestion.moments import utc, wall

CONCERT: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "MusicEvent",
    "@id": "https://example.org/1",
    "name": "Concert",
    "startDate": "2026-12-05T19:30:00-05:00",
}


def linked(**fields: Any) -> RawEvent:
    (event,) = parse_jsonld(json.dumps(CONCERT | fields).encode()).events
    return event


def row(header: str, values: str) -> RawEvent:
    (event,) = parse_csv(f"{header}\n{values}\n".encode()).events
    return event


def test_parse_jsonld_reads_all_fields() -> None:
    event = linked(
        endDate="2026-12-05T22:00:00-05:00",
        url="https://example.org/concert",
        description="Loud",
        keywords=["brass", "winds, strings"],
        typicalAgeRange="12-",
        organizer={"@type": "Organization", "name": "Society"},
        eventStatus="https://schema.org/EventPostponed",
        eventAttendanceMode="https://schema.org/MixedEventAttendanceMode",
        offers=[{"price": "25.00", "priceCurrency": "USD"}, {"price": 10, "priceCurrency": "USD"}],
        location=[
            {
                "@type": "MusicVenue",
                "name": "Hall",
                "address": {
                    "@type": "PostalAddress",
                    "streetAddress": "1 Main St",
                    "addressLocality": "Asheville",
                    "addressRegion": "NC",
                    "postalCode": "28801",
                    "addressCountry": {"@type": "Country", "name": "US"},
                },
                "geo": {"@type": "GeoCoordinates", "latitude": "35.6", "longitude": -82.55},
            },
            {"@type": "VirtualLocation", "url": "https://example.org/live"},
        ],
    )
    assert event == RawEvent(
        uid="https://example.org/1",
        title="Concert",
        start=utc(2026, 12, 6, 0, 30),
        end=utc(2026, 12, 6, 3),
        place=RawPlace("Hall", "1 Main St", "Asheville", "NC", "28801", "US", 35.6, -82.55),
        online_url="https://example.org/live",
        description="Loud",
        url="https://example.org/concert",
        status="postponed",
        attendance_mode="mixed",
        price="$10 – $25.00",
        min_price=Decimal(10),
        age_range="12-",
        keywords=("brass", "winds", "strings", "music"),
        organizer="Society",
    )


def test_parse_jsonld_dates_are_days_and_the_last_is_included() -> None:
    event = linked(startDate="2026-06-08", endDate="2026-06-12")
    assert (event.start, event.end) == (date(2026, 6, 8), date(2026, 6, 13))


@pytest.mark.parametrize(
    ("fields", "lowest"),
    [
        ({"isAccessibleForFree": True}, Decimal(0)),
        ({"isAccessibleForFree": "False"}, None),
        ({"offers": {"price": "0"}}, Decimal(0)),
        ({"offers": {"lowPrice": "$1,200.50", "highPrice": "1500"}}, Decimal("1200.50")),
        ({"offers": {"price": "NaN"}}, None),
        ({"offers": {"price": "ask"}}, None),
        ({"offers": "none"}, None),
    ],
)
def test_parse_jsonld_price_is_the_lowest_offer(
    fields: dict[str, Any], lowest: Decimal | None
) -> None:
    assert linked(**fields).min_price == lowest


def test_parse_jsonld_event_moved_online_has_no_place() -> None:
    event = linked(
        eventStatus="EventMovedOnline",
        location={"@type": "Place", "name": "Hall", "address": "Asheville"},
    )
    assert (event.attendance_mode, event.place) == ("online", None)


def test_parse_jsonld_finds_events_in_graphs_lists_and_parts() -> None:
    graph = {
        "@graph": [
            {"@type": "WebPage", "name": "not an event"},
            CONCERT,
            {
                "@type": ["Thing", "schema:Festival"],
                "name": "Fest",
                "startDate": "2026-07-01",
                "subEvent": [CONCERT | {"name": "Part"}],
            },
            {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": CONCERT}]},
        ]
    }
    titles = [event.title for event in parse_jsonld(json.dumps([graph]).encode()).events]
    assert titles == ["Concert", "Fest", "Part", "Concert"]


def test_parse_jsonld_broken_event_is_reported() -> None:
    parsed = parse_jsonld(json.dumps([CONCERT | {"startDate": "soon"}, CONCERT]).encode())
    assert len(parsed.events) == 1
    assert [(each.title, each.reason) for each in parsed.broken] == [
        ("Concert", "the start (startDate) is missing or cannot be read")
    ]


@pytest.mark.parametrize(
    "content", [b"", b"{", b'[{"@type": "Event"', b"[" * 100_000, b"\xff\xfe{"]
)
def test_parse_jsonld_damaged_file_is_refused(content: bytes) -> None:
    with pytest.raises(FileBroken):
        parse_jsonld(content)


@pytest.mark.parametrize("nonsense", [None, 0, [], {}, [[]], "x", {"@type": 3}, [None], True])
def test_parse_jsonld_survives_nonsense_in_every_field(nonsense: Any) -> None:
    names = "location offers organizer keywords audience url eventStatus endDate superEvent"
    fields = dict.fromkeys([*names.split(), "description", "typicalAgeRange"], nonsense)
    assert linked(**fields).title == "Concert"


def test_parse_html_reads_linked_data_scripts() -> None:
    page = (
        "<html><head><script>var x = '<'</script>"
        f'<script type="application/ld+json">{json.dumps(CONCERT)}</script>'
        '<SCRIPT TYPE="application/ld+json; charset=utf-8">{broken</SCRIPT></head></html>'
    )
    parsed = parse_html(page.encode())
    assert [event.title for event in parsed.events] == ["Concert"]
    assert [each.reason for each in parsed.broken] == ["the page's JSON-LD is malformed"]


def test_parse_html_without_linked_data_is_refused() -> None:
    with pytest.raises(FileBroken):
        parse_html(b"<html><body>Nothing on</body></html>")


def test_parse_json_reads_our_own_shape() -> None:
    ours = {
        "external_id": "e1",
        "title": "Concert",
        "start_time": "2026-12-05T00:00:00-05:00",
        "end_time": "2026-12-07T00:00:00-05:00",
        "timezone": "America/New_York",
        "all_day": True,
        "venue": {
            "name": "Hall",
            "city": "Asheville",
            "state": "NC",
            "latitude": 35.6,
            "longitude": -82.55,
        },
        "event_attendance_mode": "mixed",
        "event_status": "cancelled",
        "min_price": 10,
        "price": "$10",
        "age_range": "5-12",
        "audience_tags": ["kids"],
        "metadata_tags": ["music"],
        "series_id": "s1",
    }
    (event,) = parse_json(json.dumps({"events": [ours]}).encode()).events
    assert event == RawEvent(
        uid="e1",
        title="Concert",
        start=date(2026, 12, 5),
        end=datetime.fromisoformat("2026-12-07T00:00:00-05:00"),
        zone="America/New_York",
        location="Hall",
        place=RawPlace("Hall", "", "Asheville", "NC", "", "", 35.6, -82.55),
        status="cancelled",
        attendance_mode="mixed",
        price="$10",
        min_price=Decimal(10),
        age_range="5-12",
        audience=("kids",),
        keywords=("music",),
        series_id="s1",
    )


def test_parse_json_broken_records_are_reported() -> None:
    parsed = parse_json(b'[{"name": "No start"}, 7, {"name": "Good", "start": "2026-12-05"}]')
    assert [event.title for event in parsed.events] == ["Good"]
    assert [(each.external_id, each.title, each.reason) for each in parsed.broken] == [
        ("entry 1", "No start", "the start is missing"),
        ("entry 2", "", "it is not an object"),
    ]


def test_parse_json_scalar_is_refused() -> None:
    with pytest.raises(FileBroken):
        parse_json(b"42")


def test_parse_csv_reads_a_calendar_programs_export() -> None:
    event = row(
        "Subject,Start Date,Start Time,End Date,End Time,All Day Event,Description,Location",
        'Concert,12/05/2026,7:30 PM,12/05/2026,9:00 PM,False,"Loud, long","Hall, Davis, CA"',
    )
    assert (event.title, event.description) == ("Concert", "Loud, long")
    assert (event.start, event.end) == (wall(2026, 12, 5, 19, 30), wall(2026, 12, 5, 21))
    assert event.location == "Hall, Davis, CA"


def test_parse_csv_all_day_includes_the_last_day() -> None:
    event = row("Subject,Start Date,End Date,All Day Event", "Fair,12/05/2026,12/06/2026,True")
    assert (event.start, event.end) == (date(2026, 12, 5), date(2026, 12, 7))


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_parse_csv_finds_the_delimiter(mark: str) -> None:
    event = row(
        mark.join(("name", "date", "city", "price")),
        mark.join(("Fair", "2026-12-05", "Davis", "5")),
    )
    assert (event.title, event.price) == ("Fair", "5")
    assert event.place == RawPlace(city="Davis")


def test_parse_csv_reads_old_encodings() -> None:
    (event,) = parse_csv("title;start\nCafé;2026-12-05".encode("cp1252")).events
    assert event.title == "Café"
    (event,) = parse_csv("title;start\nCafé;2026-12-05".encode("utf-16")).events
    assert event.title == "Café"


def test_parse_csv_broken_row_is_reported() -> None:
    parsed = parse_csv(b"title,start\nGood,2026-12-05\nBad,someday\n\n,\n")
    assert [event.title for event in parsed.events] == ["Good"]
    assert [(each.external_id, each.title, each.reason) for each in parsed.broken] == [
        ("row 3", "Bad", "the start 'someday' cannot be read")
    ]


def test_parse_csv_unclosed_quote_is_refused() -> None:
    with pytest.raises(FileBroken):
        parse_csv(b'title,start\n"' + b"x" * 200_000)


@pytest.mark.parametrize(
    ("content", "name", "content_type", "expected"),
    [
        (b"\xef\xbb\xbfBEGIN:VCALENDAR", "feed", "", "icalendar"),
        (b'{"@context": "https://schema.org"}', "x.json", "", "jsonld"),
        (b'[{"title": "x"}]', "x.bin", "", "json"),
        (b"<!DOCTYPE html><html>", "events", "", "html"),
        (b"title,start", "x.CSV", "", "csv"),
        (b"title,start", "download", "text/csv; charset=utf-8", "csv"),
        (b"", "x.ics", "", "icalendar"),
    ],
)
def test_detect_format_looks_at_content_name_and_type(
    content: bytes, name: str, content_type: str, expected: str
) -> None:
    assert detect_format(Fetched(content, name, content_type)) == expected


def test_detect_format_unknown_is_said_so() -> None:
    with pytest.raises(UnknownFormat):
        detect_format(Fetched(b"\x89PNG", "x.png"))


def test_parse_file_named_format_wins() -> None:
    fetched = Fetched(b"title,start\nFair,2026-12-05", "x.json")
    parsed = parse_file(fetched, format_name="csv", now=utc(2026, 1, 1))
    assert [event.title for event in parsed.events] == ["Fair"]
