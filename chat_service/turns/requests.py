"""What a chat turn is asked with: the message, and what the client knows beside its words.

The context is of plain pydantic models: Ninja's `Schema` would drop unknown keys, which are to be
kept.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from ninja import Schema
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationInfo,
    field_validator,
    model_validator,
)

from rag.service import HEAVIEST, weight_names
from rag.types import MoreLike, SearchContext

MOST_MILES = 12_500  # half around the globe
FIRST_YEAR, LAST_YEAR = 1900, 2199
# Postgres stores neither NUL nor halves of surrogate pairs.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DATED = re.compile(r"\d{4}-\d\d-\d\d")


def clean_text(text: str | None) -> str:
    """Text without the characters that no database or stream can carry."""
    return _UNSTORABLE.sub("", text or "")


def clean_json(value: Any) -> Any:
    """The same for every string and key of a JSON value."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [clean_json(item) for item in value]
    if isinstance(value, dict):
        return {clean_text(key): clean_json(item) for key, item in value.items()}
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        raise ValueError("must be a number")
    return value


def _numeric_id(value: Any) -> Any:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        return int(value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError("must be a number")


def _dated(value: Any) -> Any:
    """Text that begins with a date; pydantic alone would take any number for a time."""
    if value is None or isinstance(value, date) or (isinstance(value, str) and _DATED.match(value)):
        return value
    raise ValueError("must be a date or an RFC 3339 time")


def _imaginable(moment: datetime | date | None) -> datetime | date | None:
    """Refuses years at whose edges dates can be added to no more."""
    if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
    return moment


Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
WholeNumber = Annotated[int, BeforeValidator(_numeric_id)]
Identifier = Annotated[WholeNumber, Field(ge=1, le=2**63 - 1)]


def _weight_name(value: Any) -> Any:
    if value not in weight_names():
        raise ValueError(f"must be one of {', '.join(weight_names())}")
    return value


WeightName = Annotated[str, BeforeValidator(_weight_name)]
Weight = Annotated[float, BeforeValidator(_number), Field(ge=0, le=HEAVIEST, allow_inf_nan=False)]
Age = Annotated[int, BeforeValidator(_number), Field(ge=0, le=130)]


class Point(BaseModel):
    """A point in WGS84 degrees."""

    lat: Annotated[Number, Field(ge=-90, le=90)]
    lng: Annotated[Number, Field(ge=-180, le=180)]


# Strict, or else a time at midnight would be a day, and a day a time.
_Day = Annotated[date, Field(strict=True)]


class DateRange(BaseModel):
    """Half-open; a bare date as `to` means that day included."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    start: Annotated[_Day | datetime | None, Field(alias="from", union_mode="left_to_right")] = None
    end: Annotated[_Day | datetime | None, Field(alias="to", union_mode="left_to_right")] = None

    @field_validator("start", "end", mode="before")
    @classmethod
    def text_only(cls, value: Any) -> Any:
        text = _dated(value)
        is_date = isinstance(text, str) and len(text) == len("2026-12-05")
        return date.fromisoformat(text) if is_date else text

    _in_years = field_validator("start", "end")(_imaginable)

    def in_zone(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """Both ends as aware times; naive ones are taken in `zone`."""
        return _moment(self.start, zone), _moment(self.end, zone, days=1)


def _moment(value: datetime | date | None, zone: ZoneInfo, days: int = 0) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, datetime):
        return datetime.combine(value + timedelta(days=days), time(), zone)
    return value if value.tzinfo else value.replace(tzinfo=zone)


class AgeRange(BaseModel):
    min: Age | None = None
    max: Age | None = None

    @model_validator(mode="after")
    def in_order(self) -> AgeRange:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min must not be above max")
        return self


class HistoryMessage(BaseModel):
    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=20_000)]


class ChatContext(BaseModel):
    """What the client knows beside the words. Unknown keys are kept."""

    model_config = ConfigDict(extra="allow")

    location: Annotated[str, Field(max_length=200)] | None = None
    location_id: Identifier | None = None
    user_location: Point | None = None
    max_distance_miles: Annotated[Number, Field(gt=0, le=MOST_MILES)] | None = None
    is_virtual: StrictBool | None = None
    date_range: DateRange | None = None
    timezone: Annotated[str, Field(max_length=64)] | None = None
    max_price: Annotated[Number, Field(ge=0, le=1_000_000)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    age_range: AgeRange | None = None
    preferences: dict[str, Any] | None = None
    chat_history: Annotated[list[HistoryMessage], Field(max_length=50)] | None = None
    more_like_event_id: Identifier | None = None
    ranking_weights: dict[WeightName, Weight] | None = None
    current_date: Annotated[datetime, BeforeValidator(_dated)] | None = None

    @model_validator(mode="before")
    @classmethod
    def storable(cls, value: Any) -> Any:
        return clean_json(value)

    _in_years = field_validator("current_date")(_imaginable)

    @field_validator("timezone")
    @classmethod
    def known_zone(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                ZoneInfo(name)
            except (KeyError, OSError, ValueError):
                raise ValueError("must be an IANA time zone, such as America/New_York") from None
        return name

    @model_validator(mode="after")
    def range_in_order(self) -> ChatContext:
        if self.date_range is not None:
            start, end = self.date_range.in_zone(ZoneInfo(self.timezone or "UTC"))
            if start and end and end <= start:
                raise ValueError("date_range must end after it begins")
        return self

    def for_search(
        self, location_id: int | None, server_timezone: str, more_like: MoreLike | None = None
    ) -> SearchContext:
        """The same for retrieval; `location_id` of the request wins over the context's.

        `more_like` is the event whose id the context names.
        """
        zone = ZoneInfo(self.timezone or server_timezone)
        start, end = self.date_range.in_zone(zone) if self.date_range else (None, None)
        return SearchContext(
            location=(self.location or "").strip() or None,
            location_id=location_id or self.location_id,
            user_lat=self.user_location.lat if self.user_location else None,
            user_lng=self.user_location.lng if self.user_location else None,
            max_distance_miles=self.max_distance_miles,
            is_virtual=self.is_virtual,
            date_from=start,
            date_to=end,
            timezone=self.timezone,
            max_price=self.max_price,
            currency=self.currency,
            age_min=self.age_range.min if self.age_range else None,
            age_max=self.age_range.max if self.age_range else None,
            more_like=more_like,
        )


MESSAGE_MAX_LENGTH = 4000


def trimmed_message(text: str) -> str:
    """A message without blanks around it; raises ValueError when it is empty or too long."""
    trimmed = clean_text(text).strip()
    if not 1 <= len(trimmed) <= MESSAGE_MAX_LENGTH:
        raise ValueError(f"must have 1 to {MESSAGE_MAX_LENGTH:,} characters")
    return trimmed


class MessageIn(Schema):
    """One message of the user, with what the client knows beside it."""

    message: Annotated[str, Field(max_length=16 * MESSAGE_MAX_LENGTH)]
    session_id: WholeNumber | None = None
    context: ChatContext = Field(default_factory=ChatContext)
    location_id: Identifier | None = None

    @field_validator("session_id")
    @classmethod
    def possible_session(cls, number: int | None) -> int | None:
        """None for a number that no session can have: like any that does not exist."""
        return number if number is not None and 1 <= number < 2**63 else None

    @field_validator("context", mode="before")
    @classmethod
    def absent_context(cls, value: Any) -> Any:
        return {} if value is None else value

    _trimmed = field_validator("message")(trimmed_message)


class TurnOptions(Schema):
    """How a message is to be answered.

    With `single_model_mode` false, `model_a` and `model_b` answer side by side.
    `on_disconnect` "stop" ends the answer when its last reader leaves.
    """

    model_a: Annotated[str, Field(max_length=200)] | None = None
    model_b: Annotated[str, Field(max_length=200)] | None = None
    single_model_mode: StrictBool = True
    preferred_model: Annotated[str, Field(max_length=200)] | None = None
    on_disconnect: Literal["continue", "stop"] = "continue"
    client_message_id: UUID | None = None
    debug: StrictBool = False

    @field_validator("single_model_mode")
    @classmethod
    def two_models(cls, single: bool, given: ValidationInfo) -> bool:
        if not single and not given.data.get("model_b"):
            raise ValueError("to compare two models, name the second one in model_b")
        return single

    def models(self) -> tuple[tuple[str, str | None], ...]:
        """The answers wanted: (variant, model), None for the default model."""
        first = ("A", clean_text(self.model_a or self.preferred_model) or None)
        return (first,) if self.single_model_mode else (first, ("B", clean_text(self.model_b)))


class ChatRequest(MessageIn, TurnOptions):
    """A message that is to be answered."""


class EditRequest(TurnOptions):
    """A message in other words; what the client knows beside them may change too."""

    content: Annotated[str, Field(max_length=16 * MESSAGE_MAX_LENGTH)]
    context: ChatContext = Field(default_factory=ChatContext)
    location_id: Identifier | None = None

    _trimmed = field_validator("content")(trimmed_message)
