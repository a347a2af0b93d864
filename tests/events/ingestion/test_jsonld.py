from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from events.ingestion.errors import FileBroken
from events.ingestion.records import RawEvent, RawPlace
from tests.events.ingestion.moments import utc, wall
from tests.events.ingestion.parsing import parse_html, parse_jsonld

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
        currency="USD",
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
        ({"offers": {"price": "10.000", "priceCurrency": "EUR"}}, Decimal(10)),
        ({"offers": {"price": "10.000", "priceCurrency": "JPY"}}, Decimal(10_000)),
        ({"offers": {"price": "NaN"}}, None),
        ({"offers": {"price": "ask"}}, None),
        ({"offers": "none"}, None),
    ],
)
def test_parse_jsonld_price_is_the_lowest_offer(
    fields: dict[str, Any], lowest: Decimal | None
) -> None:
    assert linked(**fields).min_price == lowest


def test_parse_jsonld_order_of_day_and_month_is_that_of_all_events() -> None:
    dates = ["5/12/2026 19:30", "13/12/2026 19:30"]
    events = [CONCERT | {"@id": f"#{each}", "startDate": each} for each in dates]
    proven = parse_jsonld(json.dumps(events).encode()).events
    assert [event.start for event in proven] == [
        wall(2026, 12, 5, 19, 30),
        wall(2026, 12, 13, 19, 30),
    ]
    (alone,) = parse_jsonld(json.dumps(events[:1]).encode()).events
    assert (alone.start, alone.day_first) == (
        wall(2026, 5, 12, 19, 30),
        (wall(2026, 12, 5, 19, 30), None),
    )


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
