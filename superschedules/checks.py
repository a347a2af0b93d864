"""Checks at start that every time zone is read from the pinned package."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.core.checks import CheckMessage, Error

from core import zones


def check_time_zones(**kwargs: Any) -> list[CheckMessage]:
    """An error where the machine's own tables would be asked before the package."""
    if not zones.is_pinned():
        return [
            Error(
                f"Time zones are read from {', '.join(map(str, zoneinfo.TZPATH))} first.",
                hint="Something has called zoneinfo.reset_tzpath; only the tzdata package decides.",
                id="superschedules.E001",
            )
        ]
    return []
