"""A model reads where the rules are unsure: turns over real HTTP with a scripted model."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events.models import Event, SearchTrace, Venue
from tests.chat_service.test_acts import FIND, Talk
from tests.conftest import Person
from tests.factories import make_event
from tests.fakes.ollama import Reply, call, structured
from tests.serving import Service

SPANISH = "¿qué conciertos hay para mis hijos en Newton este fin de semana?"


def day(ahead: int) -> str:
    return (timezone.localdate() + timedelta(days=ahead)).isoformat()


def reading(**wishes: Any) -> Reply:
    """A model's reading: a search, unless told otherwise."""
    empty = {"query": "", "place": "", "date_from": "", "date_to": ""}
    return structured({"acts": [{"kind": "find"}], **empty, **wishes})


@pytest.fixture
def concerts(committed: None) -> Iterator[list[Event]]:
    """Two concerts on two days, far enough apart for a plan of both."""
    events = [
        make_event("Live jazz quartet at the bar", metadata_tags=["music"]),
        make_event("Jazz piano evening", starts_in=timedelta(days=2), metadata_tags=["music"]),
    ]
    yield events
    Event.objects.filter(pk__in=[event.pk for event in events]).delete()
    Venue.objects.filter(pk__in=[event.venue_id for event in events]).delete()


@pytest.fixture
def talk(service: Service, ann: Person) -> Talk:
    return Talk(ann)


def test_spanish_question_is_read_searched_refined_planned_and_kept(
    service: Service, talk: Talk, concerts: list[Event]
) -> None:
    ids = [event.pk for event in concerts]
    service.ollama.reading = reading(
        query="kids concert", place="Newton, MA", date_from=day(0), date_to=day(6), audience="kids"
    )
    slots = [
        {
            "query": "jazz",
            "begins": (event.start_time - timedelta(hours=1)).isoformat(),
            "ends": (event.start_time + timedelta(hours=4)).isoformat(),
        }
        for event in concerts
    ]
    service.ollama.queue.extend(
        [
            call("search_events", query="opera", place="Newton, MA", audience="kids"),
            call("search_events", query="jazz", place="Newton, MA"),
            call("plan_itinerary", slots=slots, latitude=42.337, longitude=-71.2092),
            call("create_calendar", event_ids=ids, title="Jazz"),
        ]
    )
    service.ollama.reply = _last_words
    text = talk.say(SPANISH)
    assert talk.first["act"] == {"kind": "find", "refers_to": [], "read_by": "model"}
    wishes = talk.first["constraints"]
    assert (wishes["place"]["label"], wishes["audience"]) == ("Newton, MA", "kids")
    assert wishes["query"] == "kids concert"
    assert wishes["sources"]["date_from"] == "message"
    assert len(service.ollama.readings) == 1
    saved = talk.message()
    made = saved["metadata"]["tool_calls"]
    assert [each["name"] for each in made] == [
        "search_events", "search_events", "plan_itinerary", "create_calendar",
    ]  # fmt: skip
    assert all(each["result"]["success"] for each in made), made
    planned = made[2]["result"]["metadata"]["events"]
    assert {each["id"] for each in planned} == set(ids)
    assert made[3]["result"]["data"]["url"] in text
    assert {event["id"] for event in saved["referenced_events"]} == set(ids)
    assert saved["metadata"]["read_by"] == "model"


def _last_words(body: Mapping[str, Any]) -> Reply:
    content = body["messages"][-1]["content"]
    line = content.removeprefix("<results>\n").removesuffix("\n</results>")
    made = json.loads(line[line.index("{") :])["data"]
    numbers = [f"[{event['number']}]" for event in made["events"]]
    return Reply(tokens=[f"{' y '.join(numbers)}: ", made["url"]])


def test_model_that_lies_is_corrected(service: Service, talk: Talk, concerts: list[Event]) -> None:
    talk.say(FIND)
    shown = [event.pk for event in concerts]
    service.ollama.reading = structured(
        {
            "acts": [{"kind": "calendar", "refers_to": [shown[1], 999_999_999, -1, "1", True]}],
            "query": "",
            "place": "Atlantis",
            "date_from": "2026-02-30",
            "date_to": "1999-01-01",
            "max_price": 3,
        }
    )
    talk.say("ponme el segundo en mi agenda por favor, ¿sí?")
    assert talk.first["act"] == {
        "kind": "calendar",
        "refers_to": [shown[1]],
        "read_by": "model",
    }
    wishes = talk.last["constraints"]
    assert (wishes["place"]["label"], wishes["max_price"]) == ("Newton, MA", None)


