"""Street addresses: "near 123 Main St", "10 rue de Rivoli", "around Torstraße 12".

Only where an address may stand: after a preposition, at the beginning of the
message, or as all of it. Its numbers are no dates, prices or postal codes.
"""

from __future__ import annotations

import re

from rag.understanding.text import Span

_STREET = (
    r"street|str|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|highway|hwy|parkway|pkwy|terrace"
    r"|turnpike|alley|broadway|expressway|crescent|wharf|quay"
)
# These are everyday words too: "at 7 in a nice place".
_WEAK_STREET = r"drive|dr|court|ct|place|pl|square|sq|circle|cir|plaza|trail|row|way|mews|walk|park"
_STREET_BEFORE = r"rue|avenue|boulevard|place|via|viale|piazza|calle|avenida|plaza|paseo|rua|carrer"
_STREET_GLUED = r"straße|strasse|gasse|allee|platz|damm|ufer|straat|gracht|plein"
_NUMBER = r"(?<![\w$€£.,:/#-])[0-9]{1,5}[a-z]?(?:-[0-9]{1,4})?"
_NOT_IN_NAME = (
    r"(?:on|in|at|the|for|and|or|to|of|a|an|with|near|by|from|around|am|pm|p\.m\.|a\.m\.|noon"
    r"|people|kids|adults|miles?|mi|km|minutes?|min|hours?|days?|weeks?|dollars?|bucks|free)"
)
_NAME_WORD = rf"(?!{_NOT_IN_NAME} )[\w'.]+(?:-[\w']+)*"
_DIRECTION = r"(?:(?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\.? )?"
_UNIT = r"(?:,? (?:apt|apartment|suite|ste|unit|floor|fl|#)\.? ?[0-9]{1,4}[a-z]?\b)?"
_AFTER = r"\b\.?(?: (?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\b\.?)?"
_FIRST_NUMBER = (
    rf"{_NUMBER} {_DIRECTION}(?:(?:{_NAME_WORD} ){{1,4}}?(?:{_STREET})"
    rf"|(?P<weak>(?:{_NAME_WORD} ){{1,3}}?(?:{_WEAK_STREET}))"
    rf"|(?:{_STREET_BEFORE}) (?:(?:de|du|des|del|della|di|da|la|las|los|le|les|l')(?: |(?<=')))"
    r"{0,2}[\w'-]+(?: [\w'-]+){0,1}|broadway)"
    rf"{_AFTER}{_UNIT}"
)
_LAST_NUMBER = rf"(?:[\w-]*(?:{_STREET_GLUED})|\w+str\.) [0-9]{{1,4}}[a-z]?\b"
_BEFORE = (
    r"(?P<before>(?:^|\b(?:near(?: to)?|at|around|by|from|of|outside|next to|close to|towards|to|in"
    r"|on|visiting) ))"
)
# "10 best street food stalls", "an 8 o'clock Broadway show".
_NOT_AFTER = (
    r"(?!\w| (?:fair|festival|food|art|arts|artists?|market|party|parties|performers?|music|theat"
    r"(?:er|re)|dance|shows?|musicals?|plays?|events?|concerts?)\b)"
)
_ADDRESS = re.compile(rf"{_BEFORE}(?P<address>{_FIRST_NUMBER}|{_LAST_NUMBER}){_NOT_AFTER}")
_SURELY_BEFORE = ("near", "around", "outside", "next to", "close to")


def find_address(text: str, low: str) -> Span | None:
    """Where the street and its number stand, the preposition not included.

    >>> find_address("jazz near 123 Main St", "jazz near 123 main st")
    Span(start=10, end=21)
    """
    for found in _ADDRESS.finditer(low):
        if _is_written_as_a_name(text, found):
            return Span(*found.span("address"))
    return None


def without_address(low: str, address: Span | None) -> str:
    """The text with the address blotted out, character by character as long."""
    if address is None:
        return low
    return low[: address.start] + "x" * (address.end - address.start) + low[address.end :]


def _is_written_as_a_name(text: str, found: re.Match[str]) -> bool:
    """ "At 9 Park Drive" and "near 9 oak street" name addresses, "at 9 jazz street" does not."""
    start = found.start("address")
    number, _, rest = text[start:].partition(" ")
    if rest[:1].isupper() or len(number) > 2 or not number[:1].isdigit():
        return True
    return found["weak"] is None and found["before"].startswith(_SURELY_BEFORE)
