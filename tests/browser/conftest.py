"""A real Chromium, watched: no error, no dialog and no foreign request goes unnoticed."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from django.core.management import call_command
from playwright.async_api import Browser, ConsoleMessage, Dialog, Error, Page, Request, expect
from playwright.async_api import async_playwright as playwright
from pytest_django.plugin import DjangoDbBlocker

from tests.fakes.ollama import FakeOllama
from tests.serving import Service, running_service

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE_MS = 10_000


@pytest.fixture(scope="package")
def running(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Service]:
    """A service with the page's files, and patience with tokens that a test holds back."""
    patience = {"LLM_FIRST_TOKEN_TIMEOUT": "30", "LLM_BETWEEN_TOKENS_TIMEOUT": "30"}
    call_command("collectstatic", verbosity=0, interactive=False)
    with django_db_blocker.unblock():
        folder = Path(os.environ["DATA_DIR"])
        with FakeOllama() as ollama, running_service(folder, ollama, **patience) as service:
            yield service


@pytest.fixture(scope="package")
def chromium() -> Path:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not on this machine")
    return CHROMIUM


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    async with playwright() as tools:
        browser = await tools.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="package")
async def page(browser: Browser, service: Service) -> AsyncIterator[Page]:
    """An empty tab of a new profile, in New York; afterwards nothing may have gone wrong in it."""
    context = await browser.new_context(
        base_url=service.address, locale="en-US", timezone_id="America/New_York"
    )
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    troubles: list[str] = []
    for event, notice in _watchers(service.address, troubles).items():
        page.on(event, notice)  # type: ignore[call-overload]
    yield page
    await context.close()
    assert troubles == []


def _watchers(address: str, troubles: list[str]) -> dict[str, Callable[..., object]]:
    def console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            troubles.append(f"console: {message.text}")

    def request(request: Request) -> None:
        if not re.match(rf"{re.escape(address)}/|data:", request.url):
            troubles.append(f"request to {request.url}")

    def uncaught(error: Error) -> None:
        troubles.append(f"uncaught: {error}")

    async def dialog(dialog: Dialog) -> None:
        troubles.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    return {"console": console, "request": request, "pageerror": uncaught, "dialog": dialog}
