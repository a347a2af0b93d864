"""Which events an answer cites, read from its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chat_service.turns.found_events import FoundEvent

# Code, closed or (in an answer that broke off) not: numbers in it are indexes.
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_RANGE = r"[0-9]{1,4}(?:\s*[-–—]\s*[0-9]{1,4})?"
_BRACKETS = re.compile(rf"\[\s*({_RANGE}(?:\s*[,;]\s*{_RANGE})*)\s*\]")
_NUMBER = re.compile(r"[0-9]+")
UNCITED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Reference:
    """An event that an answer stands on; `cited` when its text says so."""

    found: FoundEvent
    cited: bool


def cited_numbers(text: str, count: int) -> list[int]:
    """The events cited as [n], each once, in the order of their first citation.

    Numbers run from 1 to `count`; others, such as a year in brackets, are no
    citations. Lists and ranges count in full: [1, 3], [2-4].
    """
    numbers: dict[int, None] = {}
    for brackets in _BRACKETS.finditer(_CODE.sub(" ", text)):
        for part in re.split("[,;]", brackets[1]):
            numbers.update(dict.fromkeys(_numbers(part, count)))
    return list(numbers)


def order_references(
    events: Sequence[FoundEvent], text: str, *, assume_best: bool = True
) -> list[Reference]:
    """The events that go with an answer: the cited ones in citation order.

    An answer that cites none goes with the best few, uncited, unless its
    author is known to cite whatever it speaks of (`assume_best` false). Events that only
    fill the map (the context tier) are never shown by number, so that a number
    beyond the others is no citation.
    """
    listed = [found for found in events if found.tier != "context"]
    numbers = cited_numbers(text, len(listed))
    if numbers:
        return [Reference(listed[number - 1], cited=True) for number in numbers]
    best = listed[:UNCITED_AT_MOST] if assume_best else []
    return [Reference(found, cited=False) for found in best]


def _numbers(part: str, count: int) -> Iterator[int]:
    """The numbers of "3" or "2-4" that name an event."""
    ends = [int(number) for number in _NUMBER.findall(part)]
    yield from range(max(min(ends), 1), min(max(ends), count) + 1)
