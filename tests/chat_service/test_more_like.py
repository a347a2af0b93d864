"""Follow-ups that refer to what was shown, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from events.models import Event, EventSearchRow, Venue
from rag.service import weight_names
from tests.conftest import Person
from tests.factories import make_event
from tests.fakes.ollama import Reply
from tests.serving import Service, read_stream

ASKED = "concerts in Newton, MA in the next 5 days"


@pytest.fixture
def concerts(committed: None) -> Iterator[list[Event]]:
    """Two jazz nights, two choirs, and another date of the first jazz night's series."""
    day = timedelta(days=1)
    tags: dict[str, Any] = {"metadata_tags": ["music"]}
    events = [
        make_event("Jazz trio concert at the bar", series_id="trio", min_price=30, **tags),
        make_event("Gospel choir concert in the church", starts_in=day * 2, min_price=20, **tags),
        make_event("Choir of the church sings gospel", starts_in=day * 3, min_price=10, **tags),
        make_event("Jazz quartet playing at the bar", starts_in=day * 3, min_price=0, **tags),
        make_event("Jazz trio, second night", starts_in=day * 4, series_id="trio", **tags),
    ]
    yield events
    Event.objects.filter(pk__in=[event.pk for event in events]).delete()
    Venue.objects.filter(pk__in=[event.venue_id for event in events]).delete()


def ask(person: Person, message: str, session_id: int | None = None, **context: Any) -> Any:
    body = {"message": message, "session_id": session_id, "context": context}
    answer = person.client.post("/chat", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def cite(service: Service, answer: Any, *titles: str) -> Reply:
    """A reply that cites found events, by the beginnings of their titles, in this order."""
    by_title = {event["title"]: event["id"] for event in answer["events"]}
    ids = [next(by_title[t] for t in by_title if t.startswith(title)) for title in titles]
    numbers = [answer["all_event_ids"].index(event_id) + 1 for event_id in ids]
    return Reply(tokens=[f"Look at [{number}]. " for number in numbers])


@pytest.fixture
def shown(service: Service, ann: Person, concerts: list[Event]) -> int:
    """A conversation whose answer cited the choir first and the jazz trio second."""
    service.ollama.reply = cite(service, ask(ann, ASKED), "Gospel", "Jazz trio concert")
    session_id: int = ask(ann, ASKED)["session_id"]
    service.ollama.reply = Reply()
    return session_id


def test_more_like_the_second_one_follows_the_order_of_citation(
    ann: Person, shown: int, concerts: list[Event]
) -> None:
    trio, gospel, choir, quartet, second_night = (event.pk for event in concerts)
    answer = ask(ann, "more like the second one", shown)
    constraints = answer["constraints"]

    assert constraints["more_like"] == {"event_id": trio, "title": "Jazz trio concert at the bar"}
    assert constraints["sources"]["more_like"] == "message"
    assert (constraints["query"], constraints["place"]["label"]) == ("concerts", "Newton, MA")
    assert answer["all_event_ids"][0] == quartet
    assert {gospel, choir} <= set(answer["all_event_ids"])
    assert not {trio, second_night} & set(answer["all_event_ids"])

    later = ask(ann, "any day", shown)["constraints"]
    assert (later["more_like"]["event_id"], later["sources"]["more_like"]) == (trio, "session")
    assert ask(ann, "pottery", shown)["constraints"]["more_like"] is None


def test_understanding_shows_the_same_as_the_answer(ann: Person, shown: int) -> None:
    body = {"message": "more like the second one", "session_id": shown}
    seen = ann.client.post("/chat/understand", json=body).json()["constraints"]
    said = ask(ann, "more like the second one", shown)["constraints"]
    moving = {"date_from"}  # the same start, moved to each request's now
    assert {k: v for k, v in seen.items() if k not in moving} == {
        k: v for k, v in said.items() if k not in moving
    }


def test_shown_events_are_not_repeated_when_asked_for_others(
    ann: Person, shown: int, concerts: list[Event]
) -> None:
    trio, gospel, choir, quartet, _ = (event.pk for event in concerts)
    answer = ask(ann, "anything else?", shown)

    assert set(answer["constraints"]["not_event_ids"]) == {trio, gospel}
    assert {choir, quartet} <= set(answer["all_event_ids"])
    assert not {trio, gospel} & set(answer["all_event_ids"])


def test_cheaper_is_under_what_was_shown(ann: Person, shown: int, concerts: list[Event]) -> None:
    answer = ask(ann, "cheaper ones", shown)

    assert answer["constraints"]["max_price"] == 19.99
    assert set(answer["all_event_ids"]) == {concerts[2].pk, concerts[3].pk}


def test_small_talk_keeps_what_was_shown_and_wished(
    ann: Person, shown: int, concerts: list[Event], service: Service
) -> None:
    assert ask(ann, "great, thanks!", shown)["constraints"]["query"] == "concerts"


def test_model_by_id_may_be_past_and_without_a_search_row(
    ann: Person, concerts: list[Event]
) -> None:
    past = make_event("Gospel choir rehearsal", starts_in=timedelta(days=-30), description="Choir")
    EventSearchRow.objects.filter(event=past).delete()
    try:
        answer = ask(ann, "more like this near Newton, MA", more_like_event_id=past.pk)
    finally:
        Venue.objects.filter(pk__in=[past.venue_id]).delete()
        Event.objects.filter(pk=past.pk).delete()
    assert answer["constraints"]["sources"]["more_like"] == "context"
    assert answer["constraints"]["query"] == ""
    assert set(answer["all_event_ids"][:2]) == {concerts[1].pk, concerts[2].pk}


def test_model_that_is_gone_or_cancelled_is_refused(ann: Person, concerts: list[Event]) -> None:
    Event.objects.filter(pk=concerts[0].pk).update(event_status="cancelled")
    for event_id in (concerts[0].pk, 2**62):
        body = {"message": "more like this", "context": {"more_like_event_id": event_id}}
        for path in ("/chat", "/chat/stream", "/chat/understand"):
            answer = ann.client.post(path, json=body)
            assert answer.status_code == 422
            assert answer.json()["code"] == "invalid_request"
            assert list(answer.json()["fields"]) == ["context.more_like_event_id"]
    assert ann.client.get("/chat/sessions").json() == []


def test_standing_model_that_was_deleted_leaves_its_topic(
    ann: Person, shown: int, concerts: list[Event]
) -> None:
    ask(ann, "more like the second one", shown)
    Event.objects.filter(pk=concerts[0].pk).delete()
    assert concerts[3].pk in ask(ann, "any day", shown)["all_event_ids"]


def test_weights_change_the_order_of_one_request(ann: Person, concerts: list[Event]) -> None:
    nothing = dict.fromkeys(weight_names(), 0)
    question = "choir concert in Newton, MA in the next 5 days"
    by_time, by_words, plain = (
        ask(ann, question, ranking_weights=weights)["recommended_event_ids"]
        for weights in ({**nothing, "time": 1}, {**nothing, "similarity": 1}, nothing)
    )
    _, gospel, choir, *_ = (event.pk for event in concerts)
    starts = {event.pk: event.start_time for event in concerts}

    assert by_time == sorted(by_time, key=starts.__getitem__)
    assert by_words != by_time
    assert by_words[0] in {gospel, choir}
    assert sorted(plain) == sorted(by_time) == sorted(by_words)


@pytest.mark.parametrize(
    ("weights", "field"),
    [
        ({"similarity": 11}, "context.ranking_weights.similarity"),
        ({"time": -1}, "context.ranking_weights.time"),
        ({"price": "much"}, "context.ranking_weights.price"),
        ({"price": True}, "context.ranking_weights.price"),
        ({"charm": 1}, "context.ranking_weights.charm"),
        ([1], "context.ranking_weights"),
    ],
)
def test_weight_that_is_unknown_or_wrong_is_refused(ann: Person, weights: Any, field: str) -> None:
    body = {"message": "jazz", "context": {"ranking_weights": weights}}
    answer = ann.client.post("/chat", json=body)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])


