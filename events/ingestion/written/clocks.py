"""Reads times of day as people write them: one, or a start and an end in one field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal

from core.text import fold_name
from events.ingestion.written.zone_marks import split_zone

NOON, MIDNIGHT, DAY = timedelta(hours=12), timedelta(0), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Times of day since midnight, up to 29:59 of a long night.

    `start` is None where no hour is known; `is_all_day` tells that the words say so; `zone`
    is one that stands with the time.
    """

    start: timedelta | None = None
    end: timedelta | None = None
    is_all_day: bool = False
    zone: tzinfo | None = None


_NOON = (
    *("noon", "midday", "mittag", "mittags", "midi", "mediodia", "mezzogiorno", "meio dia"),
    *("middag", "poludnie", "poledne"),
)
_MIDNIGHT = (
    *("midnight", "mitternacht", "minuit", "medianoche", "mezzanotte", "meia noite"),
    *("middernacht", "midnatt", "midnat", "keskiyo", "polnoc"),
)
_WORDS = dict.fromkeys(_NOON, NOON) | dict.fromkeys(_MIDNIGHT, MIDNIGHT)
_ALL_DAY = frozenset(
    {"all day", "allday", "all day event", "whole day", "full day", "ganztagig", "ganztaegig"}
    | {"ganztags", "den ganzen tag", "toute la journee", "journee entiere", "todo el dia"}
    | {"dia completo", "tutto il giorno", "tutta la giornata", "o dia todo", "dia inteiro"}
    | {"hele dag", "hele dagen", "heldag", "heldags", "caly dzien", "cely den", "koko paiva"}
)
# Words that say that the hour is not known, which is no fault of the reader.
_OPEN = frozenset(
    {
        "",
        "tba",
        "tbd",
        "tbc",
        "n a",
        "na",
        "none",
        "unknown",
        "to be announced",
        "various",
        "varies",
    }
    | {"to be determined", "to be confirmed", "offen", "folgt", "noch offen", "a confirmer"}
    | {"por confirmar", "da definire", "a definir", "nnb", "time tba", "time tbd", "time tbc"}
    | {"see website", "see description"}
)
# What stands before a time and says nothing of it.
_BEFORE = re.compile(
    r"(?:from|starting|starts?|begins?|beginning|beginn|at|@|ab|um|von|gegen|ca\.?|circa|approx\.?"
    r"|around|about|de|des|dès|à partir de|a partire dalle|a partir das|a partir de|à|alle|dalle"
    r"|ore|ora|desde|las|a las|a la|desde las|das|às|as|vanaf|van|om|kl\.?|klo\.?|klokken|fra"
    r"|från|le|den|am|on|the|el|il|o dia|em|op|od|o godz\.?|godz\.?|time:?|uhrzeit:?)(?=\s|\d)\s*",
    re.IGNORECASE,
)
# Behind these a number alone is an hour; in English "at 7" may be either half of the day.
_HOUR_FOLLOWS = re.compile(
    r"(?:(?:alle|dalle)?\s*ore|ora|kl\.?|klo\.?|klokken|um|ab|gegen|(?:a|desde)\s+las|às"
    r"|(?:o )?godz\.?)\s+(?P<hour>\d{1,2})",
    re.IGNORECASE,
)
# "Doors 7pm, show 8pm": the second is the start.
_PARTS = re.compile(r"\s*[,;/|·]\s*|\s+(?=(?:show|beginn|start)\b)", re.IGNORECASE)
_STARTS = re.compile(
    r"^(?:show(?:time)?|concert|music|performance|curtain|beginn|start|inizio|début|inicio)\b\s*:?\s*",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"^(?:doors?(?: open)?|einlass|gates?|saalöffnung|ouverture des portes|portes|apertura porte"
    r"|apertura|puertas)\b\s*:?\s*",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s+(?:sharp|prompt|onwards?|start|local time|ortszeit)$", re.IGNORECASE)
_CLOCK = re.compile(
    r"""(?P<hour>\d{1,2})
    (?:\s?[:.h時]\s?(?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d)(?:[.,]\d+)?)?\s?分?)?
    (?:\s?(?P<unit>uhr(?:\s(?P<more>[0-5]\d))?|hours?|hrs?\.?|hs|heures?|horas?|ore|uur|o['’]?clock
        |h|u|ч\.?|時|시))?
    (?:\s?(?P<half>[ap])(?:\.?\s?m)?\b\.?)?
    (?:\s*(?P<word>noon|midnight|midday))?""",
    re.IGNORECASE | re.VERBOSE,
)
_FOUR_FIGURES = re.compile(
    r"(?P<hour>[01]\d|2[0-4])(?P<minute>[0-5]\d)"
    r"(?:\s?(?:h|hrs?\.?|hours|uhr)|\s?(?P<half>[ap])\.?m\.?)?",
    re.IGNORECASE,
)
# A spreadsheet's time: the share of a day that has passed.
_FRACTION = re.compile(r"0?[.,](?P<share>\d{3,}|\d[1-9]|\d)")
_BARE = re.compile(r"\d{1,2}")
# Japanese programmes count the hours of a night on: 25:30 is half past one.
_PAST_MIDNIGHT = re.compile(r"2[4-9]\s?[:時]\s?\d\d")
_BETWEEN = re.compile(
    r"\s*(?:[-–—−‒~〜～]|->|→)\s*|\s+(?:to|til|till|until|bis|à|a|au|al|alle|ad|até|às|as|hasta"
    r"|tot|do|till|kl\.?|jusqu['’]à|a las|und|/)\s+",
    re.IGNORECASE,
)


def read_clocks(text: str, *, is_end: bool = False) -> Clocks | None:
    """The start, and the end if there is one; None for words that are no time of day.

    `is_end` tells that the text is when something ends: then a night's hours are counted on.

    >>> read_clocks("7-9pm") == Clocks(timedelta(hours=19), timedelta(hours=21))
    True
    """
    text = " ".join(text.split()).strip(" ,;")
    folded = fold_name(text)
    if folded in _OPEN:
        return Clocks()
    if folded in _ALL_DAY:
        return Clocks(is_all_day=True)
    text, zone = split_zone(text)
    text = _AFTER.sub("", text).strip(" ,;")
    single = _single(text, is_end=is_end)
    if single is not None:
        return Clocks(single, zone=zone)
    found = next(_spans(text), None) or _of_parts(text)
    return None if found is None else replace(found, zone=zone)


def _of_parts(text: str) -> Clocks | None:
    """The start among several named times: not when the doors open, if the show begins later."""
    parts = _PARTS.split(text)
    for mark in (_STARTS, _OPENS):
        for part in parts:
            named = mark.match(part)
            if named and (single := _single(part[named.end() :])) is not None:
                return Clocks(single)
    return None


def _spans(text: str) -> Iterator[Clocks]:
    """A start and an end, wherever a word or a dash between them makes both readable."""
    for between in _BETWEEN.finditer(text):
        left, right = text[: between.start()], text[between.end() :]
        end = _single(right, is_end=True)
        if end is None and _BARE.fullmatch(right.strip()) and _HOUR_FOLLOWS.fullmatch(left.strip()):
            end = _since_midnight(int(right), 0, 0)  # "kl. 12-14"
        if end is None:
            continue
        start = _start_before(left, right, end)
        if start is not None:
            yield Clocks(start, end)


def _start_before(left: str, right: str, end: timedelta) -> timedelta | None:
    """The start of a span: it borrows the half of the day, or the unit, of its end."""
    match = _CLOCK.fullmatch(_BEFORE.sub("", left.strip()))
    bare = match is not None and match["half"] is None and match["unit"] is None
    half = _half_of(right)
    if match is None or not bare or not half or int(match["hour"]) > 12 or match["word"]:
        start = _single(left)
        if start is None and match is not None and bare and not half and match["minute"] is None:
            return _since_midnight(int(match["hour"]), 0, 0)  # "15 bis 18 Uhr"
        return start
    start = _single(f"{left.strip()} {half}m")
    if start is not None and start >= (end or DAY):
        start = _single(f"{left.strip()} {'a' if half == 'p' else 'p'}m")
    return start


def _half_of(text: str) -> str:
    """ "a" or "p" of a time that says so, noon and midnight included."""
    word = fold_name(text)
    if word in _WORDS or word.endswith(("noon", "midnight")):
        return "p"
    match = _CLOCK.fullmatch(_BEFORE.sub("", text.strip()))
    return (match["half"] or "").lower() if match else ""


def _single(text: str, *, is_end: bool = False) -> timedelta | None:
    """One time of day; midnight as an end is that of the day's end, and the night goes on."""
    text = text.strip(" ,;")
    if match := _HOUR_FOLLOWS.fullmatch(text):
        return _since_midnight(int(match["hour"]), 0, 0)
    while (match := _BEFORE.match(text)) and match.end() < len(text):
        text = text[match.end() :]
    if (named := _WORDS.get(fold_name(text))) is not None:
        return DAY if is_end and named == MIDNIGHT else named
    if match := _FRACTION.fullmatch(text):
        return _of_fraction(Decimal(f"0.{match['share']}"))
    if match := _FOUR_FIGURES.fullmatch(text):
        return _time(int(match["hour"]), int(match["minute"]), 0, (match["half"] or "").lower())
    match = None if _BARE.fullmatch(text) else _CLOCK.fullmatch(text)
    if match is None:
        return None
    if is_end and not match["half"] and _PAST_MIDNIGHT.match(text):
        return timedelta(hours=int(match["hour"]), minutes=int(match["minute"]))
    return _of_clock(match, is_end=is_end)


def _of_clock(match: re.Match[str], *, is_end: bool) -> timedelta | None:
    word = (match["word"] or "").lower()
    if word:
        is_midnight = word == "midnight"
        if int(match["hour"]) != 12 or int(match["minute"] or 0):
            return None
        return (DAY if is_end else MIDNIGHT) if is_midnight else NOON
    minute = int(match["minute"] or match["more"] or 0)
    half = (match["half"] or "").lower()
    if half and int(match["hour"]) > 12 and match["minute"] is None:
        return None
    return _time(int(match["hour"]), minute, int(match["second"] or 0), half)


def _time(hour: int, minute: int, second: int, half: str) -> timedelta | None:
    if half and hour <= 12:
        if hour == 0 and half == "p":
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    elif half == "a" or (half and hour > 23):
        return None
    return _since_midnight(hour, minute, second)


def _since_midnight(hour: int, minute: int, second: int) -> timedelta | None:
    found = timedelta(hours=hour, minutes=minute, seconds=second)
    return found if found <= DAY else None


def _of_fraction(share: Decimal) -> timedelta:
    seconds = (share * 86_400).quantize(Decimal(1), ROUND_HALF_UP)
    return timedelta(seconds=int(seconds))
