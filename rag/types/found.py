"""What a search found: candidates, ranked events, relaxations and the whole retrieval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from rag.types.asked import Constraints

# "near" is what comes closest where nothing fits; it is no match and is shown apart.
Tier = Literal["recommended", "near", "additional", "context"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A matching row. `similarity` is the cosine to the query, 0 without one.

    `coverage` is how much of the query's words it holds and `named` whether it
    holds a name that the query names (each 0 to 1). Rows with the same `group` are
    dates or copies of one happening; only the best of them is a candidate.
    """

    event_id: int
    starts_at: datetime
    ends_at: datetime
    can_attend_online: bool
    can_attend_in_person: bool
    min_price: float | None
    age_min: int | None
    age_max: int | None
    audience_tags: tuple[str, ...]
    metadata_tags: tuple[str, ...]
    similarity: float
    distance_miles: float | None
    group: int = 0
    coverage: float = 0.0
    named: float = 0.0


class WhyNot(StrEnum):
    """Why a found event is not recommended; the trace shows it.

    With `NOTHING_FITS` nothing fits and the event only comes close; with `ONLINE` enough takes
    place there; with `UNKNOWN_FIT` it says nothing of the topic or audience and is less relevant;
    with `SAME_HAPPENING` it is another date or copy of an entry.
    """

    NOTHING_FITS = "nothing_fits"
    ONLINE = "online"
    LESS_RELEVANT = "less_relevant"
    OTHER_TOPIC = "other_topic"
    OTHER_AUDIENCE = "other_audience"
    UNKNOWN_FIT = "unknown_fit"
    SAME_HAPPENING = "same_happening"
    FURTHER_DOWN = "further_down"


@dataclass(frozen=True, slots=True)
class EventSummary:
    """An event as search returns it: plain values, safe to keep after the visit.

    Times are aware, in UTC; ``timezone`` is the IANA zone to show them in.
    ``min_price`` is None when unknown and 0 when free, in ``currency`` (ISO 4217; empty:
    unknown).
    """

    id: int
    title: str
    description: str
    start_time: datetime
    end_time: datetime | None
    timezone: str
    all_day: bool
    url: str
    location: str
    room_name: str
    venue: Mapping[str, Any] | None
    is_virtual: bool
    event_attendance_mode: str
    event_status: str
    price: str
    min_price: float | None
    age_range: str
    audience_tags: tuple[str, ...]
    metadata_tags: tuple[str, ...]
    organizer: str
    source: str
    series_id: str
    currency: str = ""


@dataclass(frozen=True, slots=True)
class RankedEvent:
    """One found event with its place in the list.

    ``score`` is the final one (higher is better, 0 to 1); ``similarity`` the
    cosine to the query; ``distance_miles`` None without a centre or a point.
    ``next_dates`` are the next few starts of the same happening, in UTC.
    """

    event: EventSummary
    score: float
    similarity: float
    distance_miles: float | None
    tier: Tier
    factors: Mapping[str, float]
    next_dates: tuple[datetime, ...] = ()


# A relaxation is only offered, so its events are counted up to this many.
RELAXED_AT_MOST = 25


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One change of a search that found little.

    `label` says it ("within 15 miles"), `message` is what a user would type
    for it, `constraints` is the changed search and `matches` what it finds, at
    most `RELAXED_AT_MOST`.
    """

    name: str
    label: str
    message: str
    constraints: Constraints
    matches: int = 0

    @property
    def number(self) -> str:
        """How many it finds, for a reader."""
        return f"{self.matches}+" if self.matches >= RELAXED_AT_MOST else str(self.matches)


@dataclass(frozen=True, slots=True)
class EventCount:
    """How many happenings fit, and on how many dates they take place in all.

    `is_whole` is false only when there were more than are ever compared; `is_exact` when some
    were counted that lack a word of what was asked for.
    """

    happenings: int
    dates: int
    is_whole: bool = True
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class MatchCount:
    """How many events fit, as far as a preview counts, and the relaxations that bring more."""

    matches: int
    relaxations: tuple[Relaxation, ...]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The answer of one search: what was understood and what was found.

    `fits` is false when nothing was what the words ask for, or takes place where they ask;
    then no event is recommended and those that come closest are "near". `at_place` is how
    many events take place within the circle and the dates whatever their topic; it is counted
    when nothing fits, and None otherwise or without a circle. `matches` is how many happenings
    fit in all, however few of them are here. `relaxations` is empty unless little was found.
    `took_ms` tells where the time went; `trace` is there when it was asked for, and
    `debug_run_id` once it is kept.
    """

    constraints: Constraints
    events: tuple[RankedEvent, ...]
    plan: str
    fits: bool = True
    at_place: int | None = None
    matches: int = 0
    relaxations: tuple[Relaxation, ...] = ()
    took_ms: Mapping[str, float] = field(default_factory=dict)
    trace: Mapping[str, Any] | None = None
    debug_run_id: UUID | None = None

    def in_tier(self, tier: Tier) -> tuple[RankedEvent, ...]:
        """The found events of one tier, best first."""
        return tuple(found for found in self.events if found.tier == tier)
