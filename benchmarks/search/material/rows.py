"""A million events that nobody planned: places by population, topics by place and day.

Each region, each weekday and the online events have their own mixture of
topics, a few frequent and many rare, so that what a filter lets through is
never a random part of the whole. Everything follows from the seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from benchmarks.search.material.vocabulary import TOPICS
from core.grid import NO_CELL, cell_of
from events.models import Place

# Part of what says whether loaded rows are still these: raise it with any change.
VERSION = 1
SEED = 20261120
# The moment that every search counts from: a Monday morning.
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAYS = 120
DAY = 86_400

_ONLINE_SHARE, _MIXED_SHARE, _LONG_SHARE = 0.12, 0.03, 0.04
_EVENTS_A_VENUE = 20
_SPREAD_DEGREES = 0.06
# A topic's share to that of the next more frequent one.
_FALL, _FALL_ONLINE = 0.85, 0.75
_WEEKDAY_BOOST, _BOOSTED_TOPICS = 4.0, 12
_WEEKDAYS = np.array([0.10, 0.11, 0.12, 0.14, 0.19, 0.21, 0.13])
_CHUNK = 100_000


@dataclass(frozen=True)
class Rows:
    """The events as arrays, ordered by (cell, start); the event of row `i` has the id `i + 1`.

    `starts` and `ends` are seconds from `NOW`; a venue of -1 and a point of
    NaN mean online only. `points` are unit vectors (float64[n, 3]) and
    `texts` the numbers of the events' texts.
    """

    venues: NDArray[np.float64]
    venue: NDArray[np.int64]
    points: NDArray[np.float64]
    cells: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    online: NDArray[np.bool_]
    in_person: NDArray[np.bool_]
    texts: NDArray[np.int64]
    topics: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def recurring(self) -> float:
        """The share of events whose text another event had before."""
        return 1 - len(np.unique(self.texts)) / len(self)


@dataclass(frozen=True)
class Places:
    """All places: degrees, share of the world's people, number of the region."""

    lat: NDArray[np.float64]
    lng: NDArray[np.float64]
    share: NDArray[np.float64]
    region: NDArray[np.int64]

    @classmethod
    def read(cls) -> Places:
        rows = list(
            Place.objects.order_by("pk").values_list(
                F("latitude"), F("longitude"), F("population"), "country_code", "region_code"
            )
        )
        lat, lng, people = np.array([row[:3] for row in rows], np.float64).T
        names = [f"{country}-{region}" for *_, country, region in rows]
        region = np.unique(names, return_inverse=True)[1]
        return cls(lat, lng, people / people.sum(), region)


def make_rows(count: int, texts: int, places: Places) -> Rows:
    """`count` events over the first `texts` texts."""
    random = np.random.default_rng(SEED)
    where = random.choice(len(places.lat), max(500, count // _EVENTS_A_VENUE), p=places.share)
    venues = np.column_stack([
        np.clip(places.lat[where] + random.normal(scale=_SPREAD_DEGREES, size=len(where)), -90, 90),
        (places.lng[where] + random.normal(scale=_SPREAD_DEGREES, size=len(where)) + 180) % 360
        - 180,
    ])  # fmt: skip
    venue = random.integers(0, len(venues), count)
    mode = random.random(count)
    online_only = mode < _ONLINE_SHARE
    starts, ends = _times(random, count)
    region = np.where(online_only, places.region.max() + 1, places.region[where[venue]])
    topics = _topics(random, region, starts)
    venue[online_only] = -1
    cells = np.array([NO_CELL, *(cell_of(lat, lng) for lat, lng in venues)])[venue + 1]
    order = np.lexsort((starts, cells))
    return Rows(
        venues=venues,
        venue=venue[order],
        points=np.vstack([np.full((1, 3), np.nan), unit_vectors(venues)])[venue + 1][order],
        cells=cells[order],
        starts=starts[order],
        ends=ends[order],
        online=(mode < _ONLINE_SHARE + _MIXED_SHARE)[order],
        in_person=~online_only[order],
        texts=_texts(topics, texts)[order],
        topics=topics[order],
    )


def moment(seconds: int) -> datetime:
    """The aware time of seconds from `NOW`."""
    return NOW + timedelta(seconds=seconds)


def unit_vectors(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """float64[n, 3] of latitudes and longitudes, float64[n, 2]."""
    lat, lng = np.radians(degrees.T)
    return np.column_stack([np.cos(lat) * np.cos(lng), np.cos(lat) * np.sin(lng), np.sin(lat)])


def _times(random: np.random.Generator, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Evenings and weekends above all; some exhibitions run for weeks and began before."""
    week, day = random.integers(0, DAYS // 7, count), random.choice(7, count, p=_WEEKDAYS)
    minutes = np.clip(random.normal(9, 3.5, count), 0, 14) * 60
    starts = (week * 7 + day) * DAY + (minutes // 15 * 900).astype(np.int64)
    length = random.choice([3600, 5400, 7200, 10800], count)
    long = random.random(count) < _LONG_SHARE
    starts = np.where(long, starts - random.integers(0, 30, count) * DAY, starts)
    length = np.where(long, random.integers(3, 60, count) * DAY, length)
    return starts, starts + length


def _topics(
    random: np.random.Generator, region: NDArray[np.int64], starts: NDArray[np.int64]
) -> NDArray[np.int64]:
    regions, kinds = int(region.max()) + 1, len(TOPICS)
    rank = np.argsort(random.random((regions, kinds)))
    fall = np.full((regions, 1), _FALL)
    fall[-1] = _FALL_ONLINE  # the online ones are the last region
    boost = np.ones((7, kinds))
    for of_day in boost:
        of_day[random.choice(kinds, _BOOSTED_TOPICS, replace=False)] = _WEEKDAY_BOOST
    shares = (fall**rank)[:, None, :] * boost
    limits = np.cumsum(shares / shares.sum(axis=2, keepdims=True), axis=2)
    weekday = starts // DAY % 7
    topics = np.empty(len(region), np.int64)
    for first in range(0, len(region), _CHUNK):
        part = slice(first, first + _CHUNK)
        drawn = random.random((len(region[part]), 1))
        topics[part] = (drawn > limits[region[part], weekday[part]]).sum(axis=1)
    return np.minimum(topics, kinds - 1)


def _texts(topics: NDArray[np.int64], texts: int) -> NDArray[np.int64]:
    """Each topic's texts (see `texts.topic_of`) in turn; when all are used, they recur."""
    chosen = np.empty(len(topics), np.int64)
    for topic in range(len(TOPICS)):
        at = np.flatnonzero(topics == topic)
        known = len(range(topic, texts, len(TOPICS)))
        chosen[at] = topic + len(TOPICS) * (np.arange(len(at)) % known)
    return chosen
