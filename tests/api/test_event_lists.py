"""`GET /events`: filters, orders and pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from geopy.distance import great_circle

from accounts.authentication import issue_tokens
from accounts.models import User
from events.models import Event
from tests.factories import NEWTON, make_event

BOSTON = (42.36, -71.06)  # 7.8 miles from Newton
WORCESTER = (42.27, -71.80)  # 30.5 miles from Newton
HERE = {"lat": NEWTON[0], "lng": NEWTON[1]}
BOSTON_ID, HOUR = 4930956, timedelta(hours=1)

Ask = Callable[..., Any]


@pytest.fixture
def ask(alice: User, client: Client) -> Ask:
    """GET as Alice; returns the response."""
    headers = {"Authorization": f"Bearer {issue_tokens(alice)['access']}"}

    def get(path: str = "/api/v1/events", /, **query: Any) -> Any:
        return client.get(path, query, headers=headers)

    return get


def titles(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [event["title"] for event in response.json()]


def test_upcoming_events_come_soonest_first_and_ongoing_ones_before_them(ask: Ask) -> None:
    make_event("Later", starts_in=5 * HOUR)
    make_event("Over", starts_in=-5 * HOUR)
    make_event("Going on", starts_in=-HOUR)
    make_event("All month", starts_in=-timedelta(days=20), hours=24 * 40)
    make_event("Soon", starts_in=HOUR)
    make_event("Called off", event_status="cancelled")
    response = ask()
    assert titles(response) == ["All month", "Going on", "Soon", "Later"]
    assert (response["X-Total-Count"], "Link" in response) == ("4", False)


def test_radius_keeps_what_takes_place_within_it(ask: Ask) -> None:
    for title, point in (("Far", WORCESTER), ("Near", BOSTON), ("Here", NEWTON), ("Online", None)):
        make_event(title, point=point)
    assert titles(ask(**HERE, radius_miles=10, sort="distance")) == ["Here", "Near"]
    assert titles(ask(**HERE, radius_miles=40, sort="distance")) == ["Here", "Near", "Far"]
    assert titles(ask(**HERE, radius_miles=10, is_virtual="true")) == ["Online"]


def test_distances_are_filled_when_a_point_is_given(ask: Ask) -> None:
    make_event("Near", point=BOSTON)
    make_event("Online", point=None)
    told = {event["title"]: event["distance_miles"] for event in ask(**HERE).json()}
    assert told["Online"] is None
    assert told["Near"] == pytest.approx(7.8, abs=0.1)
    assert [event["distance_miles"] for event in ask().json()] == [None, None]


def test_sort_by_distance_ends_with_what_has_no_point(ask: Ask) -> None:
    for title, point in (("Online", None), ("Far", WORCESTER), ("Near", BOSTON)):
        make_event(title, point=point)
    assert titles(ask(**HERE, sort="distance")) == ["Near", "Far", "Online"]


def test_town_has_a_radius_that_fits_its_size(ask: Ask) -> None:
    make_event("Near", point=NEWTON)
    make_event("Far", point=WORCESTER)
    assert titles(ask(location_id=BOSTON_ID)) == ["Near"]
    assert titles(ask(location_id=BOSTON_ID, radius_miles=60, sort="distance")) == ["Near", "Far"]


def test_box_holds_its_edges_and_nothing_beyond(ask: Ask) -> None:
    make_event("Corner", point=(42.0, -71.5))
    make_event("Other corner", point=(42.5, -71.0), starts_in=30 * HOUR)
    make_event("Beside", point=(42.3, -70.999))
    make_event("Above", point=(42.501, -71.2))
    make_event("Online", point=None)
    assert titles(ask(bbox="-71.5,42.0,-71.0,42.5")) == ["Corner", "Other corner"]


def test_box_across_the_antimeridian(ask: Ask) -> None:
    for title, lng, hours in (("Fiji", 178.0, 24), ("Line", 180.0, 25), ("Samoa", -172.0, 26)):
        make_event(title, point=(-17.0, lng), starts_in=timedelta(hours=hours))
    make_event("Tahiti", point=(-17.5, -149.5))
    assert titles(ask(bbox="170,-20,-170,-10")) == ["Fiji", "Line", "Samoa"]
    assert titles(ask(bbox="-180,-20,-170,-10")) == ["Line", "Samoa"]
    assert len(titles(ask(bbox="-180,-90,180,90"))) == 4
    assert titles(ask(lat=-17, lng=179.9, radius_miles=700, sort="distance")) == [
        "Line",
        "Fiji",
        "Samoa",
    ]


def test_times_are_a_half_open_range(ask: Ask) -> None:
    start = datetime(2030, 5, 1, 12, tzinfo=UTC)
    make_event("Noon", now=start, starts_in=timedelta(0), hours=2)
    at = {
        "at_two": start + 2 * HOUR,
        "at_noon": start,
        "before_two": start + timedelta(minutes=119),
    }
    assert titles(ask(**{"from": at["at_two"].isoformat()})) == []
    assert titles(ask(**{"from": at["before_two"].isoformat()})) == ["Noon"]
    assert titles(ask(to=at["at_noon"].isoformat())) == []
    assert titles(ask(to=(at["at_noon"] + HOUR).isoformat())) == ["Noon"]


@pytest.mark.parametrize("query", [{}, {"q": "jazz"}, HERE, {"status": "any"}])
def test_nothing_is_between_now_and_an_end_that_is_past(ask: Ask, query: dict[str, Any]) -> None:
    make_event("Jazz that goes on", starts_in=-2 * HOUR, hours=4)
    response = ask(to="2001-05-01T12:00:00Z", **query)
    assert (titles(response), response["X-Total-Count"]) == ([], "0")
    assert titles(ask(to=datetime.now(UTC).isoformat(), **query)) == []


def test_nul_in_a_tag_finds_nothing(ask: Ask) -> None:
    make_event("Jazz", metadata_tags=["music"])
    assert titles(ask(tag="mus\0ic")) == []


def test_plus_sign_that_was_not_escaped_is_understood(ask: Ask) -> None:
    make_event("Noon", now=datetime(2030, 5, 1, 12, tzinfo=UTC), starts_in=timedelta(0))
    assert titles(
        ask("/api/v1/events?from=2030-05-01T13:00:00+02:00&to=2030-05-01T15:00:00+02:00")
    ) == ["Noon"]


def test_highest_price_leaves_out_prices_in_another_currency(ask: Ask) -> None:
    make_event("Free", min_price=0, currency="JPY", starts_in=HOUR)
    make_event("Euros", min_price=5, currency="EUR", starts_in=2 * HOUR)
    make_event("Pounds", min_price=5, currency="GBP", starts_in=3 * HOUR)
    make_event("No currency", min_price=5, starts_in=4 * HOUR)
    for query in ({}, HERE, {"status": "any"}):
        assert titles(ask(max_price=9, currency="EUR", sort="start", **query)) == [
            *("Free", "Euros", "No currency"),
        ]
        assert len(titles(ask(max_price=9, sort="start", **query))) == 4


def test_price_tag_attendance_and_status_filter(ask: Ask) -> None:
    make_event("Free", min_price=0, metadata_tags=["music"], starts_in=HOUR)
    make_event("Dear", min_price=50, starts_in=2 * HOUR)
    make_event("Unknown price", point=None, starts_in=3 * HOUR)
    make_event("Put off", event_status="postponed", starts_in=4 * HOUR)
    make_event("Called off", event_status="cancelled", starts_in=5 * HOUR, point=BOSTON)
    make_event("Withdrawn", withdrawn_at=datetime.now(UTC))
    assert titles(ask(max_price=10)) == ["Free"]
    assert titles(ask(tag="music")) == ["Free"]
    assert titles(ask(is_virtual="true")) == ["Unknown price"]
    assert titles(ask(is_virtual="false")) == ["Free", "Dear", "Put off"]
    assert titles(ask(status="postponed")) == ["Put off"]
    assert titles(ask(status="cancelled")) == ["Called off"]
    assert titles(ask(status="cancelled", **HERE, radius_miles=10)) == ["Called off"]
    assert titles(ask(status="cancelled", **HERE, radius_miles=5)) == []
    assert titles(ask(status="cancelled", bbox="-71.1,42.3,-71.0,42.4")) == ["Called off"]
    assert len(titles(ask(status="any"))) == 5


@pytest.fixture
def concerts(db: None) -> list[Event]:
    """Two that fit "live jazz" in their own way, a weekly one, and something else."""
    return [
        make_event("Live jazz quartet", metadata_tags=["music"], starts_in=50 * HOUR, point=BOSTON),
        make_event("Jazz piano evening", metadata_tags=["music"], starts_in=30 * HOUR),
        make_event("Tax advice for landlords", metadata_tags=["business"], starts_in=2 * HOUR),
    ]


def test_words_find_by_meaning_and_by_name(ask: Ask, concerts: list[Event]) -> None:
    response = ask(q="live jazz")
    assert titles(response) == ["Live jazz quartet", "Jazz piano evening"]
    assert response["X-Total-Count"] == "2"
    assert titles(ask(q="landlords")) == ["Tax advice for landlords"]
    assert titles(ask(q="live jazz", sort="start"))[0] == "Jazz piano evening"
    assert titles(ask(q="live jazz", sort="distance", **HERE))[0] == "Jazz piano evening"
    assert titles(ask(q="live jazz", **HERE, radius_miles=3)) == ["Jazz piano evening"]
    assert titles(ask(q="live jazz", bbox="-71.1,42.3,-71,42.4")) == ["Live jazz quartet"]


def test_words_find_every_date_of_a_series(ask: Ask) -> None:
    first = make_event("Tuesday jazz", metadata_tags=["music"], series_id="jazz")
    for week in (1, 2):
        make_event(
            "Tuesday jazz",
            venue=first.venue,
            starts_in=timedelta(days=1 + 7 * week),
            series_id="jazz",
        )
    assert titles(ask(q="jazz")) == ["Tuesday jazz"] * 3


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"lat": 42}, "lng"),
        ({"lng": 42}, "lat"),
        ({"lat": "nan", "lng": 1}, "lat"),
        ({"lat": 91, "lng": 1}, "lat"),
        ({"radius_miles": 5}, "radius_miles"),
        ({**HERE, "radius_miles": 0}, "radius_miles"),
        ({**HERE, "radius_miles": "inf"}, "radius_miles"),
        ({**HERE, "location_id": BOSTON_ID}, "location_id"),
        ({"location_id": 2**62}, "location_id"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "1,2,3,4,5"}, "bbox"),
        ({"bbox": "a,b,c,d"}, "bbox"),
        ({"bbox": "nan,0,1,1"}, "bbox"),
        ({"bbox": "0,10,1,5"}, "bbox"),
        ({"bbox": "0,0,181,5"}, "bbox"),
        ({"bbox": ""}, "bbox"),
        ({"from": "2030-01-02T00:00:00Z", "to": "2030-01-02T00:00:00Z"}, "to"),
        ({"from": "soon"}, "from"),
        ({"from": "0.5"}, "from"),
        ({"to": "1764950400"}, "to"),
        ({"from": "0001-01-01T00:00:00Z"}, "from"),
        ({"to": "9999-12-31T23:59:59-12:00"}, "to"),
        ({"max_price": "nan"}, "max_price"),
        ({"max_price": -1}, "max_price"),
        ({"status": "odd"}, "status"),
        ({"sort": "distance"}, "sort"),
        ({"sort": "relevance"}, "sort"),
        ({"sort": "relevance", "q": "  "}, "sort"),
        ({"q": "jazz", "status": "cancelled"}, "status"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "!!"}, "cursor"),
    ],
)
def test_nonsense_is_refused_by_name(ask: Ask, query: dict[str, Any], field: str) -> None:
    response = ask(**query)
    assert response.status_code == 422
    assert list(response.json()["fields"]) == [field]


def _following(response: Any) -> str:
    found = re.fullmatch(r'<(.+)>; rel="next"', response["Link"])
    assert found is not None
    parts = urlsplit(found[1])
    return f"{parts.path}?{parts.query}"


def _walk(ask: Ask, between: Callable[[], object], **query: Any) -> list[str]:
    """Every title, page after page; `between` happens after each page."""
    response = ask(**query)
    seen = titles(response)
    while "Link" in response:
        between()
        response = ask(_following(response))
        seen += titles(response)
    return seen


@pytest.mark.parametrize(
    "query", [{}, {**HERE, "sort": "distance"}, {"q": "jazz"}, {"q": "jazz", "sort": "start"}]
)
def test_pages_neither_repeat_nor_skip_while_events_come_in(
    ask: Ask, query: dict[str, Any]
) -> None:
    known = [
        make_event(f"Jazz night {name}", starts_in=(8 - n // 2) * HOUR, point=BOSTON)
        for n, name in enumerate(["one", "two", "three", "four", "five", "six", "seven"])
    ]
    incoming = iter(range(50))

    def between() -> None:
        for hours in (1, 20):
            make_event(f"Incoming jazz {next(incoming)}", starts_in=hours * HOUR)

    seen = _walk(ask, between, limit=2, **query)
    expected = sorted(event.title for event in known)
    assert sorted(title for title in seen if title.startswith("Jazz")) == expected
    assert len(seen) == len(set(seen))


def test_equal_starts_and_distances_are_paged_apart(ask: Ask) -> None:
    now = datetime.now(UTC)
    made = [make_event(f"Same {n}", now=now, point=BOSTON) for n in range(5)]
    for query in ({}, {**HERE, "sort": "distance"}):
        assert _walk(ask, lambda: None, limit=2, **query) == [event.title for event in made]


def test_cursor_of_another_order_or_beside_an_offset_is_refused(ask: Ask) -> None:
    for n in range(3):
        make_event(f"Event {n}")
    following = _following(ask(limit=1))
    for more in ("&sort=distance&lat=1&lng=1", "&offset=1", "&q=jazz&sort=start"):
        response = ask(following + more)
        assert (response.status_code, list(response.json()["fields"])) == (422, ["cursor"])


def test_offset_still_works(ask: Ask) -> None:
    made = [make_event(f"Event {n}", starts_in=(n + 1) * HOUR) for n in range(4)]
    response = ask(limit=2, offset=1)
    assert titles(response) == [made[1].title, made[2].title]
    assert titles(ask(_following(response))) == [made[3].title]
    assert response["X-Total-Count"] == "4"


def test_ids_are_answered_in_their_order_with_distances(ask: Ask) -> None:
    near, far = make_event("Near", point=BOSTON), make_event("Far", point=WORCESTER)
    response = ask(ids=[far.pk, 2**40, near.pk, far.pk], **HERE)
    assert titles(response) == ["Far", "Near"]
    assert response.json()[0]["distance_miles"] == pytest.approx(30.5, abs=0.5)


@pytest.mark.parametrize(
    ("query", "queries"), [({}, 5), ({**HERE, "radius_miles": 20, "sort": "distance"}, 5)]
)
def test_number_of_queries_does_not_grow_with_the_list(
    ask: Ask, django_assert_num_queries: Any, query: dict[str, Any], queries: int
) -> None:
    for count in (1, 6):
        for n in range(count):
            make_event(f"Event {n}")
        with django_assert_num_queries(queries):
            ask(**query)


def test_past_events_are_listed_when_asked_for(ask: Ask) -> None:
    make_event("Over", starts_in=-timedelta(days=5))
    start = datetime.now(UTC) - timedelta(days=6)
    assert titles(ask()) == []
    assert titles(ask(**{"from": start.isoformat()})) == ["Over"]


def test_circles_and_boxes_agree_with_a_reference_everywhere(ask: Ask) -> None:
    random = Random(7)
    points = [(random.uniform(-90, 90), random.uniform(-180, 180)) for _ in range(15)] + [
        (random.uniform(-20, 20), 180 - abs(random.gauss(0, 5))) for _ in range(15)
    ]
    points += [(lat, -lng) for lat, lng in points[15:25]] + [
        (90.0, 0.0),
        (-90.0, 10.0),
        (0.0, -180.0),
    ]
    for number, point in enumerate(points):
        make_event(f"{number}", point=point)
    for lat, lng in ((0.0, 179.0), (5.0, -178.0), (89.0, 20.0), (-45.0, 0.0)):
        for miles in (300.0, 1500.0, 7000.0):
            near = {
                str(n) for n, at in enumerate(points) if great_circle(at, (lat, lng)).miles <= miles
            }
            found = ask(lat=lat, lng=lng, radius_miles=miles, limit=100)
            assert set(titles(found)) == near
    for west, south, east, north in (
        (170, -10, -175, 10),
        (-20, -90, 100, 0),
        (-180, -30, 180, 30),
    ):
        inside = {
            str(n)
            for n, (lat, lng) in enumerate(points)
            if south <= lat <= north
            and (west <= lng <= east if west <= east else lng >= west or lng <= east)
        }
        assert set(titles(ask(bbox=f"{west},{south},{east},{north}", limit=100))) == inside
