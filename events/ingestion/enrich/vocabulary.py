"""Reads the vocabularies of topics and audiences, which stand in TOML files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path


class Words:
    """The words of one field, by tag.

    Texts are looked through in lower case, and first for all words at once: most
    say nothing, and a pattern without case takes several times as long.
    """

    def __init__(self, by_tag: Mapping[str, Sequence[str]]) -> None:
        self.tags = tuple(by_tag)
        self._any = _pattern([word for words in by_tag.values() for word in words])
        self._by_tag = {tag: _pattern(words) for tag, words in by_tag.items()}

    def matching_tags(self, text: str) -> dict[str, str]:
        """The tags whose words the text holds, each with the first of these words."""
        lowered = _lowered(text)
        if self._any.search(lowered) is None:
            return {}
        found = ((tag, pattern.search(lowered)) for tag, pattern in self._by_tag.items())
        return {tag: text[match.start() : match.end()] for tag, match in found if match}

    def tags_meant(self, keyword: str) -> frozenset[str]:
        """The tags that a text stands for as a whole."""
        lowered = _lowered(keyword)
        return frozenset(tag for tag, each in self._by_tag.items() if each.fullmatch(lowered))


@cache
def read_vocabulary(name: str) -> Mapping[str, Words]:
    """For each field (title, description, …) the words of each tag, in the file's order."""
    tags = tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))
    fields = dict.fromkeys(field for entries in tags.values() for field in entries)
    return {
        field: Words({tag: entries[field] for tag, entries in tags.items() if field in entries})
        for field in fields
    }


def _lowered(text: str) -> str:
    """In lower case, letter by letter where a letter would become two."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(lower if len(lower := letter.lower()) == 1 else letter for letter in text)


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.MULTILINE)
