"""Recognises postal codes in the parts of an address, and the country that a code's form tells."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Forms that one country alone uses, as they stand before or behind a town.
_TELLING = (
    ("GB", r"(?:GIR ?0AA|[A-PR-UWYZ][A-HK-Y]?\d[\dA-Z]? ?\d[ABD-HJLNP-UW-Z]{2})"),
    ("CA", r"[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d"),
    ("IE", r"(?:D6W|[AC-FHKNPRTV-Y]\d{2}) ?[0-9AC-FHKNPRTV-Y]{4}"),
    ("NL", r"\d{4} ?[A-Z]{2}(?= |$)"),
    ("BR", r"\d{5}-\d{3}"),
    ("PL", r"\d{2}-\d{3}"),
    ("PT", r"\d{4}-\d{3}"),
    ("AR", r"[A-HJ-NP-Z]\d{4}(?:[A-Z]{3})?"),
    ("JP", r"〒 ?\d{3}-\d{4}"),
    ("US", r"\d{5}-\d{4}"),
)
# Letters of the international mail before a number: "D-10178 Berlin", "SE-111 22 Stockholm".
_LETTERS = {"D": "DE", "A": "AT", "F": "FR", "I": "IT", "B": "BE", "L": "LU", "E": "ES", "S": "SE"}
_LETTERED = re.compile(r"(?P<letters>[A-Z]{1,2})-(?P<code>\d{3} \d{2}|\d{4,6})\s+(?=[^\W\d_])")
_JAPANESE = re.compile(r"(?:^|\s)(?P<code>\d{3}-\d{4})$")
_PLAIN = r"\d{3} \d{2}|\d{4,6}"
_ALONE = re.compile(rf"(?:{_PLAIN})")
_LEADING = re.compile(rf"(?P<code>{_PLAIN})[ ,]+(?=[^\W\d_])")
_TRAILING = re.compile(rf"(?<=[^\W\d_.]) +(?P<code>{_PLAIN})$")
_LEADING_TELLING = tuple(
    (country, re.compile(rf"(?P<code>{form})[ ,]+(?=[^\W\d_])")) for country, form in _TELLING
)
_TRAILING_TELLING = tuple(
    (country, re.compile(rf"(?:^|(?<=[ ,]))(?P<code>{form})$")) for country, form in _TELLING
)
# How many figures the codes of a country have that writes them before or behind the town.
_FOUR = "AT AU BE BG CH CY DK GE HU LI LU LV NO NZ PH SI TN ZA"
_FIVE = (
    "AX BA CR CU CZ DE DZ EE ES FI FR GL GR GT HR ID IL IT KE KR KW LT MA ME MM MX MY NP PE PF PK"
    " RE RS SA SE SK SN TH TR TW UA US UY VN"
)
_SIX = "BY CN CO EC IN IR KG KZ MN NG RO RU SG UZ VN"
_FIGURES = {4: _FOUR.split(), 5: _FIVE.split(), 6: _SIX.split()}


@dataclass(frozen=True, slots=True)
class Postal:
    """A code and what is left of its part; `country` is empty where the form does not tell.

    `leads` tells that the code stands before the rest: as Europeans write a town.
    """

    code: str
    rest: str
    country: str = ""
    leads: bool = False

    def may_be_in(self, country: str) -> bool:
        """Whether codes of that country look like this one."""
        if self.country:
            return self.country == country
        figures = sum(mark.isdigit() for mark in self.code)
        return country in _FIGURES.get(figures, ())


def read_postal(part: str, country: str = "") -> Postal | None:
    """The postal code at the beginning or end of a part, or that the part is.

    Where the line names the `country`, its own forms count alone.

    >>> read_postal("10178 Berlin")
    Postal(code='10178', rest='Berlin', country='', leads=True)
    """
    if not any(mark.isdigit() for mark in part):
        return None
    return _telling(part, country) or _plain(part)


def _telling(part: str, country: str) -> Postal | None:
    """A code whose form is that of one country."""
    for known, form in _LEADING_TELLING:
        if country in ("", known) and (match := form.match(part)):
            return Postal(match["code"], part[match.end() :], known, leads=True)
    for known, form in _TRAILING_TELLING:
        if country in ("", known) and (match := form.search(part)):
            return Postal(match["code"], part[: match.start()].rstrip(" ,"), known)
    if country == "JP" and (match := _JAPANESE.search(part)):
        return Postal(match["code"], part[: match.start()].rstrip(), country)
    return None


def _plain(part: str) -> Postal | None:
    """Figures alone, or behind the letters of the international mail."""
    if match := _LETTERED.match(part):
        letters = match["letters"]
        known = _LETTERS.get(letters, letters)
        return Postal(match["code"], part[match.end() :], known, leads=True)
    if _ALONE.fullmatch(part):
        return Postal(part, "")
    if match := _LEADING.match(part):
        return Postal(match["code"], part[match.end() :], leads=True)
    if match := _TRAILING.search(part):
        return Postal(match["code"], part[: match.start()])
    return None
