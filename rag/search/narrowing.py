"""Narrows a search: patterns of time as rows of half-open bounds, and what is not wanted.

"Weekday evenings" between two instants becomes one span an evening, each computed on the
wall clock of the search's zone: so an evening is an evening on both sides of a change of the
clocks.

A sentence embedder does not know "not", so each unwanted thing is looked for by itself and
what it finds is taken away. Words in a title, a name or a tag are enough. A description
mentions much, so there a phrase counts, or a single word when the event resembles it as well.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pgvector import HalfVector

from core.text import fold_name
from rag.embedding import embed_query, get_backend
from rag.search.areas import Condition
from rag.search.filters import Exclusion
from rag.search.words import WORDS_TABLE, Term, read_terms, written_out
from rag.types import TimePattern
from rag.understanding.wishes.company import read_audience

Span = tuple[datetime, datetime]

_MIDNIGHT = time()
_DAY = timedelta(days=1)
# Patterns are laid out no further than this beyond the first day: later ones fit none.
_MOST_DAYS = 3 * 366


def spans_of(
    patterns: Iterable[TimePattern], date_from: datetime, date_to: datetime, timezone: str
) -> tuple[Span, ...]:
    """The spans of all patterns between two instants, in order, disjoint, in UTC.

    Spans that meet or overlap are one. Nothing reaches beyond the two instants.
    """
    zone = ZoneInfo(timezone)
    # An evening of the day before may still go on, past midnight.
    first = date_from.astimezone(zone).date() - _DAY
    last = min(date_to.astimezone(zone).date(), first + timedelta(days=_MOST_DAYS))
    spans = (
        (max(since, date_from.astimezone(UTC)), min(until, date_to.astimezone(UTC)))
        for pattern in patterns
        for day in _days(pattern, first, last)
        for since, until in [_span(pattern, day, zone)]
    )
    return _joined_spans(sorted(span for span in spans if span[0] < span[1]))


def _days(pattern: TimePattern, first: date, last: date) -> Iterator[date]:
    """The days on which the pattern's hours begin."""
    day = first
    while day <= last:
        is_weekday = not pattern.weekdays or day.isoweekday() in pattern.weekdays
        positions = {_nth(day), _nth_from_end(day)}
        if is_weekday and (not pattern.nth or not positions.isdisjoint(pattern.nth)):
            yield day
        day += _DAY


def _nth(day: date) -> int:
    """Which one of its weekday a day is in its month, from 1."""
    return (day.day - 1) // 7 + 1


def _nth_from_end(day: date) -> int:
    """The same from the end of the month: -1 is the last one."""
    days = calendar.monthrange(day.year, day.month)[1]
    return -((days - day.day) // 7 + 1)


def _span(pattern: TimePattern, day: date, zone: ZoneInfo) -> Span:
    """The hours that begin on a day; an end that is not after the start is on the next day."""
    starts, ends = pattern.starts or _MIDNIGHT, pattern.ends or _MIDNIGHT
    end_day = day + _DAY if ends <= starts else day
    return (
        datetime.combine(day, starts, zone).astimezone(UTC),
        datetime.combine(end_day, ends, zone).astimezone(UTC),
    )


def _joined_spans(spans: Sequence[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for since, until in spans:
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((since, until))
    return tuple(joined)


# The cosine between a short term and an event at which the event is the thing itself, and at
# which a mention in its description is more than a mention. On the calendars of
# `benchmarks/conversation` "karaoke" and an open mic reach 0.54, "salsa" and a course of
# cooking 0.50; three quarters of the events that bear the term in their title reach 0.35.
ALIKE, ALIKE_AND_MENTIONED = 0.55, 0.3
# Who is meant along with an audience, and who makes an event theirs as well.
_YOUNG = ("kids", "toddlers", "babies")
_GROWN_UP = ("adults", "seniors")


def exclusions_of(terms: Iterable[str], timezone: str) -> tuple[Exclusion, ...]:
    """One exclusion a term, its words read in the language of a zone.

    Raises:
        EmbeddingError: a term could not be embedded.
    """
    return tuple(
        Exclusion(term, _condition(f"none{number}", written_out(term), timezone))
        for number, term in enumerate(dict.fromkeys(terms))
        if fold_name(term)
    )


def _condition(name: str, term: str, timezone: str) -> Condition:
    """That a row is not what the term names; ``name`` begins its parameters."""
    words = read_terms(fold_name(term), timezone)
    alike = (
        f"coalesce(r.embedding_model = %({name}model)s AND"
        f" -(r.embedding <#> %({name}vector)s::halfvec) >= {{}}, FALSE)"
    )
    condition = Condition(
        f"NOT {alike.format(ALIKE)}",
        {f"{name}vector": HalfVector(embed_query(term)), f"{name}model": get_backend().name},
    )
    audience = read_audience(term.lower()).value
    if audience:
        condition &= _not_for(name, audience)
    if words:
        told = _holds(name, "told")
        condition &= Condition(f"NOT {told}", {f"{name}told": _joined(words, "&", "AB")})
        mentioned = _holds(name, "mentioned")
        if len(words) == 1:
            mentioned = f"({alike.format(ALIKE_AND_MENTIONED)} AND {mentioned})"
        condition &= Condition(f"NOT {mentioned}", {f"{name}mentioned": _joined(words, "<->")})
    return condition


def _holds(name: str, words: str) -> str:
    """That the words of a row hold a tsquery; read by the index once a statement."""
    return (
        f"(r.event_id IN (SELECT x.event_id FROM {WORDS_TABLE} AS x"
        f" WHERE x.words @@ %({name}{words})s::tsquery))"
    )


def _joined(words: Sequence[Term], by: str, weights: str = "") -> str:
    """A tsquery for all words, each in any of its forms."""
    return f" {by} ".join(f"({word.tsquery(weights)})" for word in words)


def _not_for(name: str, audience: str) -> Condition:
    meant = _YOUNG if audience in _YOUNG else (audience,)
    also = [] if audience in _GROWN_UP else list(_GROWN_UP)
    return Condition(
        f"NOT (r.audience_tags && %({name}for)s::varchar[]"
        f" AND NOT r.audience_tags && %({name}also)s::varchar[])",
        {f"{name}for": list(meant), f"{name}also": also},
    )
