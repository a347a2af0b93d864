"""The values that pass from parsing to storing: plain, checked, not yet saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class VenueDraft:
    """A venue as one event describes it; coordinates in WGS84 degrees, both or neither.

    `precision` is "venue" when the point is the venue's own, "place" when it
    is the middle of its town, and empty without a point.
    """

    name: str
    street_address: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    precision: str = ""
    timezone: str = ""
    place_id: int | None = None


@dataclass(frozen=True, slots=True)
class EventDraft:
    """One event of a feed, understood. Times are aware, in UTC; `timezone` is an IANA zone.

    An all-day event runs from local midnight to local midnight (half-open).
    `evidence` holds, by field, the words that its value was read from.
    """

    external_id: str
    title: str
    start_time: datetime
    timezone: str
    end_time: datetime | None = None
    all_day: bool = False
    description: str = ""
    url: str = ""
    room_name: str = ""
    location: str = ""
    venue: VenueDraft | None = None
    attendance_mode: str = "offline"
    status: str = "scheduled"
    price: str = ""
    min_price: Decimal | None = None
    age_range: str = ""
    age_min: int | None = None
    age_max: int | None = None
    audience_tags: tuple[str, ...] = ()
    metadata_tags: tuple[str, ...] = ()
    organizer: str = ""
    series_id: str = ""
    registration_required: bool | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
