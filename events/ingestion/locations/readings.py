"""Ways to read the end of a location line as a town."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from events.places.regions import country_code, state_code

_POSTAL = re.compile(r"\s+(\d{5}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d)$")
_CITY_STATE = re.compile(r"(.+?)\s+([A-Z]{2})")
# A house number with something behind it.
_STREET_BEGUN = re.compile(r"(?<!\w)\d\S* +\S")
# In words.
_LONGEST_TOWN = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """`head` is what stands before the town; `region` and `country` may be empty.

    `country` is an ISO code. A reading is only a proposal: whether there is
    such a town is for the place table to say.
    """

    head: str
    city: str
    region: str = ""
    country: str = ""
    postal_code: str = ""


def readings(line: str) -> Iterator[Reading]:
    """Proposals, the most explicit first.

    >>> next(readings("City Hall, Davis, CA 95616, USA"))
    Reading(head='City Hall', city='Davis', region='CA', country='US', postal_code='95616')
    """
    parts = [part.strip() for part in line.split(",") if part.strip()]
    if not parts:
        return
    country = country_code(parts[-1]) if len(parts) > 1 and not state_code(parts[-1]) else ""
    if country:
        yield from _in_country(parts[:-1], country)
    yield from _in_state(parts)
    # "Tbilisi, Georgia": a state's name that is a country's as well.
    if len(parts) > 1 and not country and (other := country_code(parts[-1])):
        yield from _in_country(parts[:-1], other)
    yield Reading(", ".join(parts[:-1]), parts[-1])


def _in_country(parts: list[str], country: str) -> Iterator[Reading]:
    if country == "US":
        yield from _in_state(parts)
    last, postal = _without_postal(parts[-1])
    if len(parts) > 1:
        city, _ = _without_postal(parts[-2])
        yield Reading(", ".join(parts[:-2]), city, last, country, postal)
    yield Reading(", ".join(parts[:-1]), last, "", country, postal)


def _in_state(parts: list[str]) -> Iterator[Reading]:
    """ "…, Davis, CA 95616", "… 12 Main Street Davis, CA 95616" and "…, Davis CA 95616"."""
    last, postal = _without_postal(parts[-1])
    if len(parts) > 1 and (state := state_code(last)):
        yield Reading(", ".join(parts[:-2]), parts[-2], state, "US", postal)
        for rest, town in _run_on(parts[-2]):
            yield Reading(", ".join([*parts[:-2], rest]), town, state, "US", postal)
    elif (match := _CITY_STATE.fullmatch(last)) and state_code(match[2]):
        yield Reading(", ".join(parts[:-1]), match[1], match[2], "US", postal)


def _run_on(text: str) -> Iterator[tuple[str, str]]:
    """Where a town may begin behind a street without a comma: "12 Main Street San Rafael"."""
    words = text.split()
    for count in range(min(_LONGEST_TOWN, len(words) - 1), 0, -1):
        rest = " ".join(words[:-count])
        if _STREET_BEGUN.search(rest):
            yield rest, " ".join(words[-count:])


def _without_postal(text: str) -> tuple[str, str]:
    match = _POSTAL.search(text)
    return (text[: match.start()], match[1]) if match else (text, "")
