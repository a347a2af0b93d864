"""Time zones by their IANA names, from one table: that of the pinned `tzdata` package.

Python asks the machine's own tables first, and those are of another age on every machine.
Many layers read zones, so this stands at the ground.
"""

from __future__ import annotations

import zoneinfo
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

# An entry of the table that is no zone of any place.
_NO_ZONE = "Factory"


def use_pinned_tables() -> None:
    """Makes the package the only source of this process, also for zones already read."""
    zoneinfo.reset_tzpath(to=())
    ZoneInfo.clear_cache()


@cache
def release() -> str:
    """The release of the time zone database in use, such as "2026f"."""
    first = files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text().partition("\n")[0]
    return first.rpartition(" ")[2]


def is_pinned() -> bool:
    """Whether `use_pinned_tables` holds in this process."""
    return not zoneinfo.TZPATH


@cache
def zone_names() -> frozenset[str]:
    """Every name of the table, old ones included."""
    return frozenset(files("tzdata").joinpath("zones").read_text().split()) - {_NO_ZONE}


@lru_cache(maxsize=1024)
def zone_or_none(name: str) -> str | None:
    """The name itself, without blanks around it, when it is an IANA zone."""
    bare = name.strip()
    return bare if bare in zone_names() else None
