"""A model that calls tools: turns over real HTTP with a scripted model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from events.models import ChatMessage, Event, Venue
from tests.chat_service.test_acts import FIND, Talk
from tests.conftest import Person
from tests.factories import make_event
from tests.fakes.ollama import DEFAULT_MODEL, Gate, Reply, call
from tests.serving import Service, read_stream
from tests.streams.reading import eventually

WORCESTER = (42.2626, -71.8023)


@pytest.fixture
def evening(committed: None) -> Iterator[list[Event]]:
    """Two concerts that do not overlap, and a film in another town."""
    events = [
        make_event("Live jazz quartet at the bar", metadata_tags=["music"]),
        make_event("Jazz piano evening", starts_in=timedelta(days=2), metadata_tags=["music"]),
        make_event("Silent film with organ", point=WORCESTER, starts_in=timedelta(days=1, hours=3)),
    ]
    yield events
    Event.objects.filter(pk__in=[event.pk for event in events]).delete()
    Venue.objects.filter(pk__in=[event.venue_id for event in events]).delete()


@pytest.fixture
def talk(service: Service, ann: Person) -> Talk:
    return Talk(ann)


def tools_of(talk: Talk) -> list[tuple[str, str]]:
    return [
        (chunk["tool"]["name"], chunk["tool"]["status"]) for chunk in talk.sent if "tool" in chunk
    ]


def calls_of(talk: Talk) -> list[Mapping[str, Any]]:
    calls: list[Mapping[str, Any]] = talk.message()["metadata"].get("tool_calls", [])
    return calls


def told(service: Service, request: int = -1) -> dict[str, Any]:
    """What the last message of a request tells the model: one tool's result."""
    message = service.ollama.chats[request].json["messages"][-1]
    assert message["role"] == "tool"
    line = message["content"].removeprefix("<results>\n").removesuffix("\n</results>")
    return json.loads(line[line.index("{") :])  # type: ignore[no-any-return]


def test_plain_question_takes_one_request_with_what_was_found_and_the_tools(
    service: Service, talk: Talk, evening: list[Event]
) -> None:
    service.ollama.reply = Reply(tokens=["Go ", "to [1]."])
    assert talk.say(FIND) == "Go to [1]."
    [request] = service.ollama.requests
    names = [each["function"]["name"] for each in request.json["tools"]]
    assert names[:2] == ["search_events", "get_event"]
    assert "script_execution" not in names
    question = request.json["messages"][-1]["content"]
    assert f'"number":1,"id":{evening[0].pk},' in question
    assert talk.message()["metadata"].get("tool_calls") is None
    assert tools_of(talk) == []


def test_event_that_a_tool_found_is_numbered_cited_and_referenced(
    service: Service, talk: Talk, evening: list[Event]
) -> None:
    film = evening[2]
    found = [event.pk for event in evening[:2]]
    service.ollama.queue.append(call("search_events", query="silent film", place="Worcester, MA"))

    def answer(body: Mapping[str, Any]) -> Reply:
        events = json.loads(_result(body))["data"]["events"]
        number = next(each["number"] for each in events if each["id"] == film.pk)
        return Reply(tokens=[f"The film [{number}] ", "or jazz [1]."])

    service.ollama.reply = answer
    talk.say(FIND)
    assert tools_of(talk) == [("search_events", "running"), ("search_events", "completed")]
    assert [chunk["model"] for chunk in talk.sent if "tool" in chunk] == ["SYSTEM", "SYSTEM"]
    saved = talk.message()
    assert [event["id"] for event in saved["referenced_events"]] == [film.pk, found[0]]
    listed = saved["metadata"]["all_event_ids"]
    assert saved["content"].startswith(f"The film [{listed.index(film.pk) + 1}]")
    assert listed[:2] == found
    assert talk.last["event_metadata"][str(film.pk)]["cited"] is True
    [made] = calls_of(talk)
    assert (made["name"], made["arguments"]["place"]) == ("search_events", "Worcester, MA")
    assert saved["metadata"]["prompt_tokens"] == 2 * 26


def _result(body: Mapping[str, Any]) -> str:
    content: str = body["messages"][-1]["content"]
    line = content.removeprefix("<results>\n").removesuffix("\n</results>")
    return line[line.index("{") :]


def test_model_sees_its_call_and_the_result_in_the_next_request(
    service: Service, talk: Talk, evening: list[Event]
) -> None:
    service.ollama.queue.extend(
        [
            Reply(tokens=["Let me look."], calls=[("get_event", {"event_id": evening[0].pk})]),
            Reply(tokens=["It is [1]."]),
        ]
    )
    assert talk.say(FIND) == "Let me look.\n\nIt is [1]."
    called, result = service.ollama.chats[1].json["messages"][-2:]
    assert called["content"] == "Let me look."
    [function] = called["tool_calls"]
    assert function["function"] == {
        "name": "get_event",
        "arguments": {"event_id": evening[0].pk},
    }
    assert (result["role"], result["tool_name"]) == ("tool", "get_event")
    assert told(service)["data"]["title"] == evening[0].title
    written = [chunk.get("token") or chunk.get("tool", {}).get("status") for chunk in talk.sent]
    assert written[1:4] == ["Let me look.", "running", "completed"]


