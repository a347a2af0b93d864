"""`/tools`: what may be seen and run, by whom; and calls that a conversation keeps."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from events.models import ChatMessage, Event, EventCalendar, Venue
from tests.conftest import Person
from tests.factories import make_event
from tests.serving import stream_turn

BUILT_IN = {
    *("search_events", "count_events", "find_place", "get_event", "compare_events"),
    *("plan_itinerary", "create_calendar", "explain_event", "session_report", "learning_path"),
    "describe_coverage",
}
OFF = ("file_retrieval", "script_execution")


@pytest.fixture
def jazz(committed: None) -> Iterator[Event]:
    event = make_event("Ophicleide jazz night", min_price=10)
    yield event
    Event.objects.filter(pk=event.pk).delete()
    Venue.objects.filter(pk__in=[event.venue_id]).delete()


def session_of(person: Person) -> int:
    made = person.client.post("/chat/sessions", json={"title": "Tools"})
    session_id: int = made.json()["id"]
    return session_id


def test_tools_are_listed_with_their_parameters(ann: Person) -> None:
    response = ann.client.get("/tools", params={"limit": 100})
    assert response.headers["X-Total-Count"] == str(len(BUILT_IN))
    told = {each["name"]: each for each in response.json()}
    assert set(told) == BUILT_IN
    assert told["session_report"]["aliases"] == ["report_generation"]
    assert told["learning_path"]["parameters"]["properties"]["difficulty"]["enum"] == [
        *("beginner", "intermediate", "advanced")
    ]
    page = ann.client.get("/tools", params={"limit": 3, "offset": 2})
    assert [each["name"] for each in page.json()] == sorted(BUILT_IN)[2:5]
    assert 'rel="next"' in page.headers["Link"]


def test_schemas_are_what_models_are_told_of_functions(ann: Person) -> None:
    schemas = ann.client.get("/tools/schemas").json()
    assert {each["function"]["name"] for each in schemas} == BUILT_IN
    for each in schemas:
        assert each["type"] == "function"
        assert each["function"]["description"]
        assert each["function"]["parameters"]["type"] == "object"
        assert "$ref" not in str(each)


def test_one_tool_is_told_by_name_or_alias(ann: Person) -> None:
    by_alias = ann.client.get("/tools/report_generation")
    assert by_alias.json() == ann.client.get("/tools/session_report").json()
    missing = ann.client.get("/tools/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("name", OFF)
def test_tools_that_are_off_exist_at_no_endpoint_not_even_for_staff(
    staff: Person, name: str
) -> None:
    session_id = session_of(staff)
    call = {"tool_name": name, "parameters": {"path": "x", "code": "1"}}
    answers = [
        staff.client.get(f"/tools/{name}"),
        staff.client.post("/tools/execute", json=call),
        staff.client.post("/tools/execute", json={"name": name}),
        staff.client.post(f"/chat/sessions/{session_id}/tool-call", json=call),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert {answer.json()["detail"] for answer in answers} == {"There is no such tool."}
    listed = staff.client.get("/tools", params={"limit": 100}).json()
    assert name not in {each["name"] for each in listed}
    assert name not in str(staff.client.get("/tools/schemas").json())
    assert staff.client.get(f"/chat/sessions/{session_id}/messages").json() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tool_name": "find_place", "name": "find_place"},
        {"tool_name": ""},
        {"tool_name": "find_place", "parameters": []},
        {"tool_name": "find_place", "arguments": "Newton"},
        {
            "tool_name": "find_place",
            "parameters": {"name": "Newton"},
            "arguments": {"name": "Boston"},
        },
    ],
)
def test_call_without_one_name_or_an_object_is_refused(ann: Person, body: dict[str, Any]) -> None:
    response = ann.client.post("/tools/execute", json=body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


def test_arguments_may_be_called_so_as_models_call_them(ann: Person) -> None:
    called = {"name": "find_place", "arguments": {"name": "Newton, MA"}}
    told = ann.client.post("/tools/execute", json=called).json()
    same = {"tool_name": "find_place", "parameters": {"name": "Newton, MA"}}

    assert told["data"] == ann.client.post("/tools/execute", json=same).json()["data"]
    assert told["success"]


def test_call_is_kept_in_the_conversation_with_its_result(ann: Person, jazz: Event) -> None:
    session_id = session_of(ann)
    given = {"query": "ophicleide jazz", "place": "Newton, MA"}
    sent = {"tool_name": "search_events", "parameters": given}
    response = ann.client.post(f"/chat/sessions/{session_id}/tool-call", json=sent)
    assert response.status_code == 200
    result = response.json()
    assert (result["success"], result["session_id"]) == (True, session_id)
    [kept] = ann.client.get(f"/chat/sessions/{session_id}/messages").json()
    assert (kept["id"], kept["role"]) == (result["message_id"], "tool")
    assert kept["content"].startswith('{"success":true,"data":{"events":[{"id":')
    [call] = kept["metadata"]["tool_calls"]
    assert (call["name"], call["arguments"]) == ("search_events", given)
    assert call["result"]["data"] == result["data"]
    [referenced] = kept["referenced_events"]
    assert (referenced["id"], referenced["cited"]) == (jazz.pk, True)
    assert referenced["score"] == result["data"]["events"][0]["score"]


def test_call_that_fails_is_kept_too_but_a_refused_one_is_not(ann: Person) -> None:
    path = f"/chat/sessions/{session_of(ann)}"
    failed = {"name": "get_event", "parameters": {"event_id": 2**60}}
    assert ann.client.post(f"{path}/tool-call", json=failed).json()["success"] is False
    refused = {"name": "get_event", "parameters": {"event_id": "x"}}
    assert ann.client.post(f"{path}/tool-call", json=refused).status_code == 422
    [kept] = ann.client.get(f"{path}/messages").json()
    assert kept["metadata"]["tool_calls"][0]["result"]["metadata"]["code"] == "not_found"


def test_conversation_lends_its_wishes_and_goes_on_after_a_call(ann: Person, jazz: Event) -> None:
    turn = stream_turn(ann.client, "ophicleide jazz in Newton, MA in the next 3 days")
    session_id = turn[-1].chunk["session_id"]
    path = f"/chat/sessions/{session_id}"
    sent = {"name": "explain_event", "parameters": {"event_id": jazz.pk}}
    told = ann.client.post(f"{path}/tool-call", json=sent).json()
    assert told["success"], told
    assert told["data"]["searched_for"]["place"]["label"] == "Newton, MA"
    assert told["data"]["explained"][0]["is_recommended"] is True
    following = stream_turn(ann.client, "what about tomorrow?", session_id=session_id)
    assert following[-1].chunk["session_id"] == session_id
    roles = [each["role"] for each in ann.client.get(f"{path}/messages").json()]
    assert roles == ["user", "assistant", "tool", "user", "assistant"]


def test_conversation_of_somebody_else_is_not_there(ann: Person, ben: Person) -> None:
    session_id = session_of(ann)
    sent = {"name": "find_place", "parameters": {"name": "newton"}}
    response = ben.client.post(f"/chat/sessions/{session_id}/tool-call", json=sent)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert not ChatMessage.objects.filter(session_id=session_id).exists()
    report = {"name": "session_report", "parameters": {"session_id": session_id}}
    assert ben.client.post("/tools/execute", json=report).json()["error"] == (
        "There is no such conversation."
    )


def test_same_key_gives_the_first_result_once(ann: Person, jazz: Event) -> None:
    session_id = session_of(ann)
    headers = {"Idempotency-Key": "once"}
    sent = {"name": "create_calendar", "parameters": {"event_ids": [jazz.pk]}}
    path = f"/chat/sessions/{session_id}/tool-call"
    first, again = (ann.client.post(path, json=sent, headers=headers) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert EventCalendar.objects.filter(session_id=session_id).count() == 1
    assert ChatMessage.objects.filter(session_id=session_id).count() == 1
    other = {**sent, "parameters": {"event_ids": [jazz.pk, 2**60]}}
    mismatch = ann.client.post(path, json=other, headers=headers)
    assert (mismatch.status_code, mismatch.json()["code"]) == (422, "idempotency_mismatch")


def test_same_key_sent_twice_at_once_keeps_one_message(ann: Person) -> None:
    session_id = session_of(ann)
    path = f"/chat/sessions/{session_id}/tool-call"
    sent = {"name": "find_place", "parameters": {"name": "newton"}}
    headers = {"Idempotency-Key": "at once"}
    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(lambda _: ann.client.post(path, json=sent, headers=headers), range(4))
        )
    assert [answer.status_code for answer in answers] == [200] * 4
    [kept] = ChatMessage.objects.filter(session_id=session_id)
    assert {answer.json()["message_id"] for answer in answers} == {kept.pk}


def test_report_says_what_was_asked_shown_and_chosen(ann: Person, jazz: Event) -> None:
    question = "ophicleide *jazz* in Newton, MA in the next 3 days"
    session_id = stream_turn(ann.client, question)[-1].chunk["session_id"]
    given = {"event_ids": [jazz.pk], "title": "My [jazz]"}
    chosen = {"name": "create_calendar", "parameters": given}
    path = f"/chat/sessions/{session_id}/tool-call"
    assert ann.client.post(path, json=chosen).json()["success"]
    told = ann.client.post(path, json={"name": "report_generation"}).json()["data"]
    assert (told["questions"], told["events_shown"], told["events_chosen"]) == (1, 1, 1)
    markdown = told["markdown"]
    assert "1. ophicleide \\*jazz\\* in Newton, MA in the next 3 days" in markdown
    assert "within 15 miles of Newton, MA" in markdown
    assert "## Shown\n\n- **Ophicleide jazz night**, " in markdown
    assert "### My \\[jazz\\]\n\n- **Ophicleide jazz night**" in markdown
