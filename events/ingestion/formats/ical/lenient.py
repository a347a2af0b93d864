"""Mends lines of an iCalendar entry that are clear, though the standard writes them otherwise.

Times without seconds or with dashes, lists with a comma too many, rules with blanks or none at
all: programs write them every day. What is mended is what would else cost the entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone

_NAME = re.compile(r"\s*([A-Za-z0-9-]+)\s*(?=[;:])")
_MOMENT = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[Tt ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?"
    r"\s*([Zz]|[+-]\d\d:?\d\d)?)?"
)
_HEAD = re.compile(r'((?:[^":]|"[^"]*")*):(.*)', re.DOTALL)
_DATES = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID"})
_LISTS = frozenset({"EXDATE", "RDATE"})
_RULES = frozenset({"RRULE", "EXRULE"})
_MIDNIGHT = re.compile(r"T(?:00:?){2,3}[Zz]?$", re.IGNORECASE)
_UNTIL = re.compile(r"(?<=UNTIL=)[^;]+")
_IS_DATE = re.compile(r";\s*VALUE\s*=\s*DATE\s*(?:;|$)", re.IGNORECASE)


def canonical_moment(text: str) -> str | None:
    """A date or a time as RFC 5545 writes it; None where the text is neither.

    24:00 is the next day's midnight; a time with an offset becomes one in UTC.

    >>> canonical_moment("2026-12-08T19:30-05:00")
    '20261209T003000Z'
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, offset = match.groups()
    try:
        if hour is None:
            return f"{date(int(year), int(month), int(day)):%Y%m%d}"
        is_end_of_day = (hour, minute, second or "00") == ("24", "00", "00")
        moment = datetime(  # noqa: DTZ001 - local to a zone that stands elsewhere
            *(int(year), int(month), int(day)),
            *(0 if is_end_of_day else int(hour), int(minute), int(second or 0)),
        )
        moment += timedelta(days=is_end_of_day)
        if offset and offset not in "Zz":
            sign = -1 if offset[0] == "-" else 1
            away = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])) * sign
            moment = moment.replace(tzinfo=timezone(away)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return f"{moment:%Y%m%dT%H%M%S}" + ("Z" if offset else "")


def mended(lines: Iterable[str]) -> Iterator[str]:
    """The lines of an entry, mended; those that are no properties are left out."""
    for line in lines:
        named = _NAME.match(line)
        if named is None:
            continue
        name = named[1].upper()
        if name not in _DATES and name not in _LISTS and name not in _RULES:
            yield line if named.end() == len(name) else name + line[named.end() :]
            continue
        match = _HEAD.fullmatch(line[named.end() :])
        if match is None:
            continue
        parameters, value = match[1], match[2].strip()
        if name in _RULES:
            if rule := mended_rule(value):
                yield f"{name}{parameters}:{rule}"
        elif name in _DATES:
            parameters, value = _mended_date(parameters, value)
            yield f"{name}{parameters}:{value}"
        elif value := ",".join(filter(None, map(_mended_one, value.split(",")))):
            yield f"{name}{_with_kind(parameters, value)}:{value}"


def mended_rule(value: str) -> str:
    """A rule without blanks, empty parts or its own name before it; empty where it says nothing."""
    value = "".join(value.split()).upper()
    value = value.removeprefix("RRULE:").removeprefix("EXRULE:")
    parts = [part.replace(",,", ",").rstrip(",") for part in value.split(";")]
    kept = ";".join(part for part in parts if "=" in part and not part.endswith("="))
    return _UNTIL.sub(lambda match: canonical_moment(match[0]) or match[0], kept)


def _mended_one(value: str) -> str:
    """One of a list: a moment, or a period, whose start alone counts here."""
    bare = value.strip()
    return canonical_moment(bare) or bare


def _mended_date(parameters: str, value: str) -> tuple[str, str]:
    """A date is a date, whether its parameter or its form says so."""
    if is_whole_day(parameters, value):
        value = _MIDNIGHT.sub("", value)
    value = canonical_moment(value) or value
    return _with_kind(parameters, value), value


def is_whole_day(parameters: str, value: str) -> bool:
    """Whether a midnight is said to be a date."""
    is_date = "VALUE" in parameters.upper() and _IS_DATE.search(f";{parameters}") is not None
    return is_date and _MIDNIGHT.search(value.strip()) is not None


def _with_kind(parameters: str, value: str) -> str:
    is_date = value.split(",")[0].isdigit()
    says_date = _IS_DATE.search(parameters) is not None
    if is_date and not says_date:
        return re.sub(r";\s*VALUE\s*=[^;:]*", "", parameters) + ";VALUE=DATE"
    if says_date and not is_date:
        return re.sub(r";\s*VALUE\s*=[^;:]*", "", parameters)
    return parameters
