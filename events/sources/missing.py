"""Finds stored events that left their feed, and suspects a loss that is too large."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.ingestion.formats.ical.rules import MAX_OCCURRENCES, REPEAT_DAYS_AHEAD
from events.ingestion.records import EventDraft, Skipped

# More than this many, and more than half of what is to come: nobody's plans change
# like that. Rather an export went wrong.
BELIEVED = 20
BELIEVED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A stored event that is still to come."""

    pk: int
    external_id: str
    title: str
    start: datetime


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a feed: the ids understood, and the entries that could not be read.

    `ends` tells of each series that was cut off how far it was read. A feed is not
    `whole` when more was left out than is listed one by one.
    """

    ids: frozenset[str]
    unread_ids: frozenset[str]
    unread_titles: frozenset[str]
    ends: Mapping[str, datetime]
    whole: bool = True

    @classmethod
    def of(cls, drafts: Iterable[EventDraft], skipped: Iterable[Skipped]) -> Content:
        """Collects the content from an import's drafts and the entries that it left out."""
        ids: set[str] = set()
        dates: Counter[str] = Counter()
        last: dict[str, datetime] = {}
        for draft in drafts:
            ids.add(draft.external_id)
            entry = _entry(draft.external_id)
            if entry != draft.external_id:
                dates[entry] += 1
                last[entry] = max(last.get(entry, draft.start_time), draft.start_time)
        unread = list(skipped)
        return cls(
            ids=frozenset(ids),
            unread_ids=frozenset(each.external_id for each in unread),
            unread_titles=frozenset(each.title for each in unread if each.title),
            ends={entry: last[entry] for entry, count in dates.items() if count >= MAX_OCCURRENCES},
            whole=all(each.count == 1 for each in unread),
        )


def missing_events(
    stored: Iterable[StoredEvent], content: Content, *, now: datetime
) -> list[StoredEvent]:
    """The events to come that a whole feed does not hold any more.

    Not missed are those that have begun (feeds drop what is past), occurrences
    beyond the time that repeating entries are followed, and whatever may be
    one of the entries that could not be read this time; all of them if these are
    too many to tell.
    """
    if not content.whole:
        return []
    horizon = now + timedelta(days=REPEAT_DAYS_AHEAD)
    return [
        event
        for event in stored
        if event.start > now
        and event.external_id not in content.ids
        and not _may_be_unread(event, content)
        and not _is_out_of_view(event, content, horizon)
    ]


def is_suspicious(missing: Sequence[StoredEvent], *, to_come: int, found: int) -> bool:
    """Whether a feed lost more than one would believe at first sight.

    `to_come` counts the stored events that it should hold, `found` its entries.
    A feed without any entry is never believed at once.
    """
    if not missing:
        return False
    return found == 0 or (len(missing) > BELIEVED and len(missing) > BELIEVED_SHARE * to_come)


def _entry(external_id: str) -> str:
    """The feed's own id of an entry, without the occurrence behind it."""
    return external_id.rpartition("#")[0] or external_id


def _may_be_unread(event: StoredEvent, content: Content) -> bool:
    ids = {event.external_id, _entry(event.external_id)}
    return bool(ids & content.unread_ids) or event.title in content.unread_titles


def _is_out_of_view(event: StoredEvent, content: Content, horizon: datetime) -> bool:
    entry = _entry(event.external_id)
    if entry == event.external_id:
        return False
    return event.start > min(horizon, content.ends.get(entry, horizon))
