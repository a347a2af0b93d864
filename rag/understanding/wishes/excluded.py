"""Subjects that are not wanted: "anything but music", "live music but no country".

A vector knows no "not": words that stay in the search text only bring more of
what they name. So they are taken out of it.
"""

from __future__ import annotations

import re

from rag.understanding.text import Span

_SUBJECT = (
    r"(?P<what>[a-z][\w'-]*(?: (?!in\b|on\b|near\b|at\b|for\b|with\b|this\b|next\b)[\w'-]+)?)"
)
_ENDS = (
    r"(?= ?(?:$|[?!.,;)]| (?:in|on|near|at|around|for|with|this|next|tomorrow|tonight|today|please"
    r"|and|or|but|within|under|between)\b))"
)
_UNWANTED = re.compile(
    r"(?:\b(?:any|every|some)(?:thing|where)? (?:but|except(?: for)?|other than|besides)"
    r"|\b(?:but|just|and|except|preferably|please),? (?:no|not)(?! (?:a|an|the|more|less|too|only"
    r"|just|on|in|at|sure|cost|charge|cover)\b)"
    r"|[,;] (?:no|not)(?! (?:a|an|the|more|less|too|only|just|on|in|at|sure|cost|charge|cover)\b)"
    rf"|\bi (?:hate|can'?t stand)) (?:any )?{_SUBJECT}{_ENDS}"
)


def unwanted_spans(low: str, understood: list[Span]) -> list[Span]:
    """Where subjects are refused; what another recogniser understood is left to it."""
    found = (Span(*match.span()) for match in _UNWANTED.finditer(low))
    return [span for span in found if not any(span.overlaps(other) for other in understood)]
