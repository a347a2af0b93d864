"""The further dates of what takes place again and again, in words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from chat_service.wording import day_name, join_words
from rag.types import RankedEvent

SAID_AT_MOST = 3


def further_dates(found: RankedEvent, now: datetime) -> str:
    """ "also Mon 7 Dec and Mon 14 Dec", by the days of the event's zone; empty without any."""
    zone = ZoneInfo(found.event.timezone)
    today = now.astimezone(zone).date()
    first = found.event.start_time.astimezone(zone).date()
    days = [start.astimezone(zone).date() for start in found.next_dates]
    later = [day for day in dict.fromkeys(days) if day != first]
    if not later:
        return ""
    said = [day_name(day, today) for day in later[:SAID_AT_MOST]]
    return f"also {join_words([*said, 'later'] if len(later) > SAID_AT_MOST else said)}"
