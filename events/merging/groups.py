"""Groups events that are one happening, from verdicts on pairs (clustering)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from events.merging.comparison import Verdict, compare
from events.merging.facts import Facts

# Two groups do not become one where any two of their events speak this much for
# being two happenings: a vague title must not chain what is distinct.
APART = 0.0


def pair(one: int, other: int) -> tuple[int, int]:
    """Two ids in one order."""
    return (one, other) if one < other else (other, one)


@dataclass(frozen=True)
class HandDecisions:
    """Decisions of people: pairs that are one happening, and pairs that no rule may merge."""

    together: frozenset[tuple[int, int]] = frozenset()
    parted: frozenset[tuple[int, int]] = frozenset()


@dataclass
class Groups:
    """Joins pairs, the surest first; the outcome does not depend on the order of events."""

    facts: Mapping[int, Facts]
    by_hand: HandDecisions = field(default_factory=HandDecisions)
    _members: dict[int, frozenset[int]] = field(default_factory=dict)

    def of(self, event: int) -> frozenset[int]:
        """The ids of an event's group; itself alone where it has no copy."""
        return self._members.get(event, frozenset({event}))

    def all(self) -> set[frozenset[int]]:
        """Every group of two and more."""
        return set(self._members.values())

    def join(self, verdicts: Mapping[tuple[int, int], Verdict]) -> None:
        """Joins what people said, then what the verdicts say, where nothing speaks against it."""
        for one, other in sorted(self.by_hand.together):
            if one in self.facts and other in self.facts:
                self._unite(one, other)
        same = [key for key, verdict in verdicts.items() if verdict.same]
        for one, other in sorted(same, key=lambda key: (-verdicts[key].score, key)):
            left, right = self.of(one), self.of(other)
            if left != right and self._may_meet(left, right, verdicts):
                self._unite(one, other)

    def _unite(self, one: int, other: int) -> None:
        united = self.of(one) | self.of(other)
        for member in united:
            self._members[member] = united

    def _may_meet(
        self,
        left: Collection[int],
        right: Collection[int],
        verdicts: Mapping[tuple[int, int], Verdict],
    ) -> bool:
        pairs = [pair(one, other) for one in left for other in right]
        if self.by_hand.parted.intersection(pairs):
            return False
        return all(
            (verdicts.get((a, b)) or compare(self.facts[a], self.facts[b])).score > APART
            for a, b in pairs
        )


def best_link(
    event: int, group: Iterable[int], verdicts: Mapping[tuple[int, int], Verdict]
) -> tuple[int, Verdict] | None:
    """The group's member that an event is most surely the same as, with the verdict."""
    links = [
        (verdict.score, -other, other, verdict)
        for other in group
        if other != event and (verdict := verdicts.get(pair(event, other))) and verdict.same
    ]
    if not links:
        return None
    _, _, other, verdict = max(links, key=lambda link: link[:2])
    return other, verdict
