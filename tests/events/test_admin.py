"""The admin: every page opens, and a list costs the same however long it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ServiceToken, User
from accounts.service_tokens import issue_service_token
from core.grid import NO_CELL, cell_of
from events.models import (
    ChatMessage,
    ChatSession,
    DigestMail,
    Event,
    EventSearchRow,
    Feed,
    GeocodedPlace,
    Import,
    MergeDecision,
    Place,
    ReferencedEvent,
    Source,
    SourceRun,
    Venue,
)
from events.models.search import EMBEDDING_DIMENSIONS

START = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
NEWTON, COLOGNE = 4945283, 2886242


@pytest.fixture
def admin(client: Client, db: None) -> Client:
    # No password: hashing one for every test would take longer than the tests.
    superuser = User.objects.create(
        username="root", email="root@example.org", is_staff=True, is_superuser=True
    )
    client.force_login(superuser)
    return client


def make_user(number: int) -> User:
    return User.objects.create(username=f"user{number}", email=f"user{number}@example.org")


def make_venue(number: int) -> Venue:
    return Venue.objects.create(key=f"venue {number}", name=f"Venue {number}", place_id=NEWTON)


def make_event(number: int) -> Event:
    return Event.objects.create(
        external_id=f"event-{number}",
        source="demo",
        title=f"Event {number}",
        start_time=START + timedelta(hours=number),
        timezone="America/New_York",
        venue=make_venue(number),
    )


def make_search_row(number: int) -> EventSearchRow:
    event = make_event(number)
    return EventSearchRow.objects.create(
        event=event,
        cell=-1,
        starts_at=event.start_time,
        ends_at=event.start_time + timedelta(microseconds=1),
        can_attend_online=False,
        embedding=[1.0] + [0.0] * (EMBEDDING_DIMENSIONS - 1),
        text_hash="",
        embedding_model="none",
    )


def make_session(number: int) -> ChatSession:
    return ChatSession.objects.create(user=make_user(number), title=f"Session {number}")


def make_message(number: int) -> ChatMessage:
    session = make_session(number)
    message = ChatMessage.objects.create(
        session=session,
        user=session.user,
        role="assistant",
        content=f"Answer {number}",
        metadata={"model": "<script>alert(1)</script>"},
    )
    event = make_event(number)
    ReferencedEvent.objects.create(message=message, event=event, position=0, score=0.5)
    return message


def make_source(number: int) -> Source:
    source = Source.objects.create(name=f"Source {number}", url="https://example.org/town.ics")
    make_run(source)
    return source


def make_run(source: Source | int) -> SourceRun:
    if isinstance(source, int):
        source = make_source(source)
    return SourceRun.objects.create(source=source, outcome="failed", error="<script>")


def make_import(number: int) -> Import:
    return Import.objects.create(user=make_user(number), url=f"https://example.org/{number}")


def make_token(number: int) -> ServiceToken:
    return issue_service_token(user=make_user(number), name="x", scopes=["events:write"])[0]


def make_feed(number: int) -> Feed:
    return Feed.objects.create(
        user=make_user(number), title=f"Feed {number}", constraints={}, rule={"kind": "any"}
    )


def make_digest(number: int) -> DigestMail:
    return DigestMail.objects.create(user=make_user(number), day=START.date(), content=[])


def make_decision(number: int) -> MergeDecision:
    copy, kept = make_event(2 * number + 1000), make_event(2 * number + 1001)
    return MergeDecision.objects.create(
        copy=copy,
        kept=kept,
        score=5.0,
        decided_at=START,
        reasons={
            "same_page": True,
            "title_likeness": 0.93,
            "minutes_apart": 0,
            "metres_apart": 40,
        },
        gave={"min_price": "10.00"},
    )


LISTS: dict[str, Callable[[int], object]] = {
    "accounts_user": make_user,
    "accounts_servicetoken": make_token,
    "events_source": make_source,
    "events_sourcerun": make_run,
    "events_import": make_import,
    "events_venue": make_venue,
    "events_event": make_event,
    "events_eventsearchrow": make_search_row,
    "events_mergedecision": make_decision,
    "events_chatsession": make_session,
    "events_chatmessage": make_message,
    "events_feed": make_feed,
    "events_digestmail": make_digest,
}


def queries_of(admin: Client, address: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert admin.get(address).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("model", LISTS)
def test_changelist_query_count_is_constant(admin: Client, model: str) -> None:
    address = reverse(f"admin:{model}_changelist")
    for number in range(5):
        LISTS[model](number)
    queries_of(admin, address)  # fills the caches of content types and sites
    with_five = queries_of(admin, address)
    for number in range(5, 50):
        LISTS[model](number)
    assert len(queries_of(admin, address)) == len(with_five)


def test_place_changelist_query_count_does_not_depend_on_the_page(admin: Client) -> None:
    address = reverse("admin:events_place_changelist")
    long, short = f"{address}?country=FR&population=10000", f"{address}?country=MC"
    queries_of(admin, short)
    assert len(queries_of(admin, long)) == len(queries_of(admin, short))


@pytest.mark.parametrize("model", LISTS)
def test_change_page_opens(admin: Client, model: str) -> None:
    row = LISTS[model](1)
    response = admin.get(reverse(f"admin:{model}_change", args=[getattr(row, "pk", None)]))
    assert response.status_code == 200


@pytest.mark.parametrize("model", LISTS)
def test_changelist_can_be_searched(admin: Client, model: str) -> None:
    LISTS[model](1)
    assert admin.get(reverse(f"admin:{model}_changelist"), {"q": "nothing"}).status_code == 200


def test_message_page_shows_metadata_escaped_and_its_events(admin: Client) -> None:
    message = make_message(1)
    page = admin.get(reverse("admin:events_chatmessage_change", args=[message.pk]))
    text = page.content.decode()
    assert "<script>alert(1)</script>" not in text
    assert "&quot;model&quot;: &quot;&lt;script&gt;alert(1)&lt;/script&gt;&quot;" in text
    assert ">Event 1</a>" in text


def test_session_list_counts_messages(admin: Client) -> None:
    message = make_message(1)
    ChatMessage.objects.create(
        session=message.session, user=message.user, role="user", content="And tomorrow?"
    )
    page = admin.get(reverse("admin:events_chatsession_changelist"))
    link = f"?session__id__exact={message.session_id}"
    assert f'{link}">2</a>' in page.content.decode()


def test_messages_of_one_session_can_be_listed(admin: Client) -> None:
    message, _ = make_message(1), make_message(2)
    page = admin.get(
        reverse("admin:events_chatmessage_changelist"),
        {"session__id__exact": message.session_id},
    )
    assert [found.pk for found in page.context["cl"].result_list] == [message.pk]


def test_place_can_be_found_by_another_spelling(admin: Client) -> None:
    page = admin.get(
        reverse("admin:autocomplete"),
        {"term": "Köln", "app_label": "events", "model_name": "venue", "field_name": "place"},
    )
    assert str(COLOGNE) in [result["id"] for result in page.json()["results"]]


def test_places_can_be_filtered_by_country_and_size(admin: Client) -> None:
    page = admin.get(
        reverse("admin:events_place_changelist"), {"country": "DE", "population": "1000000"}
    )
    expected = Place.objects.filter(country_code="DE", population__gte=1_000_000)
    assert {place.pk for place in page.context["cl"].result_list} == {p.pk for p in expected}


def test_events_can_be_filtered_by_source_and_time(admin: Client) -> None:
    event = make_event(1)
    Event.objects.create(
        external_id="1", source="feed", title="Old", start_time=START, timezone="UTC"
    )
    address = reverse("admin:events_event_changelist")
    page = admin.get(address, {"source": "demo"})
    assert [found.pk for found in page.context["cl"].result_list] == [event.pk]
    Event.objects.filter(pk=event.pk).update(withdrawn_at=START, event_status="cancelled")
    page = admin.get(address, {"listed": "withdrawn"})
    assert [found.pk for found in page.context["cl"].result_list] == [event.pk]
    assert "cancelled, withdrawn" in page.content.decode()
    assert len(admin.get(address, {"listed": "yes"}).context["cl"].result_list) == 1
    sources = next(spec for spec in page.context["cl"].filter_specs if spec.title == "source")
    assert sources.lookup_choices == [("demo", "demo"), ("feed", "feed")]


def test_search_row_pages_never_load_the_vector(admin: Client) -> None:
    row = make_search_row(1)
    list_page = reverse("admin:events_eventsearchrow_changelist")
    row_page = reverse("admin:events_eventsearchrow_change", args=[row.pk])
    queries = queries_of(admin, list_page) + queries_of(admin, row_page)
    assert [sql for sql in queries if '"embedding"' in sql] == []


@pytest.mark.parametrize("model", ["events_place", "events_eventsearchrow", "events_chatmessage"])
def test_records_of_the_program_cannot_be_added(admin: Client, model: str) -> None:
    assert admin.get(reverse(f"admin:{model}_add")).status_code == 403


def test_user_can_be_added_with_an_email(admin: Client) -> None:
    page = admin.post(
        reverse("admin:accounts_user_add"),
        {
            "username": "dana",
            "email": "dana@example.org",
            "usable_password": "true",
            "password1": "correct horse dana",
            "password2": "correct horse dana",
        },
    )
    assert page.status_code == 302
    assert User.objects.get(username="dana").email == "dana@example.org"


def test_admin_is_closed_to_others(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get(reverse("admin:events_event_changelist")).status_code == 302


def form_of(admin: Client, address: str) -> dict[str, str]:
    """What the browser would post from a change page, unchanged."""
    page = admin.get(address)
    form = page.context["adminform"].form
    values = {field.html_name: field.value() for field in form}
    posted = {name: value for name, value in values.items() if value not in (None, False)}
    for name in [name for name, value in posted.items() if isinstance(value, datetime)]:
        shown = re.search(rf'name="{name}" value="([^"]+)"', page.content.decode())
        assert shown is not None
        posted[name] = shown[1]
    return posted


def test_saving_an_event_moves_its_search_row_but_not_its_vector(admin: Client) -> None:
    row = make_search_row(1)
    address = reverse("admin:events_event_change", args=[row.pk])
    changed = {
        "start_time": "2026-12-01T13:30",
        "event_attendance_mode": "mixed",
        "min_price": "12",
    }
    assert admin.post(address, form_of(admin, address) | changed).status_code == 302
    after = EventSearchRow.objects.get(pk=row.pk)
    assert after.starts_at == Event.objects.get(pk=row.pk).start_time
    assert after.starts_at.date().isoformat() == "2026-12-01"
    assert (after.can_attend_online, after.min_price) == (True, 12.0)
    assert (after.text_hash, after.embedding_model) == (row.text_hash, row.embedding_model)


def test_times_of_an_event_are_those_of_its_own_zone(admin: Client) -> None:
    event = make_event(1)
    address = reverse("admin:events_event_change", args=[event.pk])
    posted = form_of(admin, address)
    assert posted["start_time"] == "2026-11-20T14:30"
    assert admin.post(address, posted | {"title": "Renamed"}).status_code == 302
    assert Event.objects.get(pk=event.pk).start_time == event.start_time
    assert admin.post(address, posted | {"timezone": "Europe/Berlin"}).status_code == 302
    after = Event.objects.get(pk=event.pk)
    assert after.start_time == datetime(2026, 11, 20, 13, 30, tzinfo=UTC)


def test_zone_that_does_not_exist_changes_nothing(admin: Client) -> None:
    event = make_event(1)
    address = reverse("admin:events_event_change", args=[event.pk])
    page = admin.post(address, form_of(admin, address) | {"timezone": "Mars/Olympus"})
    assert page.status_code == 200
    assert "This is not the name of a time zone" in page.content.decode()
    assert Event.objects.get(pk=event.pk).timezone == "America/New_York"


def test_cancelling_an_event_takes_it_out_of_the_search(admin: Client) -> None:
    row = make_search_row(1)
    address = reverse("admin:events_event_change", args=[row.pk])
    posted = form_of(admin, address) | {"event_status": "cancelled"}
    assert admin.post(address, posted).status_code == 302
    assert not EventSearchRow.objects.filter(pk=row.pk).exists()


def test_moving_a_venue_moves_its_events_and_deleting_it_unplaces_them(admin: Client) -> None:
    row = make_search_row(1)
    venue = row.event.venue
    assert venue is not None
    address = reverse("admin:events_venue_change", args=[venue.pk])
    posted = form_of(admin, address) | {"latitude": "42.33704", "longitude": "-71.20922"}
    assert admin.post(address, posted).status_code == 302
    assert EventSearchRow.objects.get(pk=row.pk).cell == cell_of(42.33704, -71.20922)

    delete = reverse("admin:events_venue_delete", args=[venue.pk])
    assert admin.post(delete, {"post": "yes"}).status_code == 302
    after = EventSearchRow.objects.get(pk=row.pk)
    assert (after.cell, after.x) == (NO_CELL, None)


def test_kept_answers_of_a_geocoder_can_be_read_and_deleted(admin: Client) -> None:
    now = START
    kept = [
        GeocodedPlace.objects.create(
            provider="nominatim", query=f"hall {n}", results=found, fetched_at=now, asked_until=now
        )
        for n, found in enumerate([[{"label": "Faneuil Hall, Boston, MA"}], [], None])
    ]

    page = admin.get(reverse("admin:events_geocodedplace_changelist")).content.decode()
    assert [text in page for text in ("Faneuil Hall, Boston", "(nothing)", "(being asked)")] == [
        True
    ] * 3
    one = reverse("admin:events_geocodedplace_change", args=[kept[0].pk])
    assert "Faneuil Hall, Boston" in admin.get(one).content.decode()
    admin.post(reverse("admin:events_geocodedplace_delete", args=[kept[0].pk]), {"post": "yes"})
    assert list(GeocodedPlace.objects.values_list("query", flat=True)) == ["hall 1", "hall 2"]


def test_merge_decision_is_told_in_words(admin: Client) -> None:
    decision = make_decision(1)
    page = admin.get(reverse("admin:events_mergedecision_change", args=[decision.pk]))
    text = page.content.decode()
    assert "same URL; titles 0.93 alike; same start; 40 m apart" in text
    assert "the price" in text


def test_two_selected_events_are_merged_and_the_decision_undone(admin: Client) -> None:
    one, other = make_event(1), make_event(2)
    chosen = {"action": "merge", "_selected_action": [one.pk, other.pk]}
    events = reverse("admin:events_event_changelist")
    assert admin.post(events, chosen, follow=True).status_code == 200
    assert [event.pk for event in Event.objects.listed()] == [one.pk]
    decision = MergeDecision.objects.get()

    undo = {"action": "undo", "_selected_action": [decision.pk]}
    page = admin.post(reverse("admin:events_mergedecision_changelist"), undo, follow=True)
    assert "1 undone" in page.content.decode()
    assert Event.objects.listed().count() == 2
    assert set(EventSearchRow.objects.values_list("pk", flat=True)) == {one.pk, other.pk}


def test_decision_is_undone_on_its_own_page(admin: Client) -> None:
    one, other = make_event(1), make_event(2)
    chosen = {"action": "merge", "_selected_action": [one.pk, other.pk]}
    admin.post(reverse("admin:events_event_changelist"), chosen)
    address = reverse("admin:events_mergedecision_change", args=[MergeDecision.objects.get().pk])
    assert "Undo this merge" in admin.get(address).content.decode()
    page = admin.post(address, follow=True).content.decode()
    assert "1 undone" in page
    assert "Undo this merge" not in page
    assert Event.objects.listed().count() == 2


def test_decision_is_undone_only_by_who_may_change_events(client: Client, alice: User) -> None:
    decision = make_decision(1)
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    alice.user_permissions.add(Permission.objects.get(codename="view_mergedecision"))
    client.force_login(User.objects.get(pk=alice.pk))
    address = reverse("admin:events_mergedecision_change", args=[decision.pk])
    assert "Undo this merge" not in client.get(address).content.decode()
    assert client.post(address).status_code == 403
    assert MergeDecision.objects.get().undone_at is None


def test_decisions_can_be_filtered_by_who_decided(admin: Client) -> None:
    decision = make_decision(1)
    MergeDecision.objects.filter(pk=make_decision(2).pk).update(by_rule=False)
    page = admin.get(reverse("admin:events_mergedecision_changelist"), {"decider": "rule"})
    assert [found.pk for found in page.context["cl"].result_list] == [decision.pk]


def test_import_is_told_in_few_words(admin: Client) -> None:
    imported = make_import(1)
    Import.objects.filter(pk=imported.pk).update(
        status="failed", error="It answered with status 404.", stage="reading", done=2, total=5
    )
    text = admin.get(reverse("admin:events_import_changelist")).content.decode()
    assert "Failed: It answered with status 404." in text
    assert "reading, 2 of 5" in text


def test_refresh_tokens_have_no_page(admin: Client) -> None:
    assert "token_blacklist" not in admin.get(reverse("admin:index")).content.decode()
    assert admin.get("/admin/token_blacklist/outstandingtoken/").status_code == 404


def test_one_event_alone_cannot_be_merged(admin: Client) -> None:
    chosen = {"action": "merge", "_selected_action": [make_event(1).pk]}
    page = admin.post(reverse("admin:events_event_changelist"), chosen, follow=True)
    assert "Choose exactly two events." in page.content.decode()
    assert MergeDecision.objects.count() == 0
