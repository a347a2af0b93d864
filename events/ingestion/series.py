"""A series stays one when a later file holds only one of its dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from events.ingestion.merge import series_name
from events.ingestion.types import EventDraft
from events.models import Event


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
