"""Reads the word lists that stand beside the code: data files, each read once, at import.

In TOML a list is a text of many words; a comment above it says what it is for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_PLACEHOLDER = re.compile(r"<<(\w+)>>")


def read_toml(beside: str, name: str) -> Mapping[str, Any]:
    """The data file `name` in the folder of a module, whose `__file__` is `beside`."""
    return tomllib.loads(Path(beside).with_name(name).read_text(encoding="utf-8"))


def read_words(beside: str, name: str) -> Mapping[str, frozenset[str]]:
    """Word lists by their names, from a data file that holds nothing else."""
    return {key: frozenset(words.split()) for key, words in read_toml(beside, name).items()}


def read_patterns(beside: str, name: str, section: str | None = None) -> Mapping[str, str]:
    """Patterns by their names, each the join of its pieces, from a section of a data file."""
    file = read_toml(beside, name)
    patterns = file[section] if section else file
    return {key: "".join(pieces) for key, pieces in patterns.items()}


def read_lines(beside: str, name: str) -> list[str]:
    """The lines of a text file beside a module, without comments and empty ones."""
    text = Path(beside).with_name(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def compile_patterns(
    beside: str, name: str, section: str, **shared: str
) -> Mapping[str, re.Pattern[str]]:
    """The compiled patterns of a section; `<<name>>` stands for another, or a shared one."""
    known = {**shared, **read_patterns(beside, name, section)}

    def whole(text: str) -> str:
        return _PLACEHOLDER.sub(lambda found: whole(known[found[1]]), text)

    return {key: re.compile(whole(text)) for key, text in known.items()}