def edit(person: Person, message_id: int, content: str, **body: Any) -> dict[str, Any]:
    """The last chunk of the answer to a message in other words."""
    path = f"/chat/messages/{message_id}/edit"
    with person.client.stream("POST", path, json={"content": content, **body}) as response:
        assert response.status_code == 200, response.read()
        return list(read_stream(response))[-1].chunk


def messages(person: Person, session_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.client.get(f"/chat/sessions/{session_id}").json()[
        "messages"
    ]
    return found


def test_edited_message_refers_to_what_was_shown_before_it(
    ann: Person, shown: int, concerts: list[Event]
) -> None:
    ask(ann, "pottery", shown)
    second = messages(ann, shown)[2]["id"]
    chunk = edit(ann, second, "more like the second one")
    assert chunk["constraints"]["more_like"]["event_id"] == concerts[0].pk


def test_edited_message_takes_context_and_debug_as_a_new_one_does(
    ann: Person, shown: int, concerts: list[Event]
) -> None:
    first, model = messages(ann, shown)[0]["id"], concerts[1].pk
    context = {"more_like_event_id": model, "ranking_weights": {"distance": 0}}
    chunk = edit(ann, first, "more like this", context=context, debug=True)
    assert chunk["constraints"]["more_like"]["event_id"] == model
    assert ann.client.get(f"/chat/traces/{chunk['debug_run_id']}").status_code == 200
    before = messages(ann, shown)
    refused = ann.client.post(
        f"/chat/messages/{before[0]['id']}/edit",
        json={"content": "more", "context": {"more_like_event_id": 2**62}},
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert messages(ann, shown) == before


def test_words_refer_to_the_branch_that_is_shown(
    service: Service, ann: Person, shown: int, concerts: list[Event]
) -> None:
    first, old = messages(ann, shown)
    service.ollama.reply = Reply(tokens=["Nothing but [3]."])
    edit(ann, first["id"], ASKED)
    ann.client.post(f"/chat/messages/{old['id']}/switch")
    answer = ask(ann, "more like the second one", shown)
    assert answer["constraints"]["more_like"]["event_id"] == concerts[0].pk
