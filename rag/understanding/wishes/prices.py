"""What it may cost: "free", "under $20", "max €15", "up to 30 bucks"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median_low

from rag.types import ShownEvent
from rag.understanding.numbers import AMOUNT, number
from rag.understanding.talk.references import REFERENCE, referred
from rag.understanding.text import Span, Wish
from rag.understanding.word_lists import compile_patterns

_DOLLARS = {"AU": "AUD", "CA": "CAD", "HK": "HKD", "NZ": "NZD", "SG": "SGD"}
_SIGNS = {"EUR": "€", "GBP": "£"}
# Banknotes named by their value, in pounds.
_NOTES = {"fiver": 5.0, "tenner": 10.0}
# Of "12,50" and "15,-", not of "1,200".
_CENTS = re.compile(r"[.,]([0-9]{1,2}|-)$")
_PATTERNS = compile_patterns(__file__, "patterns.toml", "prices", money_words=AMOUNT)


def read_price(low: str) -> Wish[float]:
    """The highest price that lower-case text allows; 0 for free."""
    dropped = _PATTERNS["dropped"].search(low)
    if dropped:
        return Wish(None, said=True, spans=(Span(*dropped.span()),))
    caps = _caps(low)
    free = _free(low)
    spans = tuple(span for _, span in (*caps, *free)) + tuple(
        Span(*busy.span()) for busy in _PATTERNS["busy"].finditer(low)
    )
    if any(_PATTERNS["or_cheap"].match(low, span.end) for _, span in free):
        return Wish(None, said=False, spans=spans)
    if caps or free:
        return Wish(max(value for value, _ in (*caps, *free)), said=True, spans=spans)
    return Wish(None, said=False, spans=spans)


def read_currency(low: str, price: Wish[float], country_code: str | None) -> str | None:
    """The ISO code of the currency that the words of a price name; None when they name none.

    A bare "$" is the dollar of the country that is asked about.

    >>> read_currency("art under €15", read_price("art under €15"), "DE")
    'EUR'
    """
    if not price.value:
        return None
    for span in price.spans:
        if found := _PATTERNS["currency"].search(low, span.start, span.end):
            if found.lastgroup == "dollar":
                return _DOLLARS.get(country_code or "", "USD")
            return found.lastgroup
    return None


def currency_sign(code: str | None) -> str:
    """What to write before an amount: "€", "£", "$" (also where no currency is known) or "CHF "."""
    if code is None or code == "USD" or code in _DOLLARS.values():
        return "$"
    return _SIGNS.get(code, f"{code} ")


def _value(words: str) -> float:
    """The amount of "1,000", "1.000", "12.50", "12,50" or "twenty"."""
    if not words[0].isdigit():
        return float(number(words))
    cents = _CENTS.search(words)
    whole = re.sub(r"\D", "", words[: cents.start()] if cents else words)
    return float(f"{whole}.{cents[1].strip('-') if cents else ''}")


def _caps(low: str) -> list[tuple[float, Span]]:
    for found in _PATTERNS["range"].finditer(low):
        return [(_value(found["second"]), Span(*found.span()))]
    for found in _PATTERNS["bare_range"].finditer(low):
        return [(_value(found["amount"] or found["bare"]), Span(*found.span()))]
    for found in _PATTERNS["capped"].finditer(low):
        return [(_value(found["amount"] or found["bare"]), Span(*found.span()))]
    for found in _PATTERNS["amount"].finditer(low):
        if (
            found["floor"]
            or found["floor2"]
            or ((found["word"] or "").isalpha() and not (found["cap"] or found["noun"]))
        ):
            continue
        return [(_value(found["amount"] or found["bare"]), Span(*found.span()))]
    for found in _PATTERNS["note"].finditer(low):
        return [(_NOTES[found["note"]], Span(*found.span()))]
    for found in _PATTERNS["price_under"].finditer(low):
        return [(_value(found["amount"]), Span(*found.span()))]
    return []


def _free(low: str) -> list[tuple[float, Span]]:
    if _PATTERNS["not_free"].search(low):
        return []
    return [
        (0.0, Span(*found.span()))
        for found in _PATTERNS["free"].finditer(low)
        if not _is_another_free(low, found)
    ]


def _is_another_free(low: str, found: re.Match[str]) -> bool:
    """ "Gluten-free", "free parking", "I'm free on Friday"."""
    if not found.group().endswith("free"):
        return False
    before = low[max(0, found.start() - 16) : found.start()]
    if before.endswith("-") or _PATTERNS["other_free_after"].match(low, found.end()):
        return True
    return _PATTERNS["other_free_before"].search(before) is not None


_CHEAPER_THAN = re.compile(rf"\b(?:cheaper|less(?: expensive| pricey)?) than {REFERENCE}")
_CENT = 0.01


def asks_for_cheaper(low: str) -> Span | None:
    """Where the words ask for less than before."""
    found = _CHEAPER_THAN.search(low) or _PATTERNS["cheaper"].search(low)
    return Span(*found.span()) if found else None


def cheaper_price(
    low: str, shown: Sequence[ShownEvent], known: float | None, currency: str | None
) -> tuple[float | None, str | None]:
    """The highest price that is less than what was shown, and its currency.

    Less than the event that the words name; else than the middle one of the
    shown prices, of two middle ones the lower. Without any known price only
    free is surely less. When nothing was shown, half of the price in force.
    Nothing is converted: prices count in the currency in force, else in the one of most of them.
    """
    if not shown:
        return (round(known / 2, 2) if known else known), currency
    named = referred(low, _CHEAPER_THAN, shown) or shown
    priced = [(e.min_price, e.currency) for e in named if e.min_price is not None]
    in_use = Counter(code for price, code in priced if price)
    counted = currency or (in_use.most_common(1)[0][0] if in_use else "")
    prices = [price for price, code in priced if not price or code in ("", counted)]
    most = max(round(median_low(prices) - _CENT, 2), 0.0) if prices else 0.0
    return (most if known is None else min(most, known)), counted or None
