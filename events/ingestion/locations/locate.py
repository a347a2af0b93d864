"""Locates an event and decides its attendance mode."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from tzfpy import get_tz

from events.ingestion.locations.address_line import location_line, readings
from events.ingestion.locations.from_fields import at_point, exchanged, from_fields
from events.ingestion.locations.from_line import from_line
from events.ingestion.locations.online import title_mode
from events.ingestion.locations.venues import known_venue
from events.ingestion.locations.whereabouts import LINE, Whereabouts, in_town, one_line, placed
from events.ingestion.records import RawEvent, VenueDraft
from events.places.gazetteer import Gazetteer, Town

# Lines whose reading is kept: more than a county's calendars have, and bounded memory.
_REMEMBERED = 20_000
_NAME_PARTS = re.compile(r"[^\s()\[\]|–—-]+")


# A line to (latitude, longitude) in degrees; may ask a network service, so it is off
# unless the caller gives one.
Geocode = Callable[[str], tuple[float, float] | None]


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
        lines = {event.location for event in events} - self._lines.keys()
        cities = {event.place.city.partition(",")[0] for event in events if event.place}
        self._gazetteer.prime([*cities, *(name for line in lines for name in _names_in(line))])

    def locate(self, event: RawEvent) -> Whereabouts:
        """Locates by the feed's point, else its fields, else its location line."""
        line = location_line(event.location, LINE)
        place = event.place
        if place is not None and place.city:
            return _with_mode(from_fields(place, line, self._gazetteer), event)
        if place is not None:
            parts = (place.name, place.street_address, place.state, place.country)
            line = ", ".join(part for part in parts if part) or line
        found = self._of_line(line)
        if place is not None and place.latitude is not None:
            at_own = at_point(place, found) or at_point(exchanged(place), found)
            found = at_own or from_fields(place, line, self._gazetteer)
        return _with_mode(found, event)

    def _of_line(self, line: str) -> Whereabouts:
        if line not in self._lines:
            if len(self._lines) >= _REMEMBERED:
                self._lines.clear()
            found = _with_known_venue(from_line(line, self._gazetteer))
            self._lines[line] = self._geocoded(_at_home(found, self._home), line)
        return self._lines[line]

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
        located = replace(
            venue, latitude=point[0], longitude=point[1], precision=precision, timezone=zone
        )
        return replace(found, venue=located, zone=zone)


def _with_known_venue(found: Whereabouts) -> Whereabouts:
    """A line without a town can still name a venue that another feed has placed."""
    if found.venue is None or found.venue.latitude is not None:
        return found
    known = known_venue(found.venue.name)
    if known is None:
        return found
    return replace(found, venue=known, location=one_line(known), zone=known.timezone)


def _at_home(found: Whereabouts, home: Town | None) -> Whereabouts:
    """Places what names no town in the source's own; its room, mode and link stay."""
    named = found.venue
    if home is None or found.mode == "online" or (named and (named.city or named.latitude)):
        return found
    venue = replace(
        named or VenueDraft(name=home.name),
        city=home.name,
        state=home.region_code if home.country_code == "US" else "",
        country=home.country,
    )
    there = placed(in_town(venue, home), home)
    return replace(found, venue=there.venue, location=there.location, zone=there.zone)


def _names_in(line: str) -> Iterator[str]:
    """The town of each reading, and what stands before it: all, and runs of up to three words."""
    for reading in readings(location_line(line, LINE)):
        yield reading.city
        yield reading.head
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
