"""Events over the API: written, checked, found, changed and withdrawn."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from accounts.models import ServiceToken, User
from accounts.service_tokens import revoke_service_token
from events.ingestion.records import EventDraft
from events.models import (
    ChatMessage,
    ChatSession,
    EmbeddingDue,
    Event,
    EventSearchRow,
    EventWords,
    ReferencedEvent,
    Source,
    Venue,
)
from events.writing.single import create_event
from rag.embedding import get_backend
from tests.api.conftest import SOURCE
from tests.conftest import Person
from tests.serving import Service

pytestmark = pytest.mark.usefixtures("written")
HALL = {"name": "Written Hall", "city": "Davis", "state": "CA"}


def jazz(**fields: Any) -> dict[str, Any]:
    return {
        "source": SOURCE,
        "title": "Written jazz night",
        "start_time": "2030-07-05T19:30:00-07:00",
        "end_time": "2030-07-05T22:00:00-07:00",
        "timezone": "America/Los_Angeles",
        **fields,
    }


def post(person: Person, **fields: Any) -> dict[str, Any]:
    response = person.client.post("/events", json=jazz(**fields))
    assert response.status_code == 201, response.text
    event: dict[str, Any] = response.json()
    return event


def test_post_event_is_stored_and_searchable(staff: Person) -> None:
    response = staff.client.post(
        "/events",
        json=jazz(venue=HALL, min_price=10.5, price="$10.50", metadata_tags=["music", "music"]),
    )
    event = response.json()
    assert response.headers["Location"] == f"/api/v1/events/{event['id']}"
    assert event["start_time"] == "2030-07-05T19:30:00-07:00"
    assert (event["min_price"], event["metadata_tags"]) == (10.5, ["music"])
    assert event["location"] == "Written Hall, Davis, CA"
    assert (event["venue"]["precision"], event["withdrawn"]) == ("place", False)
    assert staff.client.get(f"/events/{event['id']}").json() == event
    row = EventSearchRow.objects.get(pk=event["id"])
    assert (row.embedding_model, row.min_price) == (get_backend().name, 10.5)
    assert EventWords.objects.filter(pk=event["id"]).exists()
    assert not EmbeddingDue.objects.filter(pk=event["id"]).exists()


def test_post_event_says_no_more_than_it_was_told(staff: Person) -> None:
    event = post(staff, description="Free for kids aged 5 to 9. <b>Music</b> &amp; dance")
    assert event["description"] == "Free for kids aged 5 to 9. Music & dance"
    told = {name: event[name] for name in ("price", "min_price", "age_range", "audience_tags")}
    assert told == {"price": "", "min_price": None, "age_range": "", "audience_tags": []}
    assert (event["venue"], event["location"], event["url"]) == (None, "", "")


@pytest.mark.parametrize(
    ("fields", "start", "end", "all_day"),
    [
        (
            {"start_time": "2030-07-05T19:30:00", "end_time": None},
            *("2030-07-05T19:30:00-07:00", None, False),
        ),
        (
            {"start_time": "2030-07-05T19:30:00", "end_time": "2030-07-06T02:30:00Z"},
            *("2030-07-05T19:30:00-07:00", "2030-07-05T19:30:00-07:00", False),
        ),
        (
            {"start_time": "2030-07-05", "end_time": "2030-07-07"},
            *("2030-07-05T00:00:00-07:00", "2030-07-07T00:00:00-07:00", True),
        ),
        (
            {"start_time": "2030-07-05T12:00:00Z", "end_time": None, "all_day": True},
            *("2030-07-05T00:00:00-07:00", "2030-07-06T00:00:00-07:00", True),
        ),
    ],
)
def test_post_event_times(
    staff: Person, fields: dict[str, Any], start: str, end: str | None, all_day: bool
) -> None:
    event = post(staff, **fields)
    assert (event["start_time"], event["end_time"], event["all_day"]) == (start, end, all_day)


def test_post_event_takes_the_venues_zone(staff: Person) -> None:
    event = post(staff, timezone="", start_time="2030-07-05T19:30:00", venue=HALL)
    assert event["timezone"] == "America/Los_Angeles"
    assert event["start_time"] == "2030-07-05T19:30:00-07:00"


def test_post_event_same_venue_is_one(staff: Person) -> None:
    first = post(staff, venue=HALL)
    second = post(staff, venue={**HALL, "name": "The Written Hall"})
    third = post(staff, venue_id=first["venue"]["id"])
    assert first["venue"] == second["venue"] == third["venue"]
    assert Venue.objects.filter(name__startswith="Written Hall").count() == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": " "}, "body"),
        ({"title": "x" * 501}, "title"),
        ({"start_time": "soon"}, "start_time"),
        ({"start_time": None}, "start_time"),
        ({"start_time": 20300705}, "start_time"),
        ({"start_time": "9999-01-01T00:00:00Z", "end_time": None}, "start_time"),
        (
            {"start_time": "9999-12-31T23:59:59-12:00", "end_time": None, "all_day": True},
            "start_time",
        ),
        ({"end_time": "2030-07-05T19:29:59-07:00"}, "end_time"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "http://["}, "url"),
        ({"url": "https://example.org/" + "x" * 2000}, "url"),
        ({"min_price": -1}, "min_price"),
        ({"min_price": 1e12}, "min_price"),
        ({"age_min": 9, "age_max": 5}, "body"),
        ({"age_min": -1}, "age_min"),
        ({"age_max": False}, "age_max"),
        ({"venue_id": "1"}, "venue_id"),
        ({"description": "x" * 20_001}, "description"),
        ({"metadata_tags": ["x"] * 31}, "metadata_tags"),
        ({"event_status": "gone"}, "event_status"),
        ({"venue": {**HALL, "latitude": 91, "longitude": 0}}, "venue.latitude"),
        ({"venue": {**HALL, "latitude": 38.5}}, "venue"),
        ({"venue": {"city": "Davis"}}, "venue.name"),
        ({"venue_id": 2**62}, "venue_id"),
        ({"venue": HALL, "venue_id": 1}, "body"),
        ({"tile": "Jazz"}, "tile"),
    ],
)
def test_post_event_bad_input_is_refused(staff: Person, fields: dict[str, Any], wrong: str) -> None:
    response = staff.client.post("/events", json=jazz(**fields))
    told = response.json()
    assert (response.status_code, told["code"]) == (422, "invalid_request")
    assert list(told["fields"]) == [wrong]
    assert not Event.objects.filter(source=SOURCE).exists()


def test_post_event_taken_id_is_refused(staff: Person) -> None:
    post(staff, external_id="one")
    response = staff.client.post("/events", json=jazz(external_id="one"))
    assert (response.status_code, list(response.json()["fields"])) == (422, ["external_id"])


def test_post_event_into_a_feed_is_refused(staff: Person) -> None:
    feed = Source.objects.create(name=SOURCE, url="https://example.org/town.ics", enabled=False)
    try:
        response = staff.client.post("/events", json=jazz())
    finally:
        feed.delete()
    assert (response.status_code, list(response.json()["fields"])) == (422, ["source"])


def test_put_event_replaces_all(staff: Person) -> None:
    event = post(staff, venue=HALL, price="$5", url="https://example.org")
    changed = {name: part for name, part in jazz(title="Other words").items() if name != "source"}
    put = staff.client.put(f"/events/{event['id']}", json=changed)
    assert put.status_code == 200
    assert (put.json()["title"], put.json()["venue"], put.json()["price"]) == (
        "Other words",
        None,
        "",
    )
    stored = Event.objects.select_related("search_row").get(pk=event["id"])
    assert (stored.sequence, stored.external_id) == (1, event["external_id"])
    assert stored.search_row.x is None
    assert not EmbeddingDue.objects.filter(pk=event["id"]).exists()


def test_patch_event_changes_only_what_is_given(staff: Person) -> None:
    event = post(staff, venue=HALL, price="$5", start_time="2030-07-05", end_time=None)
    here = f"/events/{event['id']}"
    patched = staff.client.patch(here, json={"price": "$6"}).json()
    assert patched == {**event, "price": "$6"}
    assert Event.objects.get(pk=event["id"]).sequence == 1
    assert staff.client.patch(here, json={"price": "$6"}).json() == patched
    assert Event.objects.get(pk=event["id"]).sequence == 1
    moved = staff.client.patch(here, json={"venue": None}).json()
    assert (moved["venue"], moved["location"]) == (None, "")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"title": None}, 422),
        ({"end_time": "2030-07-01T00:00:00Z"}, 422),
        ({"source": "other"}, 422),
        ([], 422),
        ("{", 400),
    ],
)
def test_patch_event_bad_input_is_refused(staff: Person, body: Any, status: int) -> None:
    event = post(staff)
    here = f"/events/{event['id']}"
    sent = {"content": body} if isinstance(body, str) else {"json": body}
    response = staff.client.patch(here, **sent)
    assert (response.status_code, response.json()["code"]) == (status, "invalid_request")
    assert staff.client.get(here).json() == event


def test_patch_event_two_at_once_lose_nothing(staff: Person) -> None:
    event = post(staff)
    changes = [{"price": "$6"}, {"room_name": "Upstairs"}, {"organizer": "Ann"}]
    with ThreadPoolExecutor(3) as threads:
        answers = threads.map(
            lambda change: staff.client.patch(f"/events/{event['id']}", json=change), changes
        )
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    stored = Event.objects.get(pk=event["id"])
    assert (stored.price, stored.room_name, stored.organizer) == ("$6", "Upstairs", "Ann")
    assert stored.sequence == 3


def test_delete_event_is_kept_for_conversations(staff: Person, ann: Person) -> None:
    event = post(staff)
    session = ChatSession.objects.create(user=ann.user, title="old")
    answer = ChatMessage.objects.create(
        session=session, user=ann.user, role="assistant", content="See [1]."
    )
    ReferencedEvent.objects.create(message=answer, event_id=event["id"], position=0, score=0.5)
    here = f"/events/{event['id']}"
    assert staff.client.delete(here).status_code == 204
    assert staff.client.delete(here).status_code == 204
    assert staff.client.get(here).json() == {**event, "withdrawn": True}
    assert not EventSearchRow.objects.filter(pk=event["id"]).exists()
    assert Event.objects.get(pk=event["id"]).sequence == 1
    [message] = ann.client.get(f"/chat/sessions/{session.pk}").json()["messages"]
    [shown] = message["referenced_events"]
    assert (shown["title"], shown["withdrawn"]) == (event["title"], True)
    restored = staff.client.patch(here, json={"withdrawn": False}).json()
    assert restored == event
    row = EventSearchRow.objects.get(pk=event["id"])
    assert row.embedding_model == get_backend().name


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_unknown_event_is_not_found(staff: Person, method: str) -> None:
    body = {name: part for name, part in jazz().items() if name != "source"}
    response = staff.client.request(method, f"/events/{2**60}", json=body)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/events"),
        ("PUT", "/events/1"),
        ("PATCH", "/events/1"),
        ("DELETE", "/events/1"),
        ("POST", "/imports"),
        ("GET", "/imports"),
        ("GET", "/imports/1"),
    ],
)
def test_writing_is_for_staff_and_services(
    ben: Person, service: Service, service_key: Callable[..., str], method: str, path: str
) -> None:
    response = ben.client.request(method, path, json=jazz())
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    other = "imports:write" if path.startswith("/events") else "events:write"
    with service.client(service_key(other)) as client:
        response = client.request(method, path, json=jazz())
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")


def _create(service: Service, key: str, **headers: str) -> httpx.Response:
    with service.client(key) as client:
        return client.post("/events", json=jazz(), headers=headers)


def test_service_token_writes_in_its_scope(
    service: Service, service_key: Callable[..., str], ann: Person
) -> None:
    key = service_key("events:write")
    assert _create(service, key).status_code == 201
    token = ServiceToken.objects.get(user=ann.user)
    assert token.last_used_at is not None
    assert key not in (token.prefix, token.digest)
    with service.client(key) as client:
        response = client.get("/chat/sessions")
    assert (response.status_code, response.json()["code"]) == (401, "token_invalid")


@pytest.mark.parametrize("end", ["revoked", "expired", "inactive", "unknown"])
def test_service_token_dead_one_is_refused(
    service: Service, service_key: Callable[..., str], ann: Person, end: str
) -> None:
    key = service_key()
    token = ServiceToken.objects.get(user=ann.user)
    match end:
        case "revoked":
            revoke_service_token(token)
        case "expired":
            ServiceToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        case "inactive":
            User.objects.filter(pk=ann.user.pk).update(is_active=False)
        case "unknown":
            key += "x"
    code = "token_expired" if end == "expired" else "token_invalid"
    response = _create(service, key)
    assert (response.status_code, response.json()["code"]) == (401, code)


def test_service_token_idempotency_key_gives_the_first_answer(
    service: Service, service_key: Callable[..., str]
) -> None:
    key = service_key()
    first, again = (_create(service, key, **{"Idempotency-Key": "a"}) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Event.objects.filter(source=SOURCE).count() == 1


def test_crash_before_embedding_is_made_good_by_the_service(service: Service) -> None:
    """The writer of this event is gone before anything is embedded."""
    draft = EventDraft("crashed", "Written jazz", timezone.now() + timedelta(days=1), "UTC")
    event = create_event(source=SOURCE, draft=draft, venue_id=None)
    deadline = time.monotonic() + 20
    while EmbeddingDue.objects.filter(pk=event.pk).exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    row = EventSearchRow.objects.get(pk=event.pk)
    assert row.embedding_model == get_backend().name
    assert sum(each * each for each in row.embedding) == pytest.approx(1, abs=0.01)
