"""Followed searches: made from a turn or from constraints, read without a token, revoked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import feedparser
import httpx
import pytest
from django.test import Client
from icalendar import Calendar

from accounts.authentication import issue_tokens
from accounts.models import User
from core.errors import InvalidRequest
from events.exports.feeds import MOST_FEEDS, create_feed
from events.models import ChatMessage, Event, Feed, Venue
from tests.conftest import Person
from tests.factories import make_event
from tests.fakes.ollama import Reply
from tests.serving import Service

NEWTON_PLACE = {"label": "Newton, MA", "lat": 42.337, "lng": -71.2092}
WISHES = {"place": NEWTON_PLACE, "max_distance_miles": 10, "timezone": "America/New_York"}


@pytest.fixture
def made(committed: None) -> Iterator[Callable[..., Event]]:
    events: list[Event] = []

    def make(title: str, **fields: Any) -> Event:
        events.append(make_event(title, **fields))
        return events[-1]

    yield make
    Event.objects.filter(pk__in=[event.pk for event in events]).delete()
    Venue.objects.filter(pk__in=[event.venue_id for event in events]).delete()


def follow(person: Person, **body: Any) -> dict[str, Any]:
    response = person.client.post("/feeds", json=body)
    assert response.status_code == 201, response.text
    told: dict[str, Any] = response.json()
    return told


def read(service: Service, url: str, **headers: str) -> httpx.Response:
    """Fetches a feed as a calendar program does: nobody is signed in."""
    return httpx.get(f"{service.address}{urlsplit(url).path}", headers=headers, trust_env=False)


def names(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [str(each["summary"]) for each in Calendar.from_ical(response.text).walk("VEVENT")]


def test_feed_gives_what_matches_from_now_on(
    service: Service, ann: Person, made: Callable[..., Event]
) -> None:
    made("Pottery class", min_price=0)
    made("Dear pottery", min_price=80)
    made("Online pottery", point=None, min_price=0)
    made("Pottery far away", point=(35.6, -82.55), min_price=0)
    feed = follow(ann, constraints={**WISHES, "max_price": 0})
    assert feed["title"] == "Free, within 10 miles of Newton, MA"
    assert (feed["rule"], feed["digest"]) == ({"kind": "any"}, None)
    assert names(read(service, feed["url"])) == ["Pottery class"]
    made("Another pottery class", min_price=0, starts_in=timedelta(days=3))
    assert names(read(service, feed["url"])) == ["Pottery class", "Another pottery class"]


def test_feed_in_every_format(service: Service, ann: Person, made: Callable[..., Event]) -> None:
    event = made("Harbour walk <b>&</b>")
    urls = follow(ann, constraints=WISHES)["urls"]
    assert names(read(service, urls["ics"])) == [event.title]
    parsed = feedparser.parse(read(service, urls["rss"]).text)
    assert (parsed.bozo, len(parsed.entries)) == (False, 1)
    [told] = read(service, urls["json"]).json()
    assert (told["id"], told["distance_miles"]) == (event.pk, pytest.approx(0, abs=0.1))


def test_feed_is_asked_for_anew_but_sent_only_when_it_changed(
    service: Service, ann: Person, made: Callable[..., Event]
) -> None:
    made("Harbour walk")
    url = follow(ann, constraints=WISHES)["url"]
    first = read(service, url)
    assert first.headers["cache-control"] == "private, no-cache"
    etag = {"If-None-Match": first.headers["etag"]}
    assert (read(service, url, **etag).status_code, read(service, url, **etag).text) == (304, "")
    head = httpx.head(f"{service.address}{urlsplit(url).path}", trust_env=False)
    assert (head.status_code, head.headers["etag"], head.content) == (
        200,
        first.headers["etag"],
        b"",
    )
    made("Second walk")
    assert read(service, url, **etag).status_code == 200


def test_question_about_a_weekend_becomes_every_weekend(
    service: Service, ann: Person, made: Callable[..., Event]
) -> None:
    now = datetime.now(UTC)
    saturday = (now + timedelta(days=(5 - now.weekday()) % 7)).replace(hour=20, minute=0)
    for week in (1, 3):
        made(
            "Live jazz concert",
            now=saturday,
            starts_in=timedelta(weeks=week),
            metadata_tags=["music"],
        )
    made(
        "Live jazz on a Tuesday",
        now=saturday,
        starts_in=timedelta(days=10),
        metadata_tags=["music"],
    )
    service.ollama.reply = Reply(tokens=["Look."])
    answer = ann.client.post(
        "/chat", json={"message": "live jazz near Newton, MA this weekend"}
    ).json()
    feed = follow(ann, message_id=answer["message_id"])
    assert feed["when"] == "every weekend"
    calendar = Calendar.from_ical(read(service, feed["url"]).text)
    starts = [one.decoded("dtstart") for one in calendar.walk("VEVENT")]
    assert starts == [(saturday + timedelta(weeks=week)).replace(microsecond=0) for week in (1, 3)]
    question = ChatMessage.objects.get(user=ann.user, role="user")
    assert follow(ann, message_id=question.pk)["rule"] == feed["rule"]
    follow_up = {"message": "only free ones", "session_id": answer["session_id"]}
    carried = ann.client.post("/chat", json=follow_up).json()
    later = follow(ann, message_id=carried["message_id"])
    assert (later["when"], later["constraints"]["max_price"]) == ("every weekend", 0)


def test_deleted_feed_is_gone_at_once(service: Service, ann: Person) -> None:
    feed = follow(ann, constraints=WISHES)
    assert read(service, feed["url"]).status_code == 200
    assert ann.client.delete(f"/feeds/{feed['id']}").status_code == 204
    for url in feed["urls"].values():
        assert read(service, url).status_code == 404
    assert ann.client.delete(f"/feeds/{feed['id']}").status_code == 404
    assert ann.client.get("/feeds").json() == []


def test_feed_of_who_may_no_longer_sign_in_is_gone(service: Service, ann: Person) -> None:
    url = follow(ann, constraints=WISHES)["url"]
    User.objects.filter(pk=ann.user.pk).update(is_active=False)
    assert read(service, url).status_code == 404


def test_bob_gets_404_for_what_is_anns(service: Service, ann: Person, ben: Person) -> None:
    feed = follow(ann, constraints=WISHES)
    answer = ann.client.post("/chat", json={"message": "jazz in Newton, MA"}).json()
    missing = ben.client.delete("/feeds/9007199254740991")
    for response in (
        ben.client.delete(f"/feeds/{feed['id']}"),
        ben.client.patch(f"/feeds/{feed['id']}", json={"digest": "daily"}),
    ):
        assert (response.status_code, response.json()) == (404, missing.json())
    assert ben.client.post("/feeds", json={"message_id": answer["message_id"]}).status_code == 404
    assert ben.client.get("/feeds").json() == []
    assert read(service, feed["url"]).status_code == 200


@pytest.mark.parametrize("token", ["x", "x.y", "0" * 32 + ".forged", "%00", "é.é", "0" * 9000])
def test_forged_addresses_are_not_found(service: Service, token: str) -> None:
    response = httpx.get(f"{service.address}/api/v1/feeds/{token}.ics", trust_env=False)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_key_without_its_signature_is_not_enough(service: Service, ann: Person) -> None:
    feed = follow(ann, constraints=WISHES)
    key = Feed.objects.get(pk=feed["id"]).key.hex
    signed = urlsplit(feed["url"]).path.rpartition("/")[2]
    assert signed.startswith(key)
    address = f"{service.address}/api/v1/feeds/{key}.ics"
    assert httpx.get(address, trust_env=False).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message_id": 1, "constraints": WISHES},
        {"constraints": {"place": "Newton"}},
        {"constraints": {"max_distance_miles": 5}},
        {"constraints": {"timezone": "Mars/Olympus"}},
        {"constraints": {"date_from": "0001-01-01T00:00:00Z"}},
        {"constraints": {"date_from": "2026-01-02T00:00:00Z", "date_to": "2026-01-01T00:00:00Z"}},
        {"constraints": {"max_price": -1}},
        {"constraints": {"query": "x" * 30_000}},
        {"constraints": {}, "digest": "hourly"},
        {"constraints": {}, "title": "x" * 301},
    ],
)
def test_nonsense_is_refused_and_nothing_kept(ann: Person, body: dict[str, Any]) -> None:
    response = ann.client.post("/feeds", json=body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert ann.client.get("/feeds").json() == []


def test_characters_that_cannot_be_stored_are_dropped(ann: Person) -> None:
    feed = follow(ann, constraints={"query": "ja\u0000zz"}, title="My\u0000 jazz\r\nevents")
    assert (feed["constraints"]["query"], feed["title"]) == ("jazz", "My jazz events")


def test_message_without_a_search_cannot_be_followed(ann: Person) -> None:
    session = ann.client.post("/chat/sessions", json={}).json()
    note = ann.client.post(
        f"/chat/sessions/{session['id']}/messages", json={"role": "user", "content": "remember"}
    ).json()
    response = ann.client.post("/feeds", json={"message_id": note["id"]})
    assert (response.status_code, list(response.json()["fields"])) == (422, ["message_id"])


def test_digest_is_asked_for_and_ended(ann: Person) -> None:
    feed = follow(ann, constraints=WISHES, digest=True)
    here = f"/feeds/{feed['id']}"
    assert feed["digest"] == "weekly"
    assert ann.client.patch(here, json={"digest": "daily"}).json()["digest"] == "daily"
    assert ann.client.patch(here, json={"title": "Mine"}).json()["digest"] == "daily"
    assert ann.client.patch(here, json={"digest": None}).json()["digest"] is None
    assert ann.client.get("/feeds").json()[0]["title"] == "Mine"


def test_same_key_makes_one_feed(ann: Person) -> None:
    headers = {"Idempotency-Key": "once"}
    answers = [
        ann.client.post("/feeds", json={"constraints": WISHES}, headers=headers).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(ann.client.get("/feeds").json()) == 1


def test_number_of_queries_does_not_grow_with_the_list(
    alice: User, client: Client, django_assert_num_queries: Any
) -> None:
    headers = {"Authorization": f"Bearer {issue_tokens(alice)['access']}"}
    for count in (1, 5):
        for _ in range(count):
            create_feed(user_id=alice.pk, title="x", constraints={}, rule={"kind": "any"})
        with django_assert_num_queries(3):
            assert client.get("/api/v1/feeds", headers=headers).status_code == 200


def test_nobody_follows_too_much(alice: User) -> None:
    for _ in range(MOST_FEEDS):
        create_feed(user_id=alice.pk, title="x", constraints={}, rule={"kind": "any"})
    with pytest.raises(InvalidRequest):
        create_feed(user_id=alice.pk, title="x", constraints={}, rule={"kind": "any"})
