"""The gazetteer over the tables of towns and of US ZIP codes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from tzfpy import get_tz

from core.grid import distance_miles
from core.prepared import fetch
from events.models import Place
from rag.geocoding.geocoder import Geocoder
from rag.types import Centre
from rag.understanding.places.lookup import Area, Candidate
from rag.understanding.places.regions import region_of

# No name is shared by more places than this (the most common one has 123).
_MOST_PLACES_A_NAME = 150
_MOST_KEYS = 120
_COLUMNS = (
    "p.id, p.name, p.region, p.region_code, p.country, p.country_code,"
    " p.latitude, p.longitude, p.population, p.timezone"
)
_FIND = f"""
    SELECT k.key, n.is_primary, {_COLUMNS}
    FROM unnest(%(keys)s::text[]) AS k(key)
    CROSS JOIN LATERAL (
        SELECT place_id, is_primary, population FROM events_placename
        WHERE events_placename.key = k.key
        ORDER BY population DESC LIMIT {_MOST_PLACES_A_NAME}
    ) AS n
    JOIN events_place AS p ON p.id = n.place_id
    ORDER BY n.population DESC, p.id
"""  # noqa: S608 - constants only
# Distances within a small box need no trigonometry: a degree of longitude is
# shrunk by the cosine of the latitude.
_AREA = """
    SELECT min(latitude), max(latitude), min(longitude), max(longitude),
        mode() WITHIN GROUP (ORDER BY timezone), min(country), min(region)
    FROM events_place
    WHERE country_code = %(country)s
        AND (%(code)s::text IS NULL OR region_code = %(code)s)
        AND (%(name)s::text IS NULL OR region = %(name)s)
"""
_POSTAL_CODE = """
    SELECT code || ', ' || city || ', ' || state, latitude, longitude, timezone, country_code, state
    FROM events_postalcode WHERE code = %(code)s
"""


class DatabaseGazetteer:
    """Looks places up in the database; one query a call, none kept open.

    Addresses and landmarks are known only with a geocoder.
    """

    def __init__(self, geocoder: Geocoder | None = None) -> None:
        self._geocoder = geocoder

    def find(self, keys: Collection[str]) -> Mapping[str, Sequence[Candidate]]:
        """The candidates of each folded name, most populous first; keys past 120 are left out."""
        wanted = sorted(set(keys), key=lambda key: (len(key.split()), key))[:_MOST_KEYS]
        found: dict[str, list[Candidate]] = {}
        if not wanted:
            return found
        for key, is_primary, *columns in fetch(_FIND, {"keys": wanted}):
            found.setdefault(key, []).append(Candidate(_centre(columns), is_primary))
        return found

    def by_id(self, location_id: int) -> Centre | None:
        """The place of a GeoNames id; None when there is none."""
        place = Place.objects.by_id(location_id)
        return centre_of(place) if place else None

    def area(self, country_code: str, code: str | None, name: str | None) -> Area | None:
        """The circle around all towns of a country or region; None when there are none."""
        with connection.cursor() as cursor:
            cursor.execute(_AREA, {"country": country_code, "code": code, "name": name})
            south, north, west, east, timezone, country, region = cursor.fetchone()
        if south is None:
            return None
        lat, lng = (south + north) / 2, (west + east) / 2
        label = region if code or name else country
        centre = Centre(
            label, lat, lng, None, timezone, country_code, code, region if code or name else None
        )
        return Area(centre, round(distance_miles(lat, lng, north, east), 1))

    def postal_code(self, code: str) -> Centre | None:
        """The middle of a ZIP code ("02458" or "02458-1234"); None when there is none."""
        return _zip_code(code[:5])

    @property
    def knows_landmarks(self) -> bool:
        """Whether there is a geocoder to ask."""
        return self._geocoder is not None

    def landmarks(self, words: str) -> Sequence[Centre]:
        """What the geocoder says of an address or landmark; empty without one or an answer."""
        return self._geocoder.find(words) if self._geocoder is not None else ()

    def timezone_at(self, lat: float, lng: float) -> str:
        """The IANA zone of a point; at sea one of the Etc/GMT zones."""
        return get_tz(lng, lat)


def warm_up() -> None:
    """Loads the region names, so that no first message waits for them."""
    region_of("Massachusetts")


def centre_of(place: Place) -> Centre:
    """The centre that a stored place makes."""
    return Centre(
        label=place.label,
        lat=place.latitude,
        lng=place.longitude,
        location_id=place.pk,
        timezone=place.timezone,
        country_code=place.country_code,
        region_code=place.region_code,
        region=place.region,
        population=place.population,
    )


def _centre(columns: Sequence[Any]) -> Centre:
    names = ("id", "name", "region", "region_code", "country", "country_code")
    numbers = ("latitude", "longitude", "population", "timezone")
    return centre_of(Place(**dict(zip((*names, *numbers), columns, strict=True))))


@lru_cache(maxsize=1024)
def _zip_code(code: str) -> Centre | None:
    if not (len(code) == 5 and code.isascii() and code.isdigit()):
        return None
    rows = fetch(_POSTAL_CODE, {"code": code})
    if not rows:
        return None
    [(label, lat, lng, timezone, country_code, region_code)] = rows
    return Centre(
        label=label,
        lat=lat,
        lng=lng,
        timezone=timezone,
        country_code=country_code,
        region_code=region_code,
        kind="postal_code",
    )
