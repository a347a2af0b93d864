"""What the letters typed so far ask for: the beginning of a name, perhaps within an area."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from core.text import fold_name
from events.places.regions import (
    area_of,
    areas_of_country,
    country_names,
    region_names,
    region_of,
)

# "New Hampshire" is two words, "Newfoundland and Labrador" three.
_MOST_AREA_WORDS = 3
# Fewer letters of an area's name say nothing unless a comma stands before them.
_FEWEST_AREA_LETTERS = 3
# Words that begin a name and are written in two ways; before fewer letters they say little.
_TWINS = {"saint": "st", "st": "saint", "mount": "mt", "mt": "mount", "fort": "ft", "ft": "fort"}
_FEWEST_TWIN_LETTERS = 2
# A ZIP code at the end of a town and its state.
_ZIP_CODE_AFTER = re.compile(r"(?<=[^\W\d]),? *[0-9]{5}(?:-[0-9]{4})?\s*$", re.ASCII)
_HOME = frozenset({"usa", "us", "america"})
# Wildcards of SQL's LIKE; no town's name contains them.
_IN_NO_NAME = frozenset("%_")
_POSTAL_CODE = re.compile(r"[0-9]{5}(?:-[0-9]{0,4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class WantedPlace:
    """Names to look for, folded (see `fold_name`).

    Args:
        prefix: what a name begins with.
        areas: where its place must lie; None is anywhere.
        whole: (name, area) pairs that count too when the name is just that:
            "newton ma" may be the whole of "newton" in Massachusetts.
    """

    prefix: str
    areas: tuple[str, ...] | None = None
    whole: tuple[tuple[str, str], ...] = ()

    @property
    def twin(self) -> str:
        """The prefix with its first word spelled the other way: "saint lou" for "st lou"."""
        head, _, rest = self.prefix.partition(" ")
        if len(rest) < _FEWEST_TWIN_LETTERS or head not in _TWINS:
            return ""
        return f"{_TWINS[head]} {rest}"


def read_letters(text: str, country_code: str | None = None) -> WantedPlace | None:
    """What `text` asks for, in one country when its ISO code is given.

    None when no name can begin so: without a letter, or with a mark that is in no name.

    >>> read_letters("newton, mass")
    WantedPlace(prefix='newton', areas=('US-MA',), whole=())
    """
    if not _IN_NO_NAME.isdisjoint(text):
        return None
    text = _ZIP_CODE_AFTER.sub("", text)
    head, *rest = (fold_name(part) for part in text.split(","))
    country = areas_of_country(country_code.upper()) if country_code else None
    narrowing = [part for part in rest if part]
    if head and narrowing:
        found = [areas_beginning_with(part) for part in narrowing]
        if all(found):
            if country is not None:
                found.append(frozenset(country))
            return WantedPlace(head, _in_order(frozenset.intersection(*found)))
    prefix = fold_name(text)
    return WantedPlace(prefix, country, tuple(_whole_names(prefix, country))) if prefix else None


def postal_code_in(text: str) -> str | None:
    """The ZIP code that `text` is, without its last four digits: "02458-1234" → "02458"."""
    code = text.strip()
    return code[:5] if _POSTAL_CODE.fullmatch(code) else None


@lru_cache(maxsize=4096)
def areas_beginning_with(name: str) -> frozenset[str]:
    """The areas whose code or folded name is `name`, or else those whose names begin with it."""
    return areas_named(name) or frozenset(
        area for known, area in _all_names() if known.startswith(name)
    )


@lru_cache(maxsize=4096)
def areas_named(name: str) -> frozenset[str]:
    """The areas whose code or folded name is `name`: "ma" is Massachusetts and Morocco."""
    regions = {*region_of(name), *region_of(name.upper())}
    found = {area for region in regions for area in region.areas}
    if name.upper() in country_names():
        found.update(areas_of_country(name.upper()))
    return frozenset(found)


@lru_cache(maxsize=1)
def _all_names() -> tuple[tuple[str, str], ...]:
    """(folded name, area) of every region and country."""
    regions = [
        (fold_name(name), area_of(country, code))
        for country, names in region_names().items()
        for code, name in names.items()
    ]
    countries = [
        (fold_name(name), area)
        for code, name in country_names().items()
        for area in areas_of_country(code)
    ]
    return (*regions, *countries)


def _whole_names(prefix: str, country: tuple[str, ...] | None) -> Iterable[tuple[str, str]]:
    """Every way to read the last words as an area, and the words before them as a name."""
    words = prefix.split()
    if len(words) > 2 and words[-1] in _HOME:  # "boston ma usa"
        words = words[:-1]
    for count in range(1, min(_MOST_AREA_WORDS, len(words) - 1) + 1):
        name, area_name = " ".join(words[:-count]), " ".join(words[-count:])
        is_long = len(area_name) >= _FEWEST_AREA_LETTERS
        found = areas_beginning_with(area_name) if is_long else areas_named(area_name)
        for area in _in_order(found):
            if country is None or area in country:
                yield name, area


def _in_order(areas: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(areas))