@pytest.mark.parametrize(
    "lie",
    [
        {"acts": [{"kind": "about", "refers_to": [999_999_999], "about": "price"}]},
        {"acts": [{"kind": "conquer"}]},
        {"acts": []},
        {"acts": "find"},
        {"acts": [{"kind": "decline", "topic": "insult"}]},
        [],
        "find",
        None,
    ],
    ids=lambda lie: json.dumps(lie)[:40],
)
def test_reading_of_which_nothing_holds_leaves_the_rules(
    service: Service, talk: Talk, concerts: list[Event], lie: Any
) -> None:
    service.ollama.reading = structured(lie)
    talk.say("was gibt es morgen in Newton, MA für mein Kind?")
    assert talk.first["act"]["read_by"] == "rules"
    assert len(service.ollama.readings) == 1
    assert talk.first["constraints"]["place"]["label"] == "Newton, MA"


@pytest.mark.parametrize(
    ("date_from", "date_to"),
    [("2031-01-05", "2031-01-06"), ("2026-02-30", ""), ("1999-12-31", "2000-01-01")],
)
def test_dates_of_the_words_stand_against_a_model_that_denies_them(
    service: Service, talk: Talk, date_from: str, date_to: str
) -> None:
    service.ollama.reading = reading(query="jazz", date_from=date_from, date_to=date_to)
    talk.say("jazz tomorrow in Newton, MA, and nothing that is not for dancers")
    assert talk.first["act"]["read_by"] == "model"
    wishes = talk.first["constraints"]
    assert wishes["date_from"].startswith(day(1))
    assert wishes["date_to"].startswith(day(2))
    assert wishes["place"]["label"] == "Newton, MA"


@pytest.mark.parametrize("fault", ["hang", "error", "half_line"])
def test_model_that_hangs_or_fails_leaves_the_rules_within_the_limit(
    service: Service, talk: Talk, concerts: list[Event], fault: Any
) -> None:
    service.ollama.reading = Reply(tokens=["{"], fault=fault, fault_after=1 if fault else 0)
    service.ollama.reply = Reply(tokens=["Go to [1]."])
    began = time.monotonic()
    assert talk.say(SPANISH) == "Go to [1]."
    assert time.monotonic() - began < 1.5 + 1.5  # the limit, and the rest of a turn
    assert talk.first["act"]["read_by"] == "rules"
    assert service.ollama.readings[0].ended.wait(1)


def test_sure_reading_asks_no_model(service: Service, talk: Talk, concerts: list[Event]) -> None:
    for message in (FIND, "What events are happening this weekend?", "thanks"):
        service.ollama.requests.clear()
        talk.say(message)
        assert talk.first["act"]["read_by"] == "rules"
        assert len(service.ollama.requests) == 1


def test_builtin_answerer_reads_nothing(
    service: Service, ann: Person, concerts: list[Event]
) -> None:
    answer = ann.client.post("/chat", json={"message": SPANISH, "preferred_model": "builtin"})
    assert answer.json()["act"]["read_by"] == "rules"
    assert service.ollama.requests == []


def test_request_for_a_reading_shows_the_form_the_day_and_what_was_shown(
    service: Service, talk: Talk, concerts: list[Event]
) -> None:
    talk.say(FIND)
    talk.say(SPANISH)
    [request] = service.ollama.readings
    assert request.json["format"]["required"][0] == "acts"
    assert request.json["options"]["temperature"] == 0
    assert "tools" not in request.json
    system, user = request.json["messages"]
    assert user["content"] == SPANISH
    assert f'"id":{concerts[0].pk}' in system["content"]


def test_trace_tells_who_read(service: Service, ann: Person, concerts: list[Event]) -> None:
    service.ollama.reading = reading(query="jazz", place="Newton, MA")
    body = {"message": SPANISH, "debug": True}
    answer = ann.client.post("/chat", json=body).json()
    trace = SearchTrace.objects.get(pk=answer["debug_run_id"]).trace
    assert (trace["read_by"], trace["message"]) == ("model", SPANISH)


def test_answer_that_is_made_again_keeps_its_reading(
    service: Service, talk: Talk, ann: Person, concerts: list[Event]
) -> None:
    service.ollama.reading = reading(query="jazz", place="Newton, MA")
    talk.say(SPANISH)
    message_id = talk.last["message_id"]
    with ann.client.stream("POST", f"/chat/messages/{message_id}/regenerate", json={}) as again:
        again.read()
    assert '"read_by":"model"' in again.text
    assert len(service.ollama.readings) == 1
