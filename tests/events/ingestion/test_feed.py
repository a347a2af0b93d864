from __future__ import annotations

from datetime import date

import pytest

from events.ingestion.errors import FileBroken
from events.ingestion.fetching.fetch import Fetched
from events.ingestion.formats import detect_format
from events.ingestion.records import RawEvent
from tests.events.ingestion.moments import utc, wall
from tests.events.ingestion.parsing import parse_feed

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"'
    ' xmlns:ev="http://purl.org/rss/1.0/modules/event/"'
    ' xmlns:xCal="urn:ietf:params:xml:ns:xcal"'
    ' xmlns:georss="http://www.georss.org/georss"'
    ' xmlns:gd="http://schemas.google.com/g/2005"'
    ' xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#"><channel><title>Town</title>'
)


def feed(*items: str) -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f"{HEAD}{body}</channel></rss>".encode()


def one(item: str) -> RawEvent:
    (event,) = parse_feed(feed(f"<title>Concert</title>{item}")).events
    return event


def test_parse_feed_reads_the_event_module() -> None:
    event = one(
        "<guid isPermaLink='false'>g1</guid><link>https://example.org/1</link>"
        "<pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate>"
        "<ev:startdate>2026-12-05T19:30:00-05:00</ev:startdate>"
        "<ev:enddate>2026-12-05T21:30:00-05:00</ev:enddate>"
        "<ev:location>Hall, Asheville, NC</ev:location><ev:organizer>Jazz Society</ev:organizer>"
        "<ev:type>Concert</ev:type><category>Jazz</category>"
        "<georss:point>35.6 -82.55</georss:point>"
        "<description>&lt;b&gt;Music&lt;/b&gt;</description>"
    )
    assert (event.uid, event.title, event.url) == ("g1", "Concert", "https://example.org/1")
    assert (event.start, event.end) == (utc(2026, 12, 6, 0, 30), utc(2026, 12, 6, 2, 30))
    assert (event.location, event.organizer) == ("Hall, Asheville, NC", "Jazz Society")
    assert (event.keywords, event.description) == (("Jazz", "Concert"), "<b>Music</b>")
    assert event.place is not None
    assert (event.place.latitude, event.place.longitude) == (35.6, -82.55)


def test_parse_feed_reads_xcal_and_plain_points() -> None:
    event = one(
        "<xCal:dtstart>20261205T193000</xCal:dtstart><xCal:dtend>20261205T203000Z</xCal:dtend>"
        "<xCal:location>Hall</xCal:location><geo:lat>1.5</geo:lat><geo:long>2.5</geo:long>"
    )
    assert (event.start, event.end) == (wall(2026, 12, 5, 19, 30), utc(2026, 12, 5, 20, 30))
    assert event.place is not None
    assert (event.place.latitude, event.place.longitude) == (1.5, 2.5)


def test_parse_feed_reads_google_s_elements() -> None:
    event = one(
        "<gd:when startTime='2026-12-05' endTime='2026-12-07'/><gd:where valueString='Hall'/>"
    )
    assert (event.start, event.end) == (date(2026, 12, 5), date(2026, 12, 7))
    assert event.location == "Hall"


def test_parse_feed_reads_dates_as_mail_writes_them() -> None:
    event = one("<ev:startdate>Sat, 05 Dec 2026 19:30:00 -0500</ev:startdate>")
    assert event.start == utc(2026, 12, 6, 0, 30)


def test_parse_feed_cut_off_is_refused_at_every_length() -> None:
    whole = feed("<title>Concert</title><ev:startdate>2026-12-05</ev:startdate>")
    for length in range(len(whole) - 1):
        with pytest.raises(FileBroken):
            parse_feed(whole[:length])


def test_parse_feed_last_day_is_included() -> None:
    event = one("<ev:startdate>2026-12-05</ev:startdate><ev:enddate>2026-12-06</ev:enddate>")
    assert (event.start, event.end) == (date(2026, 12, 5), date(2026, 12, 7))


def test_parse_feed_atom_is_read_as_well() -> None:
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005">'
        b"<title>Town</title><entry><id>urn:1</id><title>Concert</title>"
        b'<gd:when startTime="2026-12-05T19:30:00Z"/></entry></feed>'
    )
    assert detect_format(Fetched(atom, "x")) == "feed"
    (event,) = parse_feed(atom).events
    assert (event.uid, event.start) == ("urn:1", utc(2026, 12, 5, 19, 30))


def test_parse_feed_date_of_publication_is_no_start() -> None:
    parsed = parse_feed(
        feed("<guid>g1</guid><title>News</title><pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate>")
    )
    assert not parsed.events
    assert [(each.external_id, each.title, each.reason) for each in parsed.broken] == [
        ("g1", "News", "no start: the item does not say when its event is")
    ]


def test_parse_feed_unreadable_start_costs_one_item() -> None:
    parsed = parse_feed(
        feed(
            "<title>Bad</title><ev:startdate>someday</ev:startdate>",
            "<title>Good</title><ev:startdate>2026-12-05</ev:startdate>",
        )
    )
    assert [event.title for event in parsed.events] == ["Good"]
    assert [each.reason for each in parsed.broken] == ["the start 'someday' cannot be read"]


@pytest.mark.parametrize("content", [b"", b"hello", b"<rss>", b"<html></html>"])
def test_parse_feed_refuses_what_is_no_feed(content: bytes) -> None:
    with pytest.raises(FileBroken):
        parse_feed(content)


def test_parse_feed_order_of_day_and_month_is_that_of_all_items() -> None:
    items = [
        f"<title>{day}</title><ev:startdate>{day} 19:30</ev:startdate>"
        for day in ("5/12/2026", "13/12/2026")
    ]
    proven = parse_feed(feed(*items)).events
    assert [event.start for event in proven] == [
        wall(2026, 12, 5, 19, 30),
        wall(2026, 12, 13, 19, 30),
    ]
    (alone,) = parse_feed(feed(items[0])).events
    assert (alone.start, alone.day_first) == (
        wall(2026, 5, 12, 19, 30),
        (wall(2026, 12, 5, 19, 30), None),
    )
