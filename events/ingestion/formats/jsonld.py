"""Reads schema.org events in JSON-LD, the form into which `web_page` brings marked pages too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from events.ingestion.formats.json_file import load_json
from events.ingestion.records import (
    BrokenEntry,
    Entries,
    RawEvent,
    RawPlace,
    Skipped,
)
from events.ingestion.written.moments import parse_moment
from events.ingestion.written.numbers import amounts_in, read_degrees

# How deep events may lie inside other objects (graphs, lists, sub-events).
_MAX_DEPTH = 8
_CONTAINERS = ("@graph", "itemListElement", "item", "mainEntity", "event", "events", "subEvent")
_OTHER_EVENT_TYPES = {"Festival", "Hackathon", "EventSeries", "CourseInstance"}
# What a subtype says of its event; the names are those of our topics.
_TOPICS_OF_TYPES = {
    "BusinessEvent": "business",
    "ComedyEvent": "comedy",
    "DanceEvent": "dance",
    "EducationEvent": "education",
    "CourseInstance": "education",
    "ExhibitionEvent": "art",
    "VisualArtsEvent": "art",
    "Festival": "festival",
    "FoodEvent": "food",
    "Hackathon": "tech",
    "LiteraryEvent": "books",
    "MusicEvent": "music",
    "SaleEvent": "market",
    "ScreeningEvent": "film",
    "SocialEvent": "community",
    "SportsEvent": "sports",
    "TheaterEvent": "theatre",
}
_MODES = {
    "OfflineEventAttendanceMode": "offline",
    "OnlineEventAttendanceMode": "online",
    "MixedEventAttendanceMode": "mixed",
}
_STATUS = {
    "EventScheduled": "scheduled",
    "EventRescheduled": "scheduled",
    "EventMovedOnline": "scheduled",
    "EventCancelled": "cancelled",
    "EventPostponed": "postponed",
}
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def read_jsonld(content: bytes) -> Entries:
    """Every Event (or subtype) of an object, an array or an @graph."""
    return Entries(read_values([load_json(content)]))


def read_values(values: list[Any]) -> Iterator[RawEvent | Skipped]:
    """The events among values of JSON-LD, however deep they lie."""
    for number, node in enumerate(_event_nodes(values, _MAX_DEPTH), start=1):
        try:
            yield _raw_event(node)
        except BrokenEntry as error:
            identity = _text(node.get("@id"))[:500] or f"event {number}"
            yield Skipped(identity, _text(node.get("name"))[:500], "broken entry", str(error))


def _event_nodes(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth < 0:
        return
    if isinstance(value, list):
        for each in value:
            yield from _event_nodes(each, depth - 1)
    elif isinstance(value, dict):
        if any(_is_event(kind) for kind in _types(value)):
            yield value
        for name in _CONTAINERS:
            if isinstance(value.get(name), dict | list):
                yield from _event_nodes(value[name], depth - 1)


def _types(node: dict[str, Any]) -> list[str]:
    """The node's types without prefix: schema:MusicEvent → MusicEvent."""
    return [_last(kind) for kind in _as_list(node.get("@type")) if isinstance(kind, str)]


def _is_event(kind: str) -> bool:
    return kind.endswith("Event") or kind in _OTHER_EVENT_TYPES


