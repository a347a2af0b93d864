"""Turns the answers of a geocoder into centres of a search."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from geopy.location import Location
from tzfpy import get_tz

from events.places.zones import country_of_zone
from rag.types import Centre, CentreKind

_MOST_LABEL_CHARACTERS = 120
# Nominatim's names for what is a town or larger, and so has a town's surroundings.
_TOWNS = frozenset({"city", "town", "village", "hamlet", "municipality", "borough", "suburb"})
# The parts of its addresses in which a town may stand, the usual one first.
_TOWN_PARTS = ("city", "town", "village", "hamlet", "municipality", "suburb", "county")
_POSTAL_CODE = re.compile(r"[\w-]*[0-9][\w -]*")
_HOUSE_NUMBER = re.compile(r"[0-9]{1,5}[a-zA-Z]?")


def centre_of_location(location: Location) -> Centre:
    """The centre that one result makes.

    Raises:
        TypeError, ValueError, AttributeError: it has no point on the globe, or no name.
    """
    lat, lng = float(location.latitude), float(location.longitude)
    if not (math.isfinite(lat) and math.isfinite(lng) and abs(lat) <= 90 and abs(lng) <= 180):
        raise ValueError("a result has no point on the globe")
    if lat == lng == 0:  # what geopy makes of a result without a point
        raise ValueError("a result has no point")
    raw = location.raw if isinstance(location.raw, Mapping) else {}
    address = raw.get("address")
    parts = address if isinstance(address, Mapping) else {}
    label = _from_parts(raw, parts) or _from_line(str(location.address))
    if not label:
        raise ValueError("a result has no name")
    zone = get_tz(lng, lat)
    code = str(parts.get("country_code") or "").upper()
    kind: CentreKind = "place" if raw.get("addresstype") in _TOWNS else "address"
    return Centre(
        label=label[:_MOST_LABEL_CHARACTERS],
        lat=lat,
        lng=lng,
        timezone=zone,
        country_code=code if len(code) == 2 else country_of_zone(zone),
        region=_text(parts.get("state")),
        kind=kind,
    )


def _from_parts(raw: Mapping[str, Any], parts: Mapping[str, Any]) -> str:
    """ "Faneuil Hall, Boston, MA" or "Louvre Museum, Paris, France"; empty without parts."""
    road = _text(parts.get("road"))
    number = _text(parts.get("house_number"))
    street = f"{number} {road}" if number and road else None
    name = _text(raw.get("name")) or street or road
    if not name:
        return ""
    towns = (_text(parts.get(part)) for part in _TOWN_PARTS)
    town = next((town for town in towns if town), None)
    region_code = (_text(parts.get("ISO3166-2-lvl4")) or "").partition("-")
    where = region_code[2] if region_code[0] == "US" else _text(parts.get("country"))
    return ", ".join(dict.fromkeys(part for part in (name, town, where) if part))


def _from_line(line: str) -> str:
    """The beginning and the end of a long address line, without its postal code."""
    parts = [part.strip() for part in line.split(",") if part.strip()]
    if len(parts) > 1 and _HOUSE_NUMBER.fullmatch(parts[0]):
        parts[:2] = [f"{parts[0]} {parts[1]}"]
    kept = [part for part in parts[1:] if not _POSTAL_CODE.fullmatch(part)]
    return ", ".join(dict.fromkeys([*parts[:1], *kept[-2:]]))


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
