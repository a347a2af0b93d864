"""Content common to all exports of an event, without the characters that no format may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from events.models import Event, Venue

# Of this project; an event's id outside is made from its feed and its id there.
_NAMESPACE = UUID("6f0f7e5c-4f0e-4c1b-9a55-5d7f0f2f6c11")
_DAY = timedelta(days=1)
# No XML and no calendar file may hold these; no text needs them.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of an installation. `event_page` holds `{id}` where the event's id goes."""

    event_page: str

    def page_of(self, event_id: int) -> str:
        return self.event_page.replace("{id}", str(event_id))


@dataclass(frozen=True, slots=True)
class Exported:
    """An event with everything that its renderings have in common.

    `start` and `end` are aware, in the event's zone; for an all-day event
    `first_day` and `day_after` (exclusive) are what counts. `uid` stays the same for
    as long as the event keeps its source and its id there. `is_withdrawn` says that its
    feed no longer names it. `point` is (latitude, longitude) of the venue itself.
    """

    event: Event
    uid: str
    title: str
    description: str
    start: datetime
    end: datetime | None
    place: str
    point: tuple[float, float] | None
    url: str
    page: str

    @property
    def is_withdrawn(self) -> bool:
        return self.event.withdrawn_at is not None

    @property
    def first_day(self) -> date:
        return self.start.date()

    @property
    def day_after(self) -> date:
        """The day after the last; the last one is that of the last moment before the end."""
        if self.end is None:
            return self.first_day + _DAY
        last = (self.end.astimezone(UTC) - timedelta(microseconds=1)).astimezone(self.start.tzinfo)
        return max(last.date(), self.first_day) + _DAY


def export_event(event: Event, links: Links) -> Exported:
    """An event, whose venue is loaded, as its exports show it."""
    zone = ZoneInfo(event.timezone)
    page = links.page_of(event.pk)
    return Exported(
        event=event,
        uid=str(uuid5(_NAMESPACE, f"{event.source}\n{event.external_id}")),
        title=one_line(event.title) or "Event",
        description=clean(event.description),
        start=event.start_time.astimezone(zone),
        end=event.end_time.astimezone(zone) if event.end_time else None,
        place=_place(event),
        point=_point(event),
        url=web_address(event.url) or page,
        page=page,
    )


def clean(text: str) -> str:
    """Text without control characters but line ends, which are all the same, and tabs."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The text cleaned, in one line."""
    return " ".join(clean(text).split())


def web_address(text: str) -> str:
    """An http(s) address as it is; anything else is none."""
    return text if _WEB.fullmatch(text) else ""


def address_lines(venue: Venue) -> list[str]:
    """Street, town with region and postal code, country: those that are known."""
    region = " ".join(part for part in (venue.state, venue.postal_code) if part)
    town = ", ".join(part for part in (venue.city, region) if part)
    return [one_line(part) for part in (venue.street_address, town, venue.country) if part]


def _place(event: Event) -> str:
    """Room, venue and address in one line, else what the feed said."""
    if event.venue is None:
        return one_line(event.location)
    parts = [event.room_name, event.venue.name, *address_lines(event.venue)]
    return ", ".join(dict.fromkeys(one_line(part) for part in parts if part))


def _point(event: Event) -> tuple[float, float] | None:
    """Not the middle of a town: a calendar would send people there."""
    venue = event.venue
    is_online = event.event_attendance_mode == Event.AttendanceMode.ONLINE
    if venue is None or is_online or venue.precision == Venue.Precision.PLACE:
        return None
    if venue.latitude is None or venue.longitude is None:
        return None
    return venue.latitude, venue.longitude
