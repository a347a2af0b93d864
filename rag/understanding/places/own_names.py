"""What the calendar itself names: its towns, its venues, and the words of its titles.

Of several namesakes the town where something takes place is the likelier one; a venue's name is
no town's ("the Grey Eagle"); a word that no event holds, one slip away from one that many titles
do, is misspelt. Read again every few minutes, from at most so many events.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import connection

from core.grid import distance_miles
from core.prepared import fetch
from core.text import fold_name
from rag.types import Centre
from rag.understanding.text import Span, Utterance, slips_of

_SECONDS_KEPT = 600.0
_MOST_EVENTS = 50_000
# A title's word counts as the calendar's own when so many titles hold it.
_LEAST_TITLES = 5
# Towns whose names are mended although the calendar has nothing there.
_LARGE, _LARGE_ABROAD = 40_000, 400_000
_WORDS = f"""
    SELECT word, ndoc FROM ts_stat(
        'SELECT words FROM events_eventwords LIMIT {_MOST_EVENTS}', 'a'
    )
"""  # noqa: S608 - constants only
_VENUES = f"""
    SELECT DISTINCT name, city, state,
        round(latitude::numeric, 1)::float, round(longitude::numeric, 1)::float
    FROM events_venue LIMIT {_MOST_EVENTS}
"""  # noqa: S608 - constants only
_TOWNS = f"""
    SELECT name, max(population) FROM events_place
    WHERE population >= {_LARGE} AND (country_code = 'US' OR population >= {_LARGE_ABROAD})
    GROUP BY name
"""  # noqa: S608 - constants only
_IS_HELD = """
    SELECT told.word FROM unnest(%(words)s::text[]) AS told(word) WHERE EXISTS (
        SELECT FROM events_eventwords WHERE words @@ plainto_tsquery('english', told.word)
    )
"""
_TYPED = re.compile(r"(?<![\w'’-])[a-z]{5,14}(?![\w'’-])")
_LONGEST_VENUE = 6
# A venue this near to a town of its city's name stands in that town.
_IN_TOWN_MILES = 30.0


@dataclass(frozen=True, slots=True)
class OwnNames:
    """Folded names: towns as (name, region code), venues of two and more words, title words.

    `points` are where the venues of a town's name stand, to a tenth of a degree: feeds write
    regions outside the United States in many ways ("Ontario", "ON").
    """

    towns: Collection[tuple[str, str]] = ()
    points: Mapping[str, Collection[tuple[float, float]]] = field(default_factory=dict)
    town_names: Collection[str] = ()
    venues: Collection[str] = ()
    venue_starts: Collection[str] = ()
    words: Mapping[str, int] | None = None
    large: Mapping[str, int] | None = None

    def has_events(self, place: Centre) -> bool:
        """Whether a venue stands in a town of this name and region, or of this name and near."""
        name = fold_name(place.label.partition(",")[0])
        if place.region_code and (name, place.region_code) in self.towns:
            return True
        if points := self.points.get(name):
            miles = (distance_miles(place.lat, place.lng, *point) for point in points)
            return any(away <= _IN_TOWN_MILES for away in miles)
        return (name, "") in self.towns

    def is_town(self, name: str) -> bool:
        """Whether venues stand in a town of this folded name."""
        return name in self.town_names

    def venues_in(self, utterance: Utterance) -> list[Span]:
        """Where the venues stand that a message names."""
        words, found = utterance.words, []
        for first in (i for i, word in enumerate(words) if word.low in self.venue_starts):
            for last in range(min(first + _LONGEST_VENUE, len(words)) - 1, first, -1):
                if utterance.fold(first, last) in self.venues:
                    found.append(Span(words[first].start, words[last].end))
                    break
        return found

    def town_spelled(self, name: str, *, large: bool) -> str | None:
        """The own town, or the `large` one too, that a folded name is one slip away from."""
        near = slips_of(name)
        if own := next((city for city in self.town_names if city in near), None):
            return own
        known = self.large if large and self.large else {}
        return max(near & known.keys(), key=known.__getitem__, default=None)

    def misspelt(self, text: str, known: Collection[str]) -> Mapping[str, str]:
        """The misspelt words of a text, and what they are; `known` words are right."""
        words = self.words or {}
        slips: dict[str, str] = {}
        for word in dict.fromkeys(_TYPED.findall(text)):
            if word in words or word in known or word.removesuffix("s") in words:
                continue
            near = [each for each in slips_of(word) if words.get(each, 0) >= _LEAST_TITLES]
            if near:
                slips[word] = max(near, key=lambda each: words[each])
        if not slips:
            return slips
        held = {word for (word,) in fetch(_IS_HELD, {"words": list(slips)})}
        return {word: right for word, right in slips.items() if word not in held}


_kept: dict[str, tuple[float, OwnNames]] = {}
_reading = threading.Lock()


def own_names() -> OwnNames:
    """What the database's calendar names, as of the last few minutes.

    While one message reads them again, others go by those of before: nobody waits for another.
    """
    database = str(connection.settings_dict["NAME"])
    read_at, names = _kept.get(database, (float("-inf"), OwnNames()))
    if time.monotonic() - read_at < _SECONDS_KEPT or not _reading.acquire(blocking=False):
        return names
    try:
        names = _read()
        _kept[database] = (time.monotonic(), names)
    finally:
        _reading.release()
    return names


def forget_own_names() -> None:
    """For those who have just imported a calendar."""
    _kept.clear()


def _read() -> OwnNames:
    rows = [(fold_name(name), fold_name(city), *rest) for name, city, *rest in fetch(_VENUES, {})]
    towns = {(city, state) for _, city, state, _, _ in rows if city}
    points: dict[str, set[tuple[float, float]]] = {}
    for _, city, _, lat, lng in rows:
        if city and lat is not None and lng is not None:
            points.setdefault(city, set()).add((lat, lng))
    names = re.compile(rf"\b(?:{'|'.join(re.escape(city) for city, _ in towns) or '(?!)'})\b")
    words = {word: _LEAST_TITLES for city, _ in towns for word in city.split()}
    words |= {word: count for word, count in fetch(_WORDS, {}) if not word.endswith("i")}
    venues = {name.removeprefix("the ") for name, *_ in rows if not names.search(name)}
    return OwnNames(
        towns=towns,
        points=points,
        town_names={city for city, _ in towns},
        venues={name for name in venues if " " in name},
        venue_starts={name.split()[0] for name in venues if " " in name},
        words=words,
        large={fold_name(name): population for name, population in fetch(_TOWNS, {})},
    )
