"""The places of a turn: those of the words and of the context's location, landmarks included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.grid import distance_miles
from events.places.zones import country_of_zone
from rag.types import Centre, Constraints, SearchContext
from rag.understanding.places.landmarks import LandmarkWords, find_address, find_landmarks
from rag.understanding.places.lookup import Namesake, PlaceLookup
from rag.understanding.places.namesakes import NEAR_MILES, Reference
from rag.understanding.places.resolution import MOST_ALTERNATIVES, PlaceSearch, PlaceWords
from rag.understanding.text import Span, Utterance
from rag.understanding.word_lists import compile_patterns

# Entrances, stations and shops of one landmark are no other place.
_SAME_PLACE_MILES = 5.0
_PATTERNS = compile_patterns(__file__, "patterns.toml", "turn")


@dataclass(frozen=True, slots=True)
class _Exact:
    """An address or landmark in a text, and a search for the town around it."""

    words: LandmarkWords
    is_address: bool
    around: PlaceSearch


@dataclass(frozen=True, slots=True)
class _Reading:
    """One text, before the look-up: its towns, and what may be more exact than a town."""

    towns: PlaceSearch
    exact: tuple[_Exact, ...]

    @classmethod
    def of(cls, utterance: Utterance, taken: Sequence[Span], *, landmarks: bool) -> _Reading:
        address = find_address(utterance.text, utterance.low)
        if address is not None:
            exact = _exact(utterance, taken, _with_preposition(utterance, address), is_address=True)
            return cls(exact.around, (exact,))
        towns = PlaceSearch.of(utterance, taken)
        found = [
            words
            for words in find_landmarks(towns.text)
            if landmarks or _PATTERNS["beside"].match(utterance.low, words.phrase.start)
        ]
        landmarks_found = tuple(
            _exact(utterance, taken, words, is_address=False) for words in found
        )
        return cls(towns, landmarks_found)

    @property
    def keys(self) -> set[str]:
        """Every name to look up."""
        return self.towns.keys.union(*(exact.around.keys for exact in self.exact))

    def more_exact_than(self, town: PlaceWords) -> _Exact | None:
        """The first address or landmark that is not the town itself."""
        others = (one for one in self.exact if one.is_address or not one.words.is_town(town.span))
        return next(others, None)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Whom to ask for landmarks, and what makes one of several the likelier one."""

    gazetteer: PlaceLookup
    known: Mapping[str, Sequence[Namesake]]
    reference: Reference
    context: SearchContext
    before: Constraints | None

    def read(self, search: PlaceSearch) -> PlaceWords:
        return search.read(self.known, self.gazetteer, self.reference)


def find_places(
    utterance: Utterance,
    taken: Sequence[Span],
    context: SearchContext,
    before: Constraints | None,
    gazetteer: PlaceLookup,
) -> tuple[PlaceWords, PlaceWords]:
    """The place in the words and the one in the context's location.

    Towns are found by one look-up; a landmark or address is asked for only
    where it decides the centre.
    """
    given = context.location if context.location_id is None else None
    # "in" makes the string a place even where it is an everyday word ("reading").
    location = Utterance.of(f"in {_as_name(given)}" if given else "")
    landmarks = gazetteer.knows_landmarks
    own = gazetteer.own
    reading = _Reading.of(utterance, [*taken, *own.venues_in(utterance)], landmarks=landmarks)
    elsewhere = _Reading.of(location, [], landmarks=landmarks)
    keys = reading.keys | elsewhere.keys
    zone = context.timezone or (before.timezone if before else None)
    reference = Reference(context.user_lat, context.user_lng, zone, country_of_zone(zone), own)
    known = gazetteer.find(keys) if keys else {}
    asking = _Asking(gazetteer, known, reference, context, before)
    town = asking.read(elsewhere.towns)
    around = town.centre or _known_town(town, asking)
    if context.user_lat is None and around is not None:
        asking = replace(asking, reference=replace(reference, lat=around.lat, lng=around.lng))
    place = _of_words(reading, town, asking)
    return place, _of_location(elsewhere, given, town, place, asking)


def _with_preposition(utterance: Utterance, name: Span) -> LandmarkWords:
    before = _PATTERNS["preposition"].search(utterance.low[max(0, name.start - 12) : name.start])
    start = name.start - (len(before.group()) if before else 0)
    return LandmarkWords(utterance.text[name.start : name.end], Span(start, name.end), name)


def _exact(
    utterance: Utterance, taken: Sequence[Span], words: LandmarkWords, *, is_address: bool
) -> _Exact:
    """The town is searched for with the name blotted out; a comma after it says "in"."""
    start, end = words.phrase.start, words.phrase.end
    blot = "x" * (end - start)
    if utterance.low.startswith(", ", end):
        end += 2
        blot = "x" * (end - start - 4) + " in "
    blotted = Utterance(
        *(text[:start] + blot + text[end:] for text in (utterance.text, utterance.low))
    )
    return _Exact(words, is_address, PlaceSearch.of(blotted, [*taken, words.phrase]))


