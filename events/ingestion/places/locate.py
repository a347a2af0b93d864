"""Decides where an event is and whether one attends it online."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from tzfpy import get_tz

from events.ingestion.cleaning import clean_line
from events.ingestion.places.gazetteer import Gazetteer, Town
from events.ingestion.places.online import is_online_only, online_signs, title_mode
from events.ingestion.places.readings import Reading, readings
from events.ingestion.places.regions import country_code, country_name, state_code
from events.ingestion.places.venue_text import VenueText, read_venue
from events.ingestion.raw import RawEvent, RawPlace
from events.ingestion.types import VenueDraft
from events.ingestion.venues import known_venue
from events.text import fold_name

# A line may name another town than the one it ends with, this far away.
NEARBY_MILES = 40.0
# The least a place must have to be meant by its bare name, without a region.
LARGE_TOWN = 100_000
# A line that is only a far city's name means that city: an away game.
FAR_CITY = 50_000
FAR_CITY_DOMINANCE = 3
_LINE = 1000
# Lines whose reading is kept: more than a county's calendars have, and bounded memory.
_REMEMBERED = 20_000
_NAME_PARTS = re.compile(r"[^\s()\[\]|–—-]+")


# A line to (latitude, longitude) in degrees; may ask a network service, so it is off
# unless the caller gives one.
Geocode = Callable[[str], tuple[float, float] | None]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where an event is: `mode` is the model's word, `zone` the place's (or empty)."""

    venue: VenueDraft | None = None
    room: str = ""
    location: str = ""
    mode: str = "offline"
    zone: str = ""
    link: str = ""


class Locator:
    """Locates the events of one file; every distinct line is read once.

    `home` is the town of events that name none, unless they take place online;
    `geocode` is the last resort.
    """

    def __init__(
        self,
        gazetteer: Gazetteer,
        *,
        home: Town | None = None,
        geocode: Geocode | None = None,
    ) -> None:
        self._gazetteer = gazetteer
        self._home = home
        self._geocode = geocode
        self._lines: dict[str, Whereabouts] = {}

    def prepare(self, events: Iterable[RawEvent]) -> None:
        """Fetches at once every town name that locating these events may ask for."""
        lines = {event.location for event in events}
        cities = {event.place.city.partition(",")[0] for event in events if event.place}
        self._gazetteer.prime([*cities, *(name for line in lines for name in _names_in(line))])

    def locate(self, event: RawEvent) -> Whereabouts:
        """From the feed's point, else its fields, else its location line."""
        line = clean_line(event.location, _LINE)
        place = event.place
        if place is not None and (place.city or place.latitude is not None):
            return _with_mode(_from_fields(place, line, self._gazetteer), event)
        if place is not None:
            parts = (place.name, place.street_address, place.state, place.country)
            line = ", ".join(part for part in parts if part) or line
        if line not in self._lines:
            if len(self._lines) >= _REMEMBERED:
                self._lines.clear()
            found = _with_known_venue(_from_line(line, self._gazetteer))
            self._lines[line] = self._geocoded(_at_home(found, self._home), line)
        return _with_mode(self._lines[line], event)

    def _geocoded(self, found: Whereabouts, line: str) -> Whereabouts:
        """The last resort, for a venue that neither its town nor its name has placed."""
        venue = found.venue
        if self._geocode is None or venue is None or venue.latitude is not None:
            return found
        point = self._geocode(line)
        if point is None:
            return found
        # What a geocoder makes of a name alone is as rough as a town.
        precision = "venue" if venue.street_address else "place"
        zone = get_tz(point[1], point[0])
        placed = replace(
            venue, latitude=point[0], longitude=point[1], precision=precision, timezone=zone
        )
        return replace(found, venue=placed, zone=zone)


def _with_known_venue(found: Whereabouts) -> Whereabouts:
    """A line without a town can still name a venue that another feed has placed."""
    if found.venue is None or found.venue.latitude is not None:
        return found
    known = known_venue(found.venue.name)
    if known is None:
        return found
    return replace(found, venue=known, location=one_line(known), zone=known.timezone)


def _at_home(found: Whereabouts, home: Town | None) -> Whereabouts:
    """What names no town is in the source's own; its room, mode and link stay."""
    named = found.venue
    if home is None or found.mode == "online" or (named and (named.city or named.latitude)):
        return found
    venue = replace(
        named or VenueDraft(name=home.name),
        city=home.name,
        state=home.region_code if home.country_code == "US" else "",
        country=home.country,
    )
    placed = _placed(_in_town(venue, home), home)
    return replace(found, venue=placed.venue, location=placed.location, zone=placed.zone)


def _names_in(line: str) -> Iterator[str]:
    """The town of each reading, and all runs of up to three words before it."""
    for reading in readings(clean_line(line, _LINE)):
        yield reading.city
        words = _NAME_PARTS.findall(reading.head)
        for count in (1, 2, 3):
            for first in range(len(words) - count + 1):
                if words[first][0].isupper():
                    yield " ".join(words[first : first + count])