def _last(address: str) -> str:
    return address.rpartition("/")[2].rpartition(":")[2]


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _text(value: Any) -> str:
    """A value, the first of several, or an object's name, as text."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("url")
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _raw_event(node: dict[str, Any]) -> RawEvent:
    start = _moment(node.get("startDate"))
    if start is None:
        raise BrokenEntry("the start (startDate) is missing or cannot be read")
    places, link, line = _locations(node.get("location"))
    price, min_price = _price(node)
    mode = _MODES.get(_last(_text(node.get("eventAttendanceMode"))), "")
    status = _last(_text(node.get("eventStatus")))
    if status == "EventMovedOnline":
        mode, places = "online", []
    return RawEvent(
        uid=_text(node.get("@id")) or _text(node.get("identifier")),
        title=_text(node.get("name")),
        start=start,
        end=_inclusive_end(node.get("endDate")),
        location=line,
        place=places[0] if places else None,
        online_url=link,
        description=_text(node.get("description")),
        url=_text(node.get("url")),
        status=_STATUS.get(status, ""),
        attendance_mode=mode,
        price=price,
        min_price=min_price,
        age_range=_text(node.get("typicalAgeRange")),
        audience=_words(node.get("audience"))
        + (("kids",) if "ChildrensEvent" in _types(node) else ()),
        keywords=_words(node.get("keywords")) + _topics_of_types(node),
        organizer=_text(node.get("organizer")),
        series_id=_identity(node.get("superEvent")),
    )


def _topics_of_types(node: dict[str, Any]) -> tuple[str, ...]:
    return tuple(_TOPICS_OF_TYPES[kind] for kind in _types(node) if kind in _TOPICS_OF_TYPES)


def _identity(value: Any) -> str:
    return _text(value.get("@id")) if isinstance(value, dict) else ""


def _moment(value: Any) -> date | datetime | None:
    return parse_moment(_text(value))


def _inclusive_end(value: Any) -> date | datetime | None:
    """An end that is a bare date is the event's last day; ours is half-open."""
    end = _moment(value)
    if end is None or isinstance(end, datetime):
        return end
    return end + timedelta(days=1)


def _locations(value: Any) -> tuple[list[RawPlace], str, str]:
    """(places, link of a virtual location, location given as mere text)."""
    places: list[RawPlace] = []
    link = line = ""
    for each in _as_list(value):
        if isinstance(each, str):
            line = line or each
        elif isinstance(each, dict) and "VirtualLocation" in _types(each):
            link = link or _text(each.get("url")) or "online"
        elif isinstance(each, dict):
            places.append(_place(each))
    return places, link, line


def _place(node: dict[str, Any]) -> RawPlace:
    address = node.get("address", node if "PostalAddress" in _types(node) else None)
    address = address[0] if isinstance(address, list) and address else address
    if isinstance(address, str):
        address = {"streetAddress": address}
    address = address if isinstance(address, dict) else {}
    geo = node.get("geo")
    geo = geo if isinstance(geo, dict) else node
    return RawPlace(
        name=_text(node.get("name")),
        street_address=_text(address.get("streetAddress")),
        city=_text(address.get("addressLocality")),
        state=_text(address.get("addressRegion")),
        postal_code=_text(address.get("postalCode")),
        country=_text(address.get("addressCountry")),
        latitude=_number(geo.get("latitude")),
        longitude=_number(geo.get("longitude")),
    )


def _number(value: Any) -> float | None:
    return read_degrees(_text(value))


def _words(value: Any) -> tuple[str, ...]:
    """A comma-separated text or a list, as separate words."""
    if isinstance(value, dict):
        value = value.get("audienceType") or value.get("name")
    texts = [_text(each) for each in _as_list(value)]
    return tuple(word.strip() for text in texts for word in text.split(",") if word.strip())


def _price(node: dict[str, Any]) -> tuple[str, Decimal | None]:
    """(text, lowest price) of the offers; 0 when the event says that it is free."""
    amounts: list[tuple[Decimal, str]] = []
    for offer in _as_list(node.get("offers")):
        if not isinstance(offer, dict):
            continue
        currency = _text(offer.get("priceCurrency"))
        for name in ("price", "lowPrice", "highPrice"):
            named = amounts_in(_text(offer.get(name)))
            amounts += [(amount.value, currency or amount.currency) for amount in named]
    if amounts:
        low, high = min(amounts), max(amounts)
        if high[0] == 0:
            return "Free", Decimal(0)
        written = [_written(*low)] + ([_written(*high)] if high[0] != low[0] else [])
        return " – ".join(written), low[0]
    is_free = _text(node.get("isAccessibleForFree")).casefold() == "true"
    return ("Free", Decimal(0)) if is_free else ("", None)


def _written(amount: Decimal, currency: str) -> str:
    plain = f"{amount:f}"
    sign = _SIGNS.get(currency)
    return f"{sign}{plain}" if sign else f"{plain} {currency}".strip()
