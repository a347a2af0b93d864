"""What to ask next, over real HTTP."""

from __future__ import annotations

import pytest

from tests.conftest import Person


def test_suggestions_are_ones_own_questions_and_some_to_begin_with(
    ann: Person, ben: Person
) -> None:
    begin = ann.client.get("/chat/suggestions")
    assert begin.headers["X-Total-Count"] == str(len(begin.json())) == "7"
    assert begin.json()[0] == "What's on this weekend?"
    for message in ("pottery in Newton, MA", "jazz in Boston, MA", "pottery in Newton, MA"):
        ann.client.post("/chat", json={"message": message})
    own = ann.client.get("/chat/suggestions").json()
    assert own[:3] == [
        "pottery in Newton, MA",
        "jazz in Boston, MA",
        "What's on near Newton, MA this weekend?",
    ]
    assert ann.client.get("/chat/suggestions", params={"q": " BOSTON"}).json() == own[1:2]
    assert ann.client.get("/chat/suggestions", params={"limit": 1}).json() == own[:1]
    assert ben.client.get("/chat/suggestions").json() == begin.json()


@pytest.mark.parametrize("q", ["%", "_", "\\", "'; --", "xqzzy", "🎷"])
def test_odd_letters_suggest_nothing(ann: Person, q: str) -> None:
    assert ann.client.get("/chat/suggestions", params={"q": q}).json() == []


@pytest.mark.parametrize(
    "stored", [5, "text", [1], {"place": 5}, {"place": {"kind": "place"}}, {"place": {"label": 1}}]
)
def test_suggestions_make_do_with_any_context(ann: Person, stored: object) -> None:
    ann.client.post("/chat/sessions", json={"context": {"constraints": stored}})
    assert len(ann.client.get("/chat/suggestions").json()) == 7


@pytest.mark.parametrize(
    ("query", "field"),
    [({"q": "x" * 201}, "q"), ({"limit": 0}, "limit"), ({"limit": 101}, "limit")],
)
def test_wrong_parameter_of_suggestions_is_named(
    ann: Person, query: dict[str, str | int], field: str
) -> None:
    response = ann.client.get("/chat/suggestions", params=query)
    assert (response.status_code, list(response.json()["fields"])) == (422, [field])
