"""Reads what schema.org's offers say of an event's price."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from events.ingestion.formats.linked.graph import Graph, Node, last_word

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
# Offers hold specifications and further offers; none is followed deeper than this.
_DEEPEST = 3
_PRICES = ("price", "lowPrice", "highPrice", "minPrice", "maxPrice")
_NUMBER = re.compile(r"\d+(?:[.,'’\s]\d+)*")
_FREE = re.compile(
    r"(?:free(?: (?:admission|entry|entrance|of charge|event))?|gratis|gratuit[eoa]?|kostenlos"
    r"|kostenfrei|frei|eintritt frei|entrée libre|ingresso libero|entrada libre|entrada gratuita)",
    re.IGNORECASE,
)

Amount = tuple[Decimal, str]


def read_offers(graph: Graph, event: Node) -> tuple[str, Decimal | None]:
    """(text, lowest price) of the offers; 0 when the event says that it is free."""
    amounts = [
        amount
        for name in ("offers", "priceSpecification")
        for amount in _amounts(graph, event.get(name), "", _DEEPEST)
    ]
    if amounts:
        low, high = min(amounts), max(amounts)
        if high[0] == 0:
            return "Free", Decimal(0)
        written = [_written(*low)] + ([_written(*high)] if high[0] != low[0] else [])
        return " – ".join(written), low[0]
    said = event.get("isAccessibleForFree", event.get("free"))
    is_free = last_word(graph.first_text(said)).casefold() in {"true", "yes", "1"}
    return ("Free", Decimal(0)) if is_free else ("", None)


def _amounts(graph: Graph, offers: object, currency: str, depth: int) -> Iterator[Amount]:
    """The sums of the offers and of what they hold; a currency counts for what stands below."""
    for offer in graph.each(offers) if depth else ():
        if not isinstance(offer, dict):
            continue
        of_offer = graph.first_text(offer.get("priceCurrency")) or currency
        for name in _PRICES:
            for amount in read_amounts(graph.first_text(offer.get(name))):
                yield amount, of_offer
        for name in ("priceSpecification", "offers"):
            yield from _amounts(graph, offer.get(name), of_offer, depth - 1)


def read_amounts(text: str) -> list[Decimal]:
    """The sums of a field that holds a price alone: "10", "1,200.50 $", "10,50", "Free"."""
    if _FREE.fullmatch(text.strip(" .!")):
        return [Decimal(0)]
    if re.search(r"\d[eE]\d|-\s*\d+\s*$", text) and not re.search(r"\d\s*[-–]", text):
        return []
    return [_decimal(match[0]) for match in _NUMBER.finditer(text)]


def _decimal(written: str) -> Decimal:
    """The number; its last mark is the decimal one unless three digits follow it."""
    parts = re.split(r"[.,'’\s]", written)
    whole, last = parts[:-1], parts[-1]
    if not whole:
        return Decimal(last)
    marks = set(re.findall(r"[.,'’\s]", written))
    if len(last) == 3 and ((len(marks) == 1 and written.find(".") < 0) or len(whole) > 1):
        return Decimal("".join(parts))
    return Decimal("".join(whole) + "." + last)


def _written(amount: Decimal, currency: str) -> str:
    plain = f"{amount:f}"
    sign = _SIGNS.get(currency)
    return f"{sign}{plain}" if sign else f"{plain} {currency}".strip()
