"""Locates an event by a place in separate fields."""

from __future__ import annotations

from dataclasses import replace

from tzfpy import get_tz

from core.grid import distance_miles
from core.text import fold_name
from events.ingestion.cleaning import clean_line
from events.ingestion.locations.online import is_online_only
from events.ingestion.locations.whereabouts import Whereabouts, in_town, placed
from events.ingestion.records import RawPlace, VenueDraft
from events.places.gazetteer import Gazetteer, Town
from events.places.regions import (
    country_code,
    country_in_any_language,
    country_name,
    state_code,
)

# Of a degree: a centimetre. What is closer to zero is noise, of which SQL's trigonometry fails.
_DIGITS = 7
# A point this far from the middle of the town that the line names is not of that line.
_FARTHEST_MILES = 60.0


def from_fields(place: RawPlace, line: str, gazetteer: Gazetteer) -> Whereabouts:
    """The venue of the fields; where they have no name, the line's first part names it."""
    city, region = _city_and_region(place)
    country = country_code(place.country) or country_in_any_language(place.country)
    country = country or ("US" if state_code(region) else "")
    region = state_code(region) or region
    town = _town_of_fields(city, region, country, gazetteer)
    name = clean_line(place.name, 300)
    if not name and line and not is_online_only(line):
        name = line.partition(",")[0]
    if fold_name(name) == fold_name(place.city):
        name = city
    venue = VenueDraft(
        name=name or place.street_address or city or line,
        street_address=place.street_address,
        city=town.name if town and fold_name(town.name) == fold_name(city) else city,
        state=region or (town.region_code if town and town.country_code == "US" else ""),
        postal_code=place.postal_code,
        country=country_name(country) or place.country or (town.country if town else ""),
    )
    return placed(_with_point(venue, place, town), town)


def at_point(place: RawPlace, found: Whereabouts) -> Whereabouts | None:
    """A line's venue at the feed's own point; None where the line names a place far from it."""
    venue = found.venue
    if venue is None or not venue.city:
        return None
    exact = _with_point(venue, place, None)
    if exact.precision != "venue" or exact.latitude is None or exact.longitude is None:
        return None
    if venue.latitude is not None and venue.longitude is not None:
        apart = distance_miles(venue.latitude, venue.longitude, exact.latitude, exact.longitude)
        if apart > _FARTHEST_MILES:
            return None
    return replace(found, venue=replace(exact, place_id=venue.place_id), zone=exact.timezone)


def exchanged(place: RawPlace) -> RawPlace:
    """The place with its coordinates in the other order, as some feeds write them."""
    return replace(place, latitude=place.longitude, longitude=place.latitude)


def _town_of_fields(city: str, region: str, country: str, gazetteer: Gazetteer) -> Town | None:
    """The town by its full name, else without the region, else by a part: Rapperswil-Jona."""
    town = gazetteer.town(city, region=region, country=country)
    if town is None and region:
        town = gazetteer.town(city, country=country)
    if town is None and country and "-" in city:
        town = gazetteer.town(city.partition("-")[0], country=country)
    return town


def _city_and_region(place: RawPlace) -> tuple[str, str]:
    """Splits "San Francisco, CA" in the city's field."""
    city, _, rest = place.city.partition(",")
    return city.strip(), place.state.strip() or rest.strip()


def _with_point(venue: VenueDraft, place: RawPlace, town: Town | None) -> VenueDraft:
    """The feed's own point where it is on earth, else the middle of the town."""
    if place.latitude is None or place.longitude is None:
        return in_town(venue, town)
    if not -90 <= place.latitude <= 90 or not -180 <= place.longitude <= 180:
        return in_town(venue, town)
    latitude, longitude = round(place.latitude, _DIGITS), round(place.longitude, _DIGITS)
    # (0, 0) is what careless exports write for "unknown".
    if not (latitude or longitude):
        return in_town(venue, town)
    return replace(
        venue,
        latitude=latitude,
        longitude=longitude,
        precision="venue",
        timezone=get_tz(longitude, latitude),
        place_id=town.id if town else None,
    )
