"""Reads the vocabularies of topics and audiences, which stand in TOML files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

# Texts whose reading is kept; some megabytes at most.
REMEMBERED = 4096

Patterns = Mapping[str, re.Pattern[str]]


@cache
def read_vocabulary(name: str) -> Mapping[str, Patterns]:
    """For each field (title, description, …) the pattern of each tag, in the file's order."""
    tags = tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))
    fields = dict.fromkeys(field for entries in tags.values() for field in entries)
    return {
        field: {tag: _pattern(entries[field]) for tag, entries in tags.items() if field in entries}
        for field in fields
    }


def matching_tags(patterns: Patterns, text: str) -> dict[str, str]:
    """The tags whose words the text holds, each with the first of these words."""
    found = ((tag, pattern.search(text)) for tag, pattern in patterns.items() if text)
    return {tag: match[0] for tag, match in found if match}


def _pattern(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE | re.MULTILINE)
