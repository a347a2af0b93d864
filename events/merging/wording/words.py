"""Reads `words.toml`: one place for the lists, which several modules of this package need."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

_LISTS: dict[str, str] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def words_of(name: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(_LISTS[name].split())


def families_of(name: str) -> tuple[frozenset[str], ...]:
    """The lines of a list, each a set of words."""
    return tuple(frozenset(line.split()) for line in _LISTS[name].strip().splitlines())


def _spellings() -> dict[str, str]:
    lines = (line.partition(":") for line in _LISTS["spellings"].strip().splitlines())
    return {form.strip(): word.strip() for word, _, forms in lines for form in forms.split(",")}


_SPELLINGS = _spellings()
_SPELLED = re.compile(
    rf"\b(?:{'|'.join(sorted(map(re.escape, _SPELLINGS), key=len, reverse=True))})\b"
)


def spelled_alike(folded: str) -> str:
    """A folded text with each word and phrase in the one spelling of its kind.

    >>> spelled_alike("jr varsity at manheim twp")
    'jv at manheim township'
    """
    return _SPELLED.sub(lambda match: _SPELLINGS[match[0]], folded)
