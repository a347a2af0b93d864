"""The page at the root: safe headers, no cookies, and nothing inline."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

STATIC = Path(__file__).resolve().parent.parent.parent / "web" / "static" / "web"
# What turns a string into markup or code.
DANGEROUS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment"
    r"|DOMParser|\beval\(|new Function|setHTML"
)


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and the text inside scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.inline += data.strip()


@pytest.fixture
def page(client: Client) -> Any:
    return client.get("/")


@pytest.fixture
def tags(page: Any) -> Tags:
    parsed = Tags()
    parsed.feed(page.content.decode())
    return parsed


def test_page_is_html_and_sets_no_cookie(page: Any) -> None:
    assert page.status_code == 200
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert dict(page.cookies) == {}


def test_page_allows_only_its_own_origin(page: Any) -> None:
    policy = dict(
        directive.strip().split(" ", 1) for directive in page["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in page["Content-Security-Policy"]


def test_page_answers_only_safe_methods(client: Client) -> None:
    assert client.head("/").status_code == 200
    assert client.post("/").status_code == 405


def test_address_that_leads_nowhere_has_a_page(client: Client) -> None:
    response = client.get("/nothing/here")
    assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "No page has this address." in response.content.decode()
    assert "default-src 'self'" in response["Content-Security-Policy"]


def test_page_has_nothing_inline(tags: Tags) -> None:
    names = {name for _, attributes in tags.tags for name in attributes}
    assert tags.inline == ""
    assert {name for name in names if name == "style" or name.startswith("on")} == set()


def test_every_asset_of_the_page_exists(tags: Tags) -> None:
    addresses = {attributes.get("src") or attributes.get("href") for _, attributes in tags.tags}
    assets = {address for address in addresses if address and not address.startswith("#")}
    assert {Path(asset).name for asset in assets} == {"app.css", "app.js", "icon.svg"}
    for asset in assets:
        assert finders.find(asset.removeprefix("/static/")) is not None


def test_every_field_of_the_page_has_a_label(tags: Tags) -> None:
    labelled = {attributes["for"] for tag, attributes in tags.tags if tag == "label"}
    fields = {attributes["id"] for tag, attributes in tags.tags if tag in ("input", "textarea")}
    assert fields == labelled


def test_scripts_never_turn_a_string_into_markup() -> None:
    scripts = sorted(STATIC.glob("*.js"))
    assert [script.name for script in scripts] == [
        *("answers.js", "api.js", "app.js", "branches.js", "cards.js", "conversation.js"),
        *("drawing.js", "following.js", "reading.js", "sessions.js", "turns.js"),
    ]
    for script in scripts:
        assert DANGEROUS.findall(script.read_text()) == []


def test_scripts_name_only_elements_of_the_page(tags: Tags) -> None:
    ids = {attributes["id"] for _, attributes in tags.tags if "id" in attributes}
    used = {
        name
        for script in STATIC.glob("*.js")
        for name in re.findall(r'\$\("([\w-]+)"\)', script.read_text())
    }
    assert used
    assert used - ids == set()


def test_reading_functions_pass_their_tests_in_node(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine")
    shutil.copy(STATIC / "reading.js", tmp_path / "reading.mjs")
    shutil.copy(Path(__file__).parent / "reading_test.mjs", tmp_path)
    finished = subprocess.run(
        [node, "reading_test.mjs"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
