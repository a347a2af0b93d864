"""The tools about events, run as clients run them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.models import Event, Venue
from tests.conftest import Person
from tests.factories import NEWTON, make_event

WELLESLEY = (42.29653, -71.29256)  # 5 miles from Newton
Make = Callable[..., Event]


@pytest.fixture
def make(committed: None) -> Iterator[Make]:
    """Makes events that the service sees, and that are gone afterwards."""
    made: list[Event] = []

    def one(title: str, **fields: Any) -> Event:
        made.append(make_event(title, **fields))
        return made[-1]

    yield one
    Event.objects.filter(pk__in=[event.pk for event in made]).delete()
    Venue.objects.filter(pk__in=[event.venue_id for event in made]).delete()


def result_of(person: Person, tool: str, /, **parameters: Any) -> dict[str, Any]:
    """The whole result of a tool that was run."""
    sent = {"tool_name": tool, "parameters": parameters}
    response = person.client.post("/tools/execute", json=sent)
    assert response.status_code == 200, response.text
    result: dict[str, Any] = response.json()
    return result


def data_of(person: Person, tool: str, /, **parameters: Any) -> Any:
    """The data of a tool that succeeded."""
    result = result_of(person, tool, **parameters)
    assert result["success"], result
    return result["data"]


def day(offset: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=offset):%Y-%m-%d}"


def ids(events: list[dict[str, Any]]) -> list[int]:
    return [event["id"] for event in events]


def test_search_finds_by_topic_place_dates_and_price(ann: Person, make: Make) -> None:
    cheap = make("Glassblowing demonstration", min_price=0, description="Hot glass, live.")
    make("Glassblowing demonstration for collectors", min_price=90)
    make("Glassblowing demonstration", starts_in=timedelta(days=20), min_price=0)
    make("Glassblowing demonstration", point=(40.7, -74.0), min_price=0)
    wanted = {"query": "glassblowing", "place": "Newton, MA", "date_to": day(5), "max_price": 0}
    result = result_of(ann, "search_events", **wanted)
    assert ids(result["data"]["events"]) == [cheap.pk]
    [told] = result["data"]["events"]
    assert (told["min_price"], told["summary"]) == (0, "Hot glass, live.")
    assert told["address"] == "12 Centre Street, Newton, MA"
    assert told["start_time"].endswith(("-05:00", "-04:00"))
    assert told["distance_miles"] < 1
    searched = result["data"]["searched_for"]
    assert (searched["place"]["label"], searched["query"]) == ("Newton, MA", "glassblowing")
    [named] = result["metadata"]["events"]
    assert (named["id"], named["score"]) == (cheap.pk, told["score"])


def test_search_is_ordered_as_asked_and_limited(ann: Person, make: Make) -> None:
    late = make("Zither recital", starts_in=timedelta(days=3), min_price=5)
    soon = make("Zither concert", starts_in=timedelta(days=1), min_price=20, point=WELLESLEY)
    wanted = {"query": "zither", "place": "Newton, MA", "date_to": day(6)}

    def order(by: str, **more: Any) -> list[int]:
        return ids(data_of(ann, "search_events", **wanted, order=by, **more)["events"])

    assert order("start") == [soon.pk, late.pk]
    assert order("distance") == order("price") == [late.pk, soon.pk]
    assert order("start", limit=1) == [soon.pk]
    without = data_of(ann, "search_events", **wanted, not_event_ids=[soon.pk])
    assert ids(without["events"]) == [late.pk]


def test_search_without_a_match_says_what_would_bring_more(ann: Person, make: Make) -> None:
    for _ in range(3):
        make("Lute building workshop", min_price=50)
    wanted = {"query": "lute building", "place": "Newton, MA", "date_to": day(5), "max_price": 5}
    found = data_of(ann, "search_events", **wanted)
    assert found["events"] == []
    assert {"change": "without the price limit", "matches": 3} in found["loosened"]


@pytest.mark.parametrize(
    ("parameters", "fields"),
    [
        ({"place": "Xyzzyqwville"}, {"place"}),
        ({"date_from": "2031-05-02", "date_to": "2031-05-01"}, {"date_to"}),
        ({"date_to": "2020-01-01"}, {"date_to"}),
        ({"more_like_event_id": 2**60}, {"more_like_event_id"}),
    ],
)
def test_search_that_cannot_be_made_says_why(
    ann: Person, parameters: dict[str, Any], fields: set[str]
) -> None:
    result = result_of(ann, "search_events", **parameters)
    assert (result["success"], result["metadata"]["code"]) == (False, "invalid_request")
    assert set(result["metadata"]["fields"]) == fields


@pytest.mark.parametrize(
    ("parameters", "fields"),
    [
        ({"date_from": "soon"}, {"parameters.date_from"}),
        ({"audience": "ghosts", "max_price": -1}, {"parameters.audience", "parameters.max_price"}),
        ({"latitude": 42.0}, {"parameters.parameters"}),
        ({"quary": "jazz"}, {"parameters.quary"}),
    ],
)
def test_invalid_arguments_are_refused_by_name(
    ann: Person, parameters: dict[str, Any], fields: set[str]
) -> None:
    sent = {"name": "search_events", "parameters": parameters}
    response = ann.client.post("/tools/execute", json=sent)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert set(response.json()["fields"]) == fields


def test_search_finds_what_resembles_an_event(ann: Person, make: Make) -> None:
    model = make("Hurdy-gurdy dance evening", starts_in=timedelta(days=30))
    alike = make("Hurdy-gurdy session for dancers")
    make("Tax advice for landlords")
    wanted = {"more_like_event_id": model.pk, "place": "Newton, MA", "date_to": day(5)}
    found = data_of(ann, "search_events", **wanted)
    assert ids(found["events"])[0] == alike.pk
    assert found["searched_for"]["more_like"]["event_id"] == model.pk


def test_count_has_no_cap(ann: Person, make: Make) -> None:
    hour = timedelta(hours=1)
    for number in range(30):
        make(f"Bagpipe gathering number {number}", starts_in=hour * (30 + number), series_id="")
    make("Tax advice for landlords")
    where = {"place": "Newton, MA", "date_to": day(6)}
    bagpipes = data_of(ann, "count_events", query="bagpipe gathering", **where)
    assert (bagpipes["events"], bagpipes["dates"], bagpipes["is_whole"]) == (30, 30, True)
    everything = data_of(ann, "count_events", **where)
    assert everything["dates"] >= 31


def test_event_is_told_with_the_sentence_that_answers(ann: Person, make: Make) -> None:
    event = make(
        "Harp evening",
        hours=1.5,
        description="Three harps on one stage. Free parking is behind the hall. Doors open at 7.",
        organizer="Harp Society",
        price="$10",
        min_price=10,
        registration_required=True,
        url="https://example.org/harp",
    )
    told = data_of(ann, "get_event", event_id=event.pk, question="Is there parking?")
    assert told["quote"] == "Free parking is behind the hall."
    assert (told["organizer"], told["registration_required"]) == ("Harp Society", True)
    assert (told["duration_minutes"], told["url"]) == (90, "https://example.org/harp")
    assert (told["gone"], told["is_past"], told["sources"]) == (False, False, ["tests"])
    silent = data_of(ann, "get_event", event_id=event.pk, question="Are dogs allowed?")
    assert silent["quote"] is None


def test_event_is_told_with_its_later_dates_each_once(ann: Person, make: Make) -> None:
    first = make("Weekly fencing")
    later = [
        make("Weekly fencing", starts_in=timedelta(days=days), venue=first.venue)
        for days in (8, 15, 22, 29, 36)
    ]
    make("Other fencing", starts_in=timedelta(days=50), venue=first.venue)
    told = data_of(ann, "get_event", event_id=first.pk)
    moments = [datetime.fromisoformat(each) for each in told["next_dates"]]
    assert moments == [event.start_time for event in later[:4]]
    assert datetime.fromisoformat(told["last_date"]) == later[-1].start_time
    last = data_of(ann, "get_event", event_id=later[-1].pk)
    assert (last["next_dates"], last["last_date"]) == ([], None)


def test_copy_of_an_event_is_told_as_the_event(ann: Person, make: Make) -> None:
    event, copy = make("Harp evening"), make("Harp evening (copy)")
    Event.objects.filter(pk=copy.pk).update(merged_into=event)
    assert data_of(ann, "get_event", event_id=copy.pk)["id"] == event.pk


def test_missing_event_is_said_to_be_missing(ann: Person) -> None:
    result = result_of(ann, "get_event", event_id=2**60)
    assert (result["metadata"]["code"], result["error"]) == (
        "not_found",
        f"There is no event with the id {2**60}.",
    )


def test_events_are_compared_by_each_measure(ann: Person, make: Make) -> None:
    near = make("Near", min_price=20, hours=3, starts_in=timedelta(days=2))
    far = make("Far", min_price=5, hours=1, point=WELLESLEY)
    vague = make("Vague", min_price=None, point=None, end_time=None, starts_in=timedelta(days=3))
    chosen = [near.pk, far.pk, vague.pk]
    told = data_of(ann, "compare_events", event_ids=chosen, by="price", place="Newton, MA")
    assert ids(told["events"]) == [far.pk, near.pk, vague.pk]
    assert told["best"] == {
        "price": [far.pk],
        "distance": [near.pk],
        "start": [far.pk],
        "duration": [far.pk],
    }
    assert told["unknown"]["price"] == told["unknown"]["distance"] == [vague.pk]
    assert told["values"][str(near.pk)]["duration"] == 180


def test_comparison_by_distance_needs_a_place(ann: Person, make: Make) -> None:
    chosen = [make("One").pk, make("Two").pk]
    result = result_of(ann, "compare_events", event_ids=chosen, by="distance")
    assert result["metadata"]["fields"] == {"place": "is needed for this"}


def test_evening_is_planned_without_overlaps(ann: Person, make: Make) -> None:
    noon = datetime.now(UTC).replace(hour=17, minute=0, second=0, microsecond=0)
    begin = noon + timedelta(days=2)

    def at(hours: float) -> datetime:
        return begin + timedelta(hours=hours)

    def slot(query: str, start: float, end: float) -> dict[str, Any]:
        return {"query": query, "begins": at(start).isoformat(), "ends": at(end).isoformat()}

    dinner = make("Paella dinner", start_time=at(0), end_time=at(2), min_price=30)
    clash = make("Theremin concert", start_time=at(1.5), end_time=at(3))
    later = make("Theremin night", start_time=at(3), end_time=at(5), point=WELLESLEY)
    slots = [slot("paella dinner", 0, 3), slot("theremin", 1, 6)]
    told = data_of(ann, "plan_itinerary", slots=slots, place="Newton, MA")
    best = told["plans"][0]
    assert [visit["event"]["id"] for visit in best["visits"]] == [dinner.pk, later.pk]
    assert (best["unfilled"], best["known_price"], best["unknown_prices"]) == ([], 30, 1)
    assert best["visits"][0]["travel_minutes"] is None
    assert 15 <= best["visits"][1]["travel_minutes"] <= 45
    assert 4 < best["travel_miles"] < 7
    assert clash.pk not in {visit["event"]["id"] for visit in best["visits"]}


def test_explanation_names_factors_and_what_an_event_breaks(ann: Person, make: Make) -> None:
    good = make("Marimba recital", min_price=0)
    dear = make("Marimba gala", min_price=80, point=WELLESLEY)
    wishes = {"query": "marimba", "place": "Newton, MA", "radius_miles": 2, "max_price": 10}
    [told] = data_of(ann, "explain_event", event_id=good.pk, **wishes)["explained"]
    assert (told["is_recommended"], told["rank"], told["why_not"]) == (True, 1, None)
    assert set(told["factors"]) == set(told["weights"]) >= {"similarity", "distance", "price"}
    [told] = data_of(ann, "explain_event", event_id=dear.pk, **wishes)["explained"]
    assert not told["is_recommended"]
    assert [each["wish"] for each in told["unmet"]] == ["place", "price"]
    assert told["unmet"][1] == {"wish": "price", "wanted": "10", "actual": "80"}
    best = data_of(ann, "explain_event", **wishes)["explained"]
    assert [each["event"]["id"] for each in best] == [good.pk]


def test_nothing_can_be_explained_before_anything_was_searched(ann: Person) -> None:
    result = result_of(ann, "explain_event")
    assert result["error"] == "Nothing has been searched for yet."


def test_places_are_found_with_their_namesakes(ann: Person) -> None:
    found = data_of(ann, "find_place", name="newton", country_code="us", limit=3)["places"]
    assert found[0]["label"].startswith("Newton, ")
    assert len({each["id"] for each in found}) == 3
    assert data_of(ann, "find_place", name="Xyzzyqwville")["places"] == []


@pytest.mark.parametrize("name", ["learning_path", "learning_node_query"])
def test_classes_of_a_subject_come_in_order(ann: Person, make: Make, name: str) -> None:
    days = timedelta(days=1)
    advanced = make("Advanced weaving workshop", starts_in=9 * days)
    early = make("Advanced weaving master class", starts_in=1 * days)
    first = make("Weaving class for beginners", starts_in=2 * days)
    middle = make("Intermediate weaving class", starts_in=5 * days)
    make("Weaving exhibition", starts_in=3 * days)
    where = {"query": "weaving", "place": "Newton, MA"}
    steps = data_of(ann, name, **where, difficulty="beginner")["steps"]
    assert [(step["event"]["id"], step["level"]) for step in steps] == [
        (first.pk, "beginner"),
        (middle.pk, "intermediate"),
        (advanced.pk, "advanced"),
    ]
    steps = data_of(ann, name, **where, difficulty="advanced")["steps"]
    assert [step["event"]["id"] for step in steps] == [early.pk, advanced.pk]


def test_newton_is_where_the_events_of_these_tests_are(ann: Person, make: Make) -> None:
    event = make("Carillon concert")
    where = {"latitude": NEWTON[0], "longitude": NEWTON[1], "radius_miles": 1}
    found = data_of(ann, "search_events", query="carillon concert", **where)
    assert ids(found["events"]) == [event.pk]
    assert found["events"][0]["distance_miles"] == 0
