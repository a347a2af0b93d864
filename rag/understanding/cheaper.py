"""Asking for less than was shown: "cheaper ones", "cheaper than the second one"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median_low

from rag.types import ShownEvent
from rag.understanding.shown import REFERENCE, referred
from rag.understanding.text import Span

_CHEAPER_THAN = re.compile(rf"\b(?:cheaper|less(?: expensive| pricey)?) than {REFERENCE}")
_CHEAPER = re.compile(
    r"\b(?:cheaper|less (?:expensive|pricey|costly)|more affordable|lower[- ]priced)"
    r"(?: ones?| options?)?\b(?! than)"
    r"|\b(?:(?:that|this|it)(?:'s| is)|(?:they|those|these)(?:'re| are))? ?(?:a bit |way |all )?"
    r"(?:too|not (?:so|that|as)) (?:expensive|pricey|much money|dear|costly)\b"
)
_CENT = 0.01


def asks_for_cheaper(low: str) -> Span | None:
    """Where the words ask for less than before."""
    found = _CHEAPER_THAN.search(low) or _CHEAPER.search(low)
    return Span(*found.span()) if found else None


def cheaper_price(low: str, shown: Sequence[ShownEvent], known: float | None) -> float | None:
    """The highest price that is less than what was shown; None when nothing can be less.

    Less than the event that the words name; else than the middle one of the
    shown prices, of two middle ones the lower. Without any known price only
    free is surely less. When nothing was shown, half of the price in force.
    """
    if not shown:
        return round(known / 2, 2) if known else known
    named = referred(low, _CHEAPER_THAN, shown) or shown
    prices = [event.min_price for event in named if event.min_price is not None]
    most = max(round(median_low(prices) - _CENT, 2), 0.0) if prices else 0.0
    return most if known is None else min(most, known)
