"""What understanding asks of a gazetteer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.types import Centre


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a name can mean; `is_primary` when it is the place's own name."""

    centre: Centre
    is_primary: bool


@dataclass(frozen=True, slots=True)
class Area:
    """A state or country as a circle of miles around its middle."""

    centre: Centre
    radius_miles: float


class Gazetteer(Protocol):
    """The places of the world, by name, id, postal code and point."""

    def find(self, keys: Collection[str]) -> Mapping[str, Sequence[Candidate]]:
        """The candidates of each folded name that is known, most populous first."""
        ...

    def by_id(self, location_id: int) -> Centre | None:
        """The place of a GeoNames id."""
        ...

    def area(self, country_code: str, code: str | None, name: str | None) -> Area | None:
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
