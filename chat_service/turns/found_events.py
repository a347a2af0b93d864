"""What an answer stands on: the events that were found, and those that its text cites.

A model takes its time, and many answers wait beside one another. As objects the sixty
events of a search take 180 KB, of which the end says only numbers: so they are kept packed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from chat_service.streams.sse import compact
from rag.types import RankedEvent, Retrieval

# A found event that is close to what was asked but breaks a wish, or is about something else.
NEAR = "near"
# With fewer events than this that fit, those that come close are offered too.
FEW = 3
# Code, closed or (in an answer that broke off) not: numbers in it are indexes.
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_RANGE = r"[0-9]{1,4}(?:\s*[-–—]\s*[0-9]{1,4})?"
_BRACKETS = re.compile(rf"\[\s*({_RANGE}(?:\s*[,;]\s*{_RANGE})*)\s*\]")
_NUMBER = re.compile(r"[0-9]+")
UNCITED_AT_MOST = 5
# The values of a `FoundEvent` in their order.
PackedEvent = Sequence[Any]


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """One found event, as far as the end speaks of it. `next_dates` are RFC 3339."""

    event_id: int
    tier: str
    score: float
    distance_miles: float | None
    factors: Mapping[str, float]
    next_dates: Sequence[str]


def packed_event(found: RankedEvent, tier: str | None = None) -> PackedEvent:
    """A found event as plain values."""
    return [
        found.event.id,
        tier or found.tier,
        found.score,
        found.distance_miles,
        dict(found.factors),
        [start.isoformat() for start in found.next_dates],
    ]


def packed_reference(event: Mapping[str, Any]) -> PackedEvent:
    """An event that a tool spoke of, as `{id, score, distance_miles}`."""
    score = event.get("score") or 0.0
    return [event["id"], "recommended", score, event.get("distance_miles"), {}, []]


def is_unlisted(event: PackedEvent) -> bool:
    """Whether an event only fills the map, and has no number to be cited by."""
    return bool(event[1] == "context")


def packed_retrieval(retrieval: Retrieval) -> list[PackedEvent]:
    """A retrieval's events in their order; what only comes close, where little fits, is near."""
    fits = len(retrieval.in_tier("recommended"))
    near = NEAR if fits < FEW else None
    return [
        packed_event(found, near if found.tier == "additional" else None)
        for found in retrieval.events
    ]


@dataclass(frozen=True, slots=True)
class KeptRetrieval:
    """All that was found, packed as JSON; `follow_ups` are the questions that fit it."""

    plan: str | None
    debug_run_id: UUID | None
    follow_ups: Sequence[str]
    _packed: str

    @classmethod
    def of(
        cls,
        events: Sequence[PackedEvent],
        retrieval: Retrieval | None,
        follow_ups: Sequence[str],
    ) -> KeptRetrieval:
        """The same as the events of a turn, in their order; `retrieval` is its search, if any."""
        return cls(
            plan=retrieval.plan if retrieval else None,
            debug_run_id=retrieval.debug_run_id if retrieval else None,
            follow_ups=follow_ups,
            _packed=json.dumps(events, separators=(",", ":")),
        )

    @classmethod
    def of_basis(cls, basis: Mapping[str, Any]) -> KeptRetrieval:
        """What `basis` wrote, read from the journal; empty where it did not come so far."""
        return cls(
            plan=basis.get("plan"),
            debug_run_id=UUID(basis["debug_run_id"]) if basis.get("debug_run_id") else None,
            follow_ups=(),
            _packed=json.dumps(basis.get("found", [])),
        )

    def events(self) -> list[FoundEvent]:
        """The found events, best first; unpacked at each call."""
        return [FoundEvent(*each) for each in self.packed()]

    def packed(self) -> list[PackedEvent]:
        """The same as plain values."""
        packed: list[PackedEvent] = json.loads(self._packed)
        return packed

    def with_events(self, events: Sequence[PackedEvent]) -> KeptRetrieval:
        """The same with other events."""
        return replace(self, _packed=json.dumps(events, separators=(",", ":")))

    def basis(self, rest: Mapping[str, Any]) -> str:
        """What the answer is made from, as one line of JSON for the journal, with `rest`."""
        own = {
            **rest,
            "plan": self.plan,
            "debug_run_id": str(self.debug_run_id) if self.debug_run_id else None,
        }
        return f'{compact(own)[:-1]},"found":{self._packed}}}'


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
            numbers.update(dict.fromkeys(_numbers_in(part, count)))
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


def _numbers_in(part: str, count: int) -> Iterator[int]:
    """The numbers of "3" or "2-4" that name an event."""
    ends = [int(number) for number in _NUMBER.findall(part)]
    yield from range(max(min(ends), 1), min(max(ends), count) + 1)
