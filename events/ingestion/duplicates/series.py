"""Names the series of an event where its feed names none: its title and place, seen again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.text import fold_name
from events.ingestion.locations.venues import venue_key
from events.ingestion.records import EventDraft
from events.models import Event


def series_name(draft: EventDraft) -> str:
    """The id of the series that an event belongs to where its feed names none."""
    where = venue_key(draft.venue) if draft.venue else draft.event_attendance_mode
    return f"{fold_name(draft.title)[:300] or draft.title[:300]} @ {where}"[:500]


def keep_series(source: str, drafts: Sequence[EventDraft]) -> list[EventDraft]:
    """The drafts, each in the series that its source's stored events already form.

    A file that runs out, or that is published week by week, shows a series by a
    single date: it takes no series from the events that were stored before.
    """
    names = {draft.external_id: series_name(draft) for draft in drafts if not draft.series_id}
    stored = set(
        Event.objects.filter(source=source, series_id__any_of=set(names.values()))
        .order_by()
        .values_list("series_id", flat=True)
        .distinct()
    )
    return [
        replace(draft, series_id=name)
        if (name := names.get(draft.external_id)) in stored and name is not None
        else draft
        for draft in drafts
    ]
