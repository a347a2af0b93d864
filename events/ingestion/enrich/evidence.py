"""Cuts out the words of a feed that a value was read from; they are kept beside the value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from events.models.event_fields import EVIDENCE_LIMIT

_SENTENCE_END = re.compile(r"[.!?](?=\s)|\n")
_AROUND = 60


def excerpt(text: str, start: int, end: int) -> str:
    """The sentence around a passage, on one line, of at most `EVIDENCE_LIMIT` characters.

    >>> excerpt("Come all. Cost: $5 at the door. Bye.", 16, 18)
    'Cost: $5 at the door.'
    """
    before = [match.end() for match in _SENTENCE_END.finditer(text, 0, start)]
    first = max(before[-1] if before else 0, start - _AROUND)
    after = _SENTENCE_END.search(text, end)
    last = min(after.end() if after else len(text), max(end + _AROUND, first))
    return bounded(text[first:last])


def bounded(text: str) -> str:
    """The text on one line of at most `EVIDENCE_LIMIT` characters."""
    return " ".join(text.split())[:EVIDENCE_LIMIT].rstrip()


def words_of_tags(tags: Iterable[str], words: Mapping[str, str]) -> str:
    """Each tag with the words that gave it away: "music: jazz; food: brunch"."""
    return bounded("; ".join(f"{tag}: {words[tag]}" for tag in tags if words.get(tag)))
