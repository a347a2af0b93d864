"""The page of an event: for everybody, safe with any text, and clear about what is off."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import extruct
import pytest
from django.test import Client
from icalendar import Calendar

from events.models import Event
from tests.events.merging.stored import DRAFT, event, store
from tests.factories import make_event
from tests.web.test_page import Tags
from web.events import price_text

HOUR = timedelta(hours=1)
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


def test_page_is_read_by_another_library(client: Client, concert: Event) -> None:
    page = f"http://testserver/events/{concert.pk}"
    found = extruct.extract(
        client.get(f"/events/{concert.pk}").content.decode(),
        base_url=page,
        syntaxes=["json-ld", "opengraph"],
        uniform=True,
    )
    [data], [preview] = found["json-ld"], found["opengraph"]
    assert (data["startDate"], data["endDate"], data["isAccessibleForFree"]) == (
        *("2030-06-03T19:30:00-04:00", "2030-06-03T21:30:00-04:00", False),
    )
    assert (data["location"]["geo"]["latitude"], data["mainEntityOfPage"]) == (42.33704, page)
    assert {name: preview[name] for name in ("og:title", "@type", "og:url", "og:site_name")} == {
        "og:title": "Harbour concert",
        "@type": "website",
        "og:url": page,
        "og:site_name": "Superschedules",
    }


def test_calendar_links_carry_days_texts_and_an_end(client: Client, db: None) -> None:
    start = datetime(2030, 6, 3, 4, tzinfo=UTC)  # midnight in Newton
    days = make_event(
        "Fair & <more>",
        now=start,
        starts_in=timedelta(0),
        hours=48,
        all_day=True,
        description=HOSTILE,
    )
    google, outlook = calendar_links(client, days)
    assert (google["dates"], google["action"]) == ("20300603/20300605", "TEMPLATE")
    assert (outlook["startdt"], outlook["enddt"], outlook["allday"]) == (
        *("2030-06-03", "2030-06-05", "true"),
    )
    assert google["text"] == outlook["subject"] == "Fair & <more>"
    assert google["location"] == outlook["location"] != ""
    assert google["details"] == outlook["body"]
    assert google["details"].endswith(f"http://testserver/events/{days.pk}")
    endless = make_event("Open end", now=start, starts_in=timedelta(0), end_time=None)
    google, outlook = calendar_links(client, endless)
    assert google["dates"] == "20300603T040000Z/20300603T050000Z"
    assert outlook["enddt"] == "2030-06-03T05:00:00Z"


def calendar_links(client: Client, event: Event) -> list[dict[str, str]]:
    """What the links to Google and Outlook fill in."""
    parsed = Tags()
    parsed.feed(client.get(f"/events/{event.pk}").content.decode())
    links = [urlsplit(a["href"] or "") for tag, a in parsed.tags if tag == "a"]
    hosts = ("calendar.google.com", "outlook.live.com")
    by_host = {link.hostname: dict(parse_qsl(link.query)) for link in links}
    return [by_host[host] for host in hosts]


def test_file_keeps_its_uid_and_counts_each_change(client: Client, db: None) -> None:
    def read() -> dict[str, Any]:
        [one] = Calendar.from_ical(client.get(f"/events/{pk}.ics").content).walk("VEVENT")
        return {name: one.decoded(name) for name in ("uid", "sequence", "last-modified", "dtstart")}

    store("town", DRAFT)
    pk = event("town").pk
    first = read()
    store("town", DRAFT)
    assert read() == first
    store("town", replace(DRAFT, title="Rosa Lind Trio", start_time=DRAFT.start_time + HOUR))
    changed = read()
    assert (changed["uid"], changed["sequence"]) == (first["uid"], first["sequence"] + 1)
    assert changed["dtstart"] == first["dtstart"] + HOUR
    assert changed["last-modified"] >= first["last-modified"]


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
