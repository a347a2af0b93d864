"""From one message to the constraints of one search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rag.types import Constraints, SearchContext, Source
from rag.understanding import ages, attendance, audiences, distances, prices, standing, topic
from rag.understanding.addresses import find_address, without_address
from rag.understanding.centre import Chosen, choose_centre, choose_distance
from rag.understanding.clock import Clock, Period, not_before_now
from rag.understanding.dates import DateWords, FoundDates, bound_to, find_dates, read_dates
from rag.understanding.lookup import Gazetteer
from rag.understanding.places import PlaceWords
from rag.understanding.text import Span, Utterance, Wish
from rag.understanding.whereabouts import find_places
from rag.understanding.zones import country_of_zone, writes_day_first, zone_or_none

# A time of day in the words narrows a day known from before, not a whole week.
_LONGEST_DAY = timedelta(hours=36)
_NO_CONTEXT = SearchContext()


@dataclass(frozen=True, slots=True)
class _Words:
    """What the words say, each recogniser on its own, before places and zones are known."""

    utterance: Utterance
    distance: distances.DistanceWords
    price: Wish[float]
    cheaper: Span | None
    age: Wish[int]
    audience: Wish[str]
    attendance: Wish[bool]
    any_day: Span | None
    dates: FoundDates

    @classmethod
    def of(cls, message: str) -> _Words:
        utterance = Utterance.of(message)
        low = without_address(utterance.low, find_address(utterance.text, utterance.low))
        wishes = (
            distances.read_distance(low),
            prices.read_price(low),
            ages.read_age(low),
            attendance.read_attendance(low),
        )
        any_day = standing.drops_dates(low)
        claimed = [*wishes[0].miles.spans, *wishes[1].spans, *wishes[2].spans]
        return cls(
            utterance,
            wishes[0],
            wishes[1],
            prices.asks_for_cheaper(low),
            wishes[2],
            audiences.read_audience(low),
            wishes[3],
            any_day,
            find_dates(low).without([*claimed, *([any_day] if any_day else [])]),
        )

    @property
    def taken(self) -> list[Span]:
        """The words that name no place: those understood so far and the dates."""
        times = (time.span for time in self.dates.times)
        return [*self.claimed, *self.dates.spans, *times]

    @property
    def claimed(self) -> list[Span]:
        """The words understood so far, dates left out."""
        single = [span for span in (self.cheaper, self.any_day) if span is not None]
        wishes = (self.distance.miles, self.price, self.age, self.attendance)
        return [*single, *(span for wish in wishes for span in wish.spans)]


def understand(
    message: str,
    *,
    now: datetime,
    gazetteer: Gazetteer,
    context: SearchContext = _NO_CONTEXT,
    standing: Constraints | None = None,
    server_timezone: str = "UTC",
) -> Constraints:
    """What a message asks for, given the request's context and the turn before.

    Args:
        message: 1 to 4,000 characters of anything.
        now: aware; what words like "tomorrow" refer to.
        gazetteer: asked for all names in one look-up.
        standing: the constraints of the turn before, which carry over.
        server_timezone: the zone of last resort.
    """
    return _Turn.of(message, now, gazetteer, context, standing).constraints(server_timezone)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One turn with the place found, from which each wish is decided."""

    words: _Words
    place: PlaceWords
    chosen: Chosen
    now: datetime
    context: SearchContext
    before: Constraints | None

    @classmethod
    def of(
        cls,
        message: str,
        now: datetime,
        gazetteer: Gazetteer,
        context: SearchContext,
        before: Constraints | None,
    ) -> _Turn:
        words = _Words.of(message)
        if standing.starts_over(words.utterance.low):
            before = None
        before = standing.still_standing(before, now)
        place, location = find_places(words.utterance, words.taken, context, before, gazetteer)
        chosen = choose_centre(place, location, context, before, gazetteer)
        return cls(words, place, chosen, now, context, before)

    def constraints(self, server_timezone: str) -> Constraints:
        clock = self._clock(server_timezone)
        dates = read_dates(self.words.dates.without(_place_spans(self.place)), clock)
        distance = choose_distance(
            self.words.distance, self.place, self.chosen, self.context, self.before
        )
        period, dates_from, date_spans = self._period(dates, clock)
        query, is_earlier = standing.query_of_turn(
            self._topic(date_spans), self.words.utterance.low, self.before
        )
        wishes: dict[str, tuple[Any, Source]] = {
            "place": (self.chosen.centre, self.chosen.source),
            "date_from": (period.start if period else None, dates_from),
            "date_to": (period.end if period else None, dates_from),
            "is_virtual": self._wish("is_virtual", self.words.attendance, self.context.is_virtual),
            "max_distance_miles": distance,
            "max_price": self._price(),
            "age": self._wish("age", self.words.age, _age(self.context)),
            "audience": self._wish("audience", self.words.audience, None),
            "query": (query or None, "session" if is_earlier else "message"),
        }
        return _assembled(wishes, clock, self.place, self.chosen)

    def _clock(self, server_timezone: str) -> Clock:
        """The user's clock: the context's zone, the place's, the session's or the server's."""
        place = self.chosen.centre
        names = (
            self.context.timezone,
            place.timezone if place else None,
            self.before.timezone if self.before else None,
            server_timezone,
            "UTC",
        )
        zone = next(zone for name in names if (zone := zone_or_none(name)))
        country = (place.country_code if place else None) or country_of_zone(zone.key)
        return Clock.at(self.now, zone, day_first=writes_day_first(country))

    def _topic(self, date_spans: Sequence[Span]) -> str:
        spans = [*self.words.claimed, *date_spans, *_place_spans(self.place), *self.place.phrases]
        return topic.read_topic(self.words.utterance, spans)

    def _period(
        self, dates: DateWords, clock: Clock
    ) -> tuple[Period | None, Source, Sequence[Span]]:
        """The dates, who gave them, and the words that did."""
        if dates.period is not None:
            return dates.period, "message", dates.spans
        if self.words.any_day is not None:
            return None, "default", ()
        known, source = self._known_period(clock)
        if known is not None and dates.bound is not None and _is_one_day(known):
            return bound_to(known, dates.bound, clock), "message", dates.bound_spans
        return known, source, ()

    def _known_period(self, clock: Clock) -> tuple[Period | None, Source]:
        """The dates of the context, else of the session, in the search's zone."""
        for holder, source in ((self.context, "context"), (self.before, "session")):
            if holder is None or (holder.date_from is None and holder.date_to is None):
                continue
            start = (holder.date_from or self.now).astimezone(clock.zone)
            end = holder.date_to.astimezone(clock.zone) if holder.date_to else None
            return not_before_now(Period(start, end), clock), source  # type: ignore[return-value]
        return None, "default"

    def _wish(self, name: str, words: Wish[Any], context_value: Any) -> tuple[Any, Source]:
        """The words' value, else the context's, else the session's."""
        if words.said:
            return words.value, "message"
        if context_value is not None:
            return context_value, "context"
        return getattr(self.before, name, None), "session"

    def _price(self) -> tuple[float | None, Source]:
        price, source = self._wish("max_price", self.words.price, self.context.max_price)
        if self.words.cheaper is not None and price and not self.words.price.said:
            return round(price / 2, 2), "message"
        return price, source


def _place_spans(place: PlaceWords) -> list[Span]:
    return [place.span] if place.span is not None else []


def _age(context: SearchContext) -> int | None:
    return context.age_min if context.age_min is not None else context.age_max


def _is_one_day(period: Period) -> bool:
    if period.end is None:
        return False
    return period.end.astimezone(UTC) - period.start.astimezone(UTC) <= _LONGEST_DAY


def _assembled(
    wishes: Mapping[str, tuple[Any, Source]], clock: Clock, place: PlaceWords, chosen: Chosen
) -> Constraints:
    values = {name: value for name, (value, _) in wishes.items()}
    values["query"] = values["query"] or ""
    return Constraints(
        **values,
        timezone=clock.zone.key,
        sources={name: source for name, (value, source) in wishes.items() if value is not None},
        alternatives=chosen.alternatives,
        unknown_place=place.unknown,
    )
