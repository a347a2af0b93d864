"""Keeps search rows in step with what is changed by hand in the admin."""

from __future__ import annotations

from itertools import islice

from django.db.models import QuerySet

from events.models import Event
from events.search_table.rows import write_search_rows

_BATCH = 500


def refresh_search_rows(events: QuerySet[Event]) -> None:
    """Rewrites all but the vectors; call it inside the change's transaction.

    A vector whose text changed, or that is missing, is marked as due and made in
    the background of the service: the admin waits for no embedding.
    """
    found = events.select_related("venue").order_by("pk").iterator(_BATCH)
    while batch := list(islice(found, _BATCH)):
        write_search_rows(batch, {}, model_name="")