def _with_mode(found: Whereabouts, event: RawEvent) -> Whereabouts:
    """The feed's own word on attendance first, then the line's, then the title's."""
    link = event.online_url if event.online_url.startswith("http") else found.link
    mode = event.attendance_mode or found.mode
    if not event.attendance_mode:
        said = title_mode(event.title)
        has_venue = found.venue is not None and found.venue.name != found.venue.city
        if event.online_url and mode == "offline":
            mode = "mixed" if found.venue else "online"
        elif said and mode == "offline":
            mode = "mixed" if has_venue or said == "mixed" else "online"
    if mode == "online":
        return Whereabouts(location=link or "Online", mode=mode, zone=found.zone, link=link)
    return replace(found, mode=mode, link=link)


def _from_fields(place: RawPlace, line: str, gazetteer: Gazetteer) -> Whereabouts:
    city, region = _city_and_region(place)
    country = country_code(place.country) or ("US" if state_code(region) else "")
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
    return _placed(_with_point(venue, place, town), town)


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
    latitude, longitude = place.latitude, place.longitude
    # (0, 0) is what careless exports write for "unknown".
    if latitude is None or longitude is None or not (latitude or longitude):
        return _in_town(venue, town)
    if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:
        return _in_town(venue, town)
    return replace(
        venue,
        latitude=latitude,
        longitude=longitude,
        precision="venue",
        timezone=get_tz(longitude, latitude),
        place_id=town.id if town else None,
    )


def _in_town(venue: VenueDraft, town: Town | None) -> VenueDraft:
    if town is None:
        return venue
    return replace(
        venue,
        latitude=town.latitude,
        longitude=town.longitude,
        precision="place",
        timezone=town.timezone,
        place_id=town.id,
    )


def _from_line(line: str, gazetteer: Gazetteer) -> Whereabouts:
    reading, tail = _tail(line, gazetteer)
    signs = online_signs(reading.head)
    if signs.mode == "online":
        return Whereabouts(mode="online", zone=tail.timezone if tail else "", link=signs.link)
    text = read_venue(signs.rest, lambda words: _nearby(words, tail, gazetteer) is not None)
    town = (_nearby(text.town, tail, gazetteer) if text.town else None) or tail
    if signs.mode and not text.name and not text.street:
        return Whereabouts(mode="online", zone=town.timezone if town else "", link=signs.link)
    if not text.town and tail and (far := _far_city(text, tail, gazetteer)):
        town, text = far, VenueText()
    found = _placed(_drafted(text, town, reading), town)
    return replace(found, room=text.room, mode=signs.mode or "offline", link=signs.link)


def _tail(line: str, gazetteer: Gazetteer) -> tuple[Reading, Town | None]:
    """The first reading of the line's end that is a real town."""
    for reading in readings(line):
        if is_online_only(reading.city):
            continue
        town = gazetteer.town(reading.city, region=reading.region, country=reading.country)
        if town is None:
            continue
        if reading.region or reading.country:
            return reading, town
        if town.population >= LARGE_TOWN and town.is_own_name:
            return reading, town
    return Reading(line, ""), None


def _nearby(words: str, tail: Town | None, gazetteer: Gazetteer) -> Town | None:
    """The town of that very name in the same state, near the line's own town."""
    if tail is None or not words or not words[:1].isupper():
        return None
    near = [
        (town.miles_to(tail), town)
        for town in gazetteer.named(words)
        if town.is_own_name and town.is_in(tail.region_code, tail.country_code)
    ]
    miles, town = min(near, key=lambda each: each[0], default=(NEARBY_MILES + 1, tail))
    return town if miles <= NEARBY_MILES else None


def _far_city(text: VenueText, tail: Town, gazetteer: Gazetteer) -> Town | None:
    """The city that a line names and nothing else: of the same state, else the one well known."""
    if not text.name or text.street or text.room:
        return None
    cities = [
        town
        for town in gazetteer.named(text.name)
        if town.is_own_name and town.country_code == tail.country_code
    ]
    large = sorted(cities, key=lambda town: -town.population)
    for town in large:
        if town.region_code == tail.region_code and town.population >= FAR_CITY:
            return town
    if not large or large[0].population < FAR_CITY:
        return None
    rival = large[1].population if len(large) > 1 else 0
    return large[0] if large[0].population >= FAR_CITY_DOMINANCE * rival else None


def _drafted(text: VenueText, town: Town | None, reading: Reading) -> VenueDraft | None:
    city = text.locality or (town.name if town else "")
    name = text.name or text.street or city
    if not name:
        return None
    in_tail = town is not None and fold_name(town.name) == fold_name(reading.city)
    return _in_town(
        VenueDraft(
            name=name[:300],
            street_address=text.street,
            city=city,
            state=town.region_code if town and town.country_code == "US" else reading.region,
            postal_code=text.postal_code or (reading.postal_code if in_tail else ""),
            country=town.country if town else country_name(reading.country),
        ),
        town,
    )


def _placed(venue: VenueDraft | None, town: Town | None) -> Whereabouts:
    if venue is None:
        return Whereabouts()
    zone = venue.timezone or (town.timezone if town else "")
    return Whereabouts(venue=venue, location=one_line(venue), zone=zone)


def one_line(venue: VenueDraft) -> str:
    """ "Pack Library, 67 Haywood St., Asheville, NC"; the country only outside the US."""
    parts = [venue.name, venue.street_address, venue.city, venue.state]
    if venue.country != "United States":
        parts.append(venue.country)
    written: list[str] = []
    for part in parts:
        if part and part not in written:
            written.append(part)
    return ", ".join(written)[:_LINE]
