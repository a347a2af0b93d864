"""Conversations in a real browser: taken up again, branched, compared, kept in order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from accounts.models import User
from events.models import ChatMessage, ChatSession, Event, Venue
from tests.browser.test_page import QUESTION, ask, sign_in, until_complete
from tests.conftest import Person
from tests.factories import make_event
from tests.fakes.ollama import Gate, Reply
from tests.serving import Service

pytestmark = pytest.mark.asyncio(loop_scope="package")


@pytest.fixture
def concerts(committed: None) -> Iterator[list[Event]]:
    """Eight concerts: more than an answer names, and than are shown at first."""
    bands = ("Owls", "Herons", "Larks", "Swifts", "Wrens", "Finches", "Gulls", "Terns")
    events = [make_event(f"Live jazz: the {band}", metadata_tags=["music"]) for band in bands]
    yield events
    Event.objects.filter(pk__in=[event.pk for event in events]).delete()
    Venue.objects.filter(pk__in=[event.venue_id for event in events]).delete()


async def answered(page: Page, service: Service, ann: Person, text: str) -> Locator:
    service.ollama.reply = Reply(tokens=[text])
    await sign_in(page, ann)
    answer = await ask(page, QUESTION)
    await until_complete(page, answer)
    return answer


async def test_answer_is_read_on_after_a_reload(page: Page, service: Service, ann: Person) -> None:
    gate = Gate()
    service.ollama.reply = Reply(tokens=["Hear ", "the quartet ", "first."], gate=gate)
    await sign_in(page, ann)
    answer = await ask(page, QUESTION)
    gate.release()
    await expect(answer.locator(".text")).to_have_text("Hear")
    await page.reload()
    await expect(page.locator(".question")).to_have_text(f"You: {QUESTION}")
    await expect(answer.locator(".text")).to_have_text("Hear")
    gate.release(2)
    await expect(answer.locator(".text")).to_have_text("Hear the quartet first.")
    await until_complete(page, answer)
    await expect(page.get_by_role("article")).to_have_count(1)


async def test_stopped_answer_says_so_and_keeps_its_words(
    page: Page, service: Service, ann: Person
) -> None:
    gate = Gate()
    service.ollama.reply = Reply(tokens=["Hear ", "the quartet."], gate=gate)
    await sign_in(page, ann)
    answer = await ask(page, QUESTION)
    gate.release()
    await expect(answer.locator(".text")).to_have_text("Hear")
    await page.get_by_role("button", name="Stop").click()
    await expect(answer.get_by_text("You stopped this answer.")).to_be_visible()
    await page.reload()
    await expect(answer.get_by_text("You stopped this answer.")).to_be_visible()
    await expect(answer.locator(".text")).to_have_text("Hear")


async def test_button_counts_the_events_that_the_answer_leaves_out(
    page: Page, service: Service, ann: Person, concerts: list[Event]
) -> None:
    answer = await answered(page, service, ann, "Hear [1], [2] or [3].")
    saved = ChatMessage.objects.filter(user=ann.user, role="assistant")
    listed = (await saved.aget()).metadata["listed_event_ids"]
    cards = answer.get_by_label("Events", exact=True).get_by_role("listitem")
    for _ in range(2):
        await expect(cards).to_have_count(3)
        await expect(answer.get_by_text(f"Show {len(listed) - 3} more")).to_be_visible()
        await page.reload()
    await answer.get_by_text(f"Show {len(listed) - 3} more").click()
    await expect(cards).to_have_count(len(listed))
    await expect(page.locator(".card:focus .number")).to_have_text("Event 4")


async def test_answers_and_wordings_have_alternatives(
    page: Page, service: Service, ann: Person
) -> None:
    answer = await answered(page, service, ann, "First answer.")
    service.ollama.reply = Reply(tokens=["Second answer."])
    await answer.get_by_role("button", name="Answer again").click()
    await expect(answer.locator(".text")).to_have_text("Second answer.")
    await expect(answer.get_by_text("2 of 2")).to_be_visible()
    await expect(answer.get_by_role("button", name="Next answer")).to_be_disabled()
    await answer.get_by_role("button", name="Previous answer").click()
    await expect(answer.locator(".text")).to_have_text("First answer.")

    service.ollama.reply = Reply(tokens=["Third answer."])
    await page.get_by_role("button", name="Edit").click()
    box = page.get_by_label("Your question in other words")
    await expect(box).to_be_focused()
    await box.fill("live folk in Newton, MA")
    await box.press("Enter")
    await expect(answer.locator(".text")).to_have_text("Third answer.")
    await expect(page.locator(".question")).to_have_text("You: live folk in Newton, MA")
    await page.get_by_role("button", name="Previous wording").click()
    await expect(page.locator(".question")).to_have_text(f"You: {QUESTION}")
    await expect(answer.locator(".text")).to_have_text("Second answer.")  # the latest
    await expect(page.get_by_role("article")).to_have_count(1)


async def test_two_answers_are_compared_and_one_is_kept(
    page: Page, service: Service, ann: Person
) -> None:
    answer = await answered(page, service, ann, "The first.")
    service.ollama.reply = Reply(tokens=["By the model."])
    await answer.get_by_role("button", name="Compare two answers").click()
    await expect(answer.get_by_role("heading", name="A: llama3.2:3b")).to_be_visible()
    panes = answer.locator(".pane")
    await expect(panes.nth(0).locator(".text")).to_have_text("By the model.")
    await expect(panes.nth(1)).to_contain_text("I know no events")
    await panes.nth(1).get_by_role("button", name="I like this one better").click()
    await expect(panes).to_have_count(1)
    await expect(answer.locator(".text")).to_contain_text("I know no events")
    preferred = ChatMessage.objects.filter(user=ann.user, preferred=True)
    assert (await preferred.aget()).variant == "B"


async def test_typed_text_and_conversation_outlive_the_tokens(
    browser: Browser, service: Service, ann: Person
) -> None:
    # A page of its own: the browser notes a refused request as an error.
    context = await browser.new_context(base_url=service.address)
    page = await context.new_page()
    answer = await answered(page, service, ann, "The first.")
    me = User.objects.filter(pk=ann.user.pk)
    await me.aupdate(is_active=False)
    await page.get_by_label("Your question").fill("a question that took long")
    await page.get_by_label("Your question").press("Enter")
    await expect(page.get_by_role("alert").first).to_contain_text("Please sign in again.")
    await me.aupdate(is_active=True)
    await page.get_by_label("Username or e-mail").fill(ann.user.username)
    await page.get_by_label("Password").fill(ann.password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_label("Your question")).to_have_value("a question that took long")
    await expect(answer.locator(".text")).to_have_text("The first.")
    await context.close()


async def test_refused_question_is_sent_again_with_one_click(
    browser: Browser, service: Service, ann: Person
) -> None:
    context = await browser.new_context(base_url=service.address)
    page = await context.new_page()
    service.ollama.reply = Reply(tokens=["Here."])
    await sign_in(page, ann)
    await context.set_offline(True)
    answer = await ask(page, QUESTION)
    await expect(answer.get_by_role("alert")).to_have_text(
        "The server cannot be reached. Please try again."
    )
    await context.set_offline(False)
    await answer.get_by_role("button", name="Try again").click()
    await until_complete(page, answer)
    await expect(answer.locator(".text")).to_have_text("Here.")
    await expect(page.locator(".question")).to_have_count(1)
    await context.close()


async def test_earlier_messages_of_a_long_conversation_can_be_read(
    page: Page, service: Service, ann: Person
) -> None:
    session = await ChatSession.objects.acreate(user=ann.user, title="Long")
    for number in range(60):
        await ChatMessage.objects.acreate(
            session=session, user=ann.user, role="user", content=f"Note {number}"
        )
    await sign_in(page, ann)
    await page.get_by_role("button", name="Long", exact=True).click()
    await expect(page.locator(".question")).to_have_count(50)
    await page.get_by_role("button", name="Earlier messages").click()
    await expect(page.locator(".question")).to_have_count(60)
    await expect(page.locator(".question").first).to_have_text("You: Note 0")
    await expect(page.get_by_role("button", name="Earlier messages")).to_have_count(0)


async def test_conversations_are_renamed_archived_and_deleted(
    page: Page, service: Service, ann: Person
) -> None:
    for title in ("One", "Two", "Three"):
        await ChatSession.objects.acreate(user=ann.user, title=title)
    await sign_in(page, ann)
    past = page.get_by_role("navigation")
    await past.get_by_role("button", name="More for One").click()
    await past.get_by_role("button", name="Rename").click()
    await past.get_by_label("New title").fill("First")
    await past.get_by_label("New title").press("Enter")
    await expect(past.get_by_role("button", name="First", exact=True)).to_be_visible()
    await past.get_by_role("button", name="More for Two").click()
    await past.get_by_role("button", name="Archive").click()
    await expect(past.get_by_role("listitem")).to_have_count(2)
    await past.get_by_role("button", name="More for Three").click()
    await past.get_by_role("button", name="Delete").click()
    assert await ChatSession.objects.filter(user=ann.user).acount() == 3
    await past.get_by_role("button", name="Delete for good").click()
    await expect(past.get_by_role("listitem")).to_have_count(1)
    left = ChatSession.objects.filter(user=ann.user).order_by("title")
    kept = [(session.title, session.is_active) async for session in left]
    assert kept == [("First", True), ("Two", False)]
