"""The page of an event: for everybody, safe with any text, and clear about what is off."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from icalendar import Calendar

from events.models import Event
from tests.factories import make_event
from tests.web.test_page import Tags
from web.event_text import price_text

HOSTILE = "</script><img src=x onerror=alert(1)> & \"'\u2028 <!--"


def text_of(response: Any) -> str:
    assert response.status_code == 200
    plain = re.sub(r"<script.*?</script>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(plain).split())


@pytest.fixture
def concert(db: None) -> Event:
    return make_event(
        "Harbour concert",
        now=datetime(2030, 6, 3, 23, 30, tzinfo=UTC),
        starts_in=timedelta(0),
        description="Bring a chair.\n\nRain or shine.",
        price="$5",
        min_price=5,
        organizer="Harbour Friends",
        url="https://example.org/concert",
        metadata_tags=["music"],
    )


def test_page_tells_everything_in_the_events_zone(client: Client, concert: Event) -> None:
    response = client.get(f"/events/{concert.pk}")
    text = text_of(response)
    for part in (
        "Harbour concert",
        "Monday, June 3, 2030, 7:30 – 9:30 PM EDT",
        "12 Centre Street",
        "Newton, MA",
        "$5",
        "Bring a chair.",
        "by Harbour Friends",
    ):
        assert part in text
    assert dict(response.cookies) == {}
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("price", "known", "told"),
    [("$5", 5, "$5"), ("", 0, "Free"), ("", 10, "from 10"), ("", "7.50", "from 7.50")],
)
def test_price_is_as_written_else_the_least_known(price: str, known: Any, told: str) -> None:
    assert price_text(Event(price=price, min_price=Decimal(known))) == told


def test_page_says_what_is_off(client: Client, concert: Event) -> None:
    page = f"/events/{concert.pk}"
    assert "is over" not in text_of(client.get(page))
    Event.objects.filter(pk=concert.pk).update(event_status="cancelled")
    assert "This event is cancelled." in text_of(client.get(page))
    Event.objects.filter(pk=concert.pk).update(event_status="postponed")
    assert "This event is postponed." in text_of(client.get(page))
    Event.objects.filter(pk=concert.pk).update(withdrawn_at=datetime.now(UTC))
    assert "no longer lists this event" in text_of(client.get(page))
    past = make_event("Past", starts_in=timedelta(days=-3))
    assert "This event is over." in text_of(client.get(f"/events/{past.pk}"))


def test_page_holds_data_and_previews(client: Client, concert: Event) -> None:
    response = client.get(f"/events/{concert.pk}")
    parsed = Tags()
    parsed.feed(response.content.decode())
    data = json.loads(parsed.inline)
    assert (data["@type"], data["startDate"]) == ("Event", "2030-06-03T19:30:00-04:00")
    previews = {a["property"]: a["content"] for _, a in parsed.tags if a.get("property")}
    assert previews["og:title"] == "Harbour concert"
    assert previews["og:url"] == f"http://testserver/events/{concert.pk}"
    assert "June 3, 2030" in (previews["og:description"] or "")


def test_hostile_texts_stay_texts(client: Client, db: None) -> None:
    event = make_event(
        f"Title {HOSTILE}", description=HOSTILE, room_name=HOSTILE, price=HOSTILE[:40],
        organizer=HOSTILE, metadata_tags=[HOSTILE], url="javascript:alert(1)",
    )  # fmt: skip
    parsed = Tags()
    parsed.feed(client.get(f"/events/{event.pk}").content.decode())
    tags = [(tag, attributes) for tag, attributes in parsed.tags]
    assert [tag for tag, _ in tags].count("script") == 1
    assert [attributes["src"] for tag, attributes in tags if tag == "img"] == [
        "/static/web/icon.svg"
    ]
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    assert not [a for _, a in tags if (a.get("href") or "").startswith("javascript")]
    assert json.loads(parsed.inline)["description"] == HOSTILE


def test_calendar_links_carry_the_same_instants(client: Client, concert: Event) -> None:
    parsed = Tags()
    parsed.feed(client.get(f"/events/{concert.pk}").content.decode())
    links = [a["href"] or "" for tag, a in parsed.tags if tag == "a"]
    [google] = [parse_qs(urlsplit(link).query) for link in links if "google" in link]
    [outlook] = [parse_qs(urlsplit(link).query) for link in links if "outlook" in link]
    assert google["dates"] == ["20300603T233000Z/20300604T013000Z"]
    assert (outlook["startdt"], outlook["enddt"]) == (
        ["2030-06-03T23:30:00Z"],
        ["2030-06-04T01:30:00Z"],
    )
    file = client.get(f"/events/{concert.pk}.ics")
    [component] = Calendar.from_ical(file.content).walk("VEVENT")
    assert component.decoded("dtstart") == concert.start_time


@pytest.mark.parametrize(
    "path",
    [
        "/events/9007199254740991",
        "/events/99999999999999999999999",
        "/events/1.exe",
        "/events/9007199254740991.ics",
    ],
)
def test_what_is_not_there_has_a_page_of_its_own(client: Client, db: None, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_pages_answer_only_safe_methods(client: Client, concert: Event) -> None:
    assert client.head(f"/events/{concert.pk}").status_code == 200
    assert client.post(f"/events/{concert.pk}").status_code == 405
    assert client.delete(f"/events/{concert.pk}.ics").status_code == 405


def test_number_of_queries_is_one(
    client: Client, concert: Event, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        client.get(f"/events/{concert.pk}")
