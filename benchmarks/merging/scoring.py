"""Precision and recall of the rule on labelled pairs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.merging.pairs import NOW, Pair, PairSet
from events.ingestion.pipeline import ImportOptions, import_calendar
from events.ingestion.records import EventDraft
from events.merging.comparison import Verdict, compare
from events.merging.facts import Facts, VenueFacts


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled pair with its titles and what the rule says of it."""

    pair: Pair
    one: str
    other: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Scores:
    """Of so many `pairs`, `same` by hand; precision and recall of the rule's "same"."""

    pairs: int
    same: int
    precision: float
    recall: float


def drafts_of(labelled: PairSet, calendars: Path) -> list[EventDraft]:
    """The events of a set as an import understands them; nothing is stored."""
    options = ImportOptions(labelled.fallback_zone, source=labelled.calendar, dry_run=True)
    return [
        draft
        for file in labelled.files(calendars)
        for draft in import_calendar(str(file), options, embedder=None, now=NOW).drafts
    ]


def judge_pairs(pairs: Iterable[Pair], drafts: Iterable[EventDraft]) -> list[Judged]:
    """The rule's verdict on each pair; a pair that the calendar lacks is an error.

    Raises:
        KeyError: an event is not among the drafts.
    """
    facts = {draft.external_id: facts_of_draft(draft) for draft in drafts}
    return [
        Judged(pair, one.title, other.title, compare(one, other))
        for pair in pairs
        for one, other in [(facts[pair.one], facts[pair.other])]
    ]


def score_pairs(judged: Iterable[Judged]) -> Scores:
    """Precision is 1 where nothing was merged."""
    every = list(judged)
    same = sum(each.pair.same for each in every)
    merged = sum(each.verdict.same for each in every)
    right = sum(each.pair.same and each.verdict.same for each in every)
    return Scores(
        len(every), same, right / merged if merged else 1.0, right / same if same else 1.0
    )


def facts_of_draft(draft: EventDraft) -> Facts:
    """What the comparison would know of a draft once it is stored."""
    venue = draft.venue
    place = VenueFacts()
    if venue is not None:
        exact = venue.precision == "venue"
        place = VenueFacts(venue.name, venue.city, venue.latitude, venue.longitude, exact)
    return Facts(
        id=0,
        source="",
        title=draft.title,
        start=draft.start_time,
        timezone=draft.timezone,
        all_day=draft.all_day,
        place=None if draft.event_attendance_mode == "online" else place,
        room=draft.room_name,
        url=draft.url,
        organizer=draft.organizer,
        description=draft.description,
    )
