"""Time zones by their IANA names; many layers read them, so this stands at the ground."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@lru_cache(maxsize=1024)
def zone_or_none(name: str) -> str | None:
    """The name itself, without blanks around it, when it is an IANA zone."""
    try:
        return ZoneInfo(name.strip()).key if name.strip() else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
