"""Reads events in named fields, as spreadsheets and plain JSON give them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.text import fold_name
from events.ingestion.formats.fields.times import (
    UNKNOWN_STYLE,
    DateStyle,
    FieldTimes,
    TimeFields,
    read_times,
    texts_of,
)
from events.ingestion.records import RawEvent, RawPlace
from events.ingestion.written.day_order import day_comes_first
from events.ingestion.written.numbers import amounts_in, currency_of, read_degrees
from events.places.zone_names import place_zone

_NAMES = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))
# A single one may be a word of English, too ("local", "land").
_ENOUGH_FOREIGN = 2
_ASIDE = re.compile(r"(?P<name>[^()\[\]]*\w[^()\[\]]*)[(\[](?P<aside>[^()\[\]]+)[)\]]\s*")
# The order of a date as a heading gives it: DD/MM/YYYY, TT.MM.JJJJ, JJ/MM/AAAA, GG/MM/AAAA.
_ORDER = re.compile(r"(?<!\w)(?:(?P<day>[dtjg]{1,2})[-/. ]m{1,2}|m{1,2}[-/. ][dtjg]{1,2})(?!\w)")
_TOWN_OR_PLACE = ("ort", "lieu", "lugar", "luogo", "local", "plaats", "localite", "localidad")
_WORDS = re.compile(r"\s*[,;|]\s*")
_MODES = {"offline": "offline", "online": "online", "mixed": "mixed", "virtual": "online"}
_MODES |= {"inperson": "offline", "hybrid": "mixed", "onsite": "offline"}


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A field's name without case, accents, blanks and marks."""
    return fold_name(name).replace(" ", "")


def _synonyms(field: str, languages: Iterable[str]) -> tuple[str, ...]:
    texts = (_NAMES[language].get(field, "") for language in languages)
    return tuple(plain_name(name) for text in texts for name in text.split())


# Our field → its names in every language.
_SYNONYMS = {field: _synonyms(field, _NAMES) for field in _NAMES["english"]}
_DAY_FIRST_NAMES = frozenset(
    name for field in _NAMES["day_first"] for name in _synonyms(field, ["day_first"])
).difference(*(_synonyms(field, ["english"]) for field in _NAMES["english"]))


@lru_cache(maxsize=4096)
def _named(name: str) -> tuple[str, str]:
    """A field's name, and what stands behind it in brackets: "Date (DD/MM/YYYY)"."""
    match = _ASIDE.fullmatch(name.strip())
    return (plain_name(match["name"]), match["aside"]) if match else (plain_name(name), "")


