"""Merges copies: those among changed events, those named by hand; previews, and undoes merges."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from core.errors import InvalidRequest
from events.merging.apply import Applied, apply_plan
from events.merging.candidates import facts_of, facts_of_event, refresh_statistics
from events.merging.comparison import compare
from events.merging.explanation import reasons_of, sentence
from events.merging.groups import best_link
from events.merging.plan import MergePlan, make_plan
from events.merging.survivor import Trust, rank_group, restore, trust_of_sources
from events.models import Event, MergeDecision, MergeDue
from events.search_table.rows import Embedder

_BATCH = 2000
# Events that another process is changing are left for the next round.
_ROUNDS = 5
_SECONDS_BETWEEN_ROUNDS = 0.2
# Few enough that nobody waits long for their locks.
_SETS_A_TRANSACTION = 200


@dataclass(frozen=True, slots=True)
class MergeReport:
    """Counts of events looked at, copies merged, events listed again; `left` kept changing."""

    looked: int = 0
    merged: int = 0
    parted: int = 0
    left: int = 0


def merge_copies(
    *,
    embedder: Embedder | None,
    now: datetime,
    only: Collection[int] | None = None,
    trust: Trust | None = None,
    on_looked: Callable[[int], None] = lambda count: None,
) -> MergeReport:
    """Merges the copies among all events that changed since this was last done.

    `only` looks at these alone; `trust` is what is set of each source unless given.
    Some groups together are one transaction, so a process that is killed leaves
    whole groups, and the marks of the rest for the next call. Two at once are safe.
    Without an `embedder` changed events are left to be embedded later.
    """
    trust = trust or trust_of_sources()
    every = MergeDue.objects.all() if only is None else MergeDue.objects.filter(pk__in=only)
    looked, left = 0, 0
    applied = Applied()
    for rounds in range(_ROUNDS + 1):
        left = 0
        for ids in _batches(every):
            marks = dict(MergeDue.objects.filter(pk__any_of=ids).values_list("pk", "version"))
            if not marks:  # another process was quicker
                continue
            if len(marks) == _BATCH and not looked:
                refresh_statistics()
            looked += len(marks)
            on_looked(len(marks))
            done, missed = _merge_batch(marks, embedder=embedder, now=now, trust=trust)
            applied += done
            left += missed
        if not left or rounds == _ROUNDS:
            break
        time.sleep(_SECONDS_BETWEEN_ROUNDS)
    return MergeReport(looked, applied.merged, applied.parted, left)


def _batches(due: QuerySet[MergeDue]) -> Iterator[list[int]]:
    """Ids in the order of the events' starts: what may be one happening comes together.

    So its neighbours are read once, and not again for each batch.
    """
    ids = due.order_by("event__start_time", "pk").values_list("pk", flat=True).iterator(_BATCH)
    while batch := list(islice(ids, _BATCH)):
        yield batch


def _merge_batch(
    marks: dict[int, int], *, embedder: Embedder | None, now: datetime, trust: Trust
) -> tuple[Applied, int]:
    """Merges among these events; returns what was done, and how many sets were left."""
    plan = make_plan(marks)
    changing = plan.changing(marks)
    applied, missed = Applied(), 0
    for first in range(0, len(changing), _SETS_A_TRANSACTION):
        sets = changing[first : first + _SETS_A_TRANSACTION]
        done, left = apply_plan(sets, plan, trust=trust, embedder=embedder, now=now)
        applied += done
        missed += left
    grouped = frozenset().union(*changing)
    MergeDue.objects.forget({pk: seen for pk, seen in marks.items() if pk not in grouped})
    return applied, missed


def mark_all() -> None:
    """Makes every event due, for a look at the whole calendar."""
    MergeDue.objects.mark(Event.objects.values_list("pk", flat=True))


def merge_by_hand(
    ids: Iterable[int], *, user: User, embedder: Embedder, now: datetime
) -> MergeDecision:
    """Makes two events one, whatever the rule says; which is shown follows from the events.

    Raises:
        InvalidRequest: not two events, or they are one already.
    """
    facts = facts_of(ids)
    if len(facts) != 2:
        raise InvalidRequest("Choose exactly two events.")
    one, other = (facts[pk] for pk in sorted(facts))
    with transaction.atomic():
        events = Event.objects.select_for_update(no_key=True).order_by("pk")
        first, second = events.filter(pk__in=facts)
        if (first.merged_into_id or first.pk) == (second.merged_into_id or second.pk):
            raise InvalidRequest("These two are merged already.")
        verdict = compare(one, other)
        decision = MergeDecision.objects.create(
            copy=second,
            kept=first,
            by_rule=False,
            decided_at=now,
            decided_by=user,
            reasons=reasons_of(verdict),
            score=None,
        )
        MergeDue.objects.mark(facts)
    merge_copies(embedder=embedder, now=now)
    decision.refresh_from_db()
    return decision


def undo_merge(decision: MergeDecision, *, user: User, embedder: Embedder, now: datetime) -> bool:
    """Parts the two for good: both are listed again, and no rule merges them any more.

    False when the decision did not stand any more.
    """
    with transaction.atomic():
        standing = MergeDecision.objects.standing().filter(pk=decision.pk)
        if not standing.update(undone_at=now, undone_by=user, parted=True):
            return False
        MergeDue.objects.mark([decision.copy_id, decision.kept_id])
    merge_copies(embedder=embedder, now=now)
    return True


_PREVIEW_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change: `copy` would be shown as `kept` (None: listed on its own again), and why."""

    copy: Event
    kept: Event | None
    why: str


def preview_merges(
    trust: Trust | None = None, on_looked: Callable[[int], None] = lambda count: None
) -> Iterator[Proposal]:
    """Each change that `merge_copies` would make if every event were due."""
    trust = trust or trust_of_sources()
    proposed: set[int] = set()
    ids = Event.objects.order_by("pk").values_list("pk", flat=True).iterator(_PREVIEW_BATCH)
    while batch := list(islice(ids, _PREVIEW_BATCH)):
        plan = make_plan(batch)
        for changing in plan.changing(()):
            if not changing & proposed:
                yield from _proposals(changing, plan, trust)
            proposed |= changing
        on_looked(len(batch))


def _proposals(ids: frozenset[int], plan: MergePlan, trust: Trust) -> Iterator[Proposal]:
    events = {event.pk: event for event in Event.objects.select_related("venue").filter(pk__in=ids)}
    for event in events.values():
        restore(event)
    for group in sorted({plan.of(pk) for pk in ids}, key=min):
        kept, *copies = rank_group([events[pk] for pk in group], trust)
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
