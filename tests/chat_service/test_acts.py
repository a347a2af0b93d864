"""What a message wants done is done and worded: turns over real HTTP, answered without a model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from chat_service.streams.journal.rows import notes_of, read_rows
from events.models import Event, Venue
from tests.conftest import Person
from tests.factories import make_event
from tests.serving import Service, read_stream, stream_turn, text_of

FIND = "live jazz in Newton, MA in the next 3 days"


@pytest.fixture
def jazz(committed: None) -> Iterator[list[Event]]:
    events = [
        make_event(
            "Live jazz quartet at the bar",
            metadata_tags=["music"],
            min_price=15,
            price="$15",
            description="Parking is free behind the house. Come early.",
            organizer="Corner Club",
        ),
        make_event(
            "Jazz piano evening",
            starts_in=timedelta(days=2),
            metadata_tags=["music"],
            min_price=0,
        ),
    ]
    yield events
    Event.objects.filter(pk__in=[event.pk for event in events]).delete()
    Venue.objects.filter(pk__in=[event.venue_id for event in events]).delete()


@pytest.fixture
def talk(service: Service, ann: Person) -> Iterator[Talk]:
    service.ollama.models = []  # the built-in answerer alone
    yield Talk(ann)
    service.ollama.models = ["llama3.2:3b"]


class Talk:
    """One conversation over HTTP."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.session_id: int | None = None
        self.sent: list[dict[str, Any]] = []

    def say(self, message: str) -> str:
        """Sends a message and returns the text of its answer."""
        events = stream_turn(self.person.client, message, session_id=self.session_id)
        self.sent = [event.chunk for event in events]
        self.session_id = self.last["session_id"]
        return text_of(events)

    @property
    def first(self) -> dict[str, Any]:
        return self.sent[0]

    @property
    def last(self) -> dict[str, Any]:
        return self.sent[-1]

    def message(self) -> dict[str, Any]:
        """The answer as it is saved."""
        detail = self.person.client.get(f"/chat/sessions/{self.session_id}").json()
        messages: list[dict[str, Any]] = detail["messages"]
        return messages[-1]


def test_search_says_its_act_with_its_events_and_runs_no_tool(
    talk: Talk, jazz: list[Event]
) -> None:
    talk.say(FIND)
    assert talk.first["act"] == {"kind": "find", "refers_to": [], "read_by": "rules"}
    assert talk.first["all_event_ids"][:2] == [event.pk for event in jazz]
    assert not [chunk for chunk in talk.sent if "tool" in chunk]
    assert "tool_calls" not in talk.message()["metadata"]


def test_question_about_a_shown_event_is_answered_and_changes_no_wish(
    talk: Talk, jazz: list[Event]
) -> None:
    talk.say(FIND)
    wishes = talk.last["constraints"]
    text = talk.say("how much is the first one?")
    quartet = jazz[0]
    assert text.startswith("$15 is the price of **Live jazz quartet at the bar** [1].")
    assert talk.first["act"] == {
        "kind": "about",
        "refers_to": [quartet.pk],
        "read_by": "rules",
    }
    tools = [chunk["tool"] for chunk in talk.sent if "tool" in chunk]
    assert tools == [
        {"name": "get_event", "status": "running"},
        {"name": "get_event", "status": "completed"},
    ]
    assert talk.last["constraints"] == wishes
    saved = talk.message()
    assert [event["id"] for event in saved["referenced_events"]] == [quartet.pk]
    [call] = saved["metadata"]["tool_calls"]
    assert (call["name"], call["arguments"]["event_id"]) == ("get_event", quartet.pk)
    assert call["result"]["data"]["price"] == "$15"


def test_what_the_listing_does_not_say_is_said_so_and_what_it_says_is_quoted(
    talk: Talk, jazz: list[Event]
) -> None:
    talk.say(FIND)
    quoted = talk.say("is there parking at the first one?")
    assert quoted.startswith("Yes: “Parking is free behind the house.” So says the listing of")
    asked_again = talk.say("who organises the second one?")
    assert asked_again.startswith("The listing does not say who organises **Jazz piano evening**")


@pytest.fixture
def carving(committed: None) -> Iterator[list[Event]]:
    first = make_event(
        "Woodcarving circle",
        event_attendance_mode="mixed",
        description="Carve with us. All levels are welcome. Phone: (555) 010-2299",
        organizer="Carvers United",
    )
    later = [
        make_event("Woodcarving circle", starts_in=timedelta(days=days), venue=first.venue)
        for days in (31, 61)
    ]
    yield [first, *later]
    Event.objects.filter(pk__in=[event.pk for event in (first, *later)]).delete()
    Venue.objects.filter(pk__in=[first.venue_id]).delete()


def _day(event: Event) -> str:
    local = event.start_time.astimezone(ZoneInfo(event.timezone))
    return f"{local.day} {local:%b}"