def _plain_fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record by plain names; a bracket behind a name stands for a currency at most."""
    fields: dict[str, Any] = {}
    for written, value in record.items():
        name, aside = _named(str(written))
        if aside and name in _SYNONYMS["price"] and (currency := currency_of(aside)):
            fields.setdefault("currency", currency)
        if fields.get(name) in (None, "", []):
            fields[name] = value
    return fields


def event_from_fields(record: Mapping[str, Any], style: DateStyle = UNKNOWN_STYLE) -> RawEvent:
    """One record whose field names are any of the known synonyms; `style` is its file's.

    Raises:
        BrokenEntry: no start, or one that cannot be read.
    """
    fields = _plain_fields(record)
    times = _times(fields, style)
    price = _text(fields, "price")
    return RawEvent(
        uid=_text(fields, "uid"),
        title=_text(fields, "title"),
        start=times.start,
        end=times.end,
        day_first=times.day_first,
        note=times.note,
        zone=place_zone(_text(fields, "timezone")),
        location=_text(fields, "location"),
        place=_place(fields),
        online_url=_text(fields, "online_url"),
        room=_text(fields, "room"),
        description=_text(fields, "description"),
        url=_text(fields, "url"),
        status=_text(fields, "status"),
        attendance_mode=_mode(fields),
        price=price,
        min_price=_min_price(fields),
        currency=currency_of(_text(fields, "currency")),
        age_range=_text(fields, "age_range"),
        audience=_list(fields, "audience"),
        keywords=_list(fields, "keywords"),
        organizer=_text(fields, "organizer"),
        series_id=_text(fields, "series_id"),
    )


def _raw(fields: Mapping[str, Any], name: str) -> Any:
    """The first synonym that holds something; for an object its own name."""
    for synonym in _SYNONYMS[name]:
        value = fields.get(synonym)
        if isinstance(value, dict):
            value = value.get("name") or value.get("title")
        if value is not None and value != "" and value != []:
            return value
    return None


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = _raw(fields, name)
    if isinstance(value, list):
        return ", ".join(str(each) for each in value if isinstance(each, str | int | float))
    return "" if value is None else str(value).strip()


def _list(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = _raw(fields, name)
    if isinstance(value, list):
        return tuple(str(each).strip() for each in value if isinstance(each, str))
    return tuple(word for word in _WORDS.split(str(value or "").strip("{}[] ")) if word)


def _flag(fields: Mapping[str, Any], name: str) -> bool | None:
    value = _raw(fields, name)
    if isinstance(value, bool) or value is None:
        return value
    return str(value).strip().casefold() in {"true", "yes", "y", "1", "x"}


def _times(fields: Mapping[str, Any], style: DateStyle) -> FieldTimes:
    texts = {
        name: texts_of(fields, _SYNONYMS[name])
        for name in ("start", "start_clock", "end", "end_clock")
    }
    zone, is_all_day = _text(fields, "timezone"), bool(_flag(fields, "all_day"))
    return read_times(TimeFields(**texts, timezone=zone, is_all_day=is_all_day), style)


def style_of(
    names: Iterable[str], records: Iterable[Mapping[str, Any]], today: date | None
) -> DateStyle:
    """How a file writes dates: by all its records, else by its names or their language."""
    dates = (*_SYNONYMS["start"], *_SYNONYMS["end"])
    names = list(names)
    found = day_comes_first(
        text for record in records for text in texts_of(_plain_fields(record), dates)
    )
    if found is None:
        orders = [match for name in names if (match := _ORDER.search(name.casefold()))]
        found = orders[0]["day"] is not None if orders else None
    foreign = {_named(name)[0] for name in names} & _DAY_FIRST_NAMES
    if found is None and len(foreign) >= _ENOUGH_FOREIGN:
        found = True  # in none of these languages does the month come first
    return DateStyle(found, today)


def _place(fields: Mapping[str, Any]) -> RawPlace | None:
    """The venue's fields; those of a nested venue or location object count as well."""
    nested = dict(fields)
    for outer in ("venue", "location", "place"):
        if isinstance(fields.get(outer), dict):
            nested |= {plain_name(str(key)): value for key, value in fields[outer].items()}
            nested.setdefault("venuename", fields[outer].get("name"))
            nested.pop(outer)
    city, name = _text(nested, "city"), _text(nested, "venue")
    if not city and _text(nested, "postal_code"):
        # Beside a postal code these words mean the town: PLZ, Ort.
        city = next((str(nested[each]) for each in _TOWN_OR_PLACE if nested.get(each)), "")
        name = "" if name == city else name
    place = RawPlace(
        name=name,
        street_address=_text(nested, "street"),
        city=city,
        state=_text(nested, "state"),
        postal_code=_text(nested, "postal_code"),
        country=_text(nested, "country"),
        latitude=_number(nested, "latitude"),
        longitude=_number(nested, "longitude"),
    )
    return place if place.city or place.latitude is not None else None


def _number(fields: Mapping[str, Any], name: str) -> float | None:
    return read_degrees(str(_raw(fields, name)))


def _mode(fields: Mapping[str, Any]) -> str:
    named = _MODES.get(plain_name(_text(fields, "mode")), "")
    return named or ("online" if _flag(fields, "virtual") else "")


def _min_price(fields: Mapping[str, Any]) -> Decimal | None:
    amounts = [amount.value for amount in amounts_in(_text(fields, "min_price"))]
    if not amounts:
        return Decimal(0) if _flag(fields, "free") else None
    return min(amounts)
