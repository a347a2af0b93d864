"""Features of a pair of events: in what the two agree and differ, not yet weighed."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz

from core.grid import distance_miles
from core.text import fold_name
from events.merging.facts import VENUE_KINDS, Facts, Link, VenueFacts
from events.merging.wording.titles import TitleMatch

METRES_PER_MILE = 1609.344
OTHER_TOWN_METRES = 40_000
_SHORTEST_TEXT = 40
_LONG_NAME = 6


@dataclass(frozen=True, slots=True)
class Features:
    """The compared features; None where one of the two events does not say it."""

    title_likeness: float
    title_contrast: tuple[str, str] | None
    minutes_apart: int
    hour_unknown: bool
    same_venue: bool | None
    similar_venue: bool
    metres_apart: int | None
    other_room: bool
    same_page: bool
    same_listing: bool
    other_page_of_one_site: bool
    other_address_of_one_site: bool
    text_likeness: float | None
    same_publisher: bool
    same_feed: bool
    other_publisher: bool
    other_town: bool
    both_in_person: bool


def features_of(one: Facts, other: Facts, titles: TitleMatch) -> Features:
    """All but the likeness of the texts, which takes the longest."""
    has_both = bool(one.place and one.place.key and other.place and other.place.key)
    minutes = round(abs((one.start - other.start).total_seconds()) / 60)
    same_link = one.url == other.url
    same_page = same_link and one.link is not None and one.link.is_own_page
    return Features(
        title_likeness=round(titles.likeness, 2),
        title_contrast=titles.contrast,
        minutes_apart=minutes,
        hour_unknown=one.has_hour != other.has_hour and one.local_day == other.local_day,
        same_venue=_same_venue(one, other, within=titles.is_within or not has_both),
        similar_venue=_are_similar(one.place, other.place)
        and not (has_both and _are_branches(one, other)),
        metres_apart=_metres(one.place, other.place),
        other_room=bool(one.room and other.room and one.room != other.room),
        same_page=same_page,
        same_listing=same_link and one.link is not None and not same_page,
        other_page_of_one_site=not same_link and _pages_of_one_site(one.link, other.link),
        other_address_of_one_site=_is_other_address(one.link, other.link),
        text_likeness=None,
        same_publisher=_same_publisher(one, other),
        same_feed=bool(one.source) and one.source == other.source,
        other_publisher=bool(one.publishers and other.publishers)
        and not one.publishers & other.publishers,
        both_in_person=one.place is not None and other.place is not None,
        other_town=_towns_differ(one.place, other.place),
    )


def _same_publisher(one: Facts, other: Facts) -> bool:
    """Whether both have one publisher; unsigned entries with one page of one feed have."""
    if one.publishers or other.publishers:
        return bool(one.publishers & other.publishers)
    if one.url != other.url or one.source != other.source or one.link is None:
        return False
    return one.link.is_own_page


def _same_venue(one: Facts, other: Facts, *, within: bool) -> bool | None:
    """By name; a venue that the other event names in its own words is the same."""
    if one.place is None or other.place is None:
        return None
    has_both = bool(one.place.key and other.place.key)
    if has_both and _are_branches(one, other):
        return False
    left, right = one.place.key, other.place.key
    if left and right and _names_one(left, right):
        return True
    named = False
    for key, event in ((left, other), (right, one)):
        if key in event.publishers:
            return True
        named |= len(key) >= _LONG_NAME and key in event.folded_title
        if len(key) >= _LONG_NAME and key in event.opening and not (left and right):
            return True
    if named and within:
        return True
    return False if left and right and not named else None


def _are_branches(one: Facts, other: Facts) -> bool:
    """Whether each title has words of its own, with which one venue's name goes on too.

    "Bike Garage" and "Bike Garage Woodland" are two where the titles say "Davis Location"
    and "Woodland Location"; a title that merely adds its venue's name tells nothing apart,
    nor does a name beside its initials.
    """
    if _is_by_initials(one.place, other.place):
        return False
    for event, beside in ((one, other), (other, one)):
        assert event.place is not None
        assert beside.place is not None
        further = set(event.place.key.split()) - set(beside.place.key.split()) - VENUE_KINDS
        own, others_own = event.all_words - beside.all_words, beside.all_words - event.all_words
        if further & own and others_own:
            return True
    return False


def _names_one(left: str, right: str) -> bool:
    """Whether two names of venues are one: in other order, with more words, by initials."""
    if max(fuzz.token_set_ratio(left, right), fuzz.ratio(left, right)) >= 85:
        return True
    return _are_initials(left, right)


def _are_initials(left: str, right: str) -> bool:
    short, long = sorted((left, right), key=len)
    return short == "".join(word[0] for word in long.split())


def _is_by_initials(one: VenueFacts | None, other: VenueFacts | None) -> bool:
    return one is not None and other is not None and _are_initials(one.key, other.key)


def _are_similar(one: VenueFacts | None, other: VenueFacts | None) -> bool:
    """Whether the venues' names differ only in the kind of venue: a theatre, an opera house."""
    if one is None or other is None or not (one.names and other.names):
        return False
    return one.names <= other.names or other.names <= one.names


def _towns_differ(one: VenueFacts | None, other: VenueFacts | None) -> bool:
    """Whether all that is known of both places is a town, and not the same one."""
    if one is None or other is None or one.key or other.key or not (one.city and other.city):
        return False
    return fold_name(one.city) != fold_name(other.city)


def _metres(one: VenueFacts | None, other: VenueFacts | None) -> int | None:
    if one is None or other is None:
        return None
    points = (one.latitude, one.longitude, other.latitude, other.longitude)
    if any(part is None for part in points):
        return None
    miles = distance_miles(*(part for part in points if part is not None))
    metres = round(miles * METRES_PER_MILE)
    if one.is_exact and other.is_exact:
        return metres
    # The middle of a town says nothing of the way within it, nor of which one of its name is meant.
    is_far = metres > OTHER_TOWN_METRES and fold_name(one.city) != fold_name(other.city)
    return metres if is_far else None


def _pages_of_one_site(one: Link | None, other: Link | None) -> bool:
    """Two pages of one site; the addresses are known to differ."""
    if one is None or other is None:
        return False
    return one.host == other.host and one.is_own_page and other.is_own_page


def _is_other_address(one: Link | None, other: Link | None) -> bool:
    if one is None or other is None:
        return False
    return one.host == other.host and one.path != other.path


def text_likeness(one: Facts, other: Facts) -> float | None:
    left, right = sorted((one.opening, other.opening), key=len)
    if len(left) < _SHORTEST_TEXT:
        return None
    return round(fuzz.partial_ratio(left, right[: len(left) + 60]) / 100, 2)
