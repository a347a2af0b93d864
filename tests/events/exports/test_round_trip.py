"""What is exported is read back the same: any zone, any text, on every side of a clock change."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo, available_timezones

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from events.exports import FORMATS, Channel, Exported, Links, export_event
from events.exports.jsonld import in_script
from events.exports.table import text_cell
from events.ingestion.times import event_times
from events.models import Event, Venue

CHANNEL = Channel("Evénts; all, of \\ them", "https://events.example/")
LINKS = Links("https://events.example/events/{id}")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
# Zones with half hours, a change of half an hour, a skipped day, and changes at midnight.
ZONES = (
    *("America/New_York", "Europe/Dublin", "Asia/Kathmandu", "Australia/Lord_Howe"),
    *("Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca", "Antarctica/Troll", "UTC"),
)
zones = st.one_of(st.sampled_from(ZONES), st.sampled_from(sorted(available_timezones())))
instants = st.datetimes(
    datetime(1971, 1, 1),  # noqa: DTZ001
    datetime(2099, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0))
lengths = st.none() | st.timedeltas(timedelta(0), timedelta(days=40)).map(
    lambda length: timedelta(seconds=round(length.total_seconds()))
)
# What a Postgres text can hold: anything but NUL and lone surrogates.
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=120)


def exported(**fields: Any) -> Exported:
    values: dict[str, Any] = {
        "pk": 7, "title": "Concert", "source": "tests", "external_id": "7", "timezone": "UTC",
        "start_time": NOW, "created_at": NOW, "updated_at": NOW, **fields,
    }  # fmt: skip
    return export_event(Event(**values), LINKS)


def component_of(one: Exported) -> Any:
    calendar = Calendar.from_ical(FORMATS["ics"].whole(CHANNEL, [one]))
    assert calendar.errors == []
    [component] = calendar.walk("VEVENT")
    assert component.errors == []
    return component


@given(start=instants, length=lengths, zone=zones)
def test_calendar_gives_back_the_instants(
    start: datetime, length: timedelta | None, zone: str
) -> None:
    end = None if length is None else start + length
    component = component_of(exported(start_time=start, end_time=end, timezone=zone))
    assert component.decoded("dtstart") == start
    assert component.end == (end or start)
    assert "TZID" not in component["dtstart"].params


@given(first=st.dates(date(1990, 1, 1), date(2090, 1, 1)), days=st.integers(1, 30), zone=zones)
def test_all_day_events_are_the_same_days_again(first: date, days: int, zone: str) -> None:
    start, end, all_day = event_times(first, first + timedelta(days=days), zone)
    if start.astimezone(ZoneInfo(zone)).date() != first:
        return  # a day that this zone skipped
    one = exported(start_time=start, end_time=end, all_day=all_day, timezone=zone)
    component = component_of(one)
    begins, ends = component.decoded("dtstart"), component.decoded("dtend")
    assert (type(begins), begins) == (date, first)
    assert event_times(begins, ends, zone) == (start, end, True)
    node = json.loads(FORMATS["jsonld"].whole(CHANNEL, [one]))["@graph"][0]
    assert node["startDate"] == first.isoformat()
    assert date.fromisoformat(node["endDate"]) == ends - timedelta(days=1)


@given(start=instants, length=lengths, zone=zones)
@settings(max_examples=50)
def test_other_formats_give_back_the_instants(
    start: datetime, length: timedelta | None, zone: str
) -> None:
    end = None if length is None else start + length
    one = exported(start_time=start, end_time=end, timezone=zone)
    [entry] = feedparser.parse(FORMATS["rss"].whole(CHANNEL, [one])).entries
    [row] = csv.DictReader(io.StringIO(FORMATS["csv"].whole(CHANNEL, [one])))
    node = json.loads(FORMATS["jsonld"].whole(CHANNEL, [one]))["@graph"][0]
    for told in (entry.ev_startdate, row["start"], node["startDate"]):
        assert datetime.fromisoformat(told) == start
    for told in (entry.get("ev_enddate"), row["end"] or None, node.get("endDate")):
        assert (told and datetime.fromisoformat(told)) == end


@given(title=texts, description=texts, organizer=texts, tag=texts)
@settings(max_examples=200)
def test_any_text_stays_inside_its_field(
    title: str, description: str, organizer: str, tag: str
) -> None:
    one = exported(title=title, description=description, organizer=organizer, metadata_tags=[tag])
    calendar = FORMATS["ics"].whole(CHANNEL, [one])
    component = component_of(one)
    assert str(component["summary"]) == one.title
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    rss = ElementTree.fromstring(FORMATS["rss"].whole(CHANNEL, [one, one]))
    assert [item.findtext("title") for item in rss.iter("item")] == [one.title] * 2
    rows = list(csv.reader(io.StringIO(FORMATS["csv"].whole(CHANNEL, [one]), newline="")))
    assert [len(row) for row in rows] == [len(rows[0])] * 2
    assert not any(cell.lstrip()[:1] in tuple("=+-@") for cell in rows[1] if cell.strip())
    script = in_script(FORMATS["jsonld"].whole(CHANNEL, [one]))
    assert not set(script) & set("<>&")
    assert json.loads(script)["@graph"][0]["name"] == one.title


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "|calc", "%0A=1", "＝1"]
)
def test_no_cell_begins_a_formula(text: str) -> None:
    assert text_cell(text).startswith("'")


def test_status_place_and_versions_are_told() -> None:
    venue = Venue(
        name="Town Hall", street_address="1 Main; St", city="Davis", state="CA",
        postal_code="95616", country="US", latitude=38.5, longitude=-121.7, precision="venue",
    )  # fmt: skip
    one = exported(
        venue=venue, room_name="Room 2", event_status="cancelled", sequence=4, price="$5",
        min_price=Decimal(5), url="https://example.org/x?a=1&b=2", metadata_tags=["music", "a,b"],
    )  # fmt: skip
    component = component_of(one)
    assert component["status"] == "CANCELLED"
    assert component["sequence"] == 4
    assert component["location"] == "Room 2, Town Hall, 1 Main; St, Davis, CA 95616, US"
    assert component["geo"].to_ical() == "38.5;-121.7"
    assert component["url"] == "https://example.org/x?a=1&b=2"
    assert [str(each) for each in component["categories"].cats] == ["music", "a,b"]
    assert component.decoded("last-modified") == NOW
    assert "https://events.example/events/7" in component["description"]


def test_middle_of_a_town_is_no_place_to_go() -> None:
    venue = Venue(name="Somewhere", latitude=38.5, longitude=-121.7, precision="place")
    assert "geo" not in component_of(exported(venue=venue))


def test_withdrawn_event_is_no_longer_certain() -> None:
    component = component_of(exported(withdrawn_at=NOW))
    assert component["status"] == "TENTATIVE"
    assert "No longer in the calendar it came from." in component["description"]


def test_uid_depends_on_the_feed_alone() -> None:
    one, renamed = exported(), exported(pk=8, title="Other", start_time=NOW + timedelta(days=1))
    assert one.uid == renamed.uid
    assert one.uid != exported(external_id="8").uid
