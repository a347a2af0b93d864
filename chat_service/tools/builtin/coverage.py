"""Tells what the service knows: its towns, its calendars, how many events, and until when."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from django.db.models import Count, Max, Q
from pydantic import BaseModel

from chat_service.tools.base import ToolContext
from chat_service.tools.functions import tool
from core.database import in_database
from events.demo import SOURCE as DEMO_SOURCE
from events.models import Event

_MOST_TOWNS = 12
_MOST_SOURCES = 8
# Counting all that is to come takes seconds in a table of a million; nobody minds old figures.
_SECONDS_KEPT = 600.0
_lock = Lock()
_kept: dict[str, tuple[float, Coverage]] = {}


class Town(BaseModel):
    """A town with events to come."""

    label: str
    events: int


class Coverage(BaseModel):
    """What is to come: how many events, in the towns with most of them, from which calendars.

    `more_towns` counts those left out; `updated_at` is when events were last read in;
    `invented` counts the events of the demonstration calendar.
    """

    events: int
    towns: Sequence[Town]
    more_towns: int
    sources: Sequence[str]
    more_sources: int
    invented: int
    until: datetime | None
    updated_at: datetime | None


@tool()
async def describe_coverage(context: ToolContext) -> Coverage:
    """Tells which towns and calendars have events to come, how many, until when, and when they were
    last read. Use it for questions about the service and its data."""
    return await in_database(_coverage, context.now)


def _coverage(now: datetime) -> Coverage:
    with _lock:
        kept = _kept.get("all")
    if kept is not None and time.monotonic() - kept[0] < _SECONDS_KEPT:
        return kept[1]
    coverage = measure_coverage(now)
    with _lock:
        _kept["all"] = time.monotonic(), coverage
    return coverage


def measure_coverage(now: datetime) -> Coverage:
    """Counts what is to come, from the database."""
    events = Event.objects.filter(
        Q(end_time__gt=now) | Q(start_time__gte=now),
        merged_into=None,
        withdrawn_at=None,
    ).exclude(event_status=Event.Status.CANCELLED)
    whole = events.aggregate(events=Count("pk"), until=Max("start_time"), updated=Max("updated_at"))
    counted = Count("pk")
    in_towns = events.exclude(venue__city="").exclude(venue=None)
    towns = list(
        in_towns.values_list("venue__city", "venue__state")
        .annotate(events=counted)
        .order_by("-events", "venue__city")
    )
    sources = list(events.values_list("source").annotate(events=counted).order_by("-events"))
    return Coverage(
        events=whole["events"],
        towns=[
            Town(label=", ".join(filter(None, (city, state))), events=number)
            for city, state, number in towns[:_MOST_TOWNS]
        ],
        more_towns=max(len(towns) - _MOST_TOWNS, 0),
        sources=[source for source, _ in sources[:_MOST_SOURCES]],
        more_sources=max(len(sources) - _MOST_SOURCES, 0),
        invented=dict(sources).get(DEMO_SOURCE, 0),
        until=whole["until"],
        updated_at=whole["updated"],
    )
