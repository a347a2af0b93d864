"""The one door to retrieval: what the rest of the project uses of `rag`, beside `rag.types`.

`get_context_events` does everything. A chat turn, which must refuse a bad
request before it answers at all, takes the two steps by themselves:
`understand_message`, then `find_events`. Lists of events and followed searches
come through here too.

All of it is synchronous and visits the database: call it in a worker thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.errors import InvalidRequest
from rag.embedding import EmbeddingError, check_dimensions, get_backend
from rag.feeds.date_rules import DateRule, rule_from_json, rule_to_json
from rag.feeds.followed_search import FollowedSearch, followed_ids, search_of_message
from rag.feeds.rule_recognition import rule_of_dates
from rag.feeds.wording import describe_rule, describe_search
from rag.geocoding.geocoder import configured_geocoder
from rag.ranking.scoring import HEAVIEST, Weights, weight_names, weights_with
from rag.retrieval.pipeline import FindOptions, count_matches, find_events
from rag.retrieval.queries import find_more_like
from rag.retrieval.whole import count_events, match_events
from rag.search.areas import Box, Circle
from rag.search.filters import SearchFilter
from rag.search.listing import Key, Listing, Sort, count_listed, list_rows
from rag.types import (
    Act,
    Constraints,
    EventCount,
    MatchCount,
    MoreLike,
    Reading,
    Retrieval,
    SearchContext,
    ShownEvent,
)
from rag.understanding import Turn, constraints_from_json, constraints_to_json, read
from rag.understanding.languages import recognition
from rag.understanding.languages.recognition import in_english, in_language
from rag.understanding.model_reading import READING_SCHEMA, believed
from rag.understanding.places import lookup
from rag.understanding.places.centre import default_radius
from rag.understanding.places.lookup import centre_of
from rag.understanding.sureness import sureness
from rag.understanding.talk.pleasantries import small_talk_kind
from rag.understanding.wishes.company import read_audience
from rag.understanding.wishes.prices import currency_sign

__all__ = [
    "HEAVIEST",
    "READING_SCHEMA",
    "Box",
    "Circle",
    "DateRule",
    "EmbeddingError",
    "EventCount",
    "FindOptions",
    "FollowedSearch",
    "Key",
    "Listing",
    "MatchCount",
    "SearchFilter",
    "Sort",
    "Weights",
    "centre_of",
    "constraints_from_json",
    "constraints_to_json",
    "count_events",
    "count_listed",
    "count_matches",
    "currency_sign",
    "default_radius",
    "describe_rule",
    "describe_search",
    "find_events",
    "followed_ids",
    "get_backend",
    "get_context_events",
    "in_english",
    "in_language",
    "list_rows",
    "match_events",
    "read_as_model",
    "read_audience",
    "read_message",
    "require_more_like",
    "rule_from_json",
    "rule_of_dates",
    "rule_to_json",
    "search_of_message",
    "small_talk_kind",
    "understand_message",
    "warm_up",
    "weight_names",
    "weights_with",
]

NO_CONTEXT = SearchContext()


def warm_up() -> None:
    """Loads what the first question would otherwise wait for: the model, the place names.

    Raises:
        EmbeddingError, ImproperlyConfigured: the embedding backend or the geocoder
            cannot be used.
    """
    configured_geocoder()
    check_dimensions()
    lookup.warm_up()
    recognition.warm_up()


def get_context_events(
    user_message: str,
    max_events: int = 8,
    similarity_threshold: float = 0.1,
    time_filter_days: int | None = None,
    date_from: datetime | None = None,
    date_to: datetime | None = None,
    location: str | None = None,
    is_virtual: bool | None = None,
    max_distance_miles: float | None = None,
    user_lat: float | None = None,
    user_lng: float | None = None,
    context: SearchContext = NO_CONTEXT,
    standing: Constraints | None = None,
    shown: Sequence[ShownEvent] = (),
    now: datetime | None = None,
) -> Retrieval:
    """The events that fit a message, best first, and what was understood.

    Args:
        user_message: the words, as typed.
        max_events: how many to recommend (at most 10).
        similarity_threshold: least cosine to what is left of the words.
        time_filter_days: how far ahead to look when nothing names a date;
            `settings.DEFAULT_WINDOW_DAYS` when omitted.
        date_from, date_to: aware, half-open; used unless the words say otherwise.
        location, is_virtual, max_distance_miles, user_lat, user_lng: as in `context`,
            which they override.
        standing: the constraints of the conversation so far.
        shown: the events of its last answer, which words may refer to.
        now: the "now" that words refer to; default the clock.

    Raises:
        InvalidRequest: the context contradicts itself.
        RetrievalError: the events could not be searched.
    """
    given: dict[str, Any] = {
        "date_from": date_from,
        "date_to": date_to,
        "location": location,
        "is_virtual": is_virtual,
        "max_distance_miles": max_distance_miles,
        "user_lat": user_lat,
        "user_lng": user_lng,
    }
    context = replace(context, **{key: value for key, value in given.items() if value is not None})
    now = now or timezone.now()
    constraints = understand_message(
        user_message, context=context, standing=standing, shown=shown, now=now
    )
    return find_events(
        constraints,
        now=now,
        options=FindOptions(
            max_events=max_events,
            similarity_threshold=similarity_threshold,
            time_filter_days=time_filter_days,
        ),
    )


def require_more_like(event_id: int) -> MoreLike:
    """The event that a request's context names as a model for others.

    Raises:
        InvalidRequest: there is no such event, or it is cancelled.
    """
    model = find_more_like(event_id)
    if model is None:
        raise InvalidRequest(
            "There is no such event to find others like it.",
            fields={
                "context.more_like_event_id": "must be the id of an event that is not cancelled"
            },
        )
    return model


def understand_message(
    message: str,
    *,
    context: SearchContext = NO_CONTEXT,
    standing: Constraints | None = None,
    shown: Sequence[ShownEvent] = (),
    now: datetime | None = None,
) -> Constraints:
    """What a message asks for in its context, read as a search whatever it says.

    Raises:
        InvalidRequest: a distance in the context without any centre.
    """
    turn = _turn(context, standing, shown, now)
    return _measurable(turn.understand(message))


def read_message(
    message: str,
    *,
    context: SearchContext = NO_CONTEXT,
    standing: Constraints | None = None,
    shown: Sequence[ShownEvent] = (),
    now: datetime | None = None,
    before: Act | None = None,
) -> Reading:
    """What a message wants done, by rules, and the wishes in force after it.

    Args:
        message: 1 to 4,000 characters, as typed.
        standing: the constraints of the conversation so far.
        shown: all events that the conversation showed, once for each answer that did, the
            latest answer first and each answer in citation order.
        before: the first act of the turn before; "and the second one?" asks it again.

    Raises:
        InvalidRequest: a distance in the context without any centre.
    """
    reading = read(message, replace(_turn(context, standing, shown, now), before=before))
    _measurable(reading.constraints)
    sure = sureness(message, reading)
    acts = (replace(act, confidence=min(act.confidence, sure)) for act in reading.acts)
    return replace(reading, acts=tuple(acts))


def read_as_model(
    said: object,
    message: str,
    rules: Reading,
    *,
    context: SearchContext = NO_CONTEXT,
    standing: Constraints | None = None,
    shown: Sequence[ShownEvent] = (),
    now: datetime | None = None,
) -> Reading | None:
    """The reading of a message by a language model, as far as it holds; None where nothing does.

    Args:
        said: what the model made of `READING_SCHEMA`, as JSON.
        rules: the reading of `read_message`, whose words and dates it is checked against.
        context, standing, shown, now: as in `read_message`.
    """
    return believed(said, message, rules, _turn(context, standing, shown, now))


def _turn(
    context: SearchContext,
    standing: Constraints | None,
    shown: Sequence[ShownEvent],
    now: datetime | None,
) -> Turn:
    geocoder = configured_geocoder()
    return Turn(
        now=now or timezone.now(),
        gazetteer=lookup.StoredPlaces(geocoder.find if geocoder else None),
        context=context,
        standing=standing,
        shown=shown,
        server_timezone=settings.TIME_ZONE,
    )


def _measurable(constraints: Constraints) -> Constraints:
    """The constraints, unless the context gives a distance without any centre."""
    radius_without_centre = (
        constraints.place is None
        and constraints.max_distance_miles is not None
        and constraints.sources.get("max_distance_miles") == "context"
        and not constraints.is_virtual
    )
    if radius_without_centre:
        raise InvalidRequest(
            "A distance needs a place to measure from.",
            fields={"max_distance_miles": "give a location, location_id or user_location too"},
        )
    return constraints
