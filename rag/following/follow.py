"""From a followed search to the events that match it now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from rag.finding import search_filter
from rag.following.rules import DateRule, windows_of
from rag.listing import Listing, list_rows
from rag.matching import MOST_DATES, match_events
from rag.types import Constraints


def followed_ids(constraints: Constraints, rule: DateRule, *, now: datetime) -> list[int]:
    """The events that match, soonest first, at most `MOST_DATES`.

    Around a place only what takes place there, unless online events are wished for.

    Raises:
        RetrievalError: the events could not be searched.
    """
    windows = windows_of(rule, now=now, zone=ZoneInfo(constraints.timezone))
    if not windows:
        return []
    dated = replace(constraints, date_from=windows[0][0], date_to=windows[-1][1])
    wanted = search_filter(dated, now=now)
    wanted = replace(
        wanted,
        is_virtual=False if wanted.circle and wanted.is_virtual is None else wanted.is_virtual,
        during=windows if len(windows) > 1 else (),
    )
    if not (constraints.query or constraints.audience or constraints.more_like):
        return [row.event_id for row in list_rows(Listing(wanted), limit=MOST_DATES)]
    found = match_events(dated, wanted, now=now, strictly=True)
    return [one.event_id for one in sorted(found, key=lambda one: (one.starts_at, one.event_id))]