def test_calls_end_at_the_limit_and_the_model_answers_without_tools(
    service: Service, talk: Talk, evening: list[Event]
) -> None:
    def reply(body: Mapping[str, Any]) -> Reply:
        if not body.get("tools"):
            return Reply(tokens=["Enough [1]."])
        return call("search_events", query=f"round {len(body['messages'])}")

    service.ollama.reply = reply
    assert talk.say(FIND) == "Enough [1]."
    assert len(calls_of(talk)) == 4
    assert len(service.ollama.chats) == 5


def test_several_calls_at_once_count_each(
    service: Service, talk: Talk, evening: list[Event]
) -> None:
    calls = [("search_events", {"query": f"wish {number}"}) for number in range(6)]
    service.ollama.queue.extend([Reply(tokens=[], calls=calls), Reply(tokens=["Done."])])
    assert talk.say(FIND) == "Done."
    assert [made["arguments"]["query"] for made in calls_of(talk)] == [
        f"wish {number}" for number in range(4)
    ]
    answers = [m for m in service.ollama.chats[1].json["messages"] if m["role"] == "tool"]
    assert len(answers) == 6
    assert "tools" not in service.ollama.chats[1].json


@pytest.mark.parametrize(
    ("wrong", "told_first"),
    [
        (call("order_pizza", size="large"), "There is no tool of the name 'order_pizza'."),
        (call("get_event", event_id="first"), "The arguments are not valid."),
        (Reply(tokens=[], calls=[("get_event", "event 5")]), "The arguments are no JSON object"),
        (Reply(tokens=[], calls=[("get_event", ["x"])]), "The arguments are no JSON object"),
    ],
    ids=["unknown", "invalid", "text", "list"],
)
def test_fault_is_told_once_and_then_the_tools_are_gone(
    service: Service, talk: Talk, evening: list[Event], wrong: Reply, told_first: str
) -> None:
    service.ollama.queue.extend([wrong, wrong, Reply(tokens=["Sorry: [1]."])])
    assert talk.say(FIND) == "Sorry: [1]."
    assert told(service, 1)["error"].startswith(told_first)
    assert "tools" in service.ollama.chats[1].json
    assert "tools" not in service.ollama.chats[2].json
    assert len(service.ollama.chats) == 3
    assert talk.message()["status"] == "completed"


def test_repeated_call_is_not_made_again(
    service: Service, talk: Talk, evening: list[Event]
) -> None:
    same = call("search_events", query="silent film", place="Worcester, MA")
    service.ollama.queue.extend([same, same, same, Reply(tokens=["It is [3]."])])
    talk.say(FIND)
    assert len(calls_of(talk)) == 1
    assert told(service, 2)["error"] == (
        "This was called with the same arguments: its result is above."
    )
    assert "tools" not in service.ollama.chats[3].json


def test_search_that_was_given_up_front_is_not_made_again(
    service: Service, talk: Talk, evening: list[Event]
) -> None:
    service.ollama.queue.extend([call("search_events"), Reply(tokens=["It is [1]."])])
    talk.say(FIND)
    assert calls_of(talk) == []
    assert "same arguments" in told(service)["error"]


@pytest.mark.parametrize("name", ["script_execution", "file_retrieval"])
def test_tool_that_is_off_cannot_be_run_by_a_model(
    service: Service, talk: Talk, name: str, evening: list[Event]
) -> None:
    arguments = {"code": "print(1)", "path": "/etc/passwd"}
    service.ollama.queue.extend([call(name, **arguments), Reply(tokens=["I cannot."])])
    assert talk.say(FIND) == "I cannot."
    assert told(service) == {"success": False, "error": f"There is no tool of the name '{name}'."}
    [made] = calls_of(talk)
    assert made["result"]["metadata"]["code"] == "unknown_tool"
    assert tools_of(talk)[-1] == (name, "failed")


def test_model_that_only_calls_leaves_the_answer_to_the_builtin(
    service: Service, talk: Talk, evening: list[Event]
) -> None:
    service.ollama.reply = call("order_pizza")
    text = talk.say(FIND)
    assert "Live jazz quartet at the bar" in text
    saved = talk.message()
    assert saved["metadata"]["provider"] == "builtin"
    assert [event["id"] for event in saved["referenced_events"]][:1] == [evening[0].pk]


def test_model_that_fails_in_its_second_round_leaves_the_answer_to_the_builtin(
    service: Service, talk: Talk, evening: list[Event]
) -> None:
    service.ollama.queue.extend([call("search_events", query="film"), Reply(status=500)])
    assert "Live jazz quartet at the bar" in talk.say(FIND)
    assert talk.message()["status"] == "completed"
    assert len(calls_of(talk)) == 1


