"""Events as files over HTTP: one, and collections in every format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import pytest
from icalendar import Calendar
from rdflib import Graph, URIRef

from events.models import Event, Venue
from tests.conftest import Person
from tests.factories import make_event
from tests.serving import Service

HOSTILE = '=HYPERLINK("http://x")\x07 <script>alert(1)</script> & ]]> “q” \ufffe\U0001f600'


@pytest.fixture
def events(committed: None) -> Iterator[list[Event]]:
    made = [
        make_event("Harbour concert", metadata_tags=["exported"], starts_in=timedelta(hours=20)),
        make_event(
            HOSTILE, description=f"{HOSTILE}\r\nsecond; line, here", metadata_tags=["exported"],
            organizer="@SUM(A1)", room_name="-2+3", location="+1 555", price="$5", min_price=5,
            starts_in=timedelta(hours=30),
        ),
        make_event("Talk", point=None, metadata_tags=["exported"], starts_in=timedelta(hours=40)),
    ]  # fmt: skip
    yield made
    Event.objects.filter(pk__in=[event.pk for event in made]).delete()
    Venue.objects.filter(pk__in=[event.venue_id for event in made]).delete()


def fetch(person: Person, suffix: str, **query: Any) -> str:
    response = person.client.get(f"/events.{suffix}", params={"tag": "exported", **query})
    assert response.status_code == 200, response.text
    assert response.headers["content-disposition"] == f'attachment; filename="events.{suffix}"'
    return response.text


def test_collection_as_calendar_is_read_back(ann: Person, events: list[Event]) -> None:
    calendar = Calendar.from_ical(fetch(ann, "ics"))
    assert calendar.errors == []
    read = {str(one["summary"]): one for one in calendar.walk("VEVENT")}
    assert len(read) == 3
    concert = read["Harbour concert"]
    assert concert.decoded("dtstart") == events[0].start_time.replace(microsecond=0)
    assert concert.decoded("dtend") == events[0].end_time.replace(microsecond=0)  # type: ignore[union-attr]


def test_collection_as_rss_is_read_by_another_library(ann: Person, events: list[Event]) -> None:
    feed = feedparser.parse(fetch(ann, "rss"))
    assert feed.bozo is False
    assert [entry.ev_startdate for entry in feed.entries] == [
        event.start_time.astimezone(ZoneInfo(event.timezone)).isoformat(timespec="seconds")
        for event in events
    ]
    assert feed.entries[0].title == "Harbour concert"
    assert "<script" not in feed.entries[1].description


def test_collection_as_csv_runs_nothing(ann: Person, events: list[Event]) -> None:
    rows = list(csv.DictReader(io.StringIO(fetch(ann, "csv"), newline="")))
    assert [int(row["id"]) for row in rows] == [event.pk for event in events]
    hostile = rows[1]
    for name in ("title", "organizer", "room", "description"):
        assert hostile[name][0] == "'"
    assert float(rows[0]["longitude"]) == pytest.approx(-71.20922)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # its own
def test_collection_as_jsonld_is_read_by_another_library(ann: Person, events: list[Event]) -> None:
    text = fetch(ann, "jsonld")
    assert len(json.loads(text)["@graph"]) == 3
    graph = Graph().parse(data=_with_local_context(text), format="json-ld")
    names = {str(name) for name in graph.objects(predicate=_schema("name"))}
    assert {"Harbour concert", "Talk"} <= names


def _with_local_context(text: str) -> str:
    """The context by its meaning, since the real one lies on the net."""
    return text.replace(
        '"@context":"https://schema.org"', '"@context":{"@vocab":"https://schema.org/"}'
    )


def _schema(name: str) -> Any:
    return URIRef(f"https://schema.org/{name}")


@pytest.mark.parametrize("suffix", ["ics", "rss", "csv", "jsonld"])
def test_empty_collection_is_whole(ann: Person, suffix: str) -> None:
    text = fetch(ann, suffix, tag="nothing has this tag")
    if suffix == "ics":
        assert Calendar.from_ical(text).walk("VEVENT") == []
    elif suffix == "rss":
        assert (feedparser.parse(text).bozo, feedparser.parse(text).entries) == (False, [])
    elif suffix == "csv":
        assert len(text.splitlines()) == 1
    else:
        assert json.loads(text)["@graph"] == []


def test_collections_take_the_filters_of_the_list(ann: Person, events: list[Event]) -> None:
    one = json.loads(fetch(ann, "jsonld", is_virtual="true"))["@graph"]
    assert [node["name"] for node in one] == ["Talk"]
    [found] = json.loads(fetch(ann, "jsonld", q="harbour concert"))["@graph"]
    assert found["name"] == "Harbour concert"
    response = ann.client.get("/events.ics", params={"sort": "distance"})
    assert (response.status_code, list(response.json()["fields"])) == (422, ["sort"])
    assert ann.client.get("/events.xml").status_code == 422


def test_one_event_as_calendar_and_as_data(ann: Person, events: list[Event]) -> None:
    event = events[0]
    response = ann.client.get(f"/events/{event.pk}.ics")
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    [component] = Calendar.from_ical(response.text).walk("VEVENT")
    assert (component["sequence"], component["status"]) == (0, "CONFIRMED")
    assert component["geo"].to_ical() == "42.33704;-71.20922"
    data = ann.client.get(f"/events/{event.pk}.jsonld").json()
    assert (data["@context"], data["name"]) == ("https://schema.org", "Harbour concert")
    again = ann.client.get(
        f"/events/{event.pk}.ics", headers={"If-None-Match": response.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_one_event_that_is_none(ann: Person) -> None:
    assert ann.client.get("/events/9007199254740991.ics").status_code == 404
    assert ann.client.get("/events/x.ics").status_code == 422
    assert ann.client.get("/events/5.exe").status_code == 422


def test_files_of_the_api_want_a_token(service: Service) -> None:
    with service.client() as nobody:
        assert nobody.get("/events.ics").status_code == 401
        assert nobody.get("/events/1.ics").status_code == 401
        assert nobody.get("/events.ics").json()["code"] == "auth_required"


def test_cancelled_event_changes_status_and_keeps_its_uid(ann: Person, events: list[Event]) -> None:
    event = events[0]
    before = _component(ann, event)
    Event.objects.filter(pk=event.pk).update(
        event_status="cancelled", sequence=3, updated_at=datetime.now(UTC)
    )
    after = _component(ann, event)
    assert (after["uid"], after["sequence"], after["status"]) == (before["uid"], 3, "CANCELLED")


def _component(person: Person, event: Event) -> Any:
    [component] = Calendar.from_ical(person.client.get(f"/events/{event.pk}.ics").text).walk(
        "VEVENT"
    )
    return component
