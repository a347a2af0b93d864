"""Events, wishes and retrievals for tests: a whole value with the fields that matter set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chat_service.llm.phrases import phrases_of
from rag.types import Centre, Constraints, EventSummary, RankedEvent, Retrieval, Tier

ENGLISH = phrases_of("en")
BOSTON = ZoneInfo("America/New_York")
# A Friday, three in the afternoon in Boston.
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=BOSTON)
NEWTON_MA = Centre("Newton, MA", 42.337, -71.2092, timezone="America/New_York")
NEWTON_KS = Centre("Newton, KS", 38.0467, -97.345, timezone="America/Chicago")
NEWTON_NC = Centre("Newton, NC", 35.6699, -81.2215, timezone="America/New_York")


def local(day: int, hour: int = 0, minute: int = 0, *, month: int = 11) -> datetime:
    """A moment of November 2026 in Boston."""
    return datetime(2026, month, day, hour, minute, tzinfo=BOSTON)


_PUPPETS = EventSummary(
    id=1,
    title="Puppet Show",
    description="Puppets made by the audience.",
    start_time=local(21, 10, 30).astimezone(UTC),
    end_time=local(21, 11, 15).astimezone(UTC),
    timezone="America/New_York",
    all_day=False,
    url="https://example.org/puppets",
    location="330 Homer St, Newton",
    room_name="",
    venue={"name": "Free Library", "city": "Newton", "state": "MA"},
    is_virtual=False,
    event_attendance_mode="offline",
    event_status="scheduled",
    price="",
    min_price=None,
    age_range="",
    audience_tags=(),
    metadata_tags=(),
    organizer="",
    source="library",
    series_id="",
)


def event(**fields: Any) -> EventSummary:
    """The puppet show of Saturday morning, with some fields changed."""
    return replace(_PUPPETS, **fields)


def ranked(
    *, tier: Tier = "recommended", distance: float | None = None, **fields: Any
) -> RankedEvent:
    """A found event; `distance` in miles."""
    return RankedEvent(
        event=event(**fields),
        score=0.5,
        similarity=0.5,
        distance_miles=distance,
        tier=tier,
        factors={},
    )


def wishes(**fields: Any) -> Constraints:
    """Constraints whose every wish came from the message, unless `sources` says otherwise."""
    sources = dict.fromkeys(fields, "message") | fields.pop("sources", {})
    return Constraints(**{"timezone": "America/New_York", "sources": sources, **fields})


def retrieval(constraints: Constraints | None = None, *events: RankedEvent) -> Retrieval:
    """One search's answer."""
    return Retrieval(constraints=constraints or wishes(), events=events, plan="exact")


def numbered(count: int, tier: Tier = "recommended") -> Sequence[RankedEvent]:
    """Events with the ids 1, 2, 3, …"""
    return [ranked(id=number, tier=tier) for number in range(1, count + 1)]
