"""Calendars of chosen events: at a signed address, until they expire or are revoked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.signing import Signer
from django.utils import timezone
from icalendar import Calendar

from events.models import Event, EventCalendar, Venue
from tests.conftest import Person
from tests.factories import make_event
from tests.serving import Service


@pytest.fixture
def events(committed: None) -> Iterator[list[Event]]:
    made = [make_event("Viol consort"), make_event("Organ vespers", starts_in=timedelta(days=3))]
    yield made
    Event.objects.filter(pk__in=[event.pk for event in made]).delete()
    Venue.objects.filter(pk__in=[event.venue_id for event in made]).delete()


@pytest.fixture
def calendar(ann: Person, events: list[Event]) -> dict[str, Any]:
    """A calendar of Ann's with both events, the later one first."""
    given = {"event_ids": [events[1].pk, events[0].pk], "title": "Old  music"}
    sent = {"name": "create_calendar", "parameters": given}
    made: dict[str, Any] = ann.client.post("/tools/execute", json=sent).json()["data"]
    return made


def _path(url: str) -> str:
    return url[url.index("/calendars/") :]


def test_calendar_holds_the_chosen_events_for_whoever_has_the_address(
    service: Service, calendar: dict[str, Any]
) -> None:
    with service.client() as nobody:
        response = nobody.get(_path(calendar["url"]))
        assert (response.status_code, response.headers["Content-Type"]) == (
            200,
            "text/calendar; charset=utf-8",
        )
        again = nobody.get(
            _path(calendar["url"]), headers={"If-None-Match": response.headers["ETag"]}
        )
        assert again.status_code == 304
        assert nobody.head(_path(calendar["url"])).status_code == 200
    read = Calendar.from_ical(response.text)
    assert str(read["X-WR-CALNAME"]) == "Old music"
    assert [str(each["SUMMARY"]) for each in read.walk("VEVENT")] == [
        "Viol consort",
        "Organ vespers",
    ]


def test_calendar_is_named_after_its_events(ann: Person, events: list[Event]) -> None:
    sent = {"name": "create_calendar", "parameters": {"event_ids": [each.pk for each in events]}}
    told = ann.client.post("/tools/execute", json=sent).json()["data"]
    assert told["title"] == "Viol consort and 1 more"
    assert [each["id"] for each in told["events"]] == [each.pk for each in events]


def test_calendar_of_a_missing_event_is_not_made(ann: Person, events: list[Event]) -> None:
    given = {"event_ids": [events[0].pk, 2**60]}
    sent = {"name": "create_calendar", "parameters": given}
    told = ann.client.post("/tools/execute", json=sent).json()
    assert (told["success"], told["metadata"]["code"]) == (False, "not_found")
    assert ann.client.get("/calendars").json() == []


def test_calendar_is_gone_when_it_was_revoked_has_expired_or_is_forged(
    service: Service, ann: Person, calendar: dict[str, Any]
) -> None:
    path = _path(calendar["url"])
    key = EventCalendar.objects.get(pk=calendar["id"]).key.hex
    foreign = Signer(key="another installation", salt="events.calendar", sep=".").sign(key)
    other_use = Signer(salt="events.feed", sep=".").sign(key)
    with service.client() as nobody:
        for forged in (f"/calendars/{token}.ics" for token in (key, foreign, other_use, "x.y")):
            assert nobody.get(forged).status_code == 404
        assert nobody.get(path).status_code == 200
        mine = EventCalendar.objects.filter(pk=calendar["id"])
        mine.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert nobody.get(path).status_code == 404
        mine.update(expires_at=timezone.now() + timedelta(days=1))
        assert nobody.get(path).status_code == 200
        assert ann.client.delete(f"/calendars/{calendar['id']}").status_code == 204
        gone = nobody.get(path)
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")


def test_calendar_ends_with_its_owner(
    service: Service, ann: Person, calendar: dict[str, Any]
) -> None:
    type(ann.user).objects.filter(pk=ann.user.pk).update(is_active=False)
    with service.client() as nobody:
        assert nobody.get(_path(calendar["url"])).status_code == 404


def test_calendars_are_listed_and_revoked_by_their_owner_alone(
    ann: Person, ben: Person, calendar: dict[str, Any]
) -> None:
    [listed] = ann.client.get("/calendars").json()
    assert (listed["id"], listed["title"], listed["url"]) == (
        calendar["id"],
        "Old music",
        calendar["url"],
    )
    assert ben.client.get("/calendars").json() == []
    refused = ben.client.delete(f"/calendars/{calendar['id']}")
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert len(ann.client.get("/calendars").json()) == 1


def test_calendar_of_a_conversation_ends_with_it(
    service: Service, ann: Person, events: list[Event]
) -> None:
    session = ann.client.post("/chat/sessions", json={}).json()["id"]
    sent = {"name": "create_calendar", "parameters": {"event_ids": [events[0].pk]}}
    made = ann.client.post(f"/chat/sessions/{session}/tool-call", json=sent).json()["data"]
    with service.client() as nobody:
        assert nobody.get(_path(made["url"])).status_code == 200
        assert ann.client.delete(f"/chat/sessions/{session}").status_code == 204
        assert nobody.get(_path(made["url"])).status_code == 404
