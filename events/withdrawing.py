"""Takes events out of lists and the search, and keeps them for the conversations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from events.models import EmbeddingDue, Event, EventSearchRow, EventWords, MergeDue

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
