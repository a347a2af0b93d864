"""Sources in the admin: added, checked, changed, and synchronised on request."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ServiceToken, User
from accounts.service_tokens import issue_service_token
from events.admin.sources import SHOWN_RUNS
from events.models import Source, SourceRun

CHANGELIST = reverse("admin:events_source_changelist")


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create(
        username="root", email="root@example.org", is_staff=True, is_superuser=True
    )


@pytest.fixture
def admin(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


@pytest.fixture
def source(db: None) -> Source:
    return Source.objects.create(
        name="Town", url="https://example.org/town.ics", etag='"one"', next_due_at=timezone.now()
    )


def form(**fields: Any) -> dict[str, Any]:
    history = {f"runs-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MAX_NUM_FORMS")}
    return {
        **history,
        "name": "Town",
        "url": "https://example.org/town.ics",
        "trust": 50,
        "interval": "06:00:00",
        "enabled": "on",
        "lists_all": "on",
        **fields,
    }


def test_source_is_added(admin: Client) -> None:
    response = admin.post(reverse("admin:events_source_add"), form(timezone="America/New_York"))
    assert response.status_code == 302
    source = Source.objects.get()
    assert (source.name, source.timezone, source.next_due_at) == ("Town", "America/New_York", None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "file:///etc/passwd"},
        {"url": "ftp://example.org/town.ics"},
        {"timezone": "Mars/Olympus"},
        {"trust": 101},
        {"trust": -1},
        {"interval": "00:00:01"},
        {"interval": "31 00:00:00"},
        {"format": "pdf"},
        {"name": ""},
    ],
)
def test_source_bad_input_is_refused(admin: Client, wrong: dict[str, Any]) -> None:
    response = admin.post(reverse("admin:events_source_add"), form(**wrong))
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == list(wrong)
    assert not Source.objects.exists()


def test_source_keeps_its_name_and_forgets_validators_of_another_address(
    admin: Client, source: Source
) -> None:
    here = reverse("admin:events_source_change", args=[source.pk])
    assert admin.post(here, form(name="Other", trust=80)).status_code == 302
    source.refresh_from_db()
    assert (source.name, source.trust, source.etag) == ("Town", 80, '"one"')
    assert admin.post(here, form(url="https://example.org/new.ics")).status_code == 302
    source.refresh_from_db()
    assert (source.etag, source.next_due_at) == ("", None)


def test_source_is_requested_by_the_action(admin: Client, source: Source) -> None:
    admin.post(CHANGELIST, {"action": "sync_now", "_selected_action": [source.pk]})
    source.refresh_from_db()
    assert source.sync_requested_at is not None


def test_source_page_shows_the_latest_runs(admin: Client, source: Source) -> None:
    SourceRun.objects.bulk_create(
        SourceRun(source=source, outcome="failed", error=f"error {number}.")
        for number in range(SHOWN_RUNS + 5)
    )
    page = admin.get(reverse("admin:events_source_change", args=[source.pk])).content.decode()
    assert ("error 4." in page, "error 5." in page, "error 24." in page) == (False, True, True)


@pytest.mark.parametrize(
    ("fields", "health"),
    [
        ({}, "never synchronised"),
        ({"failures": 3}, "failing (3 in a row)"),
        ({"last_success_at": timezone.now()}, "well"),
    ],
)
def test_source_health(admin: Client, source: Source, fields: dict[str, Any], health: str) -> None:
    Source.objects.update(**fields)
    assert health in admin.get(CHANGELIST).content.decode()


def test_service_tokens_are_revoked_by_the_action(admin: Client, root: User) -> None:
    token, _ = issue_service_token(user=root, name="x", scopes=["events:write"])
    address = reverse("admin:accounts_servicetoken_changelist")
    admin.post(address, {"action": "revoke", "_selected_action": [token.pk]})
    assert ServiceToken.objects.get().revoked_at is not None
