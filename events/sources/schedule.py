"""When a source is asked next; nothing here looks at a clock."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_BACK_OFF = timedelta(minutes=5)
LONGEST_BACK_OFF = timedelta(days=1)
# A server may ask for more patience than ours, but not for ever.
LONGEST_RETRY_AFTER = timedelta(days=7)


def after_success(now: datetime, interval: timedelta) -> datetime:
    """One interval later."""
    return now + interval


def after_failure(
    now: datetime, *, failures: int, retry_after: float | None, chance: float
) -> datetime:
    """Twice as long with each failure in a row, up to a day, but no sooner than the server asks.

    `failures` counts this one. `chance`, from 0 to 1, takes up to half of the wait
    away, so that sources that failed together do not come back together.
    """
    doubled = min(FIRST_BACK_OFF * float(2 ** min(failures - 1, 16)), LONGEST_BACK_OFF)
    wait = doubled * (1 - chance / 2)
    asked = min(timedelta(seconds=min(retry_after or 0, 1e9)), LONGEST_RETRY_AFTER)
    return now + max(wait, asked)
