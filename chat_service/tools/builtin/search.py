"""Finds events, counts them, and finds places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from chat_service.tools.base import ToolContext
from chat_service.tools.builtin.wishes import Wishes, constraints_of
from chat_service.tools.event_brief import EventBrief
from chat_service.tools.functions import tool
from core.database import in_database
from events.places.suggestions import suggest_places
from rag.service import (
    FindOptions,
    constraints_to_json,
    find_events,
)
from rag.service import (
    count_events as count_fitting,
)
from rag.types import Constraints, Retrieval

Order = Literal["relevance", "start", "distance", "price"]
_LISTED_AT_MOST = 25


class SearchWishes(Wishes):
    """What to find, how many, and in which order."""

    limit: Annotated[int, Field(ge=1, le=_LISTED_AT_MOST, description="How many at most.")] = 8
    order: Annotated[
        Order,
        Field(description="The order of the 25 best that fit: best, soonest, nearest, cheapest."),
    ] = "relevance"


class Loosened(BaseModel):
    """A change of the wishes that would find more: `matches` of them, at most 25."""

    change: str
    matches: int


class FoundEvents(BaseModel):
    """What fits, and what was searched for; `loosened` only when little fits.

    `near_misses` do not fit, but come closest.
    """

    events: Sequence[EventBrief]
    near_misses: Sequence[EventBrief] = ()
    searched_for: Mapping[str, Any]
    loosened: Sequence[Loosened] = ()


@tool()
async def search_events(wishes: SearchWishes, context: ToolContext) -> FoundEvents:
    """Finds events by topic, place, dates, price, age and audience. Use it for every question
    about what is on. Dates are absolute: work out "this weekend" yourself."""
    return await in_database(_search, wishes, context)


def _search(wishes: SearchWishes, context: ToolContext) -> FoundEvents:
    constraints = constraints_of(wishes, context)
    return find(constraints, context, limit=wishes.limit, order=wishes.order)


def find(
    constraints: Constraints, context: ToolContext, *, limit: int, order: Order = "relevance"
) -> FoundEvents:
    """Finds events for constraints that were read already. Visits the database.

    Raises:
        RetrievalError: the events could not be searched.
    """
    retrieval = find_events(constraints, now=context.now, options=FindOptions())
    fitting = _fitting(retrieval)
    near = [] if fitting else [EventBrief.of_ranked(one) for one in retrieval.in_tier("near")]
    return FoundEvents(
        events=_ordered(fitting, order)[:limit],
        near_misses=near[:limit],
        searched_for=constraints_to_json(constraints),
        loosened=[
            Loosened(change=each.label, matches=each.matches) for each in retrieval.relaxations
        ],
    )


def _fitting(retrieval: Retrieval) -> list[EventBrief]:
    """What fits, best first. Where nothing could be recommended, the rest only comes close."""
    best = retrieval.in_tier("recommended")
    return [
        EventBrief.of_ranked(one)
        for one in (*best, *(retrieval.in_tier("additional") if best else ()))
    ]


def _ordered(events: list[EventBrief], order: Order) -> list[EventBrief]:
    far = float("inf")
    if order == "start":
        return sorted(events, key=lambda one: one.start_time)
    if order == "distance":
        return sorted(events, key=lambda one: far if (m := one.distance_miles) is None else m)
    if order == "price":
        return sorted(events, key=lambda one: far if (p := one.min_price) is None else p)
    return events


class Counted(BaseModel):
    """How many happenings fit, and on how many dates in all (a weekly class is one happening).

    `is_exact` is false when some of them lack a word of what was asked for: say "about" then.
    """

    events: int
    dates: int
    is_whole: bool
    is_exact: bool
    searched_for: Mapping[str, Any]


@tool()
async def count_events(wishes: Wishes, context: ToolContext) -> Counted:
    """Counts the events that fit: for "how many" questions. All are counted, not only a page."""
    return await in_database(_count, wishes, context)


def _count(wishes: Wishes, context: ToolContext) -> Counted:
    return count(constraints_of(wishes, context), context)


def count(constraints: Constraints, context: ToolContext) -> Counted:
    """Counts for constraints that were read already. Visits the database.

    Raises:
        RetrievalError: the events could not be searched.
    """
    counted = count_fitting(constraints, now=context.now)
    return Counted(
        events=counted.happenings,
        dates=counted.dates,
        is_whole=counted.is_whole,
        is_exact=counted.is_exact,
        searched_for=constraints_to_json(constraints),
    )


class PlaceFound(BaseModel):
    """A town. `id` is its GeoNames id; degrees are WGS84."""

    id: int
    label: str
    latitude: float
    longitude: float
    population: int
    timezone: str


class PlacesFound(BaseModel):
    places: Sequence[PlaceFound]


@tool()
async def find_place(
    name: Annotated[str, Field(min_length=1, max_length=100)],
    country_code: Annotated[str, Field(pattern="^[A-Za-z]{2}$")] | None = None,
    limit: Annotated[int, Field(ge=1, le=20)] = 5,
) -> PlacesFound:
    """Finds towns by name, the most likely first: to see which of several is meant.

    Args:
        name: the town, or the beginning of its name, perhaps with a region: "newton, ma".
        country_code: two letters, such as US.
        limit: how many at most.
    """
    return PlacesFound(places=await in_database(_find_places, name, country_code, limit))


def _find_places(name: str, country_code: str | None, limit: int) -> list[PlaceFound]:
    words = " ".join(name.replace("\x00", " ").split())
    country = country_code.upper() if country_code else None
    return [
        PlaceFound(
            id=place.pk,
            label=place.label,
            latitude=place.latitude,
            longitude=place.longitude,
            population=place.population,
            timezone=place.timezone,
        )
        for place in suggest_places(words, limit=limit, country_code=country)
    ]
