"""What a parser hands on: an event as its feed wrote it, nothing decided yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class RawPlace:
    """A place in separate fields, as schema.org and spreadsheets give it."""

    name: str = ""
    street_address: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event before any decision.

    `start` and `end` are half-open. A bare date means a whole local day; a
    naive datetime is local to a zone that is still to be found. `zone` is the
    zone that the feed names for this very event. `attendance_mode` and
    `status` hold the model's words, or nothing when the feed is silent.
    `repeats_at` tells the occurrences of one repeating entry apart.
    """

    title: str
    start: date | datetime
    end: date | datetime | None = None
    uid: str = ""
    repeats_at: str = ""
    zone: str = ""
    location: str = ""
    place: RawPlace | None = None
    online_url: str = ""
    room: str = ""
    description: str = ""
    url: str = ""
    status: str = ""
    attendance_mode: str = ""
    price: str = ""
    min_price: Decimal | None = None
    age_range: str = ""
    audience: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    organizer: str = ""
    series_id: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry that was left out or joined to another, and why, for a person.

    `kind` groups reasons in the summary; `reason` is the whole sentence.
    """

    external_id: str
    title: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """All entries of one file; `timezone` is the calendar's own IANA zone, if any."""

    events: Sequence[RawEvent]
    broken: Sequence[Skipped] = field(default_factory=tuple)
    timezone: str = ""


class BrokenEntry(Exception):
    """One entry cannot be read; the message says why, for a person."""
