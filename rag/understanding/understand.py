"""From one message to the constraints of one search."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from events.places.zones import country_of_zone, writes_day_first, zone_or_none
from rag.types import (
    Constraints,
    Mended,
    MoreLike,
    Order,
    SearchContext,
    ShownEvent,
    Source,
)
from rag.understanding.carry_over import (
    DaysOfTurn,
    TurnTopic,
    company_of_turn,
    topic_of_turn,
    without_name,
)
from rag.understanding.dates.clock import Clock
from rag.understanding.dates.patterns import only_hours
from rag.understanding.dates.resolution import read_dates, read_within
from rag.understanding.places.centre import (
    Chosen,
    choose_centre,
    choose_distance,
    given_location,
)
from rag.understanding.places.lookup import PlaceLookup
from rag.understanding.places.places_of_turn import find_places
from rag.understanding.places.resolution import PlaceWords
from rag.understanding.places.vocabulary import NAMES_OF_PEOPLE, NICKNAMES, ORDINARY_WORDS
from rag.understanding.talk.pleasantries import starts_over, still_standing
from rag.understanding.text import Span, Wish, topics_mended
from rag.understanding.wishes import names, topic
from rag.understanding.wishes.prices import cheaper_price, read_currency
from rag.understanding.words import Words

# More than anyone was shown in one conversation on one topic.
_MOST_LEFT_OUT = 200
_NO_CONTEXT = SearchContext()
_SPELLED_RIGHT = ORDINARY_WORDS | NAMES_OF_PEOPLE | NICKNAMES.keys() | topic.LITTLE_WORDS


def understand(
    message: str,
    *,
    now: datetime,
    gazetteer: PlaceLookup,
    context: SearchContext = _NO_CONTEXT,
    standing: Constraints | None = None,
    shown: Sequence[ShownEvent] = (),
    server_timezone: str = "UTC",
) -> Constraints:
    """What a message asks for, given the request's context and the turn before.

    Args:
        message: 1 to 4,000 characters of anything.
        now: aware; what words like "tomorrow" refer to.
        gazetteer: asked for all names in one look-up.
        standing: the constraints of the turn before, which carry over.
        shown: the events of the last answer in citation order, which words may refer to.
        server_timezone: the zone of last resort.
    """
    message, slips = made_ready(message, gazetteer)
    quoted: tuple[str, ...] = ()
    rest = message
    if names.QUOTE.search(message):
        quoted, rest = names.split_quoted(message, [event.title for event in shown])
    slips += tuple(Mended(typed, word) for typed, word in topics_mended(rest))
    words = Words.of(rest, shown)
    understood = _Turn.of(words, now, gazetteer, context, standing).constraints(server_timezone)
    understood = replace(understood, mended=(*slips, *understood.mended))
    if quoted:
        return _with_names(understood, quoted)
    is_same_topic = standing is not None and understood.sources.get("query") == "session"
    return replace(understood, names=standing.names) if standing and is_same_topic else understood


def made_ready(message: str, gazetteer: PlaceLookup) -> tuple[str, tuple[Mended, ...]]:
    """A message spelled as the calendar does, and the words that were not."""
    text, slips = message, gazetteer.own.misspelt(message, _SPELLED_RIGHT)
    towns = gazetteer.find(slips.keys()) if slips else {}
    for typed, right in slips.items():
        if not any(town.is_primary for town in towns.get(typed, ())):
            text = re.sub(rf"\b{typed}\b", right, text)
    return text, tuple(Mended(*pair) for pair in slips.items() if pair[1] in text)


def _with_names(understood: Constraints, quoted: tuple[str, ...]) -> Constraints:
    """Quoted names stand in the query too; a topic of the turn before does not."""
    sources = dict(understood.sources)
    rest = "" if sources.get("query") == "session" else understood.query
    sources["query"] = "message"
    query = " ".join([*quoted, rest]).strip()
    return replace(understood, query=query, names=quoted, sources=sources)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One turn with the place found, from which each wish is decided."""

    words: Words
    place: PlaceWords
    chosen: Chosen
    now: datetime
    context: SearchContext
    before: Constraints | None

    @classmethod
    def of(
        cls,
        words: Words,
        now: datetime,
        gazetteer: PlaceLookup,
        context: SearchContext,
        before: Constraints | None,
    ) -> _Turn:
        if starts_over(words.utterance.low):
            before = None
        before = still_standing(before, now)
        place, location = find_places(words.utterance, words.taken, context, before, gazetteer)
        chosen = choose_centre(place, location, context, before, gazetteer)
        return cls(words, place, chosen, now, context, before)

    def constraints(self, server_timezone: str) -> Constraints:
        clock = self._clock(server_timezone)
        found = self.words.dates.without(_place_spans(self.place))
        turn = DaysOfTurn(self.words, self.context, self.before, self.now, clock)
        days = replace(found, times=()) if self.words.recurring.pattern else found
        dates = read_within(days, turn.known[0], clock) or read_dates(days, clock)
        distance = choose_distance(
            self.words.distance, self.place, self.chosen, self.context, self.before
        )
        period, dates_from, date_spans = turn.period(dates)
        times = turn.times(read_dates(found, clock), period, dates_from)
        if times[1] == "message":
            hours = only_hours(found.low, found.times)
            if period is not None and dates_from != "message":
                hours = tuple(each.span for each in found.times)
            date_spans = (*date_spans, *hours)
        about = self._about(date_spans)
        is_new = bool(about.query) and not self.words.utterance.low.startswith("or ")
        if self.before and self.before.query and is_new and not about.stays:
            return self._of_new_subject().constraints(server_timezone)
        refused = self._refused(date_spans).names
        none_of = topic.refused_of_turn(refused, about.query, self.before, stays=about.stays)
        any_of = topic.topics_of_choice(about.query)
        audience, age = company_of_turn(self.words, self.context, self.before)
        wishes: dict[str, tuple[Any, Source]] = {
            "place": (self.chosen.centre, self.chosen.source),
            "date_from": (period.start if period else None, dates_from),
            "date_to": (period.end if period else None, dates_from),
            "is_virtual": self._wish("is_virtual", self.words.attendance, self.context.is_virtual),
            "max_distance_miles": distance,
            "beside": self._beside(),
            **self._price(clock),
            "age": age,
            "audience": audience,
            "times": times,
            "any_of": (any_of or None, "session" if about.is_earlier else "message"),
            "none_of": (none_of or None, "message" if refused else "session"),
            "order": self._order(about),
            "query": (about.query or None, "session" if about.is_earlier else "message"),
            "more_like": self._more_like(about),
            "not_event_ids": self._not_again(about, dates_from),
        }
        return _assembled(wishes, clock, self.place, self.chosen)

    def _of_new_subject(self) -> _Turn:
        """The same turn without the wishes that belonged to the subject of before."""
        before = self.before or Constraints()
        unwished = replace(
            before, query="", names=(), audience=None, age=None, max_price=None, currency=None
        )
        return replace(self, before=unwished)

    def _beside(self) -> tuple[str | None, Source]:
        """The location that the context gave when the words named another."""
        if self.chosen.source == "message":
            return given_location(self.context) or None, "message"
        return (self.before.beside if self.before and self.chosen.source == "session" else None), (
            "session"
        )

    def _clock(self, server_timezone: str) -> Clock:
        """The clock of the place, else of the context, the session or the server."""
        place = self.chosen.centre
        names = (
            place.timezone if place else None,
            self.context.timezone,
            self.before.timezone if self.before else None,
            server_timezone,
            "UTC",
        )
        zone = next(zone for name in names if (zone := zone_or_none(name)))
        country = (place.country_code if place else None) or country_of_zone(zone.key)
        return Clock.at(self.now, zone, day_first=writes_day_first(country), country_code=country)

    def _about(self, date_spans: Sequence[Span]) -> TurnTopic:
        spans = [*self.words.claimed, *date_spans, *_place_spans(self.place), *self.place.phrases]
        spans += self._refused(date_spans).spans
        said = topic.read_topic(self.words.utterance, spans, self.words.titles)
        if self.before and self.before.place and self.chosen.source == "message":
            said = without_name(said, self.before.place.label.partition(",")[0])
        return topic_of_turn(said, self.words, self.before)

    def _refused(self, date_spans: Sequence[Span]) -> topic.Refused:
        spans = [*self.words.claimed, *date_spans, *_place_spans(self.place), *self.place.phrases]
        found = topic.read_refused(self.words.utterance.low, spans)
        place, low = self.place, self.words.utterance.low
        # "Mahjong, but not in Ephrata", "in Boston, not in Cambridge"; not "not Napa, Sonoma".
        start = place.span.start if place.span is not None else 0
        refused = [name for name in place.refused if low.rfind(name) >= start]
        return replace(found, names=(*found.names, *refused))

    def _more_like(self, about: TurnTopic) -> tuple[MoreLike | None, Source]:
        """The model in the words, else the context's, else the session's while its topic stays."""
        referred, given = self.words.referred, self.context.more_like
        if referred.more_like is not None and not (referred.points and given):
            return referred.more_like, "message"
        if given is not None:
            return given, "context"
        return (self.before.more_like if self.before and about.stays else None), "session"

    def _order(self, about: TurnTopic) -> tuple[Order | None, Source]:
        if self.words.order.said:
            return self.words.order.value, "message"
        known = self.before.order if self.before and about.stays else "relevance"
        return (None if known == "relevance" else known), "session"

    def _not_again(
        self, about: TurnTopic, dates_from: Source
    ) -> tuple[tuple[int, ...] | None, Source]:
        """What is left out; another topic, place or time is looked at afresh."""
        is_afresh = not about.stays or "message" in (dates_from, self.chosen.source)
        kept = self.before.not_event_ids if self.before and not is_afresh else ()
        new = self.words.referred.excluded
        ids = tuple(dict.fromkeys((*kept, *new)))[-_MOST_LEFT_OUT:]
        return ids or None, "message" if new else "session"

    def _wish(self, name: str, words: Wish[Any], context_value: Any) -> tuple[Any, Source]:
        """The words' value, else the context's, else the session's."""
        if words.said:
            return words.value, "message"
        if context_value is not None:
            return context_value, "context"
        return getattr(self.before, name, None), "session"

    def _price(self, clock: Clock) -> dict[str, tuple[Any, Source]]:
        """The highest price and its currency, which come from the same source."""
        words = self.words
        price, source = self._wish("max_price", words.price, self.context.max_price)
        holder = self.context if source == "context" else self.before
        if words.price.said:
            currency = read_currency(words.utterance.low, words.price, clock.country_code)
        else:
            currency = holder.currency if holder and price is not None else None
        if words.cheaper is not None and not words.price.said:
            price, currency = cheaper_price(words.utterance.low, words.shown, price, currency)
            source = "message"
        return {"max_price": (price, source), "currency": (currency, source)}


def _place_spans(place: PlaceWords) -> list[Span]:
    return [place.span] if place.span is not None else []


def _assembled(
    wishes: Mapping[str, tuple[Any, Source]], clock: Clock, place: PlaceWords, chosen: Chosen
) -> Constraints:
    values = {name: value for name, (value, _) in wishes.items()}
    values["query"] = values["query"] or ""
    values["beside"] = values["beside"] or ""
    for name in ("times", "any_of", "none_of"):
        values[name] = values[name] or ()
    values["order"] = values["order"] or "relevance"
    values["not_event_ids"] = values["not_event_ids"] or ()
    return Constraints(
        **values,
        timezone=clock.zone.key,
        sources={
            name: source
            for name, (value, source) in wishes.items()
            if value is not None and name != "beside"
        },
        alternatives=chosen.alternatives,
        unknown_place=place.unknown,
        mended=place.mended,
    )
