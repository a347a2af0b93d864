"""Writes the zones of iCalendar lines by their IANA names, for the `icalendar` package.

That package knows Windows' names and a calendar's own definitions. Of a name that it does not
know it makes a floating time without a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from events.places.zone_names import zone_of_name

_HEAD = r"(?P<head>\s*[A-Z\-]+[^:\"]*?;TZID=)"
_ZONED = re.compile(
    rf"{_HEAD}(?P<zone>\"[^\"]*\"|[^;:\"]*)(?P<rest>[;:].*)", re.IGNORECASE | re.DOTALL
)
_WITH_COLON = re.compile(
    rf"{_HEAD}(?P<zone>[^\";:]*:[^:]*?)(?P<rest>:\d{{4}}-?\d\d-?\d\d.*)", re.IGNORECASE | re.DOTALL
)
_LONGEST = 4000
# Names of the tz database that never change their clocks, though a calendar may mean them to.
_WITH_SUMMER = {"EST": "America/New_York", "MST": "America/Denver"}


def zones_with_summer(definitions: Sequence[Sequence[str]]) -> dict[str, str]:
    """Names of fixed offsets that the calendar itself defines with summer time, and what is meant.

    A TZID means the calendar's own definition (RFC 5545 3.8.3.1); the `icalendar` package and the
    tz database take "EST" for winter time all the year.
    """
    found: dict[str, str] = {}
    for lines in definitions:
        names = {line.partition(":")[2].strip() for line in lines if line[:5].upper() == "TZID:"}
        if any(line.strip().upper() == "BEGIN:DAYLIGHT" for line in lines):
            found |= {name: meant for name, meant in _WITH_SUMMER.items() if name in names}
    return found


def renamed(line: str, names: Mapping[str, str]) -> str:
    """The line with its zone under the other name.

    >>> renamed("DTSTART;TZID=EST:20270701T190000", {"EST": "America/New_York"})
    'DTSTART;TZID=America/New_York:20270701T190000'
    """
    match = _ZONED.fullmatch(line) if "TZID=" in line[:200].upper() else None
    meant = names.get(match["zone"].strip('"')) if match else None
    return f"{match['head']}{meant}{match['rest']}" if match and meant else line


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
