"""Reads the XML of feeds into items: elements by name, each with its attributes and its text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from lxml import etree

from events.ingestion.errors import FileBroken, FileTooLarge
from events.ingestion.formats.decoding import decode

# An item of three bytes takes a thousand in memory.
MAX_TAGS = 100_000
_ENTITY = re.compile(rb"<!\s*ENTITY", re.IGNORECASE)
_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf|icalendar)\s*>", re.IGNORECASE)
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([a-zA-Z]\w{1,30});")
_MERE_AMPERSAND = re.compile(r"&(?!(?:\w{1,31}|#\d{1,7}|#x[\da-fA-F]{1,6});)")
_NARROW = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
# Namespaces whose prefixes feeds choose as they like.
_PREFIXES = {
    "http://purl.org/rss/1.0/modules/event/": "ev",
    "urn:ietf:params:xml:ns:xcal": "xcal",
    "http://schemas.google.com/g/2005": "gd",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo",
    "http://www.georss.org/georss": "georss",
    "http://www.opengis.net/gml": "gml",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://www.w3.org/2005/Atom": "",
    "http://purl.org/rss/1.0/": "",
    "http://purl.org/atom/ns#": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
}


@dataclass(frozen=True, slots=True)
class Element:
    """One element of an item; names and attributes' names are in lower case."""

    name: str
    attributes: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """The elements of one item, those within others behind them."""

    elements: tuple[Element, ...]
    about: str = ""

    def first(self, *names: str) -> str:
        """The first text of the elements of these names; `name@attribute` is an attribute's."""
        for name in names:
            tag, _, attribute = name.partition("@")
            for element in self.elements:
                said = element.attributes.get(attribute, "") if attribute else element.text
                if element.name == tag and said.strip():
                    return said.strip()
        return ""

    def all(self, name: str) -> Iterator[Element]:
        """The elements of a name."""
        return (element for element in self.elements if element.name == name)


def read_tree(content: bytes) -> etree._Element:
    """The root element of a feed.

    Raises:
        FileBroken: no XML, XML that is cut off, or one that declares entities.
        FileTooLarge: more elements than a feed has.
    """
    if content.count(b"<") > MAX_TAGS:
        raise FileTooLarge(f"The feed has more than {MAX_TAGS:,} tags.")
    # Wide letters are bytes with zeros between them.
    narrow = content.replace(b"\x00", b"")
    if _ENTITY.search(narrow):
        raise FileBroken("The feed declares entities (a document type), which no feed needs.")
    if not _END.search(narrow[-1000:]):
        raise FileBroken("The file is neither RSS nor Atom, or it is cut off.")
    text = _DECLARATION.sub("", _decoded(content).lstrip("\ufeff \r\n\t"), count=1)
    text = _NAMED.sub(lambda match: html.unescape(match[0]), text)
    root = _parsed(text, lenient=False)
    if root is None:
        root = _parsed(_MERE_AMPERSAND.sub("&amp;", text), lenient=True)
    if root is None:
        raise FileBroken("The feed is malformed.")
    return root


def _decoded(content: bytes) -> str:
    declared = _DECLARED.match(content)
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    if name not in _NARROW:
        with suppress(LookupError, UnicodeDecodeError):
            return content.decode(name)
    return decode(content)


def _parsed(text: str, *, lenient: bool) -> etree._Element | None:
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, recover=lenient, remove_pis=True
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def items_of(root: etree._Element) -> list[Item]:
    """The feed's items, in their order."""
    return [
        Item(tuple(_elements(each)), str(each.get(f"{{{_RDF}}}about") or ""))
        for each in root.iter()
        if isinstance(each.tag, str) and name_of(each) in ("item", "entry")
    ]


def head_of(root: etree._Element) -> Item:
    """The elements of the feed itself, without its items."""
    heads = [root, *(each for each in root if isinstance(each.tag, str))]
    return Item(
        tuple(
            Element(name_of(child), _attributes(child), child.text or "")
            for head in heads
            if name_of(head) in ("channel", "feed", "rss", "rdf")
            for child in head
            if isinstance(child.tag, str) and len(child) == 0
        )
    )


_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
# Their text may be markup written as elements.
_RICH = frozenset({"title", "summary", "content", "description", "content_encoded"})


def _elements(item: etree._Element) -> Iterator[Element]:
    for child in item.iter():
        if child is item or not isinstance(child.tag, str):
            continue
        name = name_of(child)
        is_rich = name in _RICH and len(child) > 0
        text = _inner(child) if is_rich else child.text or ""
        yield Element(name, _attributes(child), text)


def _inner(element: etree._Element) -> str:
    parts = [html.escape(element.text or "", quote=False)]
    parts += [etree.tostring(child, encoding="unicode") for child in element]
    return "".join(parts)


def _attributes(element: etree._Element) -> dict[str, str]:
    return {
        etree.QName(name).localname.lower(): str(value) for name, value in element.attrib.items()
    }


def name_of(element: etree._Element) -> str:
    """The element's name, with the usual prefix of its namespace: ev_startdate."""
    name = etree.QName(element)
    local = name.localname.lower()
    prefix = element.prefix or ""
    if name.namespace is not None:
        prefix = _PREFIXES.get(name.namespace, prefix)
    return f"{prefix.lower()}_{local}" if prefix and name.namespace != _RDF else local
