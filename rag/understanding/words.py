"""What the words of a message say, each recogniser on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rag.types import AgeRange, Order, ShownEvent
from rag.understanding.dates.calendar_words import capital_names
from rag.understanding.dates.patterns import RECURS, PatternWords, read_patterns
from rag.understanding.dates.recognition import FoundDates, find_dates
from rag.understanding.dates.shifts import MOVES, Shift, read_shift
from rag.understanding.places.addresses import find_address, without_address
from rag.understanding.talk import standing
from rag.understanding.talk.pleasantries import is_small_talk
from rag.understanding.talk.references import ShownWords, is_about_one, read_shown
from rag.understanding.text import Span, Utterance, Wish
from rag.understanding.wishes import ages, attendance, audiences, choices, distances, prices
from rag.understanding.wishes.prices import asks_for_cheaper
from rag.understanding.wishes.titles import find_titles, without_titles


@dataclass(frozen=True, slots=True)
class Words:
    """The wishes in the words, before places and zones are known.

    `shown` are the events that the words may refer to. Politeness, and a
    question about one of them, wish for nothing.
    """

    utterance: Utterance
    shown: Sequence[ShownEvent]
    referred: ShownWords
    distance: distances.DistanceWords
    price: Wish[float]
    cheaper: Span | None
    age: Wish[AgeRange]
    audience: Wish[str]
    attendance: Wish[bool]
    any_day: Span | None
    shift: Shift | None
    dates: FoundDates
    titles: tuple[Span, ...] = ()
    order: Wish[Order] = field(default_factory=Wish)
    recurring: PatternWords = field(default_factory=PatternWords)

    @classmethod
    def of(cls, message: str, shown: Sequence[ShownEvent] = ()) -> Words:
        utterance = Utterance.of("" if is_small_talk(message) else message)
        if is_about_one(utterance.low, shown):
            utterance = Utterance.of("")
        low = without_address(utterance.low, find_address(utterance.text, utterance.low))
        titles = find_titles(low)
        low = without_titles(low, titles)
        referred = read_shown(low, shown)
        distance, price = distances.read_distance(low), prices.read_price(low)
        age, cheaper = ages.read_age(low), asks_for_cheaper(low)
        any_day = standing.drops_dates(low)
        shift = read_shift(low) if MOVES.search(low) else None
        single = [span for span in (cheaper, any_day) if span is not None]
        claimed = [*distance.miles.spans, *price.spans, *age.spans, *referred.spans, *single]
        capitals = [Span(*each) for each in capital_names(utterance.text)]
        recurring = read_patterns(low) if RECURS.search(low) else PatternWords()
        return cls(
            utterance=utterance,
            shown=shown,
            referred=referred,
            distance=distance,
            price=price,
            cheaper=cheaper,
            age=age,
            audience=audiences.read_audience(low),
            attendance=attendance.read_attendance(low),
            any_day=any_day,
            shift=shift,
            dates=find_dates(low, (*recurring.spans, *recurring.names)).without(
                [*claimed, *capitals]
            ),
            titles=titles,
            order=choices.read_order(low),
            recurring=recurring,
        )

    @property
    def taken(self) -> list[Span]:
        """The words that name no place: those understood so far and the dates."""
        times = (time.span for time in self.dates.times)
        return [*self.claimed, *self.dates.spans, *times, *self.titles]

    @property
    def claimed(self) -> list[Span]:
        """The words understood so far, dates left out."""
        single = [span for span in (self.cheaper, self.any_day) if span is not None]
        if self.shift is not None:
            single.append(self.shift.span)
        wishes: tuple[Wish[Any], ...] = (
            *(self.distance.miles, self.price, self.age, self.audience, self.attendance),
            self.order,
        )
        return [
            *single,
            *self.referred.spans,
            *self.recurring.spans,
            *(span for wish in wishes for span in wish.spans),
        ]
