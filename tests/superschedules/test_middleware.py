"""What a response carries over HTTP, for the API and for the pages."""

from __future__ import annotations

import httpx
import pytest

from tests.conftest import PASSWORD, Person
from tests.serving import API, Service

SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.mark.parametrize("path", [f"{API}/live", f"{API}/chat/ping", f"{API}/nothing", "/"])
def test_every_response_has_the_security_headers(service: Service, path: str) -> None:
    response = httpx.get(service.address + path, trust_env=False)

    assert {name: response.headers.get(name) for name in SECURITY} == SECURITY


def test_foreign_host_is_refused_everywhere(service: Service) -> None:
    for path in (f"{API}/live", "/"):
        response = httpx.get(
            service.address + path, headers={"Host": "evil.example"}, trust_env=False
        )
        assert response.status_code == 400


def test_api_reads_and_sets_no_cookie(service: Service, ann: Person) -> None:
    with httpx.Client(base_url=service.address, trust_env=False) as browser:
        _sign_in(browser, ann)
        refused = browser.get(f"{API}/chat/sessions")

    assert (refused.status_code, refused.json()["code"]) == (401, "auth_required")
    assert "set-cookie" not in refused.headers
    assert "cookie" not in refused.headers.get("vary", "").lower()


def test_admin_signs_in_by_session_and_checks_the_form(service: Service, ann: Person) -> None:
    with httpx.Client(base_url=service.address, trust_env=False) as browser:
        _sign_in(browser, ann)
        page = browser.get("/admin/")
        forged = browser.post("/admin/logout/", headers={"X-CSRFToken": "x" * 32})

    assert page.status_code == 200
    assert forged.status_code == 403


def _sign_in(browser: httpx.Client, person: Person) -> None:
    person.user.is_staff = True
    person.user.save()
    browser.get("/admin/login/")
    form = {
        "username": person.user.username,
        "password": PASSWORD,
        "csrfmiddlewaretoken": browser.cookies["csrftoken"],
    }
    answer = browser.post("/admin/login/?next=/admin/", data=form)
    assert answer.status_code == 302, answer.text
