"""Topics of which one is enough, what is not wanted, and the order: "jazz or blues", "no bars".

A sentence embedder knows no "not": what is refused would bring more of what it names, so
its words are taken out of the topic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Constraints, Order
from rag.understanding.text import Span, Wish
from rag.understanding.word_lists import read_toml

_FILE = read_toml(__file__, "patterns.toml")["choices"]
_NEVER = frozenset(_FILE["never"].split())
_END_WORDS = (
    r"(?:in|on|near|at|around|for|with|this|next|tomorrow|tonight|today|please|and|or|but|within"
    r"|under|between|because|if|that|which|either|though|from|events?|stuff|things|ones|anymore"
    r"|instead|again)"
)
_UNWANTED = re.compile(
    rf"(?:{'|'.join(_FILE['refusing'])})(?![\w']) ?(?:an? |the |any |of |at |in |on )*"
    rf"(?P<what>[a-z][\w'&-]*(?: (?!{_END_WORDS}\b)[\w'&-]+){{0,2}})"
    rf"(?: (?:events?|stuff|things|ones))?(?= ?(?:$|[?!.,;)]| {_END_WORDS}\b))"
)
_AND_MORE = re.compile(
    rf" ?(?:,|and|or|nor) (?:no )?(?P<what>(?!{_END_WORDS}\b)[a-z][\w'&-]*)(?= ?(?:$|[?!.;]))"
)
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
        if (more := _AND_MORE.match(low, span.end)) and more["what"] not in _NEVER:
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
