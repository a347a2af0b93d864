"""Reads where a schema.org event is: places, addresses, points and virtual locations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from events.ingestion.formats.linked.graph import Graph, Node, types_of
from events.ingestion.records import RawPlace
from events.ingestion.written.numbers import read_degrees

# A room in a building on a campus: places are followed outwards no further.
_MOST_AROUND = 4
_POINT = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*")
_OUTER = ("containedInPlace", "containedIn")


@dataclass(frozen=True, slots=True)
class Locations:
    """The places, the link of a virtual location, and a location given as mere text."""

    places: tuple[RawPlace, ...] = ()
    link: str = ""
    line: str = ""


def read_locations(graph: Graph, value: Any) -> Locations:
    """All of an event's locations."""
    places: list[RawPlace] = []
    link = line = ""
    for each in graph.each(value):
        if isinstance(each, str):
            line = line or each
        elif isinstance(each, dict) and "VirtualLocation" in types_of(each):
            link = link or graph.first_text(each.get("url")) or "online"
        elif isinstance(each, dict):
            places.append(_place(graph, each))
    return Locations(tuple(places), link, line)


def _place(graph: Graph, node: Node) -> RawPlace:
    address = _outwards(graph, node, "address") or {}
    if not address and "PostalAddress" in types_of(node):
        address = node
    if isinstance(address, str):
        address = {"streetAddress": address}
    address = address if isinstance(address, dict) else {}
    latitude, longitude = _point(graph, node)
    text = graph.first_text
    return RawPlace(
        name=text(node.get("name")),
        street_address=text(address.get("streetAddress")),
        city=text(address.get("addressLocality")),
        state=text(address.get("addressRegion")),
        postal_code=text(address.get("postalCode")),
        country=text(address.get("addressCountry")),
        latitude=latitude,
        longitude=longitude,
    )


def _outwards(graph: Graph, node: Node, name: str) -> Any:
    """What a place says, else the place that contains it."""
    for _ in range(_MOST_AROUND):
        for value in graph.each(node.get(name)):
            if isinstance(value, dict | str) and value:
                return value
        outer = next((each for key in _OUTER for each in graph.each(node.get(key))), None)
        if not isinstance(outer, dict):
            return None
        node = outer
    return None


def _point(graph: Graph, node: Node) -> tuple[float | None, float | None]:
    """(latitude, longitude) of the place's `geo`, else of the place itself."""
    geo = _outwards(graph, node, "geo")
    if isinstance(geo, str):
        match = _POINT.fullmatch(geo)
        return (float(match[1]), float(match[2])) if match else (None, None)
    holder = geo if isinstance(geo, dict) else node
    return _number(graph, holder.get("latitude")), _number(graph, holder.get("longitude"))


def _number(graph: Graph, value: Any) -> float | None:
    return read_degrees(graph.first_text(value))
