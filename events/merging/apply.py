"""Applies a plan to sets of events: all of a set is stored, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from core.bulk import commit_without_waiting, concrete_fields, update_rows
from events.merging.candidates import facts_of_event
from events.merging.comparison import compare
from events.merging.explanation import reasons_of
from events.merging.groups import best_link
from events.merging.plan import MergePlan
from events.merging.survivor import FILLABLE, Trust, fill, plain, rank_group, restore
from events.models import Event, MergeDecision, MergeDue
from events.search_table.rows import Embedder, Vector, event_text, text_hash, write_search_rows

_COLUMNS = (*FILLABLE, "filled", "merged_into", "sequence", "updated_at")


@dataclass(frozen=True)
class Applied:
    """Counts of copies merged anew and of events listed again."""

    merged: int = 0
    parted: int = 0

    def __add__(self, other: Applied) -> Applied:
        return Applied(self.merged + other.merged, self.parted + other.parted)


@dataclass
class _Changes:
    """Events with their new values, and what changed in them."""

    events: list[Event]
    events_changed: list[Event] = field(default_factory=list)
    kept_of: dict[int, int] = field(default_factory=dict)
    gave: dict[int, dict[str, Any]] = field(default_factory=dict)
    applied: Applied = Applied()


def apply_plan(
    sets: Sequence[frozenset[int]],
    plan: MergePlan,
    *,
    trust: Trust,
    embedder: Embedder | None,
    now: datetime,
) -> tuple[Applied, int]:
    """Merges, parts and fills the events of these sets, which share none.

    Returns what was done, and how many sets were left because one of their
    events had changed since, or was locked. Vectors are made before the
    transaction begins, so that no lock is held meanwhile; then the events are read
    again under lock and must be as they were.
    """
    ids = [pk for each in sets for pk in each]
    before = list(_events(ids))
    marks = dict(MergeDue.objects.filter(pk__any_of=ids).values_list("pk", "version"))
    seen = {event.pk: _state(event) for event in before}
    vectors = _vectors(_planned_changes(before, sets, plan, trust, now).events, embedder)
    with transaction.atomic():
        commit_without_waiting()
        locked = _events(ids).select_for_update(skip_locked=True, no_key=True, of=("self",))
        same = {event.pk: event for event in locked if seen.get(event.pk) == _state(event)}
        whole = [each for each in sets if all((pk in same) == (pk in seen) for pk in each)]
        events = [same[pk] for pk in sorted(pk for each in whole for pk in each) if pk in same]
        changes = _planned_changes(events, whole, plan, trust, now)
        update_rows(Event, _COLUMNS, [_stored(event) for event in changes.events_changed])
        _decide(changes, plan, now)
        made = {event.pk: vectors[event.pk] for event in events if event.pk in vectors}
        write_search_rows(events, made, embedder.name if embedder else "")
        MergeDue.objects.forget({pk: marks[pk] for each in whole for pk in each if pk in marks})
    return changes.applied, len(sets) - len(whole)


def _events(ids: Collection[int]) -> Any:
    return Event.objects.filter(pk__any_of=ids).select_related("venue").order_by("pk")


def _state(event: Event) -> tuple[object, ...]:
    """The values that must not have changed between planning and storing."""
    return (event.updated_at, event.merged_into_id, event.withdrawn_at, plain(event.filled))


def _stored(event: Event) -> dict[str, Any]:
    fields = concrete_fields(Event, _COLUMNS)
    return {"pk": event.pk} | {str(field.column): getattr(event, field.attname) for field in fields}


def _planned_changes(
    events: list[Event],
    sets: Iterable[frozenset[int]],
    plan: MergePlan,
    trust: Trust,
    now: datetime,
) -> _Changes:
    """Sets each event's columns to what they are to be; nothing is stored."""
    changes = _Changes(events)
    before = {event.pk: _columns(event) for event in events}
    by_pk = {event.pk: event for event in events}
    for event in events:
        restore(event)
    for ids in sets:
        for group in {plan.of(pk).intersection(by_pk) for pk in ids if pk in by_pk}:
            _join([by_pk[pk] for pk in group], changes, trust)
    for event in events:
        if _columns(event) != before[event.pk]:
            event.sequence += 1
            event.updated_at = now
            changes.events_changed.append(event)
    return changes


