"""One thing judged: what was expected, what came, and whether it is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from benchmarks.conversation.answers import Answer, Listed
from benchmarks.conversation.cases import Case, Turn
from benchmarks.conversation.judges.folding import fold, shared_word

# Reading is the first three; a fault of the list breaks a wish.
Aspect = Literal["constraints", "act", "refers", "text", "list"]
READING: tuple[Aspect, ...] = ("constraints", "act", "refers")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement; `is_fault` when an event is listed that must not be."""

    aspect: Aspect
    name: str
    is_right: bool
    expected: object = None
    got: object = None
    is_fault: bool = False


@dataclass(frozen=True)
class Circumstances:
    """What a judge knows beside the answer.

    `zones` are those in which the expected local times may be meant: the asker's and the
    place's. `starts_of` gives the starts of the events with a title, `event_of` an event by
    its id; `earlier` are the answers to the messages before.
    """

    case: Case
    turn: Turn
    zones: Sequence[ZoneInfo]
    starts_of: Callable[[str], frozenset[datetime]] = lambda title: frozenset()
    event_of: Callable[[int], Listed | None] = lambda number: None
    earlier: Sequence[Answer] = field(default_factory=tuple)

    @property
    def now(self) -> datetime:
        """The asker's wall clock."""
        return self.case.now.replace(tzinfo=None)

    def is_same(self, title: str, event: Listed) -> bool:
        """Whether an event is the one of that title, or the same from another source."""
        if fold(title) == fold(event.title):
            return True
        return shared_word(title, event.title) and event.start in self.starts_of(fold(title))

    def rank_of(self, refers: Mapping[str, object]) -> list[Listed] | None:
        """The events at the expected ranks of an earlier list; None when it is too short."""
        shown = self.earlier[int(str(refers["list"])) - 1].shown
        ranks = refers["ranks"]
        assert isinstance(ranks, list)
        if any(rank > len(shown) or -rank > len(shown) for rank in ranks):
            return None
        return [shown[rank - 1] if rank > 0 else shown[rank] for rank in ranks]
