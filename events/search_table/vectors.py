"""Makes the vectors of changed events, with the embedder that a higher layer provides."""

from __future__ import annotations

from collections.abc import Callable, Collection

from events.models import EmbeddingDue, Event
from events.search_table.rows import Embedder, reindex

_providers: list[Callable[[], Embedder]] = []


def provide_embedder(provider: Callable[[], Embedder]) -> None:
    """Says where the embedder comes from; the latest provider counts."""
    _providers.append(provider)


def current_embedder() -> Embedder:
    """The embedder in use.

    Raises:
        LookupError: none was provided.
    """
    if not _providers:
        raise LookupError("No embedder was provided; the retrieval app does so when it is ready.")
    return _providers[-1]()


BATCH = 64


def embed_due(embedder: Embedder, *, only: Collection[int] | None = None) -> int:
    """Embeds the events that wait the longest, at most `BATCH`; returns how many were done.

    With `only`, those of these ids. What is being changed at this moment is left
    for the next call. A mark goes in the transaction that stores the vector, so
    that a crash at any point only means that the work is done again.
    """
    marks = EmbeddingDue.objects.order_by("since", "pk")
    if only is not None:
        marks = marks.filter(pk__in=only)
    ids = list(marks.values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0
    events = Event.objects.filter(pk__in=ids).select_related("venue")
    return len(reindex(events, embedder))
