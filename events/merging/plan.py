"""Plans merges: reads what is near the changed events and groups what is one happening."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from events.merging.candidates import facts_of, neighbours
from events.merging.comparison import Verdict, compare_candidates
from events.merging.facts import Facts
from events.merging.groups import Groups, HandDecisions, pair
from events.models import Event, MergeDecision

Pair = tuple[int, int]


@dataclass(frozen=True)
class MergePlan:
    """Groups of events: as they belong together, and as they are stored.

    `verdicts` holds the pairs that were found to be the same.
    """

    verdicts: Mapping[Pair, Verdict]
    groups: frozenset[frozenset[int]]
    stored: frozenset[frozenset[int]]

    def of(self, event: int) -> frozenset[int]:
        """The group that an event belongs to; itself alone where it has no copy."""
        return self._group_of.get(event) or frozenset({event})

    @cached_property
    def _group_of(self) -> Mapping[int, frozenset[int]]:
        return {member: group for group in self.groups for member in group}

    def changing(self, due: Iterable[int]) -> list[frozenset[int]]:
        """Sets of events to be looked at as one: old and new groups that share an event.

        Groups that are stored as they should be are left out, unless one of
        their events is due: then what its copies gave has to be looked at.
        """
        touched = set(due)
        wanted = (self.groups ^ self.stored) | {
            group for group in self.groups | self.stored if group & touched
        }
        return sorted(_connected(wanted), key=min)


def make_plan(due: Iterable[int]) -> MergePlan:
    """Looks at the due events, at what each is the same as, and so on to the end.

    So the groups do not depend on which of their events was due: one import
    after the other comes to the same as all at once.
    """
    looked: dict[int, Facts] = {}
    verdicts: dict[Pair, Verdict] = {}
    links: set[Pair] = set()
    together: set[Pair] = set()
    frontier = set(due)
    while frontier:
        links |= _stored_links(frontier)
        together |= _merged_by_hand(frontier)
        frontier.update(pk for key in links | together for pk in key)
        new = facts_of(frontier - looked.keys())
        looked |= new
        verdicts |= _same_around(new)
        frontier = {pk for key in verdicts for pk in key} - looked.keys()
    groups = Groups(looked, HandDecisions(frozenset(together), _parted_by_hand(looked)))
    groups.join(verdicts)
    return MergePlan(
        verdicts, frozenset(groups.all()), frozenset(_connected(map(frozenset, links)))
    )


def _same_around(events: Mapping[int, Facts]) -> dict[Pair, Verdict]:
    """The pairs of these events and their neighbours that are the same."""
    near = neighbours(list(events.values()))
    facts = facts_of({pk for found in near.values() for pk in found} - events.keys()) | dict(events)
    same: dict[Pair, Verdict] = {}
    for event, found in near.items():
        if (mine := facts.get(event)) is None:
            continue
        words = mine.all_words
        for neighbour in found:
            theirs = facts.get(neighbour)
            # Most neighbours share no word, and are known so without a call.
            if theirs is None or (words.isdisjoint(theirs.all_words) and mine.url != theirs.url):
                continue
            one, other = pair(event, neighbour)
            if (one, other) not in same:
                verdict = compare_candidates(facts[one], facts[other])
                if verdict is not None:
                    same[one, other] = verdict
    return same


def _stored_links(ids: Collection[int]) -> set[Pair]:
    """(copy, kept) of these events, as they are stored."""
    links = Event.objects.filter(merged_into__isnull=False)
    found = links.filter(Q(pk__any_of=ids) | Q(merged_into__any_of=ids)).values_list(
        "pk", "merged_into"
    )
    return {(copy, kept) for copy, kept in found if kept is not None}


def _merged_by_hand(ids: Collection[int]) -> set[Pair]:
    decisions = MergeDecision.objects.standing().filter(by_rule=False).touching(ids)
    return {pair(*key) for key in decisions.values_list("copy_id", "kept_id")}


def _parted_by_hand(ids: Collection[int]) -> frozenset[Pair]:
    decisions = MergeDecision.objects.filter(parted=True, copy__any_of=ids, kept__any_of=ids)
    return frozenset(pair(*key) for key in decisions.values_list("copy_id", "kept_id"))


def _connected(groups: Iterable[frozenset[int]]) -> set[frozenset[int]]:
    """Groups that share a member become one."""
    whole: dict[int, frozenset[int]] = {}
    for group in groups:
        union = group.union(*(whole.get(member, frozenset()) for member in group))
        whole.update(dict.fromkeys(union, union))
    return set(whole.values())
