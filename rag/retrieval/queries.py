"""Makes the queries of a search: one a topic, its vector, and the event that others are to
resemble.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings
from django.db.models import Q

from core.text import fold_name
from events.models import Event, EventSearchRow
from events.search_table.rows import event_text
from rag.embedding import embed_query, get_backend
from rag.embedding.base import Vectors
from rag.ranking.fitting import NO_WORDS, Asked
from rag.ranking.scoring import names_only_an_audience, related_audiences
from rag.search.areas import Circle
from rag.search.filters import Audience, Exclusion, SearchFilter
from rag.search.narrowing import Span, spans_of
from rag.search.run import FoundOnline
from rag.search.words import FullTextQuery, read_words, written_out
from rag.types import AgeRange, Constraints, EventSummary, MoreLike
from rag.understanding.wishes.company import AUDIENCE_AGES
from rag.understanding.wishes.names import capitalised_names

# The least cosine between a query and what is found.
SIMILARITY_THRESHOLD = 0.1
MOST_TOPICS = 4
# What a listing seldom says, because everybody knows it: music in a bar is live.
_UNSAID = frozenset({"live"})
_JOINING = frozenset({"or", "and", "either", "any", "both", "maybe", "perhaps", "whatever"})


def searches_of(constraints: Constraints) -> list[Constraints]:
    """The constraints themselves, or one copy for each of their topics.

    What the query says beside the topics belongs to each: "swing or contra dancing" is
    "swing dancing" or "contra dancing".

    >>> wishes = Constraints(query="swing or contra dancing", any_of=("swing", "contra"))
    >>> [each.query for each in searches_of(wishes)]
    ['swing dancing', 'contra dancing']
    """
    topics = [topic for topic in dict.fromkeys(constraints.any_of) if fold_name(topic)]
    if len(topics) < 2:
        return [replace(constraints, query=written_out(constraints.query))]
    named = {word for topic in topics for word in fold_name(topic).split()} | _JOINING
    rest = [word for word in constraints.query.split() if not set(fold_name(word).split()) <= named]
    return [
        replace(constraints, query=written_out(" ".join([topic, *rest])), any_of=())
        for topic in topics[:MOST_TOPICS]
    ]


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


def words_of(constraints: Constraints) -> FullTextQuery | None:
    """The full-text query; None for a search by resemblance, which the vector alone decides."""
    if constraints.more_like is not None:
        return None
    names = (*constraints.names, *capitalised_names(constraints.query))
    return read_words(constraints.query, names, constraints.timezone)


def asked_of(words: FullTextQuery | None) -> Asked:
    """How much the words of a query tell; a query without a telling word tells nothing."""
    if words is None:
        return NO_WORDS
    weights = (0.0 if _UNSAID.issuperset(word.forms) else word.weight for word in words.words)
    return Asked(tuple(weights), words.is_common)


def search_filter(
    constraints: Constraints,
    *,
    now: datetime,
    window_days: int | None = None,
    excluded: tuple[Exclusion, ...] = (),
) -> SearchFilter:
    """The constraints as the search's filter, with the default window where no date is named.

    `excluded` is what `exclusions_of` makes of the constraints' `none_of`.
    """
    date_from = constraints.date_from or now
    window = timedelta(days=window_days or settings.DEFAULT_WINDOW_DAYS)
    date_to = max(constraints.date_to or date_from + window, date_from)
    spans: tuple[Span, ...] | None = None
    if constraints.times:
        spans = spans_of(constraints.times, date_from, date_to, constraints.timezone)
        if spans:  # the pattern's own bounds, for the index
            date_from, date_to = spans[0][0], spans[-1][1]
    circle = None
    if constraints.place is not None and constraints.max_distance_miles is not None:
        place = constraints.place
        circle = Circle(place.lat, place.lng, constraints.max_distance_miles)
    return SearchFilter(
        date_from=date_from,
        date_to=date_to,
        circle=None if constraints.is_virtual else circle,
        is_virtual=constraints.is_virtual,
        max_price=constraints.max_price,
        currency=constraints.currency or "",
        age=constraints.age,
        not_event_ids=constraints.not_event_ids,
        spans=spans,
        excluded=excluded,
        audience=_audience_of(constraints),
    )


def _audience_of(constraints: Constraints) -> Audience | None:
    """Whom a search that says nothing else is for."""
    name = constraints.audience
    if name is None or not names_only_an_audience(constraints):
        return None
    ages = AUDIENCE_AGES.get(name)
    return Audience(name, related_audiences(name), AgeRange(*ages) if ages else None)


class TopicQuery:
    """One topic of a question: its vector and words, which its relaxations share."""

    def __init__(
        self, constraints: Constraints, model: ModelEvent | None, *, by_audience: bool
    ) -> None:
        self.constraints = constraints
        # The likeness of "kids" to an event does not tell whom it is for.
        self.by_audience = by_audience and names_only_an_audience(constraints)
        self.vector = None if self.by_audience else vector_of(constraints, model)
        self.words = words_of(constraints)
        self.found_online: FoundOnline = {}

    @property
    def asked(self) -> Asked:
        return NO_WORDS if self.vector is None else asked_of(self.words)
