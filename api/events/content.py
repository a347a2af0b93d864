"""What clients may say of an event, checked; and the draft that it becomes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ninja import Field, Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, WithJsonSchema, model_validator

from core.errors import InvalidRequest
from core.zones import zone_or_none
from events.ingestion.cleaning import MAX_DESCRIPTION, clean_line, clean_text
from events.ingestion.locations.locate import Locator
from events.ingestion.records import BrokenEntry, EventDraft, RawEvent, RawPlace, VenueDraft
from events.ingestion.times import event_times
from events.models import Event, Venue
from events.models.event_fields import CLIENT_CONTENT
from events.places.gazetteer import Gazetteer

MAX_TAGS = 30
MAX_URL = 2000
_TAGS = ("audience_tags", "metadata_tags")


def _line(limit: int) -> Callable[[str], str]:
    return lambda text: clean_line(text, limit)


def _moment(value: Any) -> date | datetime:
    """A date ("2026-12-05"), or a time with or without an offset."""
    if isinstance(value, str):
        with suppress(ValueError):
            return (date if len(value) == 10 else datetime).fromisoformat(value)
    raise ValueError('must be a time such as "2026-12-05T19:30:00-05:00", or a date')


def _zone(name: str) -> str:
    if name and zone_or_none(name) is None:
        raise ValueError("must be an IANA time zone, such as America/New_York")
    return name.strip()


def _web_address(address: str) -> str:
    if not address:
        return address
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or clean_line(address, 5000) != address:
        raise ValueError("must be an http or https address")
    if " " in address:
        raise ValueError("must not contain blanks")
    return address


Moment = Annotated[
    date | datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "examples": ["2026-12-05T19:30:00-05:00", "2026-12-05"]}),
]
WebAddress = Annotated[str, Field(max_length=MAX_URL), AfterValidator(_web_address)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]
Age = Annotated[int, Field(strict=True, ge=0, le=150)]
Id = Annotated[int, Field(strict=True, ge=1, le=2**63 - 1)]
Line50 = Annotated[str, Field(max_length=50), AfterValidator(_line(50))]
Line100 = Annotated[str, Field(max_length=100), AfterValidator(_line(100))]
Line200 = Annotated[str, Field(max_length=200), AfterValidator(_line(200))]
Line300 = Annotated[str, Field(max_length=300), AfterValidator(_line(300))]
Line500 = Annotated[str, Field(max_length=500), AfterValidator(_line(500))]
Line1000 = Annotated[str, Field(max_length=1000), AfterValidator(_line(1000))]


class VenueIn(Schema):
    """Where it is; a venue of the same name and town is taken for the same one.

    Without coordinates the point is the middle of its town.
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_line(300))]
    street_address: Line300 = ""
    city: Line200 = ""
    state: Line100 = ""
    postal_code: Annotated[str, Field(max_length=20), AfterValidator(_line(20))] = ""
    country: Line100 = ""
    latitude: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    longitude: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None

    @model_validator(mode="after")
    def is_whole(self) -> VenueIn:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("give both latitude and longitude, or neither")
        if not self.name:
            raise ValueError("name must not be blank")
        return self


