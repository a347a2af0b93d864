"""Reads schema.org events out of a web page: JSON-LD, microdata, RDFa."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from w3lib.encoding import html_to_unicode

from events.ingestion.errors import FileBroken, FileTooLarge
from events.ingestion.formats.json_file import MAX_VALUES
from events.ingestion.formats.linked.jsonld import read_values
from events.ingestion.formats.loose_json import load_loose
from events.ingestion.records import Entries, RawEvent, Skipped

_TIME = re.compile(
    r"<time(?P<attributes>(?:\s[^<>]{0,2000})?)>(?P<text>[^<]{0,500}(?:<(?!/?time)[^<]{0,500}){0,9})</time>",
    re.IGNORECASE,
)
_DATETIME = re.compile(r"\bdatetime\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
# A page is read as a tree, and a tag of three bytes takes some hundreds there.
MAX_TAGS = 100_000
# Deeper than any page; reading the tree goes down by recursion.
_DEEPEST = 200
_MAX_ITEMS = 20_000


def read_html(content: bytes, now: datetime, content_type: str = "") -> Entries:
    """Every Event in a page's `application/ld+json` scripts, else its microdata, else RDFa.

    Raises:
        FileBroken: the page has none of them, or nothing that can be read.
        FileTooLarge: more tags than a page of events has.
    """
    if content.count(b"<") > MAX_TAGS:
        raise FileTooLarge(f"The page has more than {MAX_TAGS:,} tags.")
    _, page = html_to_unicode(content_type or None, content)
    found = list(_linked_data(page, now))
    if not any(isinstance(entry, RawEvent) for entry in found):
        found += _annotated(page, now)
    if not found:
        raise FileBroken("The page holds no schema.org events (JSON-LD, microdata or RDFa).")
    return Entries(iter(found))


def _linked_data(page: str, now: datetime) -> Iterator[RawEvent | Skipped]:
    scripts = _Scripts()
    scripts.feed(page)
    scripts.close()
    values: list[Any] = []
    for number, script in enumerate(scripts.found, start=1):
        try:
            if sum(script.count(mark) for mark in ",[{") > MAX_VALUES:
                raise ValueError
            values.extend(load_loose(script))
        except (ValueError, RecursionError):
            reason = "the page's JSON-LD is malformed"
            yield Skipped(f"script {number}", "", "broken entry", reason)
    yield from read_values(values, now)


class _Scripts(HTMLParser):
    """Collects the text of `<script type="application/ld+json">`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[list[str]] = []
        self._inside = False

    @property
    def found(self) -> list[str]:
        """The scripts' texts."""
        return ["".join(parts) for parts in self._parts]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = (dict(attrs).get("type") or "").partition(";")[0].strip().lower()
        if tag == "script" and kind == "application/ld+json":
            self._inside = True
            self._parts.append([])

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._parts[-1].append(data)


def _annotated(page: str, now: datetime) -> list[RawEvent | Skipped]:
    """The events of a page whose words themselves are marked."""
    lowered = page.lower()
    has_microdata, has_rdfa = "itemscope" in lowered, "typeof" in lowered
    if not (has_microdata or has_rdfa):
        return []
    if lowered.count("itemscope") + lowered.count("typeof") > _MAX_ITEMS:
        raise FileTooLarge(f"The page has more than {_MAX_ITEMS:,} marked items.")
    if _depth(page) > _DEEPEST:
        raise FileBroken("The page's elements are nested too deep.")
    if has_microdata:
        items = _extracted(page, "microdata", uniform=True)
        if found := list(read_values([items], now)):
            return found
    if not has_rdfa:
        return []
    return list(read_values([_extracted(page, "rdfa", uniform=False)], now))


def _extracted(page: str, syntax: str, *, uniform: bool) -> list[dict[str, Any]]:
    page = _TIME.sub(_with_value, page)
    # Here, since it brings a library for graphs (14 MB) that the service itself never needs.
    import extruct

    try:
        found = extruct.extract(page, syntaxes=[syntax], uniform=uniform, errors="strict")
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise FileBroken("The page's marked data is malformed.") from error
    items: list[dict[str, Any]] = found[syntax]
    return items


def _with_value(match: re.Match[str]) -> str:
    """A <time> with its value in both attributes: `extruct` knows one of them in each syntax.

    Without `datetime` the element's text is its value, as HTML says.
    """
    attributes = match["attributes"]
    stated = _DATETIME.search(attributes)
    if stated is None:
        text = " ".join(_TAG.sub(" ", match["text"]).split())
        value = html.escape(html.unescape(text))
        attributes += f' datetime="{value}"'
    else:
        value = stated["value"].strip("\"'")
    if " content=" not in attributes.lower():
        attributes += f' content="{value}"'
    return f"<time{attributes}>{match['text']}</time>"


class _Depth(HTMLParser):
    """Measures how deep the elements of a page are nested, as written."""

    _WITHOUT_END = frozenset(
        {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"}
        | {"track", "wbr", "p", "li", "td", "tr", "th", "option", "dd", "dt"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.deepest = 0
        self._now = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self._WITHOUT_END:
            self._now += 1
            self.deepest = max(self.deepest, self._now)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._WITHOUT_END:
            self._now = max(self._now - 1, 0)


def _depth(page: str) -> int:
    parser = _Depth()
    parser.feed(page)
    return parser.deepest
