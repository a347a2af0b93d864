"""Time zones: which one counts, and the country that it lies in."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

# Countries that write the month before the day: 12/5 is the 5th of December.
_MONTH_FIRST = frozenset({"US", "CA", "PH", "PR", "GU", "VI", "AS", "MP", "FM", "MH", "PW"})


def zone_or_none(name: str | None) -> ZoneInfo | None:
    """The zone of an IANA name; None for no name or an unknown one."""
    return _zone(name) if name else None


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or a folder of zones
        return None


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def country_of_zone(name: str | None) -> str | None:
    """The country code of a zone ("America/New_York" → "US"); None for UTC and the like."""
    return _countries().get(name or "")


def writes_day_first(country_code: str | None) -> bool:
    """Whether 12/5 is the 12th of May there; an unknown country has the American order."""
    return country_code is not None and country_code not in _MONTH_FIRST