def test_model_that_fails_after_its_first_words_keeps_them(
    service: Service, talk: Talk, evening: list[Event]
) -> None:
    first = Reply(tokens=["One moment."], calls=[("search_events", {"query": "film"})])
    service.ollama.queue.extend([first, Reply(status=500)])
    assert talk.say(FIND) == "One moment."
    assert talk.last["error_code"] == "llm_unavailable"
    assert talk.message()["status"] == "failed"
    assert len(calls_of(talk)) == 1


def test_model_without_a_form_for_tools_answers_and_is_not_offered_them_again(
    service: Service, talk: Talk, evening: list[Event]
) -> None:
    plain = "gemma:2b"
    service.ollama.models.append(plain)
    service.ollama.without_tools.add(plain)
    try:
        for _ in range(2):
            events = talk.person.client.post(
                "/chat", json={"message": FIND, "preferred_model": plain}
            )
            assert events.json()["model"] == plain
    finally:
        service.ollama.models.remove(plain)
    offered = ["tools" in request.json for request in service.ollama.chats]
    assert offered == [True, False, False]


def test_two_models_side_by_side_share_the_numbers_and_keep_their_own_calls(
    service: Service, ann: Person, evening: list[Event]
) -> None:
    film = evening[2].pk

    def reply(body: Mapping[str, Any]) -> Reply:
        if body["messages"][-1]["role"] == "tool":
            number = json.loads(_result(body))["data"]["number"]
            return Reply(tokens=[f"[{number}]"])
        return call("get_event", event_id=film, question=f"{body['model']}?")

    service.ollama.models.append("other:1b")
    service.ollama.reply = reply
    try:
        body = {
            "message": FIND,
            "model_a": DEFAULT_MODEL,
            "model_b": "other:1b",
            "single_model_mode": False,
        }
        with ann.client.stream("POST", "/chat/stream", json=body) as response:
            last = list(read_stream(response))[-1].chunk
    finally:
        service.ollama.models.remove("other:1b")
    answers = ChatMessage.objects.filter(pk__in=last["message_ids"].values())
    assert {tuple(m.referenced_events.values_list("pk", flat=True)) for m in answers} == {(film,)}
    for answer in answers:
        [made] = answer.metadata["tool_calls"]
        assert made["arguments"]["question"] == f"{answer.metadata['model']}?"


def test_stop_between_rounds_keeps_text_and_calls(
    service: Service, ann: Person, evening: list[Event]
) -> None:
    gate = Gate()
    first = Reply(tokens=["Looking. "], calls=[("search_events", {"query": "silent film"})])
    service.ollama.queue.extend([first, Reply(tokens=["never"], gate=gate)])
    with ann.client.stream("POST", "/chat/stream", json={"message": FIND}) as response:
        events = read_stream(response)
        chunks = [next(events).chunk for _ in range(4)]
        assert chunks[-1]["tool"] == {"name": "search_events", "status": "completed"}
        assert eventually(lambda: len(service.ollama.chats) == 2)
        ann.client.post(f"/chat/generations/{chunks[0]['generation_id']}/stop")
        last = list(events)[-1].chunk
    assert "error" not in last
    answer = ChatMessage.objects.get(pk=last["message_id"])
    assert (answer.status, answer.content) == ("stopped", "Looking. ")
    assert [made["name"] for made in answer.metadata["tool_calls"]] == ["search_events"]
    assert service.ollama.chats[1].ended.wait(1)


def test_client_that_leaves_in_mid_loop_loses_nothing(
    service: Service, ann: Person, evening: list[Event]
) -> None:
    gate = Gate()
    service.ollama.queue.extend(
        [call("search_events", query="silent film"), Reply(tokens=["All ", "of it."], gate=gate)]
    )
    with ann.client.stream("POST", "/chat/stream", json={"message": FIND}) as response:
        first = next(read_stream(response)).chunk
    gate.release(2)
    path = f"/chat/generations/{first['generation_id']}"
    assert eventually(lambda: ann.client.get(path).json()["status"] == "completed")
    with ann.client.stream("GET", f"{path}/stream") as again:
        chunks = [event.chunk for event in read_stream(again)]
    assert "".join(chunk.get("token", "") for chunk in chunks) == "All of it."
    statuses = [chunk["tool"]["status"] for chunk in chunks if "tool" in chunk]
    assert statuses == ["running", "completed"]


def test_arguments_that_no_database_keeps_do_not_lose_the_answer(
    service: Service, talk: Talk, evening: list[Event]
) -> None:
    odd = Reply(tokens=[], calls=[("search_events", {"query": "jazz\x00", "max_price": 1})])
    nan = Reply(tokens=[], calls=[("search_events", {"max_price": float("nan")})])
    service.ollama.queue.extend([odd, nan, Reply(tokens=["Fine."])])
    assert talk.say(FIND) == "Fine."
    [made] = calls_of(talk)
    assert made["arguments"] == {"query": "jazz", "max_price": 1}
