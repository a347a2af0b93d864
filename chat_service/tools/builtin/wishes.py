"""What is wished for, as a tool's typed parameters, and as the constraints of a search."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field, model_validator

from chat_service.tools.base import ToolContext
from core.errors import InvalidRequest
from rag.service import require_more_like, understand_message
from rag.types import AgeRange, Constraints, MoreLike, SearchContext, Source

Audience = Literal[
    "babies",
    "toddlers",
    "kids",
    "tweens",
    "teens",
    "students",
    "adults",
    "seniors",
    "families",
    "parents",
    "couples",
    "singles",
    "women",
    "men",
    "lgbtq",
]
_DAY_LENGTH = len("2026-12-05")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def _readable(text: str) -> str:
    """Refuses what is no day and no time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            "must be a day (2026-12-05) or an RFC 3339 time (2026-12-05T18:00:00-05:00)"
        ) from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"must lie in the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return text


def _storable(text: str) -> str:
    return " ".join(text.replace("\x00", " ").split())


Moment = Annotated[str, AfterValidator(_readable)]
Words = Annotated[str, AfterValidator(_storable), Field(max_length=400)]
EventId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Where(BaseModel):
    """Where to look."""

    place: Annotated[
        Words, Field(description='A town, ZIP code or address, such as "Newton, MA".')
    ] = ""
    latitude: (
        Annotated[
            float, Field(ge=-90, le=90, description="With longitude: a point instead of a place.")
        ]
        | None
    ) = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    radius_miles: (
        Annotated[
            float,
            Field(gt=0, le=12_500, description="How far around the place; default fits its size."),
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def has_whole_point(self) -> Where:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude come together")
        if self.radius_miles is not None and not self.place and self.latitude is None:
            raise ValueError("radius_miles needs a place to measure from")
        return self


class Wishes(Where):
    """What an event should be like. An absent wish is left out."""

    query: Annotated[
        Words,
        Field(description="What it is about, in a few words; not its place, date or price."),
    ] = ""
    date_from: (
        Annotated[
            Moment, Field(description="First day (2026-12-05), or RFC 3339 time, of the range.")
        ]
        | None
    ) = None
    date_to: (
        Annotated[
            Moment, Field(description="Last day, included, or the time at which the range ends.")
        ]
        | None
    ) = None
    is_virtual: (
        Annotated[bool, Field(description="true: only online; false: only in person.")] | None
    ) = None
    max_price: (
        Annotated[float, Field(ge=0, le=1_000_000, description="Highest price; 0 means free.")]
        | None
    ) = None
    age: Annotated[int, Field(ge=0, le=130, description="Age of who comes along.")] | None = None
    audience: Annotated[Audience, Field(description="Whom it should be for.")] | None = None
    more_like_event_id: (
        Annotated[EventId, Field(description="An event that the wanted ones should resemble.")]
        | None
    ) = None
    not_event_ids: Annotated[
        list[EventId], Field(max_length=200, description="Events that are not to come again.")
    ] = []


def constraints_of(wishes: Wishes, context: ToolContext) -> Constraints:
    """The same as a search's constraints, in the zone of the place. Visits the database.

    Without any wish they are those of the message that is being answered.

    Raises:
        InvalidRequest: the place or the event to resemble is not known, or the range of dates
            is empty or over.
    """
    if context.wishes is not None and not wishes.model_fields_set & Wishes.model_fields.keys():
        return context.wishes
    located = locate(wishes, context)
    zone = ZoneInfo(located.timezone)
    date_from, date_to = _range_of(wishes, context.now, zone)
    given = {
        "date_from": date_from,
        "date_to": date_to,
        "is_virtual": wishes.is_virtual,
        "max_price": wishes.max_price,
        "age": wishes.age,
        "audience": wishes.audience,
    }
    sources: dict[str, Source] = {
        name: "message" for name, each in given.items() if each is not None
    }
    return replace(
        located,
        date_from=date_from,
        date_to=date_to,
        is_virtual=wishes.is_virtual,
        max_price=wishes.max_price,
        age=None if wishes.age is None else AgeRange(wishes.age, wishes.age),
        audience=wishes.audience,
        query=wishes.query,
        more_like=_model_event(wishes.more_like_event_id),
        not_event_ids=tuple(wishes.not_event_ids),
        sources={**located.sources, **sources},
    )


def _range_of(
    wishes: Wishes, now: datetime, zone: ZoneInfo
) -> tuple[datetime | None, datetime | None]:
    date_from, date_to = moment_of(wishes.date_from, zone), moment_of(wishes.date_to, zone, days=1)
    if date_from and date_to and date_to <= date_from:
        raise InvalidRequest(
            "The range of dates is empty.", fields={"date_to": "must be after date_from"}
        )
    if date_to and date_to <= now:
        raise InvalidRequest(
            "The range of dates is over.", fields={"date_to": "must not lie in the past"}
        )
    if date_from and date_from < now:
        date_from = now.astimezone(zone)
    return date_from, date_to


def _model_event(event_id: int | None) -> MoreLike | None:
    if event_id is None:
        return None
    try:
        return require_more_like(event_id)
    except InvalidRequest as error:
        problem = "must be the id of an event that is not cancelled"
        raise InvalidRequest(error.detail, fields={"more_like_event_id": problem}) from error


def locate(where: Where, context: ToolContext) -> Constraints:
    """Constraints with nothing but the place, its radius and its zone. Visits the database.

    Raises:
        InvalidRequest: the place is not known.
    """
    has_point = where.latitude is not None
    found = understand_message(
        "",
        context=SearchContext(
            location=None if has_point else where.place or None,
            user_lat=where.latitude,
            user_lng=where.longitude,
            max_distance_miles=where.radius_miles,
            timezone=context.zone,
        ),
        now=context.now,
    )
    if where.place and not has_point and found.place is None:
        raise InvalidRequest(
            f"No place is known by the name {where.place!r}.",
            fields={"place": "is not known; a town with its state or country is found best"},
        )
    return found


def moment_of(text: str | None, zone: ZoneInfo, *, days: int = 0) -> datetime | None:
    """A day or a time as an aware time; a bare day is its midnight, `days` later."""
    if text is None:
        return None
    if len(text) == _DAY_LENGTH:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=days), time(), zone)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
