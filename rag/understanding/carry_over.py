"""What a follow-up keeps of the turn before: its topic, who comes along, its days and hours.

New words replace, narrow or drop what was in force: "what about Sunday?" keeps the
topic, "for adults instead" drops the four-year-old of before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from rag.types import AgeRange, Constraints, SearchContext, Source, TimePattern
from rag.understanding.dates.clock import Clock, Period, not_before_now
from rag.understanding.dates.patterns import hours_alone, with_hours
from rag.understanding.dates.resolution import DateWords, bound_to, weekdays_left, without_refused
from rag.understanding.dates.shifts import shifted
from rag.understanding.text import Span
from rag.understanding.wishes.company import age_suits, without_audience
from rag.understanding.wishes.topic import BETWEEN_DETAILS, DETAILS, PARTS_OF_DAY
from rag.understanding.word_lists import compile_patterns
from rag.understanding.words import Words

# A time of day in the words narrows a day known from before, not a whole week.
_LONGEST_DAY = timedelta(hours=36)
_PATTERNS = compile_patterns(__file__, "patterns.toml", "carry_over")


@dataclass(frozen=True, slots=True)
class TurnTopic:
    """The words to search for.

    `is_earlier` says that they are those of the turn before, `stays` that the
    conversation is still about the same.
    """

    query: str
    is_earlier: bool
    stays: bool


def topic_of_turn(said: str, words: Words, before: Constraints | None) -> TurnTopic:
    """The topic to search for, from what the words name and what was searched for before.

    A follow-up that names no topic keeps the earlier one ("what about
    Sunday?"); one that narrows is added to it ("only for kids"), in the place
    of an earlier detail of its kind ("for adults instead").
    """
    if before is None:
        return TurnTopic(said, is_earlier=False, stays=False)
    earlier = _still_meant(before, words, said)
    if not said or said.isdigit():  # "make that 10" names no topic
        return TurnTopic(earlier, is_earlier=bool(earlier), stays=True)
    if not _narrows(said, words):
        return TurnTopic(said, is_earlier=False, stays=_is_same(said, before.query))
    known = earlier.casefold().split()
    added = " ".join(word for word in said.split() if word.casefold() not in known)
    return TurnTopic(f"{earlier} {added}".strip(), is_earlier=not added, stays=True)


def without_name(said: str, place: str) -> str:
    """A topic without the place of before, which another one replaces ("not Napa, Sonoma")."""
    left = said.casefold().removeprefix("forget ").removesuffix(place.casefold()).strip()
    return "" if not left else said


def _narrows(said: str, words: Words) -> bool:
    low = words.utterance.low
    if (
        words.referred.more_like is not None
        or _PATTERNS["refines"].match(low)
        or _PATTERNS["ones"].search(low)
    ):
        return True
    rest = said.lower().split()
    if words.audience.value is not None:
        rest = without_audience(said.lower(), words.audience.value).split()
    return all(word in DETAILS or word in BETWEEN_DETAILS for word in rest)


def _still_meant(before: Constraints, words: Words, said: str) -> str:
    """The earlier topic without the company and the part of the day that the words replace."""
    query = before.query
    if before.unknown_place:
        query = _without_place(query, before.unknown_place)
    named = words.audience
    is_replaced = named.said and named.value != before.audience
    is_dropped = words.age.said and words.age.value is None
    if before.audience and (is_replaced or is_dropped):
        query = without_audience(query, before.audience)
    if PARTS_OF_DAY & set(said.lower().split()):
        query = " ".join(word for word in query.split() if word.lower() not in PARTS_OF_DAY)
    return query


def _without_place(query: str, place: str) -> str:
    """A topic without the place that nobody knew: the answer asked for another one."""
    named = rf"(?:\b(?:in|near|around|at|outside|of|from) )?(?:the )?\b{re.escape(place)}(?!\w)"
    return " ".join(re.sub(named, " ", query, flags=re.IGNORECASE).split())


def _is_same(said: str, earlier: str) -> bool:
    """Whether the words only name the earlier topic again."""
    return set(said.casefold().split()) <= set(earlier.casefold().split())


def company_of_turn(
    words: Words, context: SearchContext, before: Constraints | None
) -> tuple[tuple[str | None, Source], tuple[AgeRange | None, Source]]:
    """The audience and the age, each with who named it: the words, the context or the session.

    What the session remembers gives way to words that it does not suit: "for
    adults instead" drops the four-year-old of before.
    """
    audience: tuple[str | None, Source]
    age: tuple[AgeRange | None, Source]
    if words.audience.said:
        audience = words.audience.value, "message"
    else:
        audience = before.audience if before else None, "session"
    if words.age.said:
        age = words.age.value, "message"
    elif context.age_min is not None or context.age_max is not None:
        age = AgeRange(context.age_min, context.age_max), "context"
    else:
        age = before.age if before else None, "session"
    if audience[0] and age[0] is not None and not age_suits(audience[0], age[0]):
        if age[1] == "session":
            age = None, "session"
        elif audience[1] == "session":
            audience = None, "session"
    return audience, age


@dataclass(frozen=True, slots=True)
class DaysOfTurn:
    """The days and hours of a turn, from its words, the request's context and the turn before."""

    words: Words
    context: SearchContext
    before: Constraints | None
    now: datetime
    clock: Clock

    def period(self, dates: DateWords) -> tuple[Period | None, Source, Sequence[Span]]:
        """The dates, who gave them, and the words that did."""
        (known, source), clock = self.known, self.clock
        if self.words.shift is not None and self.before is not None:
            moved = shifted(known, self.words.shift, clock)
            return (moved, "message", ()) if moved else (known, source, ())
        if dates.period is not None:
            return dates.period, "message", dates.spans
        if self.words.any_day is not None:
            return None, "default", ()
        if known is not None and dates.refused:
            return without_refused(known, dates.refused, clock), "message", dates.spans
        if known is not None and dates.bound is not None and _is_one_day(known):
            return bound_to(known, dates.bound, clock), "message", dates.bound_spans
        return known, source, dates.spans

    def times(
        self, dates: DateWords, period: Period | None, dates_from: Source
    ) -> tuple[tuple[TimePattern, ...] | None, Source]:
        """The recurring days and hours in the words; those in force stay until others are named.

        Hours narrow each day of a longer range. Dates that are named leave only the hours.
        """
        said, found, bound = self.words.recurring.pattern, self.words.dates, dates.bound
        known = self.before.times if self.before and self.words.any_day is None else ()
        in_force = period if period is not None and dates_from == "message" else None
        left = () if dates.weekdays else weekdays_left(period, dates.refused, self.clock)
        said = TimePattern(tuple(left)) if said is None and left else said
        is_longer = period is not None and not _is_one_day(period) and len(found.times) == 1
        are_meant = bound is not None and (
            (dates.each_day if dates.period else is_longer)
            or (period is None and hours_alone(self.words.utterance.low, found.times))
            or said is not None
        )
        bound = bound if are_meant else None
        if said is None and in_force is not None and dates.weekdays:
            said = TimePattern(dates.weekdays)
        if said is not None:
            if bound is None and known and not found.times:
                return (replace(said, starts=known[0].starts, ends=known[0].ends),), "message"
            return (with_hours(said, bound),), "message"
        if bound is not None:
            days = known[0] if known and in_force is None else TimePattern()
            return (with_hours(days, bound),), "message"
        if in_force is not None:
            hours = [replace(each, weekdays=(), nth=()) for each in known if each.starts]
            known = () if found.times else tuple(hours)
        return known or None, "session"

    @property
    def known(self) -> tuple[Period | None, Source]:
        """The dates of the context, else of the session, in the search's zone."""
        for holder, source in ((self.context, "context"), (self.before, "session")):
            if holder is None or (holder.date_from is None and holder.date_to is None):
                continue
            start = (holder.date_from or self.now).astimezone(self.clock.zone)
            end = holder.date_to.astimezone(self.clock.zone) if holder.date_to else None
            return not_before_now(Period(start, end), self.clock), source  # type: ignore[return-value]
        return None, "default"


def _is_one_day(period: Period) -> bool:
    if period.end is None:
        return False
    return period.end.astimezone(UTC) - period.start.astimezone(UTC) <= _LONGEST_DAY
