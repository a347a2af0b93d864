"""Compares two events: a score for being one happening, and the reasons for it.

Each feature adds or takes points, as far as it speaks for one happening or for
two; from `ENOUGH` points on they are one. The points were set by reading pairs
of real events (see `benchmarks/merging`); none is learnt by a machine, so that
each decision can be explained in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz

from core.grid import distance_miles
from core.text import fold_name
from events.merging.facts import Facts, Link, VenueFacts
from events.merging.titles import PARTS, TitleMatch, match_titles

ENOUGH = 4.0
_MOST_FOR_TEXT = 2.0
METRES_PER_MILE = 1609.344
# Doors and show; what is further apart happens twice.
LONGEST_GAP_MINUTES = 180
_NEVER = 20.0
_HALF_ALIKE = 0.5
_NEARLY_EQUAL = 0.85
_HALF_AN_HOUR = 30
_NEAR_METRES = 250
_FAR_METRES = 2_000
_OTHER_TOWN_METRES = 40_000
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
    metres_apart: int | None
    other_room: bool
    same_page: bool
    same_listing: bool
    other_page_of_one_site: bool
    other_address_of_one_site: bool
    text_likeness: float | None
    same_publisher: bool
    other_publisher: bool
    other_town: bool
    both_in_person: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """`same` or not, the `score` in points, and each feature's points by its name."""

    same: bool
    score: float
    features: Features
    points: dict[str, float] = field(default_factory=dict)


def compare(one: Facts, other: Facts) -> Verdict:
    """The verdict on two events that are not the same row."""
    titles = match_titles(one.words, other.words)
    features = _features(one, other, titles)
    return _verdict(replace(features, text_likeness=_text_likeness(one, other)), titles)


def compare_candidates(one: Facts, other: Facts) -> Verdict | None:
    """The verdict on two neighbours that are one happening, None on others.

    Only what shares a word or an address is compared, and texts only where they
    decide.
    """
    if one.all_words.isdisjoint(other.all_words) and not (one.url and one.url == other.url):
        return None
    titles = match_titles(one.words, other.words)
    features = _features(one, other, titles)
    # A score is rounded, so the bound leaves a little more room.
    if _verdict(features, titles).score < ENOUGH - _MOST_FOR_TEXT - 0.01:
        return None
    verdict = _verdict(replace(features, text_likeness=_text_likeness(one, other)), titles)
    return verdict if verdict.same else None


def _verdict(features: Features, titles: TitleMatch) -> Verdict:
    points = {
        "title": _title_points(titles) + _part_points(features, titles),
        "time": _time_points(features),
        "place": _place_points(features),
        "link": _link_points(features, titles),
        "text": _text_points(features),
        "publisher": _publisher_points(features, titles),
    }
    if titles.contrast:
        # What contradicts itself in the title shares its page and text with its sisters.
        points["link"], points["text"] = min(points["link"], 0.0), 0.0
    points = {name: value for name, value in points.items() if value}
    score = round(sum(points.values()), 2)
    return Verdict(score >= ENOUGH, score, features, points)


def _features(one: Facts, other: Facts, titles: TitleMatch) -> Features:
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
        metres_apart=_metres(one.place, other.place),
        other_room=bool(one.room and other.room and one.room != other.room),
        same_page=same_page,
        same_listing=same_link and one.link is not None and not same_page,
        other_page_of_one_site=not same_link and _pages_of_one_site(one.link, other.link),
        other_address_of_one_site=_is_other_address(one.link, other.link),
        text_likeness=None,
        same_publisher=_same_publisher(one, other),
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
    left, right = one.place.key, other.place.key
    if left and right and max(fuzz.token_set_ratio(left, right), fuzz.ratio(left, right)) >= 85:
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
    # The middle of a town says nothing of the way within it.
    return metres if (one.is_exact and other.is_exact) or metres > _OTHER_TOWN_METRES else None


def _pages_of_one_site(one: Link | None, other: Link | None) -> bool:
    """Two pages of one site; the addresses are known to differ."""
    if one is None or other is None:
        return False
    return one.host == other.host and one.is_own_page and other.is_own_page


def _is_other_address(one: Link | None, other: Link | None) -> bool:
    if one is None or other is None:
        return False
    return one.host == other.host and one.path != other.path


def _text_likeness(one: Facts, other: Facts) -> float | None:
    left, right = sorted((one.opening, other.opening), key=len)
    if len(left) < _SHORTEST_TEXT:
        return None
    return round(fuzz.partial_ratio(left, right[: len(left) + 60]) / 100, 2)


def _title_points(titles: TitleMatch) -> float:
    if titles.contrast or titles.shared == 0:
        return -4.0
    if titles.by_place:
        return min(titles.shared, 2.0)
    if titles.is_within:
        return min(1.0 + titles.shared, 5.0) + (0.5 if titles.likeness == 1 else 0.0)
    points = (titles.likeness - 0.5) * 6
    if titles.likeness >= _NEARLY_EQUAL:
        points = max(points, min(titles.shared, 5.0))
    return points


def _part_points(features: Features, titles: TitleMatch) -> float:
    """A reception is a part of its exhibit, where the two do not begin together."""
    is_part = any(words & PARTS for words in titles.own)
    return -2.0 if is_part and (features.minutes_apart or features.hour_unknown) else 0.0


def _publisher_points(features: Features, titles: TitleMatch) -> float:
    """Who publishes two entries at once means two things by them."""
    if not features.same_publisher or (features.same_page and titles.is_within):
        return 0.0
    if titles.likeness < _HALF_ALIKE and not titles.is_within:
        return -4.0
    return -2.5 if features.other_page_of_one_site else -1.5


def _time_points(features: Features) -> float:
    if features.hour_unknown:
        return -0.75
    minutes = features.minutes_apart
    if minutes > LONGEST_GAP_MINUTES:
        return -_NEVER
    if minutes == 0:
        return 1.0
    return -max(minutes - _HALF_AN_HOUR, 0) / 90


def _place_points(features: Features) -> float:
    metres = features.metres_apart
    points = {True: 2.0, False: -2.5, None: 0.0}[features.same_venue]
    if not features.both_in_person:
        points = 0.0
    elif features.same_venue is None and features.minutes_apart and not features.hour_unknown:
        points = -0.5  # neither place nor time is known to be the same
    if metres is not None:
        points += _distance_points(features, metres)
    if features.other_town:
        points -= 1.5
    return points - (1.0 if features.other_room else 0.0)


def _distance_points(features: Features, metres: int) -> float:
    if metres <= _NEAR_METRES:
        return 1.0
    if metres > _OTHER_TOWN_METRES:
        return -2.0
    return -4.0 if metres > _FAR_METRES else 0.0


def _link_points(features: Features, titles: TitleMatch) -> float:
    if features.same_listing and features.same_venue is not True:
        return 0.0
    if features.same_page:
        # Some publishers put the whole year behind one link.
        return 1.5 if features.same_publisher and not titles.is_within else 3.0
    if features.same_listing:
        return 1.0
    if features.other_page_of_one_site:
        # A newspaper may have copied the link of a page that was made anew since.
        return -1.0 if features.other_publisher else -2.0
    return -1.0 if features.other_address_of_one_site else 0.0


def _text_points(features: Features) -> float:
    likeness = features.text_likeness
    if likeness is None or features.other_page_of_one_site:
        return 0.0
    return _MOST_FOR_TEXT if likeness >= 0.85 else 1.0 if likeness >= 0.7 else 0.0
