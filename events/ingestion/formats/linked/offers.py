"""Reads what schema.org's offers say of an event's price."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from events.ingestion.formats.linked.graph import Graph, Node, last_word
from events.ingestion.written.numbers import Amount, amounts_in, currency_of

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
# Offers hold specifications and further offers; none is followed deeper than this.
_DEEPEST = 3
_THREE_DECIMALS = re.compile(r"\d{1,3}\.\d{3}")
_WITHOUT_CENTS = frozenset(
    ["CLP", "COP", "HUF", "IDR", "IRR", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"]
)
_PRICES = ("price", "lowPrice", "highPrice", "minPrice", "maxPrice")
_FREE = re.compile(
    r"(?:free(?: (?:admission|entry|entrance|of charge|event))?|gratis|gratuit[eoa]?|kostenlos"
    r"|kostenfrei|frei|eintritt frei|entrée libre|ingresso libero|entrada libre|entrada gratuita)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Offered:
    """A price as text and its lowest amount: 0 when free, None when unknown.

    `currency` is the ISO code that an offer states; the sign beside an amount is left to `text`.
    """

    text: str = ""
    lowest: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, order=True)
class _Sum:
    """An amount, the currency that its offer states, and that of its own sign."""

    value: Decimal
    stated: str = ""
    sign: str = ""

    @property
    def written(self) -> str:
        """The amount for people."""
        plain, currency = f"{self.value:f}", self.stated or self.sign
        sign = _SIGNS.get(currency)
        return f"{sign}{plain}" if sign else f"{plain} {currency}".strip()


def read_offers(graph: Graph, event: Node) -> Offered:
    """The price of all offers; 0 when the event says that it is free."""
    sums = [
        each
        for name in ("offers", "priceSpecification")
        for each in _sums(graph, event.get(name), "", _DEEPEST)
    ]
    if sums:
        low, high = min(sums), max(sums)
        if high.value == 0:
            return Offered("Free", Decimal(0), low.stated)
        written = [low.written] + ([high.written] if high.value != low.value else [])
        return Offered(" – ".join(written), low.value, low.stated)
    said = event.get("isAccessibleForFree", event.get("free"))
    is_free = last_word(graph.first_text(said)).casefold() in {"true", "yes", "1"}
    return Offered("Free", Decimal(0)) if is_free else Offered()


def _sums(graph: Graph, offers: object, currency: str, depth: int) -> Iterator[_Sum]:
    """The sums of the offers and of what they hold; a currency counts for what stands below."""
    for offer in graph.each(offers) if depth else ():
        if not isinstance(offer, dict):
            continue
        of_offer = currency_of(graph.first_text(offer.get("priceCurrency"))) or currency
        for name in _PRICES:
            for amount in read_amounts(graph.first_text(offer.get(name)), of_offer):
                yield _Sum(amount.value, of_offer, amount.currency)
        for name in ("priceSpecification", "offers"):
            yield from _sums(graph, offer.get(name), of_offer, depth - 1)


def read_amounts(text: str, currency: str = "") -> list[Amount]:
    """The sums of a field that holds a price alone: "10", "1,200.50 $", "10,50", "Free".

    Schema.org's decimal mark is a point, so "10.000" is ten, unless the currency has no cents.
    """
    if currency not in _WITHOUT_CENTS and _THREE_DECIMALS.fullmatch(text.strip()):
        return [Amount(Decimal(text.strip()))]
    if _FREE.fullmatch(text.strip(" .!")):
        return [Amount(Decimal(0))]
    if re.search(r"\d[eE]\d|-\s*\d+\s*$", text) and not re.search(r"\d\s*[-–]", text):
        return []
    return list(amounts_in(text))
