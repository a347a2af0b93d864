"""What a message asks for: the act, the constraints, and what they are read against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Literal

Source = Literal["message", "context", "session", "default"]
CentreKind = Literal["place", "postal_code", "point", "address"]
ActKind = Literal[
    "find", "about", "compare", "count", "plan", "calendar", "explain", "talk", "decline"
]
Order = Literal["relevance", "start", "distance", "price"]


@dataclass(frozen=True, slots=True)
class Centre:
    """The one point that a search measures distances from (WGS84 degrees).

    ``location_id`` is the GeoNames id when the point is a known place; a point
    given by the user's device has neither an id nor a population. ``kind``
    says what the label names: a town, a postal code, a bare point, or an
    address or landmark that a geocoder found.
    """

    label: str
    lat: float
    lng: float
    location_id: int | None = None
    timezone: str | None = None
    country_code: str | None = None
    region_code: str | None = None
    region: str | None = None
    population: int | None = None
    kind: CentreKind = "place"


@dataclass(frozen=True, slots=True)
class MoreLike:
    """The event that the wanted ones are to resemble."""

    event_id: int
    title: str


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """An event that the conversation showed, as far as words may refer to it.

    ``number`` is the one printed in the answer ("[3]"); it may differ from the
    event's place among those cited. ``answers_ago`` is 0 for the latest answer that
    showed any; an event that several answers showed stands once for each. Times are
    aware, in UTC; ``timezone`` is the IANA zone to read them in.
    ``min_price`` is None when unknown and 0 when free, in ``currency`` (ISO 4217, empty when
    unknown). ``is_found`` says that the answer was what a search found, and not about an event
    that was shown before. One that ``recurs`` takes place again later.
    """

    event_id: int
    title: str
    number: int
    min_price: float | None = None
    answers_ago: int = 0
    start_time: datetime | None = None
    end_time: datetime | None = None
    timezone: str = "UTC"
    venue: str = ""
    city: str = ""
    tags: tuple[str, ...] = ()
    distance_miles: float | None = None
    is_found: bool = False
    currency: str = ""
    recurs: bool = False


@dataclass(frozen=True, slots=True)
class TimePattern:
    """Hours that recur within a range of dates ("weekday evenings", "first Fridays").

    ``weekdays`` are ISO numbers (Monday 1), empty for every day. ``nth`` are positions of
    the weekday in its month (-1 the last), empty for each of them. ``starts``/``ends``
    are wall times in the search's zone; an end that is not after the start crosses midnight.
    """

    weekdays: tuple[int, ...] = ()
    nth: tuple[int, ...] = ()
    starts: time | None = None
    ends: time | None = None


@dataclass(frozen=True, slots=True)
class AgeRange:
    """Whole years, both ends included; an open end is None, but not both.

    >>> str(AgeRange(4, 4)), str(AgeRange(6, 10)), str(AgeRange(18)), str(AgeRange(None, 12))
    ('4', '6–10', '18+', '0–12')
    """

    min: int | None = None
    max: int | None = None

    def __str__(self) -> str:
        if self.min is not None and self.min == self.max:
            return f"{self.min}"
        return f"{self.min}+" if self.max is None else f"{self.min or 0}–{self.max}"

    @property
    def one(self) -> int | None:
        """The age, where one is meant."""
        return self.min if self.min == self.max else None


@dataclass(frozen=True, slots=True)
class Mended:
    """A word that was taken for another spelling: what was typed, and what was read."""

    typed: str
    read: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One part of a plan: what is wished for, and the wall times it may take."""

    wish: str
    starts: time | None = None
    ends: time | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What a message wants done.

    ``refers_to`` holds ids of events that the conversation showed; ``missing`` the words
    of a reference to one that it did not show. ``subject`` names an event that is to be looked
    up, by the reading's constraints with these words as the query. ``about`` names what is asked
    of events ("time", "end", "place", "address", "price", "ages", "organizer", "link",
    "registration", "description" or "other"), ``question`` holds the words of the question;
    ``by`` is what a comparison goes by ("price", "distance", "start" or "duration"); ``slots``
    are the parts of a plan, or the wishes to compare; ``topic`` is the kind of talk
    ("greeting", "thanks", "farewell", "praise", "about", "towns", "data", "privacy",
    "start_over"), of what is declined ("off_topic", "insult", "nonsense"), or "times" for a count
    of one event's dates. ``confidence`` (0 to 1) says how sure the reader is.
    """

    kind: ActKind = "find"
    refers_to: tuple[int, ...] = ()
    missing: str | None = None
    subject: str = ""
    about: str | None = None
    question: str = ""
    by: str | None = None
    slots: tuple[Slot, ...] = ()
    topic: str | None = None
    confidence: float = 1.0
    read_by: Literal["rules", "model"] = "rules"


@dataclass(frozen=True, slots=True)
class SearchContext:
    """What the caller knows beside the words: the request's ``context`` object.

    Every field is optional. ``user_lat``/``user_lng`` come in a pair, in
    degrees; ``date_from``/``date_to`` are aware and half-open.
    """

    location: str | None = None
    location_id: int | None = None
    user_lat: float | None = None
    user_lng: float | None = None
    max_distance_miles: float | None = None
    is_virtual: bool | None = None
    date_from: datetime | None = None
    date_to: datetime | None = None
    timezone: str | None = None
    max_price: float | None = None
    currency: str | None = None
    age_min: int | None = None
    age_max: int | None = None
    more_like: MoreLike | None = None


@dataclass(frozen=True, slots=True)
class Constraints:
    """What is wanted, and where each wish came from. An absent wish is None.

    ``date_from``/``date_to`` are aware datetimes in the search's zone, a
    half-open range. ``query`` is what is left of the words for the semantic
    search. ``sources`` names, for every wish that is set, whether it came from
    the message, the request's context, the session or a default.
    ``names`` are those that the message put in quotation marks; they are part
    of ``query`` too. ``alternatives`` are other places that the same words could have meant;
    ``unknown_place`` holds words that named a place nobody knows.
    ``not_event_ids`` are events already shown that are not to come again.
    ``currency`` is the ISO code that ``max_price`` was named in, None when none was named:
    then amounts are compared as they are.
    ``times`` are patterns within the range of dates: an event fits if it fits one of them.
    ``any_of`` are topics of which one is enough (``query`` holds their words too), ``none_of``
    what is not wanted (not in ``query``). ``mended`` are words read in another spelling, which
    the answer has to say. ``beside`` is the location that the context gave when the words
    named another place. ``language`` (ISO 639-1) is what the message was written in; ``query``
    and the other words are in English as far as they were known.
    """

    place: Centre | None = None
    date_from: datetime | None = None
    date_to: datetime | None = None
    is_virtual: bool | None = None
    max_distance_miles: float | None = None
    max_price: float | None = None
    currency: str | None = None
    age: AgeRange | None = None
    audience: str | None = None
    times: tuple[TimePattern, ...] = ()
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    order: Order = "relevance"
    query: str = ""
    names: tuple[str, ...] = ()
    more_like: MoreLike | None = None
    not_event_ids: tuple[int, ...] = ()
    timezone: str = "UTC"
    sources: Mapping[str, Source] = field(default_factory=dict)
    alternatives: tuple[Centre, ...] = ()
    unknown_place: str | None = None
    mended: tuple[Mended, ...] = ()
    beside: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as it was understood: what to do, in order, and the wishes in force."""

    acts: tuple[Act, ...]
    constraints: Constraints
