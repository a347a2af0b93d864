"""Compares two events: a score for being one happening, and the reasons for it.

Each feature adds or takes points, as far as it speaks for one happening or for
two; from `ENOUGH` points on they are one. The points were set by reading pairs
of real events (see `benchmarks/merging`); none is learnt by a machine, so that
each decision can be explained in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from events.merging.facts import Facts
from events.merging.features import OTHER_TOWN_METRES, Features, features_of, text_likeness
from events.merging.wording.titles import PARTS, TitleMatch, match_titles

ENOUGH = 4.0
_MOST_FOR_TEXT = 2.5
_ALIKE_WITH_TEXT = 0.6
# Doors and show; what is further apart happens twice.
LONGEST_GAP_MINUTES = 180
_NEVER = 20.0
_MOSTLY_ALIKE = 0.8
_HALF_ALIKE = 0.5
_LITTLE_ALIKE = 0.4
_MUCH_SHARED = 2.0
_NEARLY_HALF = 0.45
_NEARLY_EQUAL = 0.85
_HALF_AN_HOUR = 30
_AN_HOUR = 60
_NEAR_METRES = 250
_FAR_METRES = 2_000


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
    features = features_of(one, other, titles)
    return _verdict(replace(features, text_likeness=text_likeness(one, other)), titles)


def compare_candidates(one: Facts, other: Facts) -> Verdict | None:
    """The verdict on two neighbours that are one happening, None on others.

    Only what shares a word or an address is compared, and texts only where they
    decide.
    """
    if one.all_words.isdisjoint(other.all_words) and not (one.url and one.url == other.url):
        return None
    titles = match_titles(one.words, other.words)
    features = features_of(one, other, titles)
    # A score is rounded, so the bound leaves a little more room.
    if _verdict(features, titles).score < ENOUGH - _MOST_FOR_TEXT - 0.01:
        return None
    verdict = _verdict(replace(features, text_likeness=text_likeness(one, other)), titles)
    return verdict if verdict.same else None


def _verdict(features: Features, titles: TitleMatch) -> Verdict:
    points = {
        "title": max(_title_points(titles), _head_points(features, titles))
        + _part_points(features, titles),
        "time": _time_points(features, titles),
        "place": _place_points(features, titles),
        "link": _link_points(features, titles),
        "text": _text_points(features, titles),
        "publisher": _publisher_points(features, titles),
        "agreement": _agreement_points(features, titles),
    }
    if titles.contrast:
        # What contradicts itself in the title shares its page and text with its sisters.
        points["link"], points["text"] = min(points["link"], 0.0), 0.0
    points = {name: value for name, value in points.items() if value}
    score = round(sum(points.values()), 2)
    return Verdict(score >= ENOUGH, score, features, points)


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


def _head_points(features: Features, titles: TitleMatch) -> float:
    """Two publishers add other things behind one head; one publisher's series does so too."""
    listed_together = (
        features.same_publisher
        or features.same_page
        or features.same_listing
        or features.other_page_of_one_site
    )
    if not titles.one_head or titles.contrast or listed_together or features.hour_unknown:
        return -_NEVER
    if titles.head_is_common and all(titles.own):
        return -_NEVER  # a series, and behind it two of its evenings
    return min(0.5 + titles.shared, 3.0)


def _part_points(features: Features, titles: TitleMatch) -> float:
    """A reception is a part of its exhibit, where the two do not begin together."""
    is_part = any(words & PARTS for words in titles.own)
    return -2.0 if is_part and (features.minutes_apart or features.hour_unknown) else 0.0


def _publisher_points(features: Features, titles: TitleMatch) -> float:
    """Who publishes two entries at once means two things by them, unless they say one thing."""
    if not features.same_publisher or (features.same_page and titles.is_within):
        return 0.0
    if titles.likeness < _HALF_ALIKE and not titles.is_within:
        return -4.0
    if _is_told_again(features, titles):
        return 0.0 if titles.says_no_more else -0.5
    is_apart = features.minutes_apart > _AN_HOUR and not features.hour_unknown
    return -2.5 if features.other_page_of_one_site or is_apart else -1.5