class EventContent(Schema):
    """All that a client may say of an event. What it does not say stays empty: nothing is guessed.

    Times carry an offset, or are local to `timezone`; without `timezone`, the
    venue's zone holds. A date instead of a time makes it an all-day event, whose
    `end_time`, as a date, is the day after its last.
    """

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_line(500))]
    start_time: Moment
    end_time: Moment | None = None
    timezone: Zone = ""
    all_day: bool | None = None
    description: Annotated[str, Field(max_length=MAX_DESCRIPTION), AfterValidator(clean_text)] = ""
    url: WebAddress = ""
    venue: VenueIn | None = None
    venue_id: Id | None = None
    room_name: Line300 = ""
    location: Line1000 = ""
    event_attendance_mode: Literal["offline", "online", "mixed"] = "offline"
    event_status: Literal["scheduled", "cancelled", "postponed"] = "scheduled"
    price: Line300 = ""
    min_price: Annotated[
        Decimal | None,
        Field(ge=0, max_digits=10, decimal_places=2),
        WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"type": "null"}]}),
    ] = None
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""
    age_range: Line100 = ""
    age_min: Age | None = None
    age_max: Age | None = None
    audience_tags: Annotated[list[Line50], Field(max_length=MAX_TAGS)] = []
    metadata_tags: Annotated[list[Line100], Field(max_length=MAX_TAGS)] = []
    organizer: Line300 = ""
    series_id: Line500 = ""

    @model_validator(mode="after")
    def fits_together(self) -> EventContent:
        if not self.title:
            raise ValueError("title must not be blank")
        if self.venue is not None and self.venue_id is not None:
            raise ValueError("give a venue or a venue_id, not both")
        if self.all_day is False and not isinstance(self.start_time, datetime):
            raise ValueError("start_time must be a time, unless the event is all day")
        if None not in (self.age_min, self.age_max) and self.age_min > self.age_max:  # type: ignore[operator]
            raise ValueError("age_max must not be below age_min")
        return self


def content_of(event: Event) -> dict[str, Any]:
    """A stored event (venue loaded) in the words of `EventContent`, to be changed in part."""
    zone = ZoneInfo(event.timezone)
    same = (name for name in CLIENT_CONTENT if name not in ("start_time", "end_time", "venue"))
    end = event.end_time
    return {
        **{name: getattr(event, name) for name in same},
        "venue_id": event.venue_id,
        "start_time": event.start_time.astimezone(zone).isoformat(),
        "end_time": end.astimezone(zone).isoformat() if end else None,
    }


def draft_of(content: EventContent, *, external_id: str) -> EventDraft:
    """The event that a client describes.

    Raises:
        InvalidRequest: no zone is known, or the times cannot be.
    """
    venue = _venue_draft(content)
    zone = content.timezone or (venue.timezone if venue else "") or _zone_of(content.venue_id)
    if not zone:
        problem = "is needed: an IANA time zone, such as America/New_York"
        raise InvalidRequest(f"timezone {problem}.", fields={"timezone": problem})
    start, end, all_day = _times(content, zone)
    said: dict[str, Any] = {name: getattr(content, name) for name in CLIENT_CONTENT}
    said |= {"start_time": start, "end_time": end, "all_day": all_day, "timezone": zone}
    said |= {name: tuple(tag for tag in dict.fromkeys(said[name]) if tag) for name in _TAGS}
    return EventDraft(**said | {"external_id": external_id, "venue": venue})


def _venue_draft(content: EventContent) -> VenueDraft | None:
    """The venue as an import would read these fields, so that both meet."""
    if content.venue is None or content.event_attendance_mode == "online":
        return None
    raw = RawEvent(
        title=content.title,
        start=content.start_time,
        place=RawPlace(**content.venue.model_dump()),
        attendance_mode=content.event_attendance_mode,
    )
    return Locator(Gazetteer()).locate(raw).venue


def _zone_of(venue_id: int | None) -> str:
    if venue_id is None:
        return ""
    zone = Venue.objects.filter(pk=venue_id).values_list("timezone", flat=True).first()
    return zone or ""


def _times(content: EventContent, zone: str) -> tuple[datetime, datetime | None, bool]:
    """(start, end, all_day) in UTC."""
    start, end = content.start_time, content.end_time
    try:
        if content.all_day and isinstance(start, datetime):
            start = _local_day(start, zone)
        begins, ends, all_day = event_times(start, end, zone)
        # An end that is given counts, also where a feed's would be passed over.
        last = event_times(end, None, zone)[0] if end is not None else begins
    except (BrokenEntry, OverflowError):
        problem = "must be between the years 1900 and 2200"
        raise InvalidRequest(f"The times {problem}.", fields={"start_time": problem}) from None
    if last < begins:
        problem = "must not be before start_time"
        raise InvalidRequest(f"end_time {problem}.", fields={"end_time": problem})
    return begins, ends, all_day


def _local_day(moment: datetime, zone: str) -> date:
    return (moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment).date()
