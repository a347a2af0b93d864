"""Creates, changes and withdraws single events, each with its search row.

The row's filters and words are written with the event. A vector that does not fit
any more is marked as due in the same transaction (see `events.search_table.vectors`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from core.errors import InvalidRequest, NotFound
from events.ingestion.locations.venues import store_venues, venue_key
from events.ingestion.locations.whereabouts import one_line
from events.ingestion.records import EventDraft, VenueDraft
from events.ingestion.store import event_of
from events.models import EmbeddingDue, Event, EventSearchRow, EventWords, MergeDue, Source, Venue
from events.models.event_fields import CLIENT_CONTENT
from events.search_table.rows import write_search_rows

# The foreign key itself, which tells of a change without loading the venue.
_CONTENT = tuple("venue_id" if name == "venue" else name for name in CLIENT_CONTENT)


class ChangedMeanwhile(Exception):
    """The event is not the one that was seen any more."""


@transaction.atomic
def create_event(*, source: str, draft: EventDraft, venue_id: int | None) -> Event:
    """A new event; `draft.venue` or the venue of an id is where it is.

    Raises:
        InvalidRequest: the id is taken in this source, the source is a feed's, or
            there is no such venue.
    """
    if Source.objects.filter(name=source).exists():
        problem = "belongs to a feed; its events come from there"
        raise InvalidRequest(f"The source {problem}.", fields={"source": problem})
    event = event_of(source, draft, _venue(draft.venue, venue_id))
    _complete(event)
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError:
        problem = "is taken by another event of this source"
        raise InvalidRequest(
            f"The external_id {problem}.", fields={"external_id": problem}
        ) from None
    write_search_rows([event], {}, model_name="")
    MergeDue.objects.mark([event.pk])
    return event


@transaction.atomic
def update_event(
    event_id: int,
    *,
    draft: EventDraft,
    venue_id: int | None,
    withdrawn: bool | None = None,
    seen: datetime | None = None,
) -> Event:
    """Gives a stored event new content; its source and external id stay.

    `withdrawn` takes it out of lists or brings it back; None leaves it as it is.
    A feed's event keeps the change until the feed says something new of it. With
    `seen`, only an event that was last updated then is changed.

    Raises:
        NotFound: there is no such event.
        ChangedMeanwhile: see `seen`.
        InvalidRequest: there is no such venue.
    """
    # Venues first, as importers lock them, so that the two never wait for each other.
    venue = _venue(draft.venue, venue_id)
    event = _locked(event_id)
    if seen is not None and event.updated_at != seen:
        raise ChangedMeanwhile
    changed = event_of(event.source, draft, venue)
    _complete(changed)
    differing = {name for name in _CONTENT if getattr(event, name) != getattr(changed, name)}
    for name in differing:
        setattr(event, name, getattr(changed, name))
    event.venue = venue
    # What is written by hand is the event's own from now on, and no copy's.
    event.filled = {name: own for name, own in event.filled.items() if name not in differing}
    relisted = withdrawn is False and event.withdrawn_at is not None
    if withdrawn is False:
        event.withdrawn_at, event.withdrawn_by_hand = None, False
    if differing or relisted:
        event.sequence += 1
    event.save()
    write_search_rows([event], {}, model_name="")
    MergeDue.objects.mark([event.pk])
    if withdrawn:
        withdraw_event(event_id)
        event.refresh_from_db()
    return event


def withdraw_event(event_id: int) -> None:
    """Takes an event out of lists and the search; conversations that name it still show it.

    The row is kept even if nothing names it: the next import of its feed would
    only make it anew.

    Raises:
        NotFound: there is no such event.
    """
    if not Event.objects.filter(pk=event_id).exists():
        raise NotFound("There is no such event.")
    withdraw_events([event_id], now=timezone.now(), by_hand=True)


def _locked(event_id: int) -> Event:
    event = (
        Event.objects.select_for_update(no_key=True, of=("self",))
        .select_related("venue")
        .filter(pk=event_id)
        .first()
    )
    if event is None:
        raise NotFound("There is no such event.")
    return event


def _venue(draft: VenueDraft | None, venue_id: int | None) -> Venue | None:
    if draft is not None:
        return store_venues([draft])[venue_key(draft)]
    if venue_id is None:
        return None
    venue = Venue.objects.filter(pk=venue_id).first()
    if venue is None:
        raise InvalidRequest("There is no such venue.", fields={"venue_id": "is unknown"})
    return venue


def _complete(event: Event) -> None:
    """The line of a venue, for an event that says nothing else of its place."""
    if not event.location and event.venue is not None:
        venue = event.venue
        event.location = one_line(
            VenueDraft(
                venue.name,
                street_address=venue.street_address,
                city=venue.city,
                state=venue.state,
                country=venue.country,
            )
        )


_BATCH = 500


def withdraw_events(ids: Sequence[int], *, now: datetime, by_hand: bool = False) -> int:
    """Marks events as withdrawn; returns how many were not so before.

    Those withdrawn `by_hand` are not listed again by an import. What was
    withdrawn before keeps its time.
    """
    withdrawn = 0
    for first in range(0, len(ids), _BATCH):
        batch = ids[first : first + _BATCH]
        with transaction.atomic():
            found = Event.objects.select_for_update(no_key=True).filter(pk__in=batch)
            listed = list(
                found.filter(withdrawn_at__isnull=True)
                .order_by("external_id")
                .values_list("pk", flat=True)
            )
            withdrawn += Event.objects.filter(pk__in=listed).update(
                withdrawn_at=now, sequence=F("sequence") + 1, updated_at=now
            )
            if by_hand:
                Event.objects.filter(pk__in=batch).update(withdrawn_by_hand=True)
            for table in (EventSearchRow, EventWords, EmbeddingDue):
                table._default_manager.filter(pk__in=listed).delete()
            MergeDue.objects.mark(listed)
    return withdrawn
