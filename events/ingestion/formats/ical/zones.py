"""Writes the zones of iCalendar lines by their IANA names, for the `icalendar` package.

That package knows Windows' names and a calendar's own definitions. Of a name that it does not
know it makes a floating time without a word.
"""

from __future__ import annotations

import re

from events.places.zone_names import zone_of_name

_HEAD = r"(?P<head>\s*[A-Z\-]+[^:\"]*?;TZID=)"
_ZONED = re.compile(
    rf"{_HEAD}(?P<zone>\"[^\"]*\"|[^;:\"]*)(?P<rest>[;:].*)", re.IGNORECASE | re.DOTALL
)
_WITH_COLON = re.compile(
    rf"{_HEAD}(?P<zone>[^\";:]*:[^:]*?)(?P<rest>:\d{{4}}-?\d\d-?\d\d.*)", re.IGNORECASE | re.DOTALL
)
_LONGEST = 4000


def with_known_zone(line: str) -> str:
    """The line with `TZID` as an IANA name if it means one, else in quotes.

    >>> with_known_zone("DTSTART;TZID=W. Europe Standard Time:20270111T190000")
    'DTSTART;TZID=Europe/Berlin:20270111T190000'
    """
    if "TZID=" not in line[:200].upper() or len(line) > _LONGEST:
        return line
    match = _WITH_COLON.fullmatch(line) or _ZONED.fullmatch(line)
    if match is None:
        return line
    name = match["zone"].strip('"')
    known = zone_of_name(name)
    return f"{match['head']}{known or chr(34) + name + chr(34)}{match['rest']}"
