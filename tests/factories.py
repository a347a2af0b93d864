"""Events for tests, with search rows whose vectors are the real model's."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from events.models import Event, Venue
from events.search_table.rows import reindex
from rag.embedding import get_backend

NEWTON = (42.33704, -71.20922)
_numbers = itertools.count()


def make_event(
    title: str,
    *,
    starts_in: timedelta = timedelta(days=1),
    hours: float = 2,
    point: tuple[float, float] | None = NEWTON,
    now: datetime | None = None,
    **fields: Any,
) -> Event:
    """A scheduled event, by default tomorrow in Newton, findable at once.

    `point` None makes it online. It is saved in the caller's transaction.
    """
    number = next(_numbers)
    start = (now or datetime.now(UTC)) + starts_in
    fields.setdefault("event_attendance_mode", "offline" if point else "online")
    values: dict[str, Any] = {
        "external_id": f"event-{uuid4()}",
        "source": "tests",
        "timezone": "America/New_York",
        "start_time": start,
        "end_time": start + timedelta(hours=hours),
        "venue": _venue(number, point) if point else None,
        **fields,
    }
    event = Event.objects.create(title=title, **values)
    reindex([event], get_backend())
    return event


def _venue(number: int, point: tuple[float, float]) -> Venue:
    return Venue.objects.create(
        key=f"test venue {uuid4()}",
        name=f"Test Hall {number}",
        street_address="12 Centre Street",
        city="Newton",
        state="MA",
        country="United States",
        latitude=point[0],
        longitude=point[1],
        precision="venue",
    )
