"""What comes before any operation: hosts, paths, parameters without number."""

from __future__ import annotations

import pytest

from tests.conftest import Person


@pytest.mark.parametrize("path", ["/live", "/chat/sessions", "/no/such/path", "/feeds/x.ics"])
def test_wrong_host_is_told_in_the_one_shape(ann: Person, path: str) -> None:
    response = ann.client.get(path, headers={"Host": "elsewhere.example"})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    streamed = ann.client.post(
        "/chat/stream", json={"message": "hi"}, headers={"Host": "elsewhere.example"}
    )
    assert (streamed.status_code, streamed.json()["code"]) == (400, "invalid_request")
    assert ann.client.get("/chat/sessions").json() == []


@pytest.mark.parametrize(
    "path",
    [
        "/events",
        "/events.ics",
        "/chat/sessions",
        "/chat/generations/00000000-0000-4000-8000-000000000000/stream",
    ],
)
def test_parameters_without_number_are_refused(ann: Person, path: str) -> None:
    query = "&".join(f"a{number}=1" for number in range(1500))
    response = ann.client.get(f"{path}?{query}")
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
