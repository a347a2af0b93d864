"""Finds candidate copies of a changed event by SQL (blocking)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection

from events.merging.comparison import LONGEST_GAP_MINUTES
from events.merging.facts import Facts, VenueFacts
from events.models import Event

_GAP = timedelta(minutes=LONGEST_GAP_MINUTES)
_DAY = timedelta(hours=24)
# Wider than `comparing` forgives, and cheap to compare.
_DEGREES = 0.6
_BATCH = 500
_OPENING = 480

# The neighbours of each event (of two in one batch, those of the first): near in time,
# and at one address, at one venue or near in place. Events without an hour are
# neighbours of all of their day. What has no place meets only its like. Longitudes are
# compared around the globe. Those without an hour have an index of their own, since a
# whole day of many calendars is a lot to go through for them.
_NEIGHBOURS = """
    WITH given AS (SELECT * FROM unnest(%(ids)s::bigint[], %(hours)s::boolean[]) AS g(id, has_hour))
    SELECT mine.id, array_agg(near.id)
    FROM given
    JOIN events_event AS mine ON mine.id = given.id
    JOIN LATERAL (
        SELECT id, venue_id, url, event_attendance_mode FROM events_event
        WHERE start_time BETWEEN mine.start_time - %(gap)s
            AND mine.start_time + CASE WHEN has_hour THEN %(gap)s ELSE %(day)s END
        UNION ALL
        SELECT id, venue_id, url, event_attendance_mode FROM events_event
        WHERE has_hour AND start_time >= mine.start_time - %(day)s
            AND start_time < mine.start_time - %(gap)s
            AND (all_day
                OR ((timezone('UTC', start_time) + utc_offset * interval '1 second'))::time
                    = '00:00')
    ) AS near
        ON near.id <> mine.id AND (near.id > mine.id OR near.id NOT IN (SELECT id FROM given))
    LEFT JOIN events_venue AS here ON here.id = mine.venue_id
    LEFT JOIN events_venue AS there ON there.id = near.venue_id
    CROSS JOIN LATERAL (SELECT abs(here.longitude - there.longitude) AS east) AS apart
    WHERE mine.venue_id = near.venue_id
        OR (mine.url <> '' AND mine.url = near.url)
        OR (abs(here.latitude - there.latitude) <= %(degrees)s
            AND least(east, 360 - east)
                <= %(degrees)s / greatest(cos(radians(here.latitude)), 0.01))
        OR (here.latitude IS NULL AND there.latitude IS NULL
            AND (mine.event_attendance_mode = 'online') = (near.event_attendance_mode = 'online'))
    GROUP BY mine.id
"""
_OWN = (
    *("id", "source", "title", "start_time", "timezone", "all_day", "event_attendance_mode"),
    *("room_name", "url", "organizer", "description", "filled"),
)
_VENUE = ("name", "city", "latitude", "longitude", "precision")


def facts_of(ids: Iterable[int]) -> dict[int, Facts]:
    """Loads the facts of these events, from their own values instead of those taken over."""
    columns = (*_OWN, *(f"venue__{name}" for name in _VENUE))
    rows = Event.objects.filter(pk__any_of=ids).order_by().values_list(*columns)
    own = len(_OWN)
    return {row[0]: _facts(row[:own], row[own:]) for row in rows.iterator(_BATCH)}


def facts_of_event(event: Event) -> Facts:
    """The facts of a loaded event with its venue."""
    own = tuple(getattr(event, name) for name in _OWN)
    return _facts(own, tuple(getattr(event.venue, name, None) for name in _VENUE))


def _facts(own: tuple[Any, ...], venue: tuple[Any, ...]) -> Facts:
    pk, source, title, start, timezone, all_day, mode, room, url, organizer, description, filled = (
        own
    )
    name, city, latitude, longitude, precision = venue
    place = VenueFacts(name or "", city or "", latitude, longitude, precision == "venue")
    return Facts(
        id=pk,
        source=source,
        title=title,
        start=start,
        timezone=timezone,
        all_day=all_day,
        place=None if mode == Event.AttendanceMode.ONLINE else place,
        room=room,
        url=filled.get("url", url),
        organizer=filled.get("organizer", organizer),
        description=filled.get("description", description)[:_OPENING],
    )


def neighbours(events: Sequence[Facts]) -> dict[int, list[int]]:
    """By id, what is near each of these events; of two of them only the one names the other."""
    found: dict[int, list[int]] = {}
    for first in range(0, len(events), _BATCH):
        batch = events[first : first + _BATCH]
        parameters: dict[str, Any] = {
            "ids": [event.id for event in batch],
            "hours": [event.has_hour for event in batch],
            "gap": _GAP,
            "day": _DAY,
            "degrees": _DEGREES,
        }
        with connection.cursor() as cursor:
            cursor.execute(_NEIGHBOURS, parameters)
            found.update(cursor.fetchall())
    return found


def refresh_statistics() -> None:
    """Lets the planner know of a large import, before it believes the tables to be empty."""
    with connection.cursor() as cursor:
        # Only of the columns that it chooses by: long texts take ten times as long.
        cursor.execute(
            "ANALYZE events_event (id, start_time, venue_id, merged_into_id),"
            " events_venue (id, latitude), events_mergedue, events_mergedecision"
        )
