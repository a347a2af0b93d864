"""The topic: what is left of the words once dates, places and the like are taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.understanding.text import Span, Utterance
from rag.understanding.word_lists import read_patterns, read_words

_PATTERNS = read_patterns(__file__, "patterns.toml", "topic")

# Phrases that only ask and name no topic.
_FILLER = re.compile(_PATTERNS["filler"])
_WORDS = read_words(__file__, "topic_words.toml")
PARTS_OF_DAY = _WORDS["parts_of_day"]
DETAILS = PARTS_OF_DAY | _WORDS["details"]
BETWEEN_DETAILS = _WORDS["between"]
_EDGE_WORDS = _WORDS["edge_words"]


def filler_spans(utterance: Utterance) -> list[Span]:
    """Phrases that only ask."""
    return [Span(*found.span()) for found in _FILLER.finditer(utterance.low)]


def covered(utterance: Utterance, spans: Iterable[Span]) -> bytearray:
    """One byte a character: 1 where a span lies."""
    mask = bytearray(len(utterance.text) + 1)
    for span in spans:
        mask[span.start : span.end] = b"\x01" * (span.end - span.start)
    return mask


def content_runs(
    utterance: Utterance, taken: Iterable[Span], titles: Sequence[Span] = ()
) -> list[tuple[int, int]]:
    """Runs of words (first and last index) that nobody claimed, trimmed of little words.

    The words of `titles` all stay.
    """
    filler = (f for f in filler_spans(utterance) if not any(f.overlaps(t) for t in titles))
    claimed = covered(utterance, [*taken, *filler])
    kept = covered(utterance, titles)
    runs: list[tuple[int, int]] = []
    first: int | None = None
    for index, word in enumerate(utterance.words):
        is_free = not any(claimed[word.start : word.end])
        if is_free and first is None:
            first = index
        if not is_free and first is not None:
            runs.append((first, index - 1))
            first = None
    if first is not None:
        runs.append((first, len(utterance.words) - 1))
    return [run for run in (_trimmed(utterance, *run, kept) for run in runs) if run is not None]


def _trimmed(
    utterance: Utterance, first: int, last: int, kept: bytearray
) -> tuple[int, int] | None:
    words = utterance.words
    while first <= last and words[first].low in _EDGE_WORDS and not kept[words[first].start]:
        first += 1
    while last >= first and words[last].low in _EDGE_WORDS and not kept[words[last].start]:
        last -= 1
    return (first, last) if first <= last else None


def read_topic(utterance: Utterance, taken: Sequence[Span], titles: Sequence[Span] = ()) -> str:
    """The words for the semantic search; empty when nothing is left."""
    words = utterance.words
    return " ".join(
        utterance.text[words[first].start : words[last].end]
        for first, last in content_runs(utterance, taken, titles)
    )
