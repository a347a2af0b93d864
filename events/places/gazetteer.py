"""The one gazetteer: look-ups in the tables of towns and of ZIP codes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from django.db import connection
from tzfpy import get_tz

from core.grid import distance_miles
from core.prepared import fetch
from core.text import fold_name
from events.models import Place, PostalCode
from events.models.place import label_of
from events.places.regions import region_key

_KEYS_A_QUERY = 2000
_REMEMBERED = 100_000
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}
_OTHER_FORM = _ABBREVIATIONS | {long: short for short, long in _ABBREVIATIONS.items()}
# No name is shared by more places than this (the most common one has 123).
MOST_PLACES_A_NAME = 150
_FIND = f"""
    SELECT k.key, p.id, p.name, p.region, p.region_code, p.country, p.country_code,
        p.latitude, p.longitude, p.population, p.timezone, n.is_primary
    FROM unnest(%(keys)s::text[]) AS k(key)
    CROSS JOIN LATERAL (
        SELECT place_id, is_primary, population FROM events_placename
        WHERE events_placename.key = k.key
        ORDER BY population DESC LIMIT {MOST_PLACES_A_NAME}
    ) AS n
    JOIN events_place AS p ON p.id = n.place_id
    ORDER BY n.population DESC, p.id
"""  # noqa: S608 - constants only
_EXTENT = """
    SELECT min(latitude), max(latitude), min(longitude), max(longitude),
        mode() WITHIN GROUP (ORDER BY timezone), min(country), min(region)
    FROM events_place
    WHERE country_code = %(country)s
        AND (%(code)s::text IS NULL OR region_code = %(code)s)
        AND (%(name)s::text IS NULL OR region = %(name)s)
"""


@dataclass(frozen=True, slots=True)
class Town:
    """A populated place; `is_own_name` tells whether it was found by its own name."""

    id: int
    name: str
    region: str
    region_code: str
    country: str
    country_code: str
    latitude: float
    longitude: float
    population: int
    timezone: str
    is_own_name: bool

    @classmethod
    def of(cls, place: Place, *, is_own_name: bool = True) -> Town:
        """A place of the table; unless told otherwise, one that was chosen by hand."""
        return cls(
            id=place.pk,
            name=place.name,
            region=place.region,
            region_code=place.region_code,
            country=place.country,
            country_code=place.country_code,
            latitude=place.latitude,
            longitude=place.longitude,
            population=place.population,
            timezone=place.timezone,
            is_own_name=is_own_name,
        )

    @property
    def label(self) -> str:
        """ "Newton, MA" in the United States, "Toronto, Ontario, Canada" elsewhere."""
        return label_of(self)

    def miles_to(self, other: Town) -> float:
        """Great-circle miles between the middles of two towns."""
        return distance_miles(self.latitude, self.longitude, other.latitude, other.longitude)

    def is_in(self, region: str, country: str) -> bool:
        """Whether it lies in a region (name or code) and country (ISO code); empty: anywhere."""
        if country and self.country_code != country:
            return False
        return not region or region_key(region) in {
            region_key(self.region),
            self.region_code.casefold(),
        }


@dataclass(frozen=True, slots=True)
class Extent:
    """A country or region as the circle of miles around all its towns."""

    label: str
    region: str | None
    latitude: float
    longitude: float
    timezone: str
    radius_miles: float


class Gazetteer:
    """The place table by name.

    A message asks for all its names at once (`find`). An import remembers each
    name (`prime`, `named`, `town`): a calendar repeats a few towns many times.
    """

    def __init__(self) -> None:
        self._towns: dict[str, tuple[Town, ...]] = {}

    def find(self, keys: Collection[str]) -> Mapping[str, Sequence[Town]]:
        """The towns of each folded name that is known, most populous first; one prepared query."""
        found: dict[str, list[Town]] = {}
        if keys:
            for key, *values in fetch(_FIND, {"keys": list(keys)}):
                found.setdefault(key, []).append(Town(*values))
        return found

    def prime(self, names: Iterable[str]) -> None:
        """Looks up all names that are not yet known."""
        if len(self._towns) >= _REMEMBERED:
            self._towns.clear()
        keys = {spelling for name in names for spelling in _spellings(name)}
        missing = iter(sorted(keys - self._towns.keys()))
        while batch := list(islice(missing, _KEYS_A_QUERY)):
            self._remember(batch)

    def named(self, name: str) -> tuple[Town, ...]:
        """Towns of a name in any spelling: by their own name first, then the larger ones."""
        spellings = _spellings(name)
        if missing := [spelling for spelling in spellings if spelling not in self._towns]:
            self._remember(missing)
        found = [town for key in spellings for town in self._towns[key]]
        found.sort(key=lambda town: (not town.is_own_name, -town.population))
        return tuple({town.id: town for town in reversed(found)}.values())[::-1]

    def town(self, name: str, *, region: str = "", country: str = "") -> Town | None:
        """The likeliest town of a name in a region and country.

        An alternate name counts too, but where nothing narrows the search down
        (no region) a much larger town by another name wins over a hamlet.
        """
        found = [town for town in self.named(name) if town.is_in(region, country)]
        if not found:
            return None
        largest = max(found, key=lambda town: town.population)
        if not region and largest.population > 20 * found[0].population:
            return largest
        return found[0]

    def _remember(self, keys: list[str]) -> None:
        fetched: dict[str, list[Town]] = {key: [] for key in keys}
        with connection.cursor() as cursor:
            cursor.execute(_FIND, {"keys": keys})
            for key, *values in cursor.fetchall():
                fetched[key].append(Town(*values))
        self._towns.update({key: tuple(towns) for key, towns in fetched.items()})


def find_extent(country_code: str, region_code: str | None, region: str | None) -> Extent | None:
    """The circle around all towns of a country or region; None when there are none."""
    with connection.cursor() as cursor:
        cursor.execute(_EXTENT, {"country": country_code, "code": region_code, "name": region})
        south, north, west, east, timezone, country, region_name = cursor.fetchone()
    if south is None:
        return None
    latitude, longitude = (south + north) / 2, (west + east) / 2
    is_region = bool(region_code or region)
    return Extent(
        label=region_name if is_region else country,
        region=region_name if is_region else None,
        latitude=latitude,
        longitude=longitude,
        timezone=timezone,
        radius_miles=round(distance_miles(latitude, longitude, north, east), 1),
    )


def timezone_at(latitude: float, longitude: float) -> str:
    """The IANA zone of a point; at sea one of the Etc/GMT zones."""
    return get_tz(longitude, latitude)


@lru_cache(maxsize=1024)
def find_postal_code(code: str) -> PostalCode | None:
    """A five-digit ZIP code of the United States; None when there is none."""
    if not (len(code) == 5 and code.isascii() and code.isdigit()):
        return None
    return PostalCode.objects.filter(pk=code).first()


@lru_cache(maxsize=8192)
def _spellings(name: str) -> tuple[str, ...]:
    """The folded name and its usual variants: St./Saint, and words run together."""
    key = fold_name(name)
    if not key:
        return ()
    first, _, rest = key.partition(" ")
    variants = [key]
    if rest and first in _OTHER_FORM:
        variants.append(f"{_OTHER_FORM[first]} {rest}")
    if key.count(" ") == 1:
        variants.append(key.replace(" ", ""))
    return tuple(variants)
