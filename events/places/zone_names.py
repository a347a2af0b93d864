"""Finds the IANA zone behind what calendars write: Windows' names, menus, letters, offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from babel.core import get_global

from core.text import fold_name
from core.world_names import zone_group_names
from core.zones import zone_names, zone_or_none

# Letters that mean one zone to those who write them; where several do (IST, CST), the one
# with the most people among the writers of calendars.
_LETTERS = {
    "America/New_York": "ET EST EDT",
    "America/Chicago": "CT CST CDT",
    "America/Denver": "MT MST MDT",
    "America/Los_Angeles": "PT PST PDT",
    "America/Anchorage": "AKST AKDT",
    "Pacific/Honolulu": "HST HAST",
    "America/Halifax": "ADT",
    "America/St_Johns": "NST NDT",
    "America/Sao_Paulo": "BRT",
    "America/Argentina/Buenos_Aires": "ART",
    "UTC": "UTC GMT UT Z ZULU",
    "Europe/London": "BST",
    "Europe/Lisbon": "WET WEST",
    "Europe/Berlin": "CET CEST MEZ MESZ",
    "Europe/Helsinki": "EET EEST OEZ OESZ",
    "Europe/Moscow": "MSK",
    "Africa/Johannesburg": "SAST",
    "Asia/Kolkata": "IST",
    "Asia/Karachi": "PKT",
    "Asia/Singapore": "SGT",
    "Asia/Hong_Kong": "HKT",
    "Asia/Jakarta": "WIB",
    "Asia/Manila": "PHT",
    "Asia/Tokyo": "JST",
    "Asia/Seoul": "KST",
    "Australia/Perth": "AWST",
    "Australia/Adelaide": "ACST ACDT",
    "Australia/Sydney": "AET AEST AEDT",
    "Pacific/Auckland": "NZT NZST NZDT",
}
# What programs call zones in their menus, beside the names of cities, which are read as such.
_DISPLAYED = {
    "eastern time us canada": "America/New_York",
    "central time us canada": "America/Chicago",
    "mountain time us canada": "America/Denver",
    "pacific time us canada": "America/Los_Angeles",
    "atlantic time canada": "America/Halifax",
    "us eastern": "America/New_York",
    "eastern": "America/New_York",
    "coordinated universal time": "UTC",
    "indiana east": "America/Indiana/Indianapolis",
    "arizona": "America/Phoenix",
    "hawaii": "Pacific/Honolulu",
    "alaska": "America/Anchorage",
    "newfoundland": "America/St_Johns",
    "chennai kolkata mumbai new delhi": "Asia/Kolkata",
    "beijing chongqing hong kong urumqi": "Asia/Shanghai",
    "osaka sapporo tokyo": "Asia/Tokyo",
    "canberra melbourne sydney": "Australia/Sydney",
    "auckland wellington": "Pacific/Auckland",
}
# Offsets of no whole hour, each with the zone that keeps it all year.
_ODD_OFFSETS = {
    (1, 5, 30): "Asia/Kolkata",
    (1, 5, 45): "Asia/Kathmandu",
    (1, 3, 30): "Asia/Tehran",
    (1, 4, 30): "Asia/Kabul",
    (1, 6, 30): "Asia/Yangon",
    (1, 9, 30): "Australia/Darwin",
    (1, 8, 45): "Australia/Eucla",
    (-1, 9, 30): "Pacific/Marquesas",
}
_OFFSET = re.compile(
    r"\(?(?:GMT|UTC|Z)?\s*([+\-−])\s?(\d{1,2})(?:[:.]?([0-5]\d))?\)?(?:\s*(?:GMT|UTC))?",
    re.IGNORECASE,
)
# What menus put before the cities: (UTC+01:00).
_DISPLAY_OFFSET = re.compile(r"^\((?:GMT|UTC)[^)]*\)\s*", re.IGNORECASE)
_LONGEST = 200


@lru_cache(maxsize=4096)
def zone_of_name(name: str) -> str | None:
    """The IANA zone that a calendar's name for one means; None for a name of its own.

    >>> zone_of_name("W. Europe Standard Time"), zone_of_name("EUROPE/BERLIN")
    ('Europe/Berlin', 'Europe/Berlin')
    """
    bare = name.strip().strip("\"'").strip()
    if not bare or len(bare) > _LONGEST:
        return None
    if (exact := zone_or_none(bare)) is not None:
        return exact
    if match := _OFFSET.fullmatch(bare):
        return _of_offset(match[1], int(match[2]), int(match[3] or 0))
    for path in _tails(bare):
        if (known := _by_folded_path().get(path)) is not None:
            return known
    # Such as US/EST and tzone://Microsoft/Utc.
    if (letters := zone_of_letters(bare.rpartition("/")[2].upper())) is not None:
        return letters
    return _by_words().get(fold_name(_DISPLAY_OFFSET.sub("", bare))) or _of_city(bare)


@cache
def zone_of_letters(letters: str) -> str | None:
    """The zone of an abbreviation in capitals ("EST", "MEZ"); None for other letters."""
    return _by_letters().get(letters.strip().rstrip(".").replace(".", ""))


def tells_the_place(zone: str) -> bool:
    """Whether a zone says more than an instant: "Etc/UTC" and "GMT" do not."""
    return bool(zone) and not zone.startswith("Etc/") and zone not in _NO_PLACE


def place_zone(name: str) -> str:
    """The zone that a name means, if it says where; else nothing.

    >>> place_zone("Pacific Standard Time"), place_zone("UTC")
    ('America/Los_Angeles', '')
    """
    zone = zone_of_name(name) or ""
    return zone if tells_the_place(zone) else ""


_NO_PLACE = frozenset(
    {"UTC", "UCT", "GMT", "GMT0", "GMT+0", "GMT-0", "Greenwich", "Universal", "Zulu", "Factory"}
)


@cache
def _by_letters() -> Mapping[str, str]:
    return {each: zone for zone, letters in _LETTERS.items() for each in letters.split()}


def _tails(name: str) -> Iterator[str]:
    """The name and what it ends with: "/mozilla.org/20070129_1/Europe/Berlin"."""
    parts = [part for part in name.replace(" ", "_").casefold().split("/") if part]
    yield from ("/".join(parts[-count:]) for count in (len(parts), 3, 2) if count <= len(parts))


@cache
def _by_folded_path() -> Mapping[str, str]:
    return {name.casefold(): name for name in zone_names()}


def _of_offset(sign: str, hours: int, minutes: int) -> str | None:
    if minutes:
        return _ODD_OFFSETS.get((1 if sign == "+" else -1, hours, minutes))
    if hours == 0:
        return "UTC"
    # The signs of these names are those of POSIX: Etc/GMT-1 is one hour ahead.
    return zone_or_none(f"Etc/GMT{'-' if sign == '+' else '+'}{hours}")


@cache
def _by_words() -> Mapping[str, str]:
    """Folded names of Windows, of menus and of CLDR ("Japan Standard Time")."""
    found = dict(_DISPLAYED)
    windows: Mapping[str, str] = get_global("windows_zone_mapping")
    found |= {fold_name(name): zone for name, zone in windows.items() if zone_or_none(zone)}
    groups: Mapping[str, str] = get_global("meta_zones")
    # Of a group of zones the best known, else the one that Windows means, else any.
    zone_of_group: dict[str, str] = {}
    for zone in (*_LETTERS, *windows.values(), *sorted(groups)):
        if zone in groups and zone_or_none(zone):
            zone_of_group.setdefault(groups[zone], zone)
    for group, name in zone_group_names():
        if group in zone_of_group:
            found.setdefault(fold_name(name), zone_of_group[group])
    return found


@cache
def _by_city() -> Mapping[str, str]:
    """City → the zone that is named after it."""
    cities = (name for name in sorted(zone_names()) if "/" in name and tells_the_place(name))
    return {fold_name(name.rpartition("/")[2].replace("_", " ")): name for name in cities}


def _of_city(name: str) -> str | None:
    """The zone of the first city that a menu's line names."""
    line = _DISPLAY_OFFSET.sub("", name)
    for part in re.split(r"[,:/]", line):
        if (known := _by_city().get(fold_name(part))) is not None:
            return known
    return None
