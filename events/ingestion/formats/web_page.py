"""Reads schema.org events out of a web page: JSON-LD, microdata, RDFa."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from w3lib.encoding import html_to_unicode

from events.ingestion.errors import FileBroken, FileTooLarge
from events.ingestion.formats.json_file import MAX_VALUES
from events.ingestion.formats.jsonld import read_values
from events.ingestion.records import Entries, RawEvent, Skipped

# A page is read as a tree, and a tag of three bytes takes some hundreds there.
MAX_TAGS = 100_000
# Deeper than any page; reading the tree goes down by recursion.
_DEEPEST = 200
_MAX_ITEMS = 20_000
# What may refer to itself is followed no further than events need.
_MAX_REFERENCES = 6
_SCHEMA = ("https://schema.org/", "http://schema.org/")


def read_html(content: bytes, content_type: str = "") -> Entries:
    """Every Event in a page's `application/ld+json` scripts, else its microdata, else RDFa.

    Raises:
        FileBroken: the page has none of them, or nothing that can be read.
        FileTooLarge: more tags than a page of events has.
    """
    if content.count(b"<") > MAX_TAGS:
        raise FileTooLarge(f"The page has more than {MAX_TAGS:,} tags.")
    _, page = html_to_unicode(content_type or None, content)
    found = list(_linked_data(page))
    if not any(isinstance(entry, RawEvent) for entry in found):
        found += _annotated(page)
    if not found:
        raise FileBroken("The page holds no schema.org events (JSON-LD, microdata or RDFa).")
    return Entries(iter(found))


def _linked_data(page: str) -> Iterator[RawEvent | Skipped]:
    scripts = _Scripts()
    scripts.feed(page)
    scripts.close()
    values: list[Any] = []
    for number, script in enumerate(scripts.found, start=1):
        try:
            if sum(script.count(mark) for mark in ",[{") > MAX_VALUES:
                raise ValueError
            values.append(json.loads(script, strict=False))
        except (ValueError, RecursionError):
            reason = "the page's JSON-LD is malformed"
            yield Skipped(f"script {number}", "", "broken entry", reason)
    yield from read_values(values)


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


def _annotated(page: str) -> list[RawEvent | Skipped]:
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
        items = [
            {"@id": item.get("id"), **item} for item in _extracted(page, "microdata", uniform=True)
        ]
        if found := list(read_values([items])):
            return found
    if not has_rdfa:
        return []
    return list(read_values([_joined(_extracted(page, "rdfa", uniform=False))]))


def _extracted(page: str, syntax: str, *, uniform: bool) -> list[dict[str, Any]]:
    # Here, since it brings a library for graphs (14 MB) that the service itself never needs.
    import extruct

    try:
        found = extruct.extract(page, syntaxes=[syntax], uniform=uniform, errors="strict")
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise FileBroken("The page's marked data is malformed.") from error
    items: list[dict[str, Any]] = found[syntax]
    return items


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


def _joined(nodes: list[dict[str, Any]]) -> list[Any]:
    """RDFa's flat nodes as objects in objects, with schema.org's short names."""
    by_id = {node["@id"]: node for node in nodes if "@id" in node}
    kinds = [node for node in nodes if "@type" in node]
    return [_short(node, by_id, _MAX_REFERENCES) for node in kinds]


def _short(value: Any, by_id: dict[str, dict[str, Any]], depth: int) -> Any:
    if isinstance(value, list):
        return [_short(each, by_id, depth) for each in value[:50]]
    if not isinstance(value, dict):
        return value
    if "@value" in value:
        return value["@value"]
    if set(value) == {"@id"}:
        known = by_id.get(value["@id"])
        return _short(known, by_id, depth - 1) if known and depth > 0 else value["@id"]
    named = {_name(name): _short(each, by_id, depth) for name, each in value.items()}
    if str(named.get("@id", "")).startswith("_:"):
        del named["@id"]  # a name that is made anew at each reading
    return {
        name: each[0] if isinstance(each, list) and len(each) == 1 else each
        for name, each in named.items()
    }


def _name(name: str) -> str:
    for prefix in _SCHEMA:
        name = name.removeprefix(prefix)
    return name
