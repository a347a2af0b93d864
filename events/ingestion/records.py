"""Values that pass through an import: an event as its feed wrote it, then a draft to store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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
    zone that the feed names for this very event. `day_first` are start and end
    if the day stands before the month, where the file leaves it open; `note` is
    what of its times was not understood. `attendance_mode` holds
    the model's word, or nothing when the feed is silent; `status` is what the feed says.
    `repeats_at` tells the occurrences of one repeating entry apart. `calendar_zone` is
    that of its own calendar in a file that holds several (None: the file's). Of entries
    with one id, that with the greatest `version` counts.
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
    calendar_zone: str | None = None
    version: str = ""
    currency: str = ""
    day_first: tuple[date | datetime, date | datetime | None] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry that was left out or joined to another, and why, for a person.

    `kind` groups reasons in the summary; `reason` is the whole sentence. With
    a `count` it stands for that many entries, beyond those listed one by one.
    """

    external_id: str
    title: str
    kind: str
    reason: str
    count: int = 1


class SkippedLog:
    """Left-out entries, of which a file can hold millions: the first ones, and a count."""

    MOST = 10_000

    def __init__(self) -> None:
        self._entries: list[Skipped] = []
        self._more: Counter[str] = Counter()

    def add(self, entry: Skipped) -> None:
        """Keeps an entry, or counts it."""
        if len(self._entries) < self.MOST:
            self._entries.append(entry)
        else:
            self._more[entry.kind] += entry.count

    @property
    def entries(self) -> tuple[Skipped, ...]:
        """The kept entries, then one for all further ones of each kind."""
        more = (
            Skipped("", "", kind, f"{count:,} more", count) for kind, count in self._more.items()
        )
        return (*self._entries, *more)


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """All entries of one file; `timezone` is the calendar's own IANA zone, if any."""

    events: Sequence[RawEvent]
    broken: Sequence[Skipped] = field(default_factory=tuple)
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a file as they are read, one at a time; `timezone` as in `ParsedFile`.

    `product` is the calendar software by whose ways the file is read, if it is known.

    Damage to the file as a whole may only show at its end: then the iteration
    raises FileBroken.
    """

    found: Iterator[RawEvent | Skipped]
    timezone: str = ""
    product: str = ""


class BrokenEntry(Exception):
    """One entry cannot be read; the message says why, for a person."""


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
    event_attendance_mode: str = "offline"
    event_status: str = "scheduled"
    price: str = ""
    min_price: Decimal | None = None
    currency: str = ""
    age_range: str = ""
    age_min: int | None = None
    age_max: int | None = None
    audience_tags: tuple[str, ...] = ()
    metadata_tags: tuple[str, ...] = ()
    organizer: str = ""
    series_id: str = ""
    registration_required: bool | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