def test_dates_attendance_and_words_of_the_listing_answer_in_turn(
    talk: Talk, carving: list[Event]
) -> None:
    first, second, last = carving
    talk.say("woodcarving in Newton, MA in the next 3 days")
    assert talk.say("is it online too?").startswith(
        "Both online and in person: **Woodcarving circle** [1]."
    )
    assert talk.say("can beginners come?").startswith("Yes: “All levels are welcome.” So says")
    assert "(555) 010-2299" in talk.say("phone number?")
    text = talk.say("when is the next one?")
    assert f"{_day(first)}" in text.split("After that: ")[0]
    assert f"{_day(second)}" in text.split("After that: ")[1]
    text = talk.say("when is its last night")
    assert (
        text.split(" is the last date that I know of ")[0]
        .split(",")[0]
        .endswith(
            _day(last)
            if last.start_time.year == first.start_time.year
            else f"{last.start_time.year}"
        )
    )


def test_event_named_in_full_comes_before_one_named_in_part(committed: None, talk: Talk) -> None:
    part = make_event("Marimba Club @ Harbour Marimba Lounge", min_price=3, price="$3")
    whole = make_event(
        "Harbour Marimba Gala", starts_in=timedelta(days=40), min_price=8, price="$8"
    )
    glued = make_event("QQ Bop: One Night", starts_in=timedelta(days=40), min_price=6, price="$6")
    made = [part, whole, glued]
    try:
        text = talk.say("how much is harbour marimba gala in Newton, MA in the next 3 days")
        assert text.startswith("$8 is the price of **Harbour Marimba Gala**"), text
        text = talk.say("how much is qqbop")
        assert text.startswith("$6 is the price of **QQ Bop: One Night**"), text
    finally:
        Event.objects.filter(pk__in=[event.pk for event in made]).delete()
        Venue.objects.filter(pk__in=[event.venue_id for event in made]).delete()


def test_reference_beyond_the_list_is_said_to_be_so(talk: Talk, jazz: list[Event]) -> None:
    talk.say(FIND)
    text = talk.say("when does the ninth one start?")
    assert text.startswith("I have not shown you “")
    assert talk.last["all_event_ids"] == []


def test_comparison_answers_first_and_cites_both(talk: Talk, jazz: list[Event]) -> None:
    talk.say(FIND)
    text = talk.say("which one is cheaper?")
    assert text.startswith("**Jazz piano evening** [")
    assert "is the cheapest, at free." in text
    referenced = {event["id"] for event in talk.message()["referenced_events"]}
    assert referenced == {event.pk for event in jazz}


def test_count_is_of_all_that_fit(talk: Talk, jazz: list[Event]) -> None:
    text = talk.say("how many jazz events are there in Newton, MA in the next 3 days?")
    assert text.startswith("2 events about “jazz”")
    assert talk.first["act"]["kind"] == "count"


def test_calendar_is_made_and_its_address_answers(
    talk: Talk, ann: Person, jazz: list[Event]
) -> None:
    talk.say(FIND)
    text = talk.say("add the second one to my calendar")
    address = text.split("Here is the calendar file: ")[1].split()[0]
    calendar = ann.client.get(address)
    assert calendar.status_code == 200
    assert "SUMMARY:Jazz piano evening" in calendar.text


def test_calendar_of_these_holds_what_the_last_search_found_even_if_it_is_one(
    talk: Talk, ann: Person, jazz: list[Event]
) -> None:
    talk.say(FIND)
    talk.say("only free ones")
    text = talk.say("can I get these in my calendar?")
    calendar = ann.client.get(text.split("Here is the calendar file: ")[1].split()[0])
    assert "SUMMARY:Jazz piano evening" in calendar.text
    assert "Live jazz quartet" not in calendar.text


def test_off_topic_is_declined_without_events(talk: Talk, jazz: list[Event]) -> None:
    text = talk.say("what is the capital of France?")
    assert text.startswith("I only know about events, so I cannot help with that.")
    assert talk.first["act"]["kind"] == "decline"
    assert talk.message()["referenced_events"] == []


def test_whole_answer_and_preview_name_the_act(talk: Talk, ann: Person, jazz: list[Event]) -> None:
    talk.say(FIND)
    asked = {"message": "how much is the second one?", "session_id": talk.session_id}
    act = {"kind": "about", "refers_to": [jazz[1].pk], "read_by": "rules"}
    assert ann.client.post("/chat/understand", json=asked).json()["act"] == act
    whole = ann.client.post("/chat", json=asked).json()
    assert whole["act"] == act
    assert whole["content"].startswith("Free: **Jazz piano evening** [1] costs nothing.")


def test_regenerated_answer_does_the_same_act(talk: Talk, ann: Person, jazz: list[Event]) -> None:
    talk.say(FIND)
    text = talk.say("how much is the first one?")
    message_id = talk.last["message_id"]
    with ann.client.stream("POST", f"/chat/messages/{message_id}/regenerate", json={}) as response:
        assert response.status_code == 200
        response.read()
    assert talk.message()["content"] == text


def test_journal_of_an_answer_that_used_a_tool_is_read_again_as_it_was_sent(
    talk: Talk, ann: Person, jazz: list[Event]
) -> None:
    talk.say(FIND)
    talk.say("which one is cheaper?")
    generation = talk.first["generation_id"]
    again = ann.client.get(f"/chat/generations/{generation}/stream?after=0")
    assert [event.chunk for event in read_stream(again)] == talk.sent
    rows = read_rows(UUID(generation))
    assert [note["basis"]["acts"][0]["kind"] for note in notes_of(rows) if "basis" in note] == [
        "compare"
    ]
