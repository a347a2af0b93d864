"""What stands behind a town's name and means more than the town: "area", "county"."""

from __future__ import annotations

import re

from rag.understanding.text import Span, Utterance

AREA_AFTER = re.compile(r"(?: metro(?:politan)?)?[ -](?:area|region)\b| (?P<county>county)\b")
# A county is larger than the town that it is named after, and seldom lies around it.
_COUNTY_MILES = 30.0


def area_around(utterance: Utterance, span: Span) -> tuple[Span, float | None]:
    """The span with the "area" of "the Boston area", and how far a "county" reaches."""
    found = AREA_AFTER.match(utterance.low, span.end)
    if found is None:
        return span, None
    return Span(span.start, found.end()), _COUNTY_MILES if found["county"] else None
