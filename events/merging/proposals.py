"""What a look at the whole calendar would merge and part, without storing anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from events.merging.candidates import facts_of_event
from events.merging.comparing import compare
from events.merging.explaining import reasons_of, sentence
from events.merging.filling import Trust, restore, shown_first
from events.merging.grouping import best_link
from events.merging.planning import Plan, make_plan
from events.merging.trusting import trust_of_sources
from events.models import Event

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Proposal:
    """That `copy` would be shown as `kept` (None: listed on its own again), and why."""

    copy: Event
    kept: Event | None
    why: str


def preview_merges(
    trust: Trust | None = None, on_looked: Callable[[int], None] = lambda count: None
) -> Iterator[Proposal]:
    """Each change that `merge_copies` would make if every event were due."""
    trust = trust or trust_of_sources()
    told: set[int] = set()
    ids = Event.objects.order_by("pk").values_list("pk", flat=True).iterator(_BATCH)
    while batch := list(islice(ids, _BATCH)):
        plan = make_plan(batch)
        for changing in plan.changing(()):
            if not changing & told:
                yield from _proposals(changing, plan, trust)
            told |= changing
        on_looked(len(batch))


def _proposals(ids: frozenset[int], plan: Plan, trust: Trust) -> Iterator[Proposal]:
    events = {event.pk: event for event in Event.objects.select_related("venue").filter(pk__in=ids)}
    for event in events.values():
        restore(event)
    for group in sorted({plan.of(pk) for pk in ids}, key=min):
        kept, *copies = shown_first([events[pk] for pk in group], trust)
        if kept.merged_into_id and not copies:
            yield Proposal(kept, None, "nothing makes them one any more")
        for copy in copies:
            if copy.merged_into_id != kept.pk:
                link = best_link(copy.pk, group, plan.verdicts)
                via, verdict = link or (
                    kept.pk,
                    compare(facts_of_event(copy), facts_of_event(kept)),
                )
                reasons = reasons_of(verdict, via if via != kept.pk else None)
                yield Proposal(copy, kept, sentence(reasons))
