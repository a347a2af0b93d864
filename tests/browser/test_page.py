"""The page in a real browser, against the running service and a scripted Ollama."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from events.models import Event, Venue
from tests.conftest import Person
from tests.factories import make_event
from tests.fakes.ollama import Gate, Reply
from tests.serving import Service

pytestmark = pytest.mark.asyncio(loop_scope="package")

QUESTION = "live jazz in Newton, MA in the next 3 days"
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script> jazz"


def _delete(events: list[Event]) -> None:
    Event.objects.filter(pk__in=[event.pk for event in events]).delete()
    Venue.objects.filter(pk__in=[event.venue_id for event in events]).delete()


@pytest.fixture
def jazz(committed: None) -> Iterator[list[Event]]:
    events = [
        make_event(
            "Live jazz quartet at the corner bar",
            metadata_tags=["music"],
            url="https://example.org/quartet",
        ),
        make_event("Jazz piano evening", starts_in=timedelta(days=2), metadata_tags=["music"]),
    ]
    yield events
    _delete(events)


@pytest.fixture
def hostile(committed: None) -> Iterator[list[Event]]:
    """An event whose every text is markup, and one with words that do not break."""
    events = [
        make_event(
            f"Live jazz {HOSTILE}",
            description=f"Live jazz. {HOSTILE}",
            url="javascript:alert(3)",
            price='"><script>alert(4)</script>',
            room_name=HOSTILE,
            metadata_tags=["music"],
        ),
        make_event(
            "Live jazz " + "w" * 180,
            starts_in=timedelta(days=2),
            url="https://example.org/" + "u" * 300,
            price="$" + "9" * 90,
            metadata_tags=["music"],
        ),
    ]
    yield events
    _delete(events)


async def sign_in(page: Page, person: Person) -> None:
    await page.goto("/")
    await page.get_by_label("Username or e-mail").fill(person.user.username)
    await page.get_by_label("Password").fill(person.password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_label("Your question")).to_be_focused()


async def ask(page: Page, question: str) -> Locator:
    """Sends a question; returns its answer as it is being written."""
    await page.get_by_label("Your question").fill(question)
    await page.get_by_label("Your question").press("Enter")
    return page.get_by_role("article").last


async def until_complete(page: Page, answer: Locator) -> None:
    await expect(answer.locator(".text")).to_have_attribute("aria-busy", "false")
    await expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


async def test_cards_come_before_the_first_token_and_tokens_one_by_one(
    page: Page, service: Service, ann: Person, jazz: list[Event]
) -> None:
    gate = Gate()
    service.ollama.reply = Reply(tokens=["Hear ", "the quartet ", "first."], gate=gate)
    await sign_in(page, ann)
    answer = await ask(page, QUESTION)

    await expect(answer.get_by_role("heading").first).to_have_text(jazz[0].title)
    cards = answer.get_by_label("Events", exact=True).get_by_role("listitem")
    await expect(cards).to_have_count(2)
    await expect(answer.get_by_text("near Newton, MA")).to_be_visible()
    text = answer.locator(".text")
    await expect(text).to_have_text("")
    await expect(page.get_by_role("button", name="Stop")).to_be_visible()
    for written in ("Hear", "Hear the quartet", "Hear the quartet first."):
        gate.release()
        await expect(text).to_have_text(written)
    await until_complete(page, answer)


async def test_citation_lights_its_card_and_a_follow_up_is_asked(
    page: Page, service: Service, ann: Person, jazz: list[Event]
) -> None:
    service.ollama.reply = Reply(tokens=["Hear the quartet [1], ", "then the piano [2]."])
    await sign_in(page, ann)
    answer = await ask(page, QUESTION)
    await until_complete(page, answer)

    for number, event in enumerate(jazz, start=1):
        await answer.get_by_role("link", name=f"event {number}").click()
        lit = page.locator(".card.lit")
        await expect(lit).to_have_count(1)
        await expect(lit.get_by_role("heading")).to_have_text(event.title)
        await expect(lit).to_be_focused()
    link = answer.get_by_role("link", name=jazz[0].title, exact=True)
    await expect(link).to_have_attribute("href", "https://example.org/quartet")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")

    follow_up = answer.get_by_role("button").first
    question = await follow_up.inner_text()
    await follow_up.click()
    await expect(page.locator(".question").last).to_have_text(f"You: {question}")
    await until_complete(page, page.get_by_role("article").last)
    assert service.ollama.chats[-1].json["messages"][-1]["content"].rstrip().endswith(question)


async def test_failure_in_the_middle_is_told_beside_what_was_written(
    page: Page, service: Service, ann: Person, jazz: list[Event]
) -> None:
    service.ollama.reply = Reply(
        tokens=["Hear the quartet ", "first."], fault="disconnect", fault_after=1
    )
    await sign_in(page, ann)
    answer = await ask(page, QUESTION)
    await expect(answer.get_by_role("alert")).to_have_text("The language model failed to answer.")
    await expect(answer.locator(".text")).to_have_text("Hear the quartet")
    await until_complete(page, answer)


async def test_old_conversation_is_there_after_a_reload(
    page: Page, service: Service, ann: Person, jazz: list[Event]
) -> None:
    service.ollama.reply = Reply(tokens=["Hear the quartet [1]."])
    await sign_in(page, ann)
    await until_complete(page, await ask(page, QUESTION))

    await page.reload()
    await expect(page.locator(".question")).to_have_text(f"You: {QUESTION}")
    answer = page.get_by_role("article")
    await expect(answer.locator(".text")).to_have_text("Hear the quartet 1.")
    await answer.get_by_role("link", name="event 1").click()
    await expect(page.locator(".card.lit").get_by_role("heading")).to_have_text(jazz[0].title)

    await ask(page, "and on Sunday?")
    await expect(page.get_by_role("article")).to_have_count(2)
    await until_complete(page, page.get_by_role("article").last)
    await expect(page.get_by_role("navigation").get_by_role("listitem")).to_have_count(1)


async def test_hostile_texts_stay_texts(
    page: Page, service: Service, ann: Person, hostile: list[Event]
) -> None:
    service.ollama.reply = Reply(tokens=[HOSTILE, " [1](javascript:alert(5)) **", HOSTILE, "**"])
    await sign_in(page, ann)
    answer = await ask(page, f"live jazz in Newton, MA {HOSTILE}")
    await until_complete(page, answer)

    await expect(page.locator(".question")).to_contain_text(HOSTILE)
    await expect(answer.get_by_role("heading").first).to_have_text(hostile[0].title)
    await expect(answer.locator(".where").first).to_contain_text(HOSTILE)
    await expect(answer.locator(".facts").first).to_contain_text('"><script>alert(4)</script>')
    await expect(answer.locator("strong")).to_have_text(HOSTILE)
    await expect(answer.get_by_role("heading").first.get_by_role("link")).to_have_count(0)
    for made in ("img", "script", "iframe", "[onerror]", "a[href^='javascript' i]"):
        await expect(page.get_by_role("log").locator(made)).to_have_count(0)


async def test_narrow_screen_needs_no_sideways_scrolling(
    page: Page, service: Service, ann: Person, hostile: list[Event]
) -> None:
    service.ollama.reply = Reply(tokens=["Hear [1] and [2]. ", "x" * 300])
    await page.set_viewport_size({"width": 360, "height": 640})
    await page.goto("/")
    await _assert_fits(page)
    await sign_in(page, ann)
    await _assert_fits(page)
    answer = await ask(page, "live jazz in Newton, MA " + "y" * 300)
    await until_complete(page, answer)
    await expect(answer.get_by_role("heading")).to_have_count(2)
    await _assert_fits(page)

    await expect(page.get_by_role("navigation")).to_be_hidden()
    await page.get_by_role("button", name="Chats").click()
    await expect(page.get_by_role("button", name="New chat")).to_be_visible()
    await _assert_fits(page)


async def _assert_fits(page: Page) -> None:
    """Nothing that can be scrolled is wider than what is seen of it."""
    wider = await page.evaluate(
        """() => [...document.querySelectorAll("html, body, body *")]
            .filter((element) => !element.closest(".unseen, .skip"))
            .filter((element) => element.scrollWidth > element.clientWidth + 1)
            .filter((element) => ["auto", "scroll", "visible"].includes(
                getComputedStyle(element).overflowX) && element.clientWidth > 0)
            .map((element) => `${element.tagName}.${element.className}`)"""
    )
    assert wider == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_keyboard_alone_is_enough(
    page: Page, service: Service, ann: Person, jazz: list[Event]
) -> None:
    service.ollama.reply = Reply(tokens=["Hear the quartet [1]."])
    await page.goto("/")
    await page.keyboard.type(ann.user.username)
    await page.keyboard.press("Tab")
    await page.keyboard.type(ann.password)
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Your question")).to_be_focused()

    await page.keyboard.type("live jazz")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("in Newton, MA")
    await page.keyboard.press("Enter")
    answer = page.get_by_role("article")
    await until_complete(page, answer)
    await expect(page.locator(".question")).to_have_text("You: live jazz\nin Newton, MA")

    cited = answer.get_by_role("link", name="event 1")
    await _tab_to(page, cited, backwards=True)
    await page.keyboard.press("Enter")
    await expect(page.locator(".card.lit")).to_be_focused()
    await _tab_to(page, answer.get_by_role("link", name=jazz[0].title, exact=True))
    await _tab_to(page, answer.get_by_role("button").first, backwards=True)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article")).to_have_count(2)
    await until_complete(page, page.get_by_role("article").last)


async def _tab_to(page: Page, target: Locator, *, backwards: bool = False) -> None:
    for _ in range(30):
        await page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if await target.evaluate("(element) => element === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not reach {target}")


async def test_signing_out_leaves_nothing_on_the_page(
    page: Page, service: Service, ann: Person, jazz: list[Event]
) -> None:
    await sign_in(page, ann)
    await until_complete(page, await ask(page, QUESTION))
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_label("Username or e-mail")).to_be_focused()
    await expect(page.get_by_role("article")).to_have_count(0)
    assert await page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    assert await page.context.cookies() == []
    await page.reload()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_api_documentation_is_drawn_from_this_host_alone(page: Page) -> None:
    await page.goto("/api/v1/docs")
    await expect(page.get_by_role("heading", name="Superschedules")).to_be_visible()
    await expect(page.get_by_text("/api/v1/chat/stream")).to_be_visible()
