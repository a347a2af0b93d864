"""Reads JSON with the stray marks that templates leave in it: comments, CDATA, commas too many.

Only marks outside of strings are passed over, so that what is read is what was meant. A text
that is cut off, or holds an open string, stays malformed.
"""

from __future__ import annotations

import html
import json
import re
from contextlib import suppress
from typing import Any

# Strings are taken whole, so that nothing inside them is taken for a mark.
_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<mark>/\*.*?\*/|//[^\n\r]*|<!--|-->|<!\[CDATA\[|\]\]>|[;\ufeff\u200b])",
    re.DOTALL,
)
_COMMA = re.compile(r'(?P<string>"(?:[^"\\]|\\.)*")|,(?=\s*(?:[\]}]|,|$))', re.DOTALL)
_CALL = re.compile(
    r"\s*(?:\)\]\}',?\s*)?(?:[\w.$]+\s*\(|(?:var\s+|let\s+|const\s+)?[\w.$]+\s*=(?!=))"
)
_BETWEEN = re.compile(r"[\s,)]*")


def load_loose(text: str) -> list[Any]:
    """The values of a text, of which a template may have written several one behind the other.

    >>> load_loose('// a note\\n{"a": [1, 2,],}; {"b": "//"}')
    [{'a': [1, 2]}, {'b': '//'}]

    Raises:
        ValueError, RecursionError: what is left is no JSON.
    """
    with suppress(ValueError):
        return [json.loads(text, strict=False)]
    if '"' not in text and "&quot;" in text:
        text = html.unescape(text)
    return _values(_COMMA.sub(_string_or_nothing, _TOKEN.sub(_string_or_nothing, text)))


def _string_or_nothing(match: re.Match[str]) -> str:
    return match["string"] or ""


def _values(text: str) -> list[Any]:
    """Value after value; what stands before the first may be a call or an assignment."""
    decoder = json.JSONDecoder(strict=False)
    call = _CALL.match(text)
    position = _BETWEEN.match(text, call.end() if call else 0).end()  # type: ignore[union-attr]
    values: list[Any] = []
    while position < len(text):
        value, position = decoder.raw_decode(text, position)
        values.append(value)
        position = _BETWEEN.match(text, position).end()  # type: ignore[union-attr]
    if not values:
        raise ValueError("no value")
    return values
