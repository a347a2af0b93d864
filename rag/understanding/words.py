"""What the words of a message say: each recogniser is asked that some word of it concerns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rag.types import AgeRange, Order, ShownEvent
from rag.understanding.dates.calendar_words import capital_names
from rag.understanding.dates.patterns import RECURS, PatternWords, read_patterns
from rag.understanding.dates.recognition import FoundDates, find_dates
from rag.understanding.dates.shifts import MOVES, Shift, read_shift
from rag.understanding.places.landmarks import find_address, without_address
from rag.understanding.talk.mentions import Shown
from rag.understanding.talk.pleasantries import drops_dates, is_small_talk
from rag.understanding.talk.references import ShownWords, is_about_one, read_shown
from rag.understanding.text import Span, Utterance, Wish
from rag.understanding.wishes.company import read_age, read_audience
from rag.understanding.wishes.names import LISTED, find_titles, without_titles
from rag.understanding.wishes.prices import asks_for_cheaper, read_price
from rag.understanding.wishes.reach import DistanceWords, read_attendance, read_distance
from rag.understanding.wishes.topic import read_order
from rag.understanding.word_lists import read_patterns as read_file

_TRIGGERS = {
    name: re.compile(pattern) for name, pattern in read_file(__file__, "triggers.toml").items()
}
_LEAD = re.compile(
    r"(?:(?:ok(?:ay)?|no|oh|hm+|wait|sorry|actually|well|i mean(?:t)?|let's (?:do|try)),? )+"
)
_UNSAID: Wish[Any] = Wish()


def concerned(low: str) -> frozenset[str]:
    """The recognisers, by their names in `triggers.toml`, that lower-case text may concern."""
    found = {name for name, pattern in _TRIGGERS.items() if pattern.search(low)}
    return frozenset(found | {"names"} if LISTED.search(low) else found)


def _shift(low: str) -> Shift | None:
    """A move of the dates, after words that only lead to it ("I meant the week after")."""
    start = lead.end() if (lead := _LEAD.match(low)) else 0
    shift = read_shift(low[start:])
    return replace(shift, span=shift.span.moved(start)) if shift else None


@dataclass(frozen=True, slots=True)
class Words:
    """The wishes in the words, before places and zones are known.

    `shown` are the events that the words may refer to. Politeness, and a
    question about one of them, wish for nothing.
    """

    utterance: Utterance
    shown: Sequence[ShownEvent]
    referred: ShownWords
    distance: DistanceWords
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
        known = Shown(shown) if shown else None
        shown = known.listed if known else ()
        utterance = Utterance.of("" if is_small_talk(message) else message)
        if shown and is_about_one(utterance.low, shown):
            utterance = Utterance.of("")
        low = utterance.low
        asked = concerned(low)
        if "address" in asked:
            low = without_address(low, find_address(utterance.text, low))
        titles = find_titles(low) if "names" in asked else ()
        low = without_titles(low, titles) if titles else low
        referred = (
            read_shown(low, shown, known.spoken_of if known else ())
            if "shown" in asked
            else ShownWords()
        )
        distance = read_distance(low) if "distance" in asked else DistanceWords(_UNSAID)
        price = read_price(low) if "price" in asked else _UNSAID
        cheaper = asks_for_cheaper(low) if "price" in asked else None
        age = read_age(low) if "age" in asked else _UNSAID
        any_day = drops_dates(low)
        shift = _shift(low) if MOVES.search(low) else None
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
            audience=read_audience(low),
            attendance=read_attendance(low) if "attendance" in asked else _UNSAID,
            any_day=any_day,
            shift=shift,
            dates=find_dates(low, (*recurring.spans, *recurring.names)).without(
                [*claimed, *capitals]
            ),
            titles=titles,
            order=read_order(low),
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
