"""Reads and checks the parameters of `GET /events`, and makes a search filter of them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from django.utils import timezone
from ninja import Field, Schema
from pydantic import BeforeValidator

from api.http.cursors import Cursor, read_cursor
from api.http.pagination import MAX_LIMIT, Page
from core.errors import InvalidRequest
from events.models import Place
from rag.service import Box, Circle, Listing, SearchFilter, Sort, centre_of, default_radius
from rag.types import Centre, Constraints

EventId = Annotated[int, Field(ge=1, le=2**63 - 1)]
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# An unescaped plus sign in a query string arrives as a blank.
_LOST_PLUS = re.compile(r"(T[\d:.]+) (\d{2}:?\d{2})$")
_DATED = re.compile(r"\d{4}-\d\d-\d\d")


def _written_time(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not _DATED.match(value):  # a bare number would be taken for seconds
        raise ValueError("must be a date or an RFC 3339 time")
    return _LOST_PLUS.sub(r"\1+\2", value)


Moment = Annotated[datetime, BeforeValidator(_written_time)]
Degrees = Annotated[float, Field(allow_inf_nan=False)]


class EventFilters(Schema):
    """Which events, and in which order; without any parameter the upcoming ones, soonest first.

    `from` and `to` are RFC 3339 times (without an offset, or as a date, in the server's zone);
    an event counts when it overlaps the half-open range. `lat` and `lng`, or `location_id`,
    are the point that distances are measured from; with `radius_miles` only what takes place
    within it is listed (a town has a radius of its own that fits its size), and with
    `is_virtual` true only what one can attend online, wherever. `bbox` is
    `west,south,east,north` in degrees; with a west greater than its east it crosses the
    antimeridian. `status` is, by default, anything but cancelled; `any` lists those too.
    """

    q: Annotated[str, Field(max_length=400)] = ""
    lat: Annotated[Degrees, Field(ge=-90, le=90)] | None = None
    lng: Annotated[Degrees, Field(ge=-180, le=180)] | None = None
    radius_miles: Annotated[Degrees, Field(gt=0, le=12_500)] | None = None
    location_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    bbox: Annotated[str, Field(max_length=200)] | None = None
    start: Annotated[Moment | None, Field(alias="from")] = None
    end: Annotated[Moment | None, Field(alias="to")] = None
    is_virtual: bool | None = None
    max_price: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""
    tag: Annotated[str, Field(max_length=100)] = ""
    status: Literal["scheduled", "postponed", "cancelled", "any"] | None = None
    sort: Literal["relevance", "start", "distance"] | None = None


class EventPage(EventFilters, Page):
    """The same, page by page, or `ids`: events answered in that order.

    `cursor` comes from the `Link` header of the page before, whose pages neither repeat
    nor skip an event while others come in; `offset` does, at times.
    """

    ids: Annotated[list[EventId], Field(max_length=MAX_LIMIT)] = []
    cursor: Annotated[str, Field(max_length=8000)] = ""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A list that was asked for. `constraints` holds the words, None without any."""

    listing: Listing
    sort: Literal["relevance", "start", "distance"]
    now: datetime
    constraints: Constraints | None
    centre: Centre | None


def read_filters(filters: EventFilters, *, now: datetime) -> ListRequest:
    """The list that the parameters ask for.

    Raises:
        InvalidRequest: they contradict each other.
    """
    words = _words(filters.q)
    centre = _centre(filters)
    radius = _radius(filters, centre)
    sort = filters.sort or ("relevance" if words else "start")
    _refuse_nonsense(filters, bool(words), sort, centre)
    date_from, date_to = _range(filters, now)
    circle = Circle(centre.lat, centre.lng, radius) if centre and radius else None
    is_virtual = False if circle and filters.is_virtual is None else filters.is_virtual
    with_cancelled = filters.status in ("cancelled", "any")
    wanted = SearchFilter(
        date_from=date_from,
        date_to=date_to,
        circle=circle,
        is_virtual=is_virtual,
        max_price=filters.max_price,
        currency=filters.currency,
        box=_box(filters.bbox),
        tag=filters.tag.replace("\x00", " "),
        status="" if filters.status in (None, "any") else filters.status,
        by_cells=not with_cancelled,
    )
    listing = Listing(
        wanted,
        Sort.DISTANCE if sort == "distance" else Sort.START,
        (centre.lat, centre.lng) if centre else None,
        with_cancelled,
    )
    zone = (centre.timezone if centre else None) or settings.TIME_ZONE
    constraints = Constraints(
        place=centre, max_distance_miles=radius, query=words, timezone=zone, is_virtual=is_virtual
    )
    return ListRequest(listing, sort, now, constraints if words else None, centre)


def read_page_cursor(page: EventPage) -> Cursor | None:
    """Where a page begins, None for the first or an `offset`.

    Raises:
        InvalidRequest: the cursor is none, of another order, or beside an offset.
    """
    if not page.cursor:
        return None
    cursor = read_cursor(page.cursor)
    if page.offset:
        raise _refusal("cursor", "cannot be used together with offset")
    sort = page.sort or ("relevance" if _words(page.q) else "start")
    if cursor.sort != sort or (cursor.key is None) != bool(_words(page.q)):
        raise _refusal("cursor", "belongs to a list in another order")
    return cursor


def _words(query: str) -> str:
    return " ".join(query.replace("\x00", " ").split())


def _centre(filters: EventFilters) -> Centre | None:
    if (filters.lat is None) != (filters.lng is None):
        missing = "lng" if filters.lng is None else "lat"
        raise _refusal(missing, "lat and lng come together")
    if filters.location_id is not None:
        if filters.lat is not None:
            raise _refusal("location_id", "cannot be used together with lat and lng")
        place = Place.objects.by_id(filters.location_id)
        if place is None:
            raise _refusal("location_id", "must be the id of a known place")
        return centre_of(place)
    if filters.lat is None or filters.lng is None:
        return None
    return Centre("", filters.lat, filters.lng, kind="point")


def _radius(filters: EventFilters, centre: Centre | None) -> float | None:
    if filters.radius_miles is not None and centre is None:
        raise _refusal("radius_miles", "needs lat and lng, or a location_id, to measure from")
    if filters.radius_miles is None and filters.location_id is not None and centre is not None:
        return default_radius(centre)
    return filters.radius_miles


def _refuse_nonsense(
    filters: EventFilters, has_words: bool, sort: str, centre: Centre | None
) -> None:
    if sort == "relevance" and not has_words:
        raise _refusal("sort", "relevance is that to the words of q, which is empty")
    if sort == "distance" and centre is None:
        raise _refusal("sort", "distance needs lat and lng, or a location_id, to measure from")
    if has_words and filters.status in ("cancelled", "any"):
        raise _refusal("status", "words are searched among events that are not cancelled")


def _range(filters: EventFilters, now: datetime) -> tuple[datetime, datetime]:
    start, end = _aware("from", filters.start), _aware("to", filters.end)
    if start and end and start >= end:
        raise _refusal("to", "must be after from")
    start, end = start or now, end or _LATEST
    # An end before now leaves an empty range, when no start is given.
    return (start, end) if start < end else (_LATEST, _LATEST)


def _aware(name: str, moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if not _EARLIEST.year <= moment.year < _LATEST.year:
        raise _refusal(name, f"must lie in the years {_EARLIEST.year} to {_LATEST.year - 1}")
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _box(text: str | None) -> Box | None:
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise _refusal("bbox", "must be four numbers: west,south,east,north") from None
    if not all(math.isfinite(each) for each in (west, south, east, north)):
        raise _refusal("bbox", "must be four finite numbers")
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise _refusal("bbox", "longitudes are -180 to 180, latitudes -90 to 90 degrees")
    if south > north:
        raise _refusal("bbox", "its south is north of its north")
    return Box(west, south, east, north)


def _refusal(name: str, problem: str) -> InvalidRequest:
    fields: Mapping[str, str] = {name: problem}
    return InvalidRequest(f"The request is not valid; see: {name}.", fields=fields)
