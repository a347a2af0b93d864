"""Which of several places of one name is the likelier one."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from core.grid import distance_miles
from rag.understanding.places.lookup import Namesake
from rag.understanding.text import Span, Utterance

NEAR_MILES = 100.0
_CLOSE_MILES = 25.0
# Bonuses in powers of ten of population: with a bonus of 2, a town is preferred to a namesake
# that is up to a hundred times as large.
_CLOSE_BONUS = 4.0  # within 25 miles of the user
_NEAR_BONUS = 2.5  # within 100 miles of the user
_COUNTRY_BONUS = 1.0  # in the country of the user's zone
_HOME_BONUS = 0.5  # in the home country, when the user's is unknown
_ZONE_BONUS = 0.3  # in the user's zone
_PRIMARY_BONUS = 2.0  # named so itself, not by an alternate name
HOME_COUNTRY = "US"


@dataclass(frozen=True, slots=True)
class Reference:
    """What makes one of several namesakes the likelier one."""

    lat: float | None = None
    lng: float | None = None
    timezone: str | None = None
    country_code: str | None = None


def likelihood(candidate: Namesake, reference: Reference) -> float:
    """Powers of ten of population, with what speaks for a namesake added."""
    centre = candidate.centre
    score = math.log10((centre.population or 0) + 100) + _PRIMARY_BONUS * candidate.is_primary
    if reference.lat is not None and reference.lng is not None and candidate.is_primary:
        away = distance_miles(reference.lat, reference.lng, centre.lat, centre.lng)
        score += _CLOSE_BONUS if away <= _CLOSE_MILES else _NEAR_BONUS * (away <= NEAR_MILES)
    if reference.country_code:
        score += _COUNTRY_BONUS * (centre.country_code == reference.country_code)
    else:
        score += _HOME_BONUS * (centre.country_code == HOME_COUNTRY)
    return score + _ZONE_BONUS * (centre.timezone == reference.timezone)


AREA_AFTER = re.compile(r"(?: metro(?:politan)?)?[ -](?:area|region)\b| (?P<county>county)\b")
# A county is larger than the town that it is named after, and seldom lies around it.
_COUNTY_MILES = 30.0


def area_around(utterance: Utterance, span: Span) -> tuple[Span, float | None]:
    """The span with the "area" of "the Boston area", and how far a "county" reaches."""
    found = AREA_AFTER.match(utterance.low, span.end)
    if found is None:
        return span, None
    return Span(span.start, found.end()), _COUNTY_MILES if found["county"] else None
