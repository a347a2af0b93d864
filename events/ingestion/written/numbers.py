"""Reads numbers as people write them: decimal comma or point, thousands, amounts of money."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

# Blanks of every width, and the marks that part thousands in Switzerland.
_BLANKS = "\u0020\u00a0\u2007\u2009\u202f"
NUMBER = (
    rf"\d{{1,3}}(?:[{_BLANKS}'’]\d{{3}})+(?:[.,]\d{{1,2}})?(?!\d)"
    r"|\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?(?!\d)|\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?(?!\d)"
    r"|\d+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
)
_NUMBER = re.compile(NUMBER)
_THOUSANDS = re.compile(rf"(?<=\d)[{_BLANKS}'’](?=\d{{3}}(?!\d))")
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "zł": "PLN", "Kč": "CZK"}
_SIGNS |= {"US$": "USD", "CA$": "CAD", "C$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD"}
_SIGNS |= {"R$": "BRL", "MX$": "MXN", "HK$": "HKD", "S$": "SGD", "₺": "TRY", "₽": "RUB", "₩": "KRW"}
_SIGNS |= {"Fr.": "CHF", "SFr.": "CHF", "EURO": "EUR", "Euro": "EUR", "euro": "EUR", "euros": "EUR"}
_SIGNS |= {"₪": "ILS", "₴": "UAH", "Ft": "HUF", "lei": "RON", "pounds": "GBP", "dollars": "USD"}
_CODES = (
    "USD EUR GBP CHF CAD AUD NZD JPY INR PLN CZK SEK NOK DKK HUF RON BGN TRY RUB UAH BRL MXN ARS"
    " CLP COP PEN ZAR SGD HKD CNY KRW THB MYR IDR PHP VND ILS AED SAR EGP MAD KES NGN ISK"
)
_KNOWN = _SIGNS | {code: code for code in _CODES.split()}
_CURRENCY = "|".join(re.escape(each) for each in sorted(_KNOWN, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?:(?<![^\W\d_])(?P<before>{_CURRENCY})\s?)?(?<![\d.,])(?P<number>{NUMBER})(?:[.,][-–—]+)?"
    rf"(?:\s?(?P<after>{_CURRENCY})(?![^\W\d_]))?"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money; `currency` is an ISO 4217 code, empty where none is written."""

    value: Decimal
    currency: str = ""


def read_number(text: str) -> Decimal | None:
    """The number that a whole text is, without sign and currency.

    One mark with three figures behind it parts thousands ("1.250"), any other one decimals.

    >>> read_number("1.250,50"), read_number("12,5")
    (Decimal('1250.50'), Decimal('12.5'))
    """
    bare = _THOUSANDS.sub("", text.strip())
    dots, commas = bare.count("."), bare.count(",")
    if dots and commas:
        decimal = max(".,", key=bare.rfind)
        bare = bare.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    elif dots or commas:
        mark = "." if dots else ","
        figures = bare.rpartition(mark)[2]
        parts_thousands = len(figures) == 3 and not bare.startswith("0")
        is_several = dots > 1 or commas > 1
        bare = bare.replace(mark, "" if parts_thousands or is_several else ".")
    try:
        number = Decimal(bare)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def amounts_in(text: str) -> Iterator[Amount]:
    """Every number of a text that is about money, each with its own currency, else another's.

    >>> [str(amount.value) for amount in amounts_in("ab 8,00 EUR")]
    ['8.00']
    """
    found: list[Amount] = []
    for match in _AMOUNT.finditer(text):
        value = read_number(match["number"])
        if value is not None:
            found.append(Amount(value, _KNOWN.get(match["before"] or match["after"] or "", "")))
    shared = next((amount.currency for amount in found if amount.currency), "")
    yield from (Amount(amount.value, amount.currency or shared) for amount in found)


def currency_in(text: str, country_code: str | None = None) -> str:
    """The ISO code of the currency that a text names, "$" and "kr" by the country; else empty."""
    named = next((amount.currency for amount in amounts_in(text) if amount.currency), "")
    if named in ("", "USD") and country_code is not None:
        if _CROWNS.search(text):
            return _CROWNS_OF.get(country_code, "")
        if named and "US" not in text:
            return _DOLLARS_OF.get(country_code, named)
    return named


def currency_of(text: str) -> str:
    """The ISO code of a currency's sign, code or name; empty for an unknown one."""
    bare = text.strip()
    return _KNOWN.get(bare, "") or (bare.upper() if re.fullmatch("[A-Za-z]{3}", bare) else "")


# What a bare "$" and "kr" mean in a country.
_DOLLARS_OF = {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "MX": "MXN", "SG": "SGD", "HK": "HKD"}
_DOLLARS_OF |= {"AR": "ARS", "CL": "CLP", "CO": "COP", "TW": "TWD"}
_CROWNS_OF = {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK"}
_CROWNS = re.compile(r"\bkr\b|\d:-", re.IGNORECASE)
_DEGREES = re.compile(
    r"(?P<sign>[-−+]?)(?P<degrees>\d{1,3}(?:[.,]\d+)?)\s*°?\s*(?:(?P<minutes>\d{1,2}(?:[.,]\d+)?)\s*['’′]\s*)?"
    r"(?:(?P<seconds>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|”|″|'')\s*)?(?P<side>[NSEWO])?",
    re.IGNORECASE,
)


def read_degrees(text: str) -> float | None:
    """Degrees of latitude or longitude: "48.1371", "48,1371", "48° 8′ 13″ N"; west is negative."""
    match = _DEGREES.fullmatch(text.strip())
    if match is None:
        return None
    parts = [
        float((match[name] or "0").replace(",", ".")) for name in ("degrees", "minutes", "seconds")
    ]
    value = parts[0] + parts[1] / 60 + parts[2] / 3600
    is_negative = match["sign"] in ("-", "−") or (match["side"] or "").upper() in ("S", "W")
    return -value if is_negative else value
