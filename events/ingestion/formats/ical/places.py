"""Reads the points and structured places that iCalendar entries carry."""

from __future__ import annotations

import math
import re

from events.ingestion.records import RawPlace

_GEO_URI = re.compile(r"geo:(?P<lat>-?\d+(?:\.\d+)?),(?P<lng>-?\d+(?:\.\d+)?)", re.IGNORECASE)


def point_of(text: str) -> RawPlace | None:
    """The point of a `GEO` value; None for a missing one, and for the (0, 0) of careless exports.

    The latitude comes first. Where it is none (beyond 90), the two were exchanged.

    >>> point_of("-123.12;49.28")
    RawPlace(name='', street_address='', city='', state='', postal_code='', country='', \
latitude=49.28, longitude=-123.12)
    """
    first, mark, second = text.replace("\\", "").partition(";" if ";" in text else ",")
    try:
        latitude, longitude = float(first), float(second)
    except ValueError:
        return None
    if not mark or not all(math.isfinite(each) for each in (latitude, longitude)):
        return None
    if abs(latitude) > 90 >= abs(longitude):
        latitude, longitude = longitude, latitude
    if latitude == longitude == 0:
        return None
    return RawPlace(latitude=latitude, longitude=longitude)


def apple_place(uri: str, title: str, address: str) -> RawPlace | None:
    """A place as Apple's calendars write it: a `geo:` URI with a title and an address."""
    match = _GEO_URI.match(uri.strip())
    point = point_of(f"{match['lat']};{match['lng']}") if match else None
    if point is None:
        return None
    lines = [line.strip() for line in title.replace("\\n", "\n").splitlines() if line.strip()]
    name = lines[0] if lines else ""
    street = address.replace("\\n", ", ").replace("\n", ", ").replace("\\,", ",")
    return RawPlace(
        name=name,
        street_address=street.partition(",")[0].strip(),
        latitude=point.latitude,
        longitude=point.longitude,
    )