def _join(group: Sequence[Event], changes: _Changes, trust: Trust) -> None:
    """Makes a group one: the first is shown and takes over what its copies know."""
    kept, *copies = rank_group(group, trust)
    merged = sum(copy.merged_into_id is None for copy in copies)
    parted = kept.merged_into_id is not None and not copies
    changes.applied += Applied(merged, int(parted))
    kept.merged_into = None
    for copy in copies:
        copy.merged_into = kept
        changes.kept_of[copy.pk] = kept.pk
    changes.gave |= fill(kept, copies, trust)


def _columns(event: Event) -> tuple[object, ...]:
    values = (getattr(event, name) for name in FILLABLE)
    return (event.merged_into_id, *map(plain, values), plain(event.filled))


def _vectors(events: Sequence[Event], embedder: Embedder | None) -> dict[int, Vector]:
    """By id, for those that are to be found and have no vector of their words."""
    if embedder is None:
        return {}
    rows = Event.objects.filter(pk__any_of=[event.pk for event in events]).values_list(
        "pk", "search_row__text_hash", "search_row__embedding_model"
    )
    stored = {pk: (digest, model) for pk, digest, model in rows}
    texts = {
        event.pk: text
        for event in events
        if event.is_searchable
        and stored.get(event.pk) != (text_hash(text := event_text(event)), embedder.name)
    }
    return dict(zip(texts, embedder.embed(list(texts.values())), strict=True)) if texts else {}


def _decide(changes: _Changes, plan: MergePlan, now: datetime) -> None:
    """Keeps a decision for each copy, and ends those that hold no more."""
    ids = [event.pk for event in changes.events]
    standing = list(MergeDecision.objects.standing().touching(ids).select_for_update())
    facts = {event.pk: facts_of_event(event) for event in changes.events}
    # A person's decision is turned only when no rule's stands in its place.
    for decision in sorted(standing, key=lambda decision: not decision.by_rule):
        if not decision.by_rule:
            _turn(decision, changes)
        elif changes.kept_of.get(decision.copy_id) != decision.kept_id:
            decision.undone_at = now
            decision.save(update_fields=["undone_at"])
    known = {d.copy_id: d for d in standing if d.undone_at is None and _holds(d, changes)}
    new = []
    for copy, kept in changes.kept_of.items():
        gave = changes.gave.get(copy, {})
        stands = known.get(copy)
        if stands is None:
            link = best_link(copy, plan.of(copy), plan.verdicts)
            via, verdict = link or (kept, compare(facts[copy], facts[kept]))
            reasons = reasons_of(verdict, via if via != kept else None)
            new.append(
                MergeDecision(
                    copy_id=copy,
                    kept_id=kept,
                    score=verdict.score,
                    reasons=reasons,
                    gave=gave,
                    decided_at=now,
                )
            )
        elif stands.gave != gave:
            stands.gave = gave
            stands.save(update_fields=["gave"])
    MergeDecision.objects.bulk_create(new)


def _turn(decision: MergeDecision, changes: _Changes) -> None:
    """Turns a decision made by hand when the other of its two events is shown now."""
    if changes.kept_of.get(decision.kept_id) == decision.copy_id:
        decision.copy_id, decision.kept_id = decision.kept_id, decision.copy_id
        decision.save(update_fields=["copy", "kept"])


def _holds(decision: MergeDecision, changes: _Changes) -> bool:
    return changes.kept_of.get(decision.copy_id) == decision.kept_id
