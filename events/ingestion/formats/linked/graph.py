"""Brings JSON-LD into one shape: schema.org's short names, and references that can be followed.

Contexts are not fetched: what is read is schema.org's own vocabulary, under whichever of its
spellings (short, prefixed, whole address, of http or https), and the names that a document's own
context gives to it. Blank nodes belong to the document in which they stand, all others to the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

# Deeper than events ever lie; what stands below is passed over.
_DEEPEST = 40
_SCHEMA = re.compile(r"https?://(?:www\.)?schema\.org[/#]|schema(?:org)?:", re.IGNORECASE)
# Schema.org's context gives these keywords a second name.
_KEYWORDS = {"id": "@id", "type": "@type"}

_VALUES = {"@value", "@list", "@set"}

Node = dict[str, Any]


@lru_cache(maxsize=4096)
def last_word(address: str) -> str:
    """The last part of an address or a prefixed name: https://schema.org/EventCancelled/."""
    word = address.strip()
    return word if word.isalnum() else re.split(r"[/#:]", word.rstrip("/#"))[-1]


def as_list(value: Any) -> list[Any]:
    """The value as a list; nothing is an empty one."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def types_of(node: Node) -> list[str]:
    """The node's types by their short names."""
    return [last_word(kind) for kind in as_list(node.get("@type")) if isinstance(kind, str)]


class Graph:
    """The nodes of a page, which may refer to each other, also from one script to another."""

    def __init__(self) -> None:
        self._by_id: dict[str, Node] = {}
        self._documents = 0

    def add(self, document: Any) -> Any:
        """The document in its one shape; its nodes can be referred to from now on."""
        self._documents += 1
        return self._plain(document, _KEYWORDS, _DEEPEST)

    def follow(self, value: Any) -> Any:
        """The node itself in place of a reference to it, with all that is said of it anywhere."""
        if isinstance(value, str):
            return self._by_id.get(value, value)
        if isinstance(value, dict) and isinstance(identity := value.get("@id"), str):
            known = self._by_id.get(identity)
            return value if known is None else {**known, **value}
        return value

    def each(self, value: Any) -> list[Any]:
        """Each of the values, references followed; a list that is a node's own is opened."""
        return [] if value is None else [self.follow(one) for one in as_list(value)]

    def first_text(self, value: Any) -> str:
        """A value, the first of several, or a node's name, as text."""
        if value is None:
            return ""
        if isinstance(value, str):
            return value.strip()
        for one in as_list(value):
            if isinstance(one, bool):
                return str(one)
            if isinstance(one, str | int | float):
                return str(one).strip()
            return self._name_of(self.follow(one)) if isinstance(one, dict) else ""
        return ""

    def _name_of(self, node: Node) -> str:
        for name in ("name", "legalName", "url", "@id"):
            value = node.get(name)
            value = value[0] if isinstance(value, list) and value else value
            if isinstance(value, str | int | float) and str(value).strip():
                return "" if str(value).startswith("_:") else str(value).strip()
        return next(self._by_language(node), "")

    def _by_language(self, node: Node) -> Iterator[str]:
        """The texts of a language map, {"en": "Choir", "de": "Chor"}."""
        for language, text in node.items():
            if re.fullmatch(r"[a-z]{2,3}(?:-\w+)*|@none", language) and isinstance(text, str):
                yield text.strip()

    def _plain(self, value: Any, names: Mapping[str, str], depth: int) -> Any:
        if depth < 0:
            return None
        if isinstance(value, list):
            return [self._plain(each, names, depth - 1) for each in value]
        if not isinstance(value, dict):
            return value
        for keyword in _VALUES & value.keys():
            return self._plain(value[keyword], names, depth - 1)
        context = value.get("@context")
        if isinstance(context, dict | list):
            names = _names_of(context, names)
        node: Node = {}
        for name, each in value.items():
            if name == "@context":
                continue
            short = names.get(name) or (_SCHEMA.sub("", name, count=1) if ":" in name else name)
            is_nested = isinstance(each, dict | list)
            plain = self._plain(each, names, depth - 1) if is_nested else each
            if short not in node:
                node[short] = plain
            elif short != "@id":
                node[short] = [*as_list(node[short]), *as_list(plain)]
        self._note(node)
        return node

    def _note(self, node: Node) -> None:
        identity = node.get("@id")
        if not isinstance(identity, str):
            node.pop("@id", None)
            return
        if identity.startswith("_:"):
            node["@id"] = identity = f"_:{self._documents}.{identity[2:]}"
        if len(node) > 1:
            known = self._by_id.setdefault(identity, {})
            for name, value in node.items():
                known.setdefault(name, value)


def _names_of(context: Any, names: Mapping[str, str]) -> Mapping[str, str]:
    """The names that a document's own context gives to schema.org's, and to JSON-LD's keywords."""
    meanings = {
        name: meaning
        for part in as_list(context)
        if isinstance(part, dict)
        for name, each in part.items()
        if isinstance(meaning := _address_of(each), str)
    }
    outer = names.prefixes if isinstance(names, _Names) else ()
    prefixes = (*(f"{name}:" for name, each in meanings.items() if _SCHEMA.fullmatch(each)), *outer)
    own: dict[str, str] = {}
    for name, each in meanings.items():
        # A plain word is one of the vocabulary (`@vocab`).
        if each.startswith("@") or (each.isalnum() and not name.startswith("@")):
            own[name] = each
        elif match := _SCHEMA.match(each):
            own[name] = each[match.end() :]
        elif prefix := next((each for each in prefixes if meanings[name].startswith(each)), ""):
            own[name] = meanings[name][len(prefix) :]
    own = {name: meaning for name, meaning in own.items() if meaning}
    return _Names({**names, **own}, prefixes) if own or prefixes != outer else names


def _address_of(definition: Any) -> Any:
    """What a context says a name to mean: an address, or an object that holds one."""
    if isinstance(definition, dict):
        return definition.get("@id") or definition.get("@reverse")
    return definition


class _Names(dict[str, str]):
    """Names of a context, and prefixes that stand for schema.org."""

    def __init__(self, names: Mapping[str, str], prefixes: tuple[str, ...]) -> None:
        super().__init__(names)
        self.prefixes = prefixes

    def get(self, name: str, default: Any = None) -> Any:
        """The meaning of a name."""
        for prefix in self.prefixes:
            if name.startswith(prefix):
                return name[len(prefix) :]
        return super().get(name, default)
