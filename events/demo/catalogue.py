"""The catalogue that the calendar draws from: kinds of events, towns, names of venues.

Its files stand in `data/`, and the comment at the top of each explains its fields. They
are read and checked once, when this module is imported; a mistake raises `DataFileError`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.dataclasses import dataclass

FOLDER = Path(__file__).parent / "data"
Slot = Literal["evening", "family", "day", "festival", "online"]
T = TypeVar("T")
_NO_OTHER_KEYS = ConfigDict(extra="forbid")


class DataFileError(ValueError):
    """What is wrong in a data file: a line for each mistake, with the file and the key."""


def _template_over(*names: str) -> AfterValidator:
    """Accepts a text whose fields in braces are among these."""

    def check(text: str) -> str:
        for _, name, layout, conversion in Formatter().parse(text):
            if name is not None and (name not in names or layout or conversion):
                raise ValueError(f"{{{name}}} is none of its fields: {', '.join(names)}")
        return text

    return AfterValidator(check)


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"{name!r} is not an IANA zone") from error
    return name


def _check_some(items: tuple[T, ...]) -> tuple[T, ...]:
    if not items:
        raise ValueError("is empty")
    return items


_Text = Annotated[str, StringConstraints(min_length=1)]
_Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
_Template = Annotated[_Text, _template_over("theme", "Theme", "venue", "area", "town")]
_Theme = Annotated[_Text, _template_over("venue", "area", "town")]
_VenueName = Annotated[_Text, _template_over("street", "area")]
_Whole = Annotated[int, Field(strict=True, ge=0)]
_Positive = Annotated[int, Field(strict=True, ge=1)]
# Not `min_length`: that counts only the good items, and so reports a wrong item twice.
_Some = Annotated[tuple[T, ...], AfterValidator(_check_some)]


@dataclass(frozen=True, slots=True, config=_NO_OTHER_KEYS)
class Kind:
    """One kind of event; the files in `data/kinds/` explain its fields.

    `slot` is the part of the week that it fills. An empty `starts` means all day.
    """

    key: str
    slot: Slot
    titles: _Some[_Template]
    about: _Some[_Template]
    details: _Some[_Template]
    themes: _Some[_Theme]
    audience: _Some[_Text]
    tags: _Some[_Text]
    organizer: _Template
    venue_types: tuple[str, ...] = ()
    rooms: _Some[str] = ("",)
    starts: tuple[_Clock, ...] = ()
    minutes: _Some[_Positive] = (90,)
    days: _Positive = 1
    prices: _Some[_Whole] = (0,)
    age_min: _Whole | None = None
    age_max: _Whole | None = None
    weekly: StrictBool = False
    hybrid: StrictBool = False

    @model_validator(mode="after")
    def _check_together(self) -> Kind:
        if bool(self.venue_types) == (self.slot == "online"):
            raise ValueError("venue_types: online kinds have none, all others at least one")
        if self.starts and self.days > 1:
            raise ValueError("days: a kind with starts lasts minutes")
        if self.age_max is not None and (self.age_min is None or self.age_min > self.age_max):
            raise ValueError("age_max: needs an age_min that is not above it")
        return self


@dataclass(frozen=True, slots=True, config=_NO_OTHER_KEYS)
class Area:
    """A neighbourhood on dry land; the point is in WGS84 degrees."""

    name: _Text
    lat: Annotated[float, Field(ge=-90, le=90)]
    lng: Annotated[float, Field(ge=-180, le=180)]
    postal_code: _Text


@dataclass(frozen=True, slots=True, config=_NO_OTHER_KEYS)
class Town:
    """A town: its GeoNames id, its IANA zone, and how addresses and prices look there.

    `state` is empty where people would not write one after the town's name.
    """

    place_id: _Positive
    name: str
    timezone: Annotated[str, AfterValidator(_check_zone)]
    areas: _Some[Area]
    streets: _Some[_Text]
    state: str = ""
    country: _Text = "United States"
    currency: _Text = "$"
    language: _Text = "en"

    @property
    def currency_code(self) -> str:
        """The ISO 4217 code of its currency: a dollar is that of its country."""
        if self.currency == "$" and self.country == "Canada":
            return "CAD"
        return {"$": "USD", "£": "GBP", "€": "EUR"}[self.currency]


@dataclass(frozen=True, slots=True, config=_NO_OTHER_KEYS)
class _TownsFile:
    streets: dict[str, _Some[_Text]]
    towns: dict[str, dict[str, Any]]


_TABLES = TypeAdapter(dict[str, dict[str, Any]])
_VENUE_NAMES = TypeAdapter(dict[str, dict[str, _Some[_VenueName]]])


def read_venue_names(folder: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    """The names of venues by language and type; every language has all types."""
    path = folder / "venues.toml"
    names = _check(_VENUE_NAMES, _parse(path), path)
    types = {type_ for by_type in names.values() for type_ in by_type}
    for language, by_type in names.items():
        if missing := types - by_type.keys():
            raise DataFileError(f"{path.name}: {language}: lacks {', '.join(sorted(missing))}")
    return names


def read_towns(folder: Path, languages: Collection[str]) -> tuple[Town, ...]:
    """The towns in the order of their file, with the streets of the list that each names."""
    path = folder / "towns.toml"
    document = _check(TypeAdapter(_TownsFile), _parse(path), path)
    towns = []
    for name, table in document.towns.items():
        place = f"towns.{name}"
        listed = table.get("streets")
        if isinstance(listed, str):
            _check_known(listed, document.streets, path, f"{place}.streets")
            table = table | {"streets": document.streets[listed]}
        town = _check(TypeAdapter(Town), _given(table, path, place, name=name), path, place)
        _check_known(town.language, languages, path, f"{place}.language")
        towns.append(town)
    return tuple(towns)


def read_kinds(folder: Path, venue_types: Collection[str]) -> tuple[Kind, ...]:
    """The kinds of events in the order of their files; a file holds those of one slot."""
    kinds = []
    for slot in get_args(Slot):
        path = folder / "kinds" / f"{slot}.toml"
        for key, table in _check(_TABLES, _parse(path), path).items():
            values = _given(table, path, key, key=key, slot=slot)
            kind = _check(TypeAdapter(Kind), values, path, key)
            for type_ in kind.venue_types:
                _check_known(type_, venue_types, path, f"{key}.venue_types")
            kinds.append(kind)
    return tuple(kinds)


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DataFileError(f"{path.name}: {error}") from error


def _given(table: Mapping[str, Any], path: Path, place: str, **given: str) -> dict[str, Any]:
    """The table and what the file's or the table's name says, which it may not say itself."""
    for key in given.keys() & table.keys():
        raise DataFileError(f"{path.name}: {place}.{key}: is told by the name of file or table")
    return {**table, **given}


def _check(adapter: TypeAdapter[T], value: object, path: Path, place: str = "") -> T:
    """The value as its type, or a `DataFileError` that names every wrong key."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        lines = []
        for detail in error.errors():
            key = ".".join(str(part) for part in (place, *detail["loc"]) if part != "")
            lines.append(f"{path.name}: {key}: {detail['msg']}")
        raise DataFileError("\n".join(lines)) from error


def _check_known(name: str, known: Collection[str], path: Path, key: str) -> None:
    if name not in known:
        raise DataFileError(f"{path.name}: {key}: {name!r} is none of {', '.join(known)}")


VENUE_NAMES = read_venue_names(FOLDER)
VENUE_TYPES = tuple(VENUE_NAMES["en"])
TOWNS = read_towns(FOLDER, VENUE_NAMES)
KINDS = read_kinds(FOLDER, VENUE_TYPES)
_BY_KEY = {kind.key: kind for kind in KINDS}


def kinds_for(slot: Slot) -> tuple[Kind, ...]:
    """The kinds that fill one part of the week."""
    return tuple(kind for kind in KINDS if kind.slot == slot)


def kind_named(key: str) -> Kind:
    """The kind with this key."""
    return _BY_KEY[key]