def _as_name(location: str) -> str:
    return location.title() if location.islower() else location


def _of_words(reading: _Reading, location: PlaceWords, asking: _Asking) -> PlaceWords:
    """The place of the words, made exact by the address or landmark that they name."""
    place = asking.read(reading.towns)
    exact = reading.more_exact_than(place)
    if place.is_here or place.is_anywhere:
        return place
    if not asking.gazetteer.knows_landmarks:
        if exact is None or place.centre is not None:
            return place
        phrases = (*place.phrases, exact.words.phrase)
        return replace(place, unknown=exact.words.name, phrases=phrases)
    if exact is None:
        return _of_unknown(place, reading.towns.text.utterance, asking)
    around = asking.read(exact.around)
    found = _ask(exact, around, location, asking)
    if not found and around.centre:
        return around
    if not found:
        return place if place.centre else replace(place, unknown=exact.words.name)
    spans = (around.span,) if around.span else ()
    phrases = (*place.phrases, *spans)
    return _chosen(found, asking.reference, around.centre, exact.words.phrase, phrases)


def _ask(
    exact: _Exact, around: PlaceWords, location: PlaceWords, asking: _Asking
) -> Sequence[Centre]:
    """What the geocoder knows within reach of the town, if the words name one."""
    town = around.centre
    if town is None:
        known = _known_town(location, asking) if exact.is_address else None
        label = f", {known.label}" if known else ""
        return asking.gazetteer.landmarks(f"{exact.words.name}{label}")
    reach = max(NEAR_MILES, around.radius_miles or 0.0)
    found = asking.gazetteer.landmarks(f"{exact.words.name}, {town.label}")
    return [each for each in found if _miles(each, town.lat, town.lng) <= reach]


def _of_unknown(place: PlaceWords, utterance: Utterance, asking: _Asking) -> PlaceWords:
    """Words that clearly name a place, which the place table does not hold: a hamlet perhaps."""
    if place.unknown is None or place.centre is not None:
        return place
    found = asking.gazetteer.landmarks(place.unknown)
    if not found:
        return place
    start = utterance.text.index(place.unknown)
    words = _with_preposition(utterance, Span(start, start + len(place.unknown)))
    return _chosen(found, asking.reference, None, words.phrase, place.phrases)


def _of_location(
    reading: _Reading, given: str | None, town: PlaceWords, words: PlaceWords, asking: _Asking
) -> PlaceWords:
    """The context's location; its landmark is asked for only when the location is the centre."""
    context = asking.context
    has_point = context.user_lat is not None and context.user_lng is not None
    is_point = has_point and (words.is_here or context.max_distance_miles is not None)
    is_idle = words.centre is not None or words.is_anywhere or is_point
    if not given or is_idle or not asking.gazetteer.knows_landmarks:
        return town
    exact = reading.more_exact_than(town)
    if town.centre is not None and exact is None:
        return town
    found = asking.gazetteer.landmarks(given)
    around = asking.read(exact.around).centre if exact else None
    return _chosen(found, asking.reference, around, None, ()) if found else town


def _known_town(location: PlaceWords, asking: _Asking) -> Centre | None:
    """The town that a street without one is looked for in: the context's or the session's."""
    if location.centre is not None:
        return location.centre
    if asking.context.location_id is not None:
        return asking.gazetteer.by_id(asking.context.location_id)
    before = asking.before.place if asking.before else None
    return before if before is not None and before.kind in ("place", "postal_code") else None


def _chosen(
    found: Sequence[Centre],
    reference: Reference,
    town: Centre | None,
    span: Span | None,
    phrases: tuple[Span, ...],
) -> PlaceWords:
    """The nearest one within reach of the user or town, else the geocoder's first; the others."""
    lat, lng = (town.lat, town.lng) if town else (reference.lat, reference.lng)
    ranked = list(found)
    if lat is not None and lng is not None:
        miles = {id(each): _miles(each, lat, lng) for each in found}
        near = [each for each in found if miles[id(each)] <= NEAR_MILES]
        near.sort(key=lambda each: miles[id(each)])
        ranked = [*near, *(each for each in found if miles[id(each)] > NEAR_MILES)]
    first, *rest = ranked
    others = [each for each in rest if _miles(each, first.lat, first.lng) > _SAME_PLACE_MILES]
    return PlaceWords(first, span, tuple(others[:MOST_ALTERNATIVES]), phrases=phrases)


def _miles(centre: Centre, lat: float, lng: float) -> float:
    return distance_miles(centre.lat, centre.lng, lat, lng)
