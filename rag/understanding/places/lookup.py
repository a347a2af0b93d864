"""What understanding asks about places: of the gazetteer, and of a geocoder for landmarks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from events.models import Place
from events.places.gazetteer import Gazetteer, Town, find_extent, find_postal_code, timezone_at
from events.places.regions import region_of
from rag.types import Centre
from rag.understanding.places.own_names import OwnNames, own_names

# Shorter names first; more names than this are in no message, only in pasted text.
_MOST_KEYS = 120


@dataclass(frozen=True, slots=True)
class Namesake:
    """A place that a name can mean; `is_primary` when it is the place's own name."""

    centre: Centre
    is_primary: bool


@dataclass(frozen=True, slots=True)
class RegionCircle:
    """A state or country as a circle of miles around its middle."""

    centre: Centre
    radius_miles: float


class PlaceLookup(Protocol):
    """The places of the world, by name, id, region, postal code and point."""

    def find(self, keys: Collection[str]) -> Mapping[str, Sequence[Namesake]]:
        """The namesakes of each folded name that is known, most populous first."""
        ...

    def by_id(self, location_id: int) -> Centre | None:
        """The place of a GeoNames id."""
        ...

    def region(self, country_code: str, code: str | None, name: str | None) -> RegionCircle | None:
        """The circle around a country, or its region of that code or name."""
        ...

    def postal_code(self, code: str) -> Centre | None:
        """The middle of a five-digit United States ZIP code."""
        ...

    @property
    def knows_landmarks(self) -> bool:
        """Whether `landmarks` may know anything at all."""
        ...

    def landmarks(self, words: str) -> Sequence[Centre]:
        """What an address or a landmark may be, the likeliest first; empty when unknown."""
        ...

    def timezone_at(self, lat: float, lng: float) -> str:
        """The IANA zone of a point in degrees."""
        ...

    @property
    def own(self) -> OwnNames:
        """What the calendar itself names."""
        ...


class StoredPlaces:
    """The look-up over the place table, with whatever finds landmarks; one query a call."""

    def __init__(self, geocode: Callable[[str], Sequence[Centre]] | None = None) -> None:
        self._gazetteer = Gazetteer()
        self._geocode = geocode

    def find(self, keys: Collection[str]) -> Mapping[str, Sequence[Namesake]]:
        """Keys past 120 are left out."""
        wanted = sorted(set(keys), key=lambda key: (len(key.split()), key))[:_MOST_KEYS]
        return {
            key: [Namesake(centre_of(town), town.is_own_name) for town in towns]
            for key, towns in self._gazetteer.find(wanted).items()
        }

    def by_id(self, location_id: int) -> Centre | None:
        place = Place.objects.by_id(location_id)
        return centre_of(place) if place else None

    def region(self, country_code: str, code: str | None, name: str | None) -> RegionCircle | None:
        extent = find_extent(country_code, code, name)
        if extent is None:
            return None
        centre = Centre(
            extent.label,
            extent.latitude,
            extent.longitude,
            timezone=extent.timezone,
            country_code=country_code,
            region_code=code,
            region=extent.region,
        )
        return RegionCircle(centre, extent.radius_miles)

    def postal_code(self, code: str) -> Centre | None:
        """Takes "02458" and "02458-1234"."""
        known = find_postal_code(code[:5])
        if known is None:
            return None
        return Centre(
            label=f"{known.code}, {known.city}, {known.state}",
            lat=known.latitude,
            lng=known.longitude,
            timezone=known.timezone,
            country_code=known.country_code,
            region_code=known.state,
            kind="postal_code",
        )

    @property
    def knows_landmarks(self) -> bool:
        return self._geocode is not None

    def landmarks(self, words: str) -> Sequence[Centre]:
        return self._geocode(words) if self._geocode is not None else ()

    def timezone_at(self, lat: float, lng: float) -> str:
        return timezone_at(lat, lng)

    @cached_property
    def own(self) -> OwnNames:
        return own_names()


def warm_up() -> None:
    """Loads the names of regions and of the calendar, so that no first message waits for them."""
    region_of("Massachusetts")
    own_names()


def centre_of(place: Place | Town) -> Centre:
    """The centre that a place of the table makes."""
    return Centre(
        label=place.label,
        lat=place.latitude,
        lng=place.longitude,
        location_id=place.id,
        timezone=place.timezone,
        country_code=place.country_code,
        region_code=place.region_code,
        region=place.region,
        population=place.population,
    )
