"""Loads the event that others are to resemble: its vector, and the ids of its repeats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db.models import Q

from core.text import fold_name
from events.models import Event, EventSearchRow
from events.search_table.rows import event_text
from rag.embedding import embed_query, get_backend
from rag.embedding.base import Vectors
from rag.types import Constraints, EventSummary, MoreLike

# The weight of the event's vector; the words of the conversation have the rest.
MODEL_SHARE = 0.7
# At most so many dates of a series are excluded: more than any search finds.
_MOST_REPEATS = 2000


@dataclass(frozen=True, slots=True)
class ModelEvent:
    """An event to resemble: its unit vector, and the ids of itself and its repeats."""

    vector: Vectors
    event_ids: tuple[int, ...]
    folded_title: str

    def is_repeated_by(self, event: EventSummary) -> bool:
        """Whether another event is the same thing again, by its title."""
        return fold_name(event.title) == self.folded_title


def find_more_like(event_id: int) -> MoreLike | None:
    """The event as a model for others; None when there is none, or it is cancelled.

    Past events are fine: they show what somebody liked.
    """
    titles = Event.objects.filter(pk=event_id).exclude(event_status=Event.Status.CANCELLED)
    title = titles.values_list("title", flat=True).first()
    return None if title is None else MoreLike(event_id, title)


def load_model_event(constraints: Constraints) -> ModelEvent | None:
    """The event that the constraints want more like; None without one, or when it is gone.

    Its vector is the stored one; without a row that fits the running model it
    is made anew from the event's text.

    Raises:
        EmbeddingError: the backend could not answer.
    """
    if constraints.more_like is None:
        return None
    event = Event.objects.select_related("venue").filter(pk=constraints.more_like.event_id).first()
    if event is None:
        return None
    return ModelEvent(_vector(event), _repeats(event), fold_name(event.title))


def vector_of(constraints: Constraints, model: ModelEvent | None) -> Vectors | None:
    """The unit vector to search with: the words', the model's, or a blend of both.

    Raises:
        EmbeddingError: the backend could not answer.
    """
    words = embed_query(constraints.query) if constraints.query else None
    if model is None:
        return words
    if words is None:
        return model.vector
    blend = MODEL_SHARE * model.vector + (1 - MODEL_SHARE) * words
    unit: Vectors = (blend / max(float(np.linalg.norm(blend)), 1e-9)).astype(np.float32)
    return unit


def _vector(event: Event) -> Vectors:
    row = (
        EventSearchRow.objects.filter(pk=event.pk, embedding_model=get_backend().name)
        .values_list("embedding", flat=True)
        .first()
    )
    if row is None:
        return embed_query(event_text(event))
    return np.asarray(row, dtype=np.float32)


def _repeats(event: Event) -> tuple[int, ...]:
    """The event, the other dates of its series, and its duplicates from other sources."""
    again = Q(start_time=event.start_time, title__iexact=event.title)
    if event.series_id:
        again |= Q(source=event.source, series_id=event.series_id)
    ids = Event.objects.filter(again).order_by("-start_time").values_list("pk", flat=True)
    return tuple({event.pk, *ids[:_MOST_REPEATS]})