def _agreement_points(features: Features, titles: TitleMatch) -> float:
    """What two publishers know to begin at one place and time is seldom two things."""
    listed_together = features.same_publisher or features.other_page_of_one_site
    if titles.contrast or listed_together or features.same_listing:
        return 0.0
    if features.same_venue is not True and not features.similar_venue:
        return 0.0
    if features.hour_unknown:
        return 1.5 if titles.likeness >= 0.6 else 0.0
    if titles.is_within:
        return 0.5
    is_likely = titles.likeness >= _NEARLY_HALF and titles.shared >= 2
    return 1.25 if is_likely and not features.minutes_apart else 0.0


def _is_told_again(features: Features, titles: TitleMatch) -> bool:
    """Whether one title says all of the other, of one start, and no other venue is known."""
    is_at_once = not features.minutes_apart or features.hour_unknown
    is_strict = features.other_page_of_one_site and (
        not is_at_once or (features.same_publisher and not _is_one_stage(features, titles))
    )
    return (
        (titles.says_no_more if is_strict else titles.is_within)
        and not titles.contrast
        and (features.minutes_apart <= _AN_HOUR or features.hour_unknown)
        and (features.same_venue is not False or features.similar_venue)
        and not features.other_room
    )


def _is_one_stage(features: Features, titles: TitleMatch) -> bool:
    """Whether both begin at once at one venue, under titles of which one says nearly no more."""
    is_at_once = features.minutes_apart == 0 and not features.hour_unknown
    is_here = features.same_venue is True or features.similar_venue
    counts = any(mark.isdigit() for words in titles.own for word in words for mark in word)
    return is_at_once and is_here and titles.likeness >= _MOSTLY_ALIKE and not counts


def _time_points(features: Features, titles: TitleMatch) -> float:
    # What one feed lists at two hours, under no other publisher, may be two showings.
    in_one_list = features.same_feed and not features.other_publisher
    if features.hour_unknown:
        return -1.75 if in_one_list else -0.5 if titles.shared >= _MUCH_SHARED else -0.75
    minutes = features.minutes_apart
    if minutes > LONGEST_GAP_MINUTES:
        return -_NEVER
    if minutes == 0:
        return 1.0
    points = -0.5 if in_one_list else 0.0
    if minutes <= _HALF_AN_HOUR:
        return points + (0.5 if features.same_venue else 0.0)
    return points + (_HALF_AN_HOUR - minutes) / 90


def _place_points(features: Features, titles: TitleMatch) -> float:
    metres = features.metres_apart
    points = {True: 2.0, False: -2.5, None: 0.0}[features.same_venue]
    if features.same_venue is False and features.similar_venue:
        points = 1.0
    if not features.both_in_person:
        points = 0.0
    elif features.same_venue is None and features.minutes_apart and not features.hour_unknown:
        points = -0.5  # neither place nor time is known to be the same
    if metres is not None:
        points += _distance_points(features, metres)
    if features.other_town:
        points -= 1.5
    if titles.other_places and features.same_venue is not True:
        points -= 2.0
    return points - (1.0 if features.other_room else 0.0)


def _distance_points(features: Features, metres: int) -> float:
    if metres <= _NEAR_METRES:
        return 1.0
    if metres > OTHER_TOWN_METRES:
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
    if features.other_page_of_one_site and _is_told_again(features, titles):
        return 0.0 if titles.says_no_more else -1.0
    if features.other_page_of_one_site:
        # A newspaper may have copied the link of a page that was made anew since.
        return -1.0 if features.other_publisher else -2.0
    return -1.0 if features.other_address_of_one_site else 0.0


def _text_points(features: Features, titles: TitleMatch) -> float:
    likeness = features.text_likeness
    if likeness is None or (
        features.other_page_of_one_site and not _is_told_again(features, titles)
    ):
        return 0.0
    if likeness < 0.85 or (titles.likeness <= _LITTLE_ALIKE and not features.same_page):
        # A venue's text stands under each of its evenings.
        return 1.0 if likeness >= 0.7 else 0.0
    is_told_twice = titles.likeness >= _ALIKE_WITH_TEXT and not features.minutes_apart
    return _MOST_FOR_TEXT if is_told_twice and likeness == 1 else 2.0
