"""Reads the time zone that stands behind a written time: an offset, a name, letters."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from events.places.zone_names import zone_of_letters, zone_of_name

_BRACKETED = re.compile(r"\s*\[(?P<name>[^\]]*)\]$")
_ASIDE = re.compile(r"\s*\((?P<name>[^()]*)\)$")
# "20:00-02:00" is a span: a western offset needs seconds before it, a blank, or "GMT".
_OFFSET = re.compile(
    r"(?:(?<=[\d. mM])\s*(?:GMT|UTC)\s?(?P<sign>[+\-−])"
    r"|(?<=[\d.mM])\s*(?P<plus>\+)|(?:(?<=:\d\d:\d\d)|(?<=\.\d\d\d)|(?<=T\d{4})|(?<=\d{6}))\s?(?P<minus>[\-−])"
    r"|(?<=[\dmM])\s(?P<apart>-)(?=\d{4}$))(?P<hours>[01]\d|\d)(?::?(?P<minutes>[0-5]\d))?$"
)
_ZULU = re.compile(r"(?<=\d)\s?(?:Z|z)$|\s*\b(?:UTC|GMT)$|(?<=\d)(?:UTC|GMT)$")
_PATH = re.compile(r"\s+(?P<name>[A-Za-z]+(?:/[A-Za-z_+\-]+)+)$")
_LETTERS = re.compile(r"(?:(?<=\d)|(?<=[ .]))(?P<name>[A-Z]{2,5})$")
# An offset stands behind a clock; "7-9" has none.
_HAS_MINUTES = re.compile(r"\d[:.]?\d\d\b|\dT?\d{4,6}")


def split_zone(text: str) -> tuple[str, tzinfo | None]:
    """The text without the zone at its end, and the zone.

    A named zone wins over the offset beside it, since it also knows the summer.

    >>> split_zone("19:30 GMT-0500 (Eastern Standard Time)")[0]
    '19:30'
    """
    zone: tzinfo | None = None
    for pattern in (_BRACKETED, _ASIDE):
        if match := pattern.search(text):
            known = zone_of_name(match["name"]) or zone_of_letters(match["name"])
            if not known and pattern is _ASIDE and not _offset_of(text[: match.start()]):
                continue
            text = text[: match.start()].rstrip()
            zone = ZoneInfo(known) if known else None
    if (offset := _offset_of(text)) is not None:
        rest, found = offset
        # The offset is what a machine wrote, and the name beside it a person's.
        return rest, zone or found
    if match := _ZULU.search(text):
        return text[: match.start()].rstrip(), zone or UTC
    if (match := _PATH.search(text)) and (known := zone_of_name(match["name"])):
        return text[: match.start()].rstrip(), ZoneInfo(known)
    if (match := _LETTERS.search(text)) and (known := zone_of_letters(match["name"])):
        return text[: match.start()].rstrip(), ZoneInfo(known)
    return text, zone


def _offset_of(text: str) -> tuple[str, timezone] | None:
    match = _OFFSET.search(text)
    if match is None or not _HAS_MINUTES.search(text[: match.start()]):
        return None
    hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
    if hours > 14:
        return None
    length = timedelta(hours=hours, minutes=minutes)
    is_east = "+" in (match["sign"], match["plus"])
    offset = timezone(length if is_east else -length)
    return text[: match.start()].rstrip(), offset
