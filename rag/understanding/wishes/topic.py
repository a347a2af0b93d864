"""The topic: what is left of the words once dates, places and the like are taken out.

Also topics of which one is enough, what is not wanted, and the order ("jazz or blues", "no
bars"). A sentence embedder knows no "not": what is refused would bring more of what it names,
so its words are taken out of the topic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.types import Constraints, Order
from rag.understanding.text import Span, Utterance, Wish
from rag.understanding.word_lists import read_patterns, read_toml, read_words

_PATTERNS = read_patterns(__file__, "patterns.toml", "topic")

# Phrases that only ask and name no topic.
_FILLER = re.compile(_PATTERNS["filler"])
_WORDS = read_words(__file__, "topic_words.toml")
PARTS_OF_DAY = _WORDS["parts_of_day"]
DETAILS = PARTS_OF_DAY | _WORDS["details"]
BETWEEN_DETAILS = _WORDS["between"]
_EDGE_WORDS = _WORDS["edge_words"]
LITTLE_WORDS = _EDGE_WORDS | DETAILS


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


_FILE = read_toml(__file__, "patterns.toml")["choices"]
_NEVER = frozenset(_FILE["never"].split())
_END_WORDS = (
    r"(?:in|on|near|at|around|for|with|this|next|tomorrow|tonight|today|please|and|or|nor|but|within"
    r"|under|between|because|if|that|which|either|though|from|events?|stuff|things|ones|anymore"
    r"|instead|again)"
)
_UNWANTED = re.compile(
    rf"(?:{'|'.join(_FILE['refusing'])})(?![\w']) ?(?:an? |the |any |of |at |in |on )*"
    rf"(?P<what>[a-z][\w'&-]*(?: (?!{_END_WORDS}\b)[\w'&-]+){{0,2}})"
    rf"(?: (?:events?|stuff|things|ones))?(?= ?(?:$|[?!.,;)]| {_END_WORDS}\b))"
)
_MORE = rf"(?:no )?(?P<what>(?!{_END_WORDS}\b)[a-z][\w'&-]*)"
_AND_MORE = re.compile(rf" ?(?:,|and|or|nor) {_MORE}(?= ?(?:$|[?!.;]))")
_NOR_MORE = re.compile(rf" nor {_MORE}(?= {_END_WORDS}\b)")
_ORDERS: tuple[tuple[Order, re.Pattern[str]], ...] = tuple(
    (order, re.compile("|".join(rf"\b(?:{pattern})" for pattern in patterns)))
    for order, patterns in _FILE["order"].items()
)
_OR = re.compile(r",? or (?:else |maybe |even )?|, (?=[^,]*\bor\b)")
_LITTLE = re.compile(r"^(?:either|an?|the|some|any|maybe)\b ?|,? (?:for|with|in|at)\b.*$|,.*$")
_MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Refused:
    """Subjects that are not wanted, and the words that say so."""

    names: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()


def read_refused(low: str, understood: Sequence[Span]) -> Refused:
    """The subjects that lower-case text refuses; what was understood otherwise is left to that."""
    names, spans = [], []
    for found in _UNWANTED.finditer(low):
        span = Span(*found.span())
        is_other = any(Span(*found.span("what")).overlaps(other) for other in understood)
        if is_other or found["what"].split()[0] in _NEVER:
            continue
        names.append(found["what"])
        more = _AND_MORE.match(low, span.end) or _NOR_MORE.match(low, span.end)
        if more and more["what"] not in _NEVER:
            names.append(more["what"])
            span = Span(span.start, more.end())
        spans.append(span)
    return Refused(tuple(names), tuple(spans))


def read_order(low: str) -> Wish[Order]:
    """The order that lower-case text asks for."""
    for order, pattern in _ORDERS:
        if found := pattern.search(low):
            return Wish(order, said=True, spans=(Span(*found.span()),))
    return Wish()


def topics_of_choice(topic: str) -> tuple[str, ...]:
    """The topics of "jazz or blues"; empty for a topic without a choice.

    >>> topics_of_choice("jazz, blues or folk")
    ('jazz', 'blues', 'folk')
    """
    if " or " not in topic:
        return ()
    parts = [_LITTLE.sub("", part.strip()).strip() for part in _OR.split(topic)]
    kept = [part for part in parts if part and len(part.split()) <= _MOST_WORDS]
    return tuple(dict.fromkeys(kept)) if len(kept) > 1 else ()


def refused_of_turn(
    new: Sequence[str], query: str, before: Constraints | None, *, stays: bool
) -> tuple[str, ...]:
    """What is refused now: what was before stays while the topic does, unless it is asked for."""
    kept = before.none_of if before and stays else ()
    wanted = query.casefold()
    return tuple(dict.fromkeys((*(name for name in kept if name not in wanted), *new)))
