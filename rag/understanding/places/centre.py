"""The one centre of a search, and how far around it to look."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Centre, Constraints, SearchContext, Source
from rag.understanding.places.lookup import PlaceLookup
from rag.understanding.places.resolution import PlaceWords
from rag.understanding.wishes.reach import FARTHEST_MILES, DistanceWords

# A place of at most so many people has a default radius of so many miles.
_RADIUS_BY_POPULATION = ((50_000, 10.0), (250_000, 15.0), (1_000_000, 20.0), (3_000_000, 25.0))
_METROPOLIS_RADIUS = 30.0
_POSTAL_CODE_RADIUS = 8.0
_POINT_RADIUS = 25.0
# A street or a landmark stands for its surroundings.
_ADDRESS_RADIUS = 5.0
# "Any distance" from a place: nobody goes farther for an event.
_ANY_DISTANCE = 250.0
POINT_LABEL = "Your location"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A centre or none, who chose it, and what its name could have meant too."""

    centre: Centre | None = None
    source: Source = "default"
    alternatives: tuple[Centre, ...] = ()


def default_radius(centre: Centre) -> float:
    """Miles that fit a place: 5 for a landmark, 10 for a small town up to 30 for a metropolis."""
    if centre.kind == "postal_code":
        return _POSTAL_CODE_RADIUS
    if centre.kind == "point":
        return _POINT_RADIUS
    if centre.kind == "address":
        return _ADDRESS_RADIUS
    population = centre.population or 0
    fitting = (radius for most, radius in _RADIUS_BY_POPULATION if population <= most)
    return next(fitting, _METROPOLIS_RADIUS)


def choose_centre(
    words: PlaceWords,
    location: PlaceWords,
    context: SearchContext,
    standing: Constraints | None,
    gazetteer: PlaceLookup,
) -> Chosen:
    """The place in the words, else the context's (in the contract's order), else the session's.

    A place that earlier words named stays while the client goes on sending the location that it
    was named beside.

    `location` is the context's location string, read like words.
    """
    if words.centre is not None:
        return Chosen(words.centre, "message", words.alternatives)
    if words.is_anywhere:
        return Chosen()
    if _has_point(context) and (words.is_here or context.max_distance_miles is not None):
        return Chosen(_point(context, gazetteer), "context")
    given = given_location(context)
    if standing is not None and standing.place is not None and given and standing.beside == given:
        return Chosen(standing.place, "session")
    by_id = gazetteer.by_id(context.location_id) if context.location_id is not None else None
    centre = by_id or location.centre
    if centre is None and _has_point(context):
        centre = _point(context, gazetteer)
    if centre is not None:
        others = location.alternatives if centre is location.centre else ()
        return Chosen(centre, "context", others)
    if standing is not None and standing.place is not None:
        return Chosen(standing.place, "session")
    return Chosen()


def given_location(context: SearchContext) -> str:
    """The location of the context in a form to compare; empty when it gives none."""
    return f"{context.location_id or context.location or ''}"


def choose_distance(
    words: DistanceWords,
    place: PlaceWords,
    chosen: Chosen,
    context: SearchContext,
    standing: Constraints | None,
) -> tuple[float | None, Source]:
    """The radius in miles and who chose it: the words, the context, the session, or a default."""
    if words.miles.value is not None and not (words.is_nearby and place.centre is not None):
        return words.miles.value, "message"
    if place.is_anywhere:
        return None, "default"
    known = _known_distance(context, standing)
    default = _default_radius(place, chosen, standing)
    if words.step:
        base = known[0] or (standing.max_distance_miles if standing else None) or default
        return (next_radius(base, words.step), "message") if base else known
    if words.miles.said and words.miles.value is None and chosen.centre is not None:
        return max(_ANY_DISTANCE, default or 0.0), "message"
    if known[0] is not None and not words.miles.said:
        return known
    return default, "default"


def _default_radius(
    place: PlaceWords, chosen: Chosen, standing: Constraints | None
) -> float | None:
    """What fits the place: a state's own extent, what was used before, or what fits its size."""
    if chosen.centre is None:
        return None
    if place.radius_miles is not None and chosen.centre is place.centre:
        return place.radius_miles
    if chosen.source == "session" and standing is not None and standing.max_distance_miles:
        return standing.max_distance_miles
    return default_radius(chosen.centre)


def _known_distance(
    context: SearchContext, standing: Constraints | None
) -> tuple[float | None, Source]:
    if context.max_distance_miles is not None:
        return context.max_distance_miles, "context"
    if standing is None or standing.sources.get("max_distance_miles") == "default":
        return None, "default"
    return standing.max_distance_miles, "session"


def _has_point(context: SearchContext) -> bool:
    return context.user_lat is not None and context.user_lng is not None


def _point(context: SearchContext, gazetteer: PlaceLookup) -> Centre:
    lat, lng = context.user_lat or 0.0, context.user_lng or 0.0
    zone = context.timezone or gazetteer.timezone_at(lat, lng)
    return Centre(POINT_LABEL, lat, lng, timezone=zone, kind="point")


_ROUND_MILES = (1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 25.0, 40.0, 50.0, 75.0, 100.0, 150.0, 250.0)
# A smaller change of the radius than this would hardly be noticed.
_NOTICEABLE = 1.4


def wider_radii(miles: float) -> list[float]:
    """The round distances that are noticeably larger, in miles, the smallest first."""
    return [radius for radius in _ROUND_MILES if radius > miles * _NOTICEABLE]


def next_radius(miles: float, step: int) -> float:
    """The next round distance outwards (`step` 1) or inwards (-1); past the round ones, by two."""
    if step > 0:
        return next(iter(wider_radii(miles)), min(miles * 2, FARTHEST_MILES))
    smaller = [radius for radius in _ROUND_MILES if radius * _NOTICEABLE <= miles]
    return smaller[-1] if smaller else miles / 2
