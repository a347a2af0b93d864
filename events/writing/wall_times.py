"""Reads stored wall times anew when the release of the time zone database has changed.

A concert at 19:00 in Vancouver stays at 19:00 when the country gives up changing its clocks:
an event is its wall time and its zone, and the instant follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F

from core.zones import release, zone_or_none
from events.models import Event, MergeDue, ZoneRelease
from events.search_table.rows import write_search_rows

_BATCH = 500
# What has begun lately may still be going on.
_SINCE = timedelta(days=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Times:
    """The times of a stored event, in UTC."""

    start: datetime
    end: datetime | None
    utc_offset: int


@transaction.atomic
def reread_wall_times(*, now: datetime, zones: str | None = None) -> int:
    """Moves coming events whose zone has other rules now; returns how many.

    Does nothing when the stored times were read by this release (`zones`, by default the
    one in use) already. Two calls at once are safe: the later one waits.
    """
    wanted = zones or release()
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE events_zonerelease IN EXCLUSIVE MODE")
    known = ZoneRelease.objects.first()
    if known is not None and known.release == wanted:
        return 0
    moved = sum(_write(batch, now) for batch in _moved(now))
    ZoneRelease.objects.create(release=wanted, read_at=now)
    return moved


def _moved(now: datetime) -> Iterator[dict[int, _Times]]:
    """The events with other times than before, some at once."""
    columns = ("id", "start_time", "end_time", "timezone", "all_day", "utc_offset")
    coming = Event.objects.filter(start_time__gte=now - _SINCE).order_by("id")
    batch: dict[int, _Times] = {}
    for pk, start, end, timezone, all_day, offset in coming.values_list(*columns).iterator():
        times = _read_anew(_Times(start, end, offset), timezone, all_day=all_day)
        if times is None:
            continue
        batch[pk] = times
        if len(batch) >= _BATCH:
            yield batch
            batch = {}
    if batch:
        yield batch


def _read_anew(stored: _Times, timezone: str, *, all_day: bool) -> _Times | None:
    """The times of the same wall clock by the rules of today; None if they are the same."""
    if zone_or_none(timezone) is None:
        return None
    info = ZoneInfo(timezone)
    offset = timedelta(seconds=stored.utc_offset)
    wall = (stored.start.astimezone(UTC) + offset).replace(tzinfo=info)
    # Of an hour that comes twice, either one is the wall time.
    if offset in (wall.utcoffset(), wall.replace(fold=1).utcoffset()):
        return None
    start = wall.astimezone(UTC)
    end = stored.end
    if end is not None and all_day:
        last = (end.astimezone(UTC) + offset + _DAY / 2).replace(hour=0, minute=0, second=0)
        end = last.replace(tzinfo=info).astimezone(UTC)
    elif end is not None:
        end += start - stored.start
    new_offset = wall.utcoffset() or timedelta()
    return _Times(start, end, round(new_offset.total_seconds()))


def _write(times: dict[int, _Times], now: datetime) -> int:
    for pk, each in times.items():
        Event.objects.filter(pk=pk).update(
            start_time=each.start,
            end_time=each.end,
            utc_offset=each.utc_offset,
            sequence=F("sequence") + 1,
            updated_at=now,
        )
    events = list(Event.objects.select_related("venue").filter(pk__in=times))
    write_search_rows(events, {}, model_name="")
    MergeDue.objects.mark(times)
    return len(times)
