"""Look-ups in the place table, a whole file's names at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import islice

from core.grid import distance_miles
from core.text import fold_name
from events.models import Place, PlaceName
from events.places.regions import region_key

_KEYS_A_QUERY = 2000
_REMEMBERED = 100_000
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}
_OTHER_FORM = _ABBREVIATIONS | {long: short for short, long in _ABBREVIATIONS.items()}


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


_TOWN = tuple(f"place__{each.name}" for each in fields(Town) if each.name != "is_own_name")


class Gazetteer:
    """Remembers every name once looked up; `prime` fetches many with one query."""

    def __init__(self) -> None:
        self._towns: dict[str, tuple[Town, ...]] = {}

    def prime(self, names: Iterable[str]) -> None:
        """Looks up all names that are not yet known."""
        if len(self._towns) >= _REMEMBERED:
            self._towns.clear()
        keys = {spelling for name in names for spelling in _spellings(name)}
        missing = iter(sorted(keys - self._towns.keys()))
        while batch := list(islice(missing, _KEYS_A_QUERY)):
            self._fetch(batch)

    def named(self, name: str) -> tuple[Town, ...]:
        """Towns of a name in any spelling: by their own name first, then the larger ones."""
        spellings = _spellings(name)
        if missing := [spelling for spelling in spellings if spelling not in self._towns]:
            self._fetch(missing)
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

    def _fetch(self, keys: list[str]) -> None:
        fetched: dict[str, list[Town]] = {key: [] for key in keys}
        rows = PlaceName.objects.filter(key__any_of=keys).values_list("key", *_TOWN, "is_primary")
        for key, *values in rows.order_by("-is_primary", "-population", "place_id"):
            fetched[key].append(Town(*values))
        self._towns.update({key: tuple(towns) for key, towns in fetched.items()})


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
