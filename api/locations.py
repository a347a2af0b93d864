"""Places to choose from, and one place."""

from __future__ import annotations

import json
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema
from pydantic import AfterValidator

from api.http.pagination import MAX_LIMIT
from core.errors import ErrorOut, NotFound
from events.models import Place
from events.places.suggestions import suggest_places

router = Router(tags=["places"])
LocationId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class LocationOut(Schema):
    """A town. `id` is its GeoNames id, which `location_id` of a turn takes; degrees are WGS84."""

    id: int
    label: str
    name: str
    region: str
    country_code: str
    lat: float
    lng: float
    population: int
    timezone: str


def _location(place: Place) -> dict[str, Any]:
    """The fields of `LocationOut`."""
    return {
        "id": place.pk,
        "label": place.label,
        "name": place.name,
        "region": place.region,
        "country_code": place.country_code,
        "lat": place.latitude,
        "lng": place.longitude,
        "population": place.population,
        "timezone": place.timezone,
    }


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


class Typed(Schema):
    """`q` is the beginning of a name, perhaps with a region or country: "newton, ma"."""

    q: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_not_blank)]
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 8
    country: Annotated[str | None, Field(pattern=r"^[A-Za-z]{2}$")] = None


@router.get("/locations/suggest", response={200: list[LocationOut], 401: ErrorOut, 422: ErrorOut})
def suggest_locations(request: HttpRequest, typed: Query[Typed]) -> HttpResponse:
    """The places that the letters typed so far may mean, the best first."""
    found = suggest_places(typed.q, limit=typed.limit, country_code=typed.country)
    # Asked with every letter, so written as it is: validating it would take longer.
    content = json.dumps([_location(place) for place in found])
    return HttpResponse(content, content_type="application/json; charset=utf-8")


@router.get(
    "/locations/{location_id}",
    response={200: LocationOut, 401: ErrorOut, 404: ErrorOut, 422: ErrorOut},
)
def get_location(request: HttpRequest, location_id: LocationId) -> dict[str, Any]:
    """One place."""
    place = Place.objects.by_id(location_id)
    if place is None:
        raise NotFound("There is no such place.")
    return _location(place)
