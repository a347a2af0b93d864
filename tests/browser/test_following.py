"""Following a search from an answer, and the page of an event, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from events.models import Event, Feed, Venue
from tests.browser.test_page import QUESTION, ask, sign_in, until_complete
from tests.conftest import Person
from tests.factories import make_event
from tests.fakes.ollama import Reply
from tests.serving import Service

pytestmark = pytest.mark.asyncio(loop_scope="package")


@pytest.fixture
def quartet(committed: None) -> Iterator[Event]:
    event = make_event(
        "Live jazz quartet " + "w" * 120,
        starts_in=timedelta(hours=20),
        metadata_tags=["music"],
        description="Doors open early. " * 40,
    )
    yield event
    Event.objects.filter(pk=event.pk).delete()
    Venue.objects.filter(pk__in=[event.venue_id]).delete()


async def test_search_becomes_a_calendar_with_one_click(
    page: Page, service: Service, ann: Person, quartet: Event
) -> None:
    service.ollama.reply = Reply(tokens=["Hear the quartet [1]."])
    await sign_in(page, ann)
    answer = await ask(page, QUESTION)
    await until_complete(page, answer)
    await answer.get_by_role("button", name="Subscribe to this search").click()
    address = answer.get_by_label("Address of the calendar")
    await expect(address).to_have_value(re.compile(r"/api/v1/feeds/.+\.ics$"))
    url = await address.input_value()
    link = answer.get_by_role("link", name="Open in calendar")
    await expect(link).to_have_attribute("href", url.replace("http:", "webcal:"))
    await answer.get_by_role("button", name="Copy").click()
    await expect(answer.get_by_role("button", name=re.compile("Copied|Press"))).to_be_visible()
    fetched = await page.request.get(url)
    assert "Live jazz quartet" in await fetched.text()


async def test_followed_searches_are_listed_with_their_mails(
    page: Page, service: Service, ann: Person, quartet: Event
) -> None:
    service.ollama.reply = Reply(tokens=["Hear the quartet [1]."])
    await sign_in(page, ann)
    answer = await ask(page, QUESTION)
    await until_complete(page, answer)
    await page.get_by_role("button", name="Following", exact=True).click()
    panel = page.get_by_role("dialog")
    await expect(panel.get_by_text("None yet.")).to_be_visible()
    await panel.get_by_role("button", name="Close").click()

    await answer.get_by_role("button", name="Subscribe to this search").click()
    await answer.get_by_label("Mails about").select_option("weekly")
    await expect(answer.get_by_text("Saved")).to_be_visible()
    await page.get_by_role("button", name="Following", exact=True).click()
    await expect(panel.get_by_label("Mails about")).to_have_value("weekly")
    await panel.get_by_role("button", name="Stop following").click()
    await expect(panel.get_by_text("None yet.")).to_be_visible()
    assert await Feed.objects.filter(user=ann.user).acount() == 0


async def test_card_leads_to_the_page_of_its_event(
    page: Page, service: Service, ann: Person, quartet: Event
) -> None:
    service.ollama.reply = Reply(tokens=["Hear the quartet [1]."])
    await page.set_viewport_size({"width": 360, "height": 640})
    await sign_in(page, ann)
    answer = await ask(page, QUESTION)
    await until_complete(page, answer)
    await answer.get_by_role("link", name="Details").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(quartet.title)
    await expect(page.get_by_role("link", name="Google")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
