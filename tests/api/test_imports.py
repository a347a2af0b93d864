"""Imports over the API: queued, run in the background, reported; and whatever goes wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.utils import timezone

from events.models import Event, EventSearchRow, Import, Source
from events.sources.import_queue import ImportRequest, keep_file, kept_file, queue_import
from tests.api.conftest import SOURCE
from tests.conftest import Person
from tests.fakes.feed import calendar, entry
from tests.serving import Service

pytestmark = pytest.mark.usefixtures("written")
NEXT_WEEK = timezone.now() + timedelta(days=7)
TABLE = b"title,start,city,state\nConcert,2030-12-05 19:30,Davis,CA\nTalk,soon,Davis,CA\n"


def upload(
    person: Person, content: bytes = TABLE, name: str = "town.csv", **form: str
) -> httpx.Response:
    return person.client.post(
        "/imports", files={"file": (name, content)}, data={"source": SOURCE, **form}
    )


def ended(person: Person, response: httpx.Response) -> dict[str, Any]:
    """The import once it is over."""
    assert response.status_code == 202, response.text
    here = f"/imports/{response.json()['id']}"
    assert response.headers["Location"] == f"/api/v1{here}"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        found: dict[str, Any] = person.client.get(here).json()
        if found["status"] in ("completed", "failed"):
            return found
        time.sleep(0.2)
    raise AssertionError(found)


def test_import_file_runs_in_the_background(staff: Person) -> None:
    response = upload(staff)
    queued = response.json()
    assert (queued["status"], queued["report"], queued["error"]) == ("queued", None, "")
    done = ended(staff, response)
    assert (done["status"], done["file_name"], done["source"]) == ("completed", "town.csv", SOURCE)
    report = done["report"]
    assert {name: report[name] for name in ("format", "found", "created", "skipped")} == {
        "format": "csv", "found": 2, "created": 1, "skipped": 1,
    }  # fmt: skip
    assert report["reasons"][0]["examples"][0]["title"] == "Talk"
    assert done["progress"] == {"stage": "", "done": 1, "total": 1}
    assert Event.objects.get(source=SOURCE).search_row.embedding_model != ""
    stored = Import.objects.get(pk=done["id"]).stored_name
    assert not kept_file(stored).exists()

    again = ended(staff, upload(staff))["report"]
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)


def test_import_of_an_address_within_is_refused(staff: Person) -> None:
    body = {"url": "http://127.0.0.1:1/town.ics", "source": SOURCE}
    done = ended(staff, staff.client.post("/imports", json=body))
    assert done["status"] == "failed"
    assert done["error"] == "127.0.0.1 is not a public address; only public ones are fetched."


def test_import_of_no_calendar_fails_with_a_sentence(staff: Person) -> None:
    done = ended(staff, upload(staff, b"%PDF-1.7 \x00\x01", "poster.pdf"))
    assert (done["status"], done["report"]) == ("failed", None)
    assert done["error"].endswith("; name its format.")


def test_import_whose_file_is_gone_names_no_path(staff: Person) -> None:
    imported = queue_import(staff.user.pk, ImportRequest(source=SOURCE, stored_name="gone"))
    here = {"Location": f"/api/v1/imports/{imported.pk}"}
    done = ended(staff, httpx.Response(202, json={"id": imported.pk}, headers=here))
    assert done["status"] == "failed"
    assert done["error"] == "The uploaded file is not there any more; please hand it in again."


def test_import_left_by_a_dead_worker_is_taken_up_again(
    staff: Person,
) -> None:
    imported = queue_import(
        staff.user.pk,
        ImportRequest(source=SOURCE, stored_name=keep_file([calendar(entry("a", NEXT_WEEK))])),
    )
    Import.objects.filter(pk=imported.pk).update(
        status="running", attempts=1, lease_until=timezone.now() - timedelta(seconds=1)
    )
    response = httpx.Response(
        202,
        json={"id": imported.pk},
        headers={"Location": f"/api/v1/imports/{imported.pk}"},
    )
    assert ended(staff, response)["report"]["created"] == 1
    assert Import.objects.get(pk=imported.pk).attempts == 2


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, "url"),
        ({"url": ""}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "ftp://example.org/town.ics"}, "url"),
        ({"url": "https://example.org", "format": "pdf"}, "format"),
        ({"url": "https://example.org", "timezone": "Mars/Olympus"}, "timezone"),
        ({"url": "https://example.org", "source": "x" * 201}, "source"),
    ],
)
def test_import_bad_address_is_refused(staff: Person, body: dict[str, str], wrong: str) -> None:
    response = staff.client.post("/imports", json=body)
    told = response.json()
    assert (response.status_code, told["code"]) == (422, "invalid_request")
    assert list(told["fields"]) == [wrong]
    assert staff.client.get("/imports").json() == []


def test_import_bad_uploads_are_refused(staff: Person) -> None:
    two = [("file", ("a.csv", TABLE)), ("file", ("b.csv", TABLE))]
    refused = [
        upload(staff, b""),
        staff.client.post("/imports", files=two, data={"source": SOURCE}),
        staff.client.post("/imports", files={"other": ("a.csv", TABLE)}),
        upload(staff, url="https://example.org"),
        upload(staff, timezone="Mars/Olympus"),
        staff.client.post("/imports", content=b"{"),
        staff.client.post("/imports", json=[]),
        staff.client.post(
            "/imports", content=b"torn", headers={"Content-Type": "multipart/form-data"}
        ),
    ]
    assert [response.status_code for response in refused] == [422] * 5 + [400, 422, 422]
    assert {response.json()["code"] for response in refused} == {"invalid_request"}
    assert staff.client.get("/imports").json() == []


def test_import_too_large_a_file_is_refused(staff: Person) -> None:
    most: int = settings.IMPORT_MAX_MEGABYTES
    response = upload(staff, b"x" * (most * 2**20 + 1))
    assert response.status_code == 422
    assert (
        response.json()["detail"] == f"The file has {most}.0 MB; at most {most} MB can be imported."
    )
    response = upload(staff, b"x" * ((most + 2) * 2**20))
    assert response.status_code == 413
    assert response.json()["detail"] == f"The request is too large; a file may have {most} MB."
    assert staff.client.get("/imports").json() == []


def test_import_file_name_names_no_folder(staff: Person) -> None:
    response = upload(staff, name="../../etc/town.csv", source="")
    assert (response.json()["file_name"], response.json()["source"]) == ("town.csv", "town")
    done = ended(staff, response)
    assert done["status"] == "completed"
    Event.objects.filter(source="town").delete()
    Import.objects.filter(source="town").delete()


def test_import_idempotency_key_takes_the_same_form_for_the_same(staff: Person) -> None:
    def send(content: bytes) -> httpx.Response:
        return staff.client.post(
            "/imports",
            files={"file": ("town.csv", content)},
            data={"source": SOURCE},
            headers={"Idempotency-Key": "one"},
        )

    first, again, other = send(TABLE), send(TABLE), send(TABLE + b"More,2030-12-06,Davis,CA\n")
    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 422)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.json()["code"] == "idempotency_mismatch"
    assert Import.objects.filter(user=staff.user).count() == 1
    ended(staff, first)


def test_import_of_another_is_not_found(
    staff: Person, service: Service, service_key: Callable[..., str]
) -> None:
    response = upload(staff)
    here = f"/imports/{response.json()['id']}"
    with service.client(service_key()) as ben:
        refused, unknown = ben.get(here), ben.get(f"/imports/{2**60}")
        assert ben.get("/imports").json() == []
    assert (refused.status_code, refused.json()) == (404, unknown.json())
    ended(staff, response)


def test_list_imports_pages_the_latest_first(staff: Person) -> None:
    for number in range(3):
        Import.objects.create(
            user=staff.user,
            source=SOURCE,
            url=f"https://example.org/{number}",
            status="completed",
        )
    response = staff.client.get("/imports", params={"limit": 2})
    assert [each["url"][-1] for each in response.json()] == ["2", "1"]
    assert response.headers["X-Total-Count"] == "3"


def test_events_of_an_import_have_their_search_rows(staff: Person) -> None:
    entries = [entry(f"{number}", NEXT_WEEK, f"Concert {number}") for number in range(5)]
    report = ended(staff, upload(staff, calendar(*entries), "town.ics"))["report"]
    assert (report["format"], report["created"]) == ("icalendar", 5)
    assert EventSearchRow.objects.filter(event__source=SOURCE).count() == 5


def test_source_that_is_requested_is_synchronised_by_the_service(
    service: Service, committed: None
) -> None:
    source = Source.objects.create(
        name=SOURCE,
        url="http://127.0.0.1:1/town.ics",
        enabled=False,
        sync_requested_at=timezone.now(),
    )
    deadline = time.monotonic() + 120
    try:
        while not source.runs.exclude(outcome="running") and time.monotonic() < deadline:
            time.sleep(0.2)
        source.refresh_from_db()
        assert [run.outcome for run in source.runs.all()] == ["failed"]
        assert source.last_error.startswith("127.0.0.1 is not a public address")
        assert source.sync_requested_at is None
    finally:
        source.delete()
