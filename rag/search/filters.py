"""From constraints to SQL: which rows of the search table may be in the answer.

Every filter is SQL; nothing is dropped in Python afterwards. The circle is a
list of grid cells (for the index), then the squared chord (for exactness).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from events.models.search import BRIEF
from rag.search.areas import Box, Circle, Condition, in_box, in_cells, near
from rag.types import AgeRange

# An event shorter than this fits a span that it reaches into; one of a whole day, which has
# 23 hours when the clocks go forward, does not.
SHORT = timedelta(hours=23)
SHORT_AS_INTERVAL = "interval '23 hours'"


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """What a row must satisfy. Times are aware, the range half-open.

    `is_virtual` True: one can attend online, wherever. False: one can attend
    in person, within the circle if there is one. None: within the circle, or
    online. With a `currency` (ISO 4217), `max_price` leaves out prices in another one, but
    not those in none. `during` narrows the range to the half-open ranges of a list, when it
    has any; `spans`, in order and disjoint, to what begins in one of them, or is brief and
    still on in it. Nothing of what is `excluded` is found. With a `box`, only what takes
    place in it; with a `tag` or `status`, only what has it; with an `audience`, only what suits
    it. `by_cells` False is for rows that do not tell their grid cell.
    """

    date_from: datetime
    date_to: datetime
    circle: Circle | None = None
    is_virtual: bool | None = None
    max_price: float | None = None
    currency: str = ""
    age: AgeRange | None = None
    not_event_ids: tuple[int, ...] = ()
    during: tuple[tuple[datetime, datetime], ...] = ()
    spans: tuple[tuple[datetime, datetime], ...] | None = None
    excluded: tuple[Exclusion, ...] = ()
    box: Box | None = None
    tag: str = ""
    status: str = ""
    audience: Audience | None = None
    by_cells: bool = True

    @property
    def is_unforeseeable(self) -> bool:
        """Whether it narrows by what no estimate of the matching rows takes into account."""
        return bool(self.during or self.box or self.tag or self.status)


@dataclass(frozen=True, slots=True, eq=False)
class Exclusion:
    """Something that is not wanted, and the condition that a row is not it."""

    term: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom events are to be for: bears its `tag`, or its `ages`, or without ages a tag `beside`."""

    tag: str
    beside: frozenset[str] = frozenset()
    ages: AgeRange | None = None


class Where(StrEnum):
    """The disjoint parts that a search is made of; a row belongs to at most one of them."""

    ANYWHERE = "anywhere"
    IN_PERSON = "in_person"
    ONLINE = "online"
    WITHIN = "within"
    ONLINE_BEYOND = "online_beyond"


def parts_of(wanted: SearchFilter) -> list[Where]:
    """Where a search looks; a row matches when it belongs to one of the parts."""
    if wanted.is_virtual:
        return [Where.ONLINE]
    if wanted.circle is None:
        return [Where.IN_PERSON if wanted.is_virtual is False else Where.ANYWHERE]
    return [Where.WITHIN] if wanted.is_virtual is False else [Where.WITHIN, Where.ONLINE_BEYOND]


def in_part(where: Where, circle: Circle | None, *, by_cells: bool = True) -> Condition:
    """That a row belongs to a part; for one within a circle, by its cells first."""
    online, in_person = Condition("r.can_attend_online"), Condition("r.can_attend_in_person")
    if circle is None or where is Where.ONLINE:
        plain = {Where.ONLINE: online, Where.IN_PERSON: in_person}
        return plain.get(where, Condition("TRUE"))
    close = near(circle)
    if where is Where.ONLINE_BEYOND:
        return online & Condition(f"NOT coalesce({close.sql}, FALSE)", close.parameters)
    return (in_cells(circle) & in_person & close) if by_cells else in_person & close


def wishes(wanted: SearchFilter) -> Condition:
    """What holds in every part of a search: price, age and all that narrows it further."""
    condition = _narrowed(wanted)
    if wanted.max_price is not None:
        condition &= Condition("r.min_price <= %(max_price)s", {"max_price": wanted.max_price})
        if wanted.currency:
            # Nothing is converted: an amount in another currency is more, or less, than it seems.
            condition &= Condition(
                "(r.min_price = 0 OR r.currency IN ('', %(currency)s))",
                {"currency": wanted.currency},
            )
    if wanted.age is not None:
        condition &= Condition(
            "(r.age_min IS NULL OR r.age_min <= coalesce(%(oldest)s::int, r.age_min))"
            " AND (r.age_max IS NULL OR r.age_max >= coalesce(%(youngest)s::int, r.age_max))",
            {"youngest": wanted.age.min, "oldest": wanted.age.max},
        )
    if wanted.not_event_ids:
        condition &= Condition(
            "r.event_id <> ALL(%(not_event_ids)s)", {"not_event_ids": list(wanted.not_event_ids)}
        )
    return condition


def _narrowed(wanted: SearchFilter) -> Condition:
    """What only some searches ask for."""
    condition = Condition("TRUE")
    if wanted.spans is not None:
        condition &= in_spans(wanted.spans)
    for each in wanted.excluded:
        condition &= each.condition
    if wanted.during:
        starts, ends = zip(*wanted.during, strict=True)
        condition &= Condition(
            "EXISTS (SELECT FROM unnest(%(during_from)s::timestamptz[],"
            " %(during_to)s::timestamptz[]) AS during(since, until)"
            " WHERE r.starts_at < during.until AND r.ends_at > during.since)",
            {"during_from": list(starts), "during_to": list(ends)},
        )
    if wanted.box is not None:
        condition &= in_box(wanted.box, by_cells=wanted.by_cells)
    if wanted.tag:
        condition &= Condition("r.metadata_tags @> %(tags)s::varchar[]", {"tags": [wanted.tag]})
    if wanted.audience is not None:
        condition &= _for_audience(wanted.audience)
    if wanted.status:
        condition &= Condition(
            "EXISTS (SELECT FROM events_event AS e"
            " WHERE e.id = r.event_id AND e.event_status = %(status)s)",
            {"status": wanted.status},
        )
    return condition


def _for_audience(audience: Audience) -> Condition:
    """Known ages decide before the tags beside an audience: a tween is no toddler."""
    says_ages = "num_nonnulls(r.age_min, r.age_max) > 0"
    suits = "r.audience_tags && %(audiences)s::varchar[]"
    if audience.ages is not None:
        suits = (
            f"CASE WHEN {says_ages} THEN coalesce(r.age_min, 0) <= %(audience_oldest)s"
            f" AND coalesce(r.age_max, 130) >= %(audience_youngest)s ELSE {suits} END"
        )
    ages = audience.ages or AgeRange(0, 130)
    return Condition(
        f"(r.audience_tags @> %(audience)s::varchar[] OR {suits})",
        {
            "audience": [audience.tag],
            "audiences": sorted(audience.beside),
            "audience_youngest": ages.min or 0,
            "audience_oldest": 130 if ages.max is None else ages.max,
        },
    )


def in_spans(spans: Sequence[tuple[datetime, datetime]]) -> Condition:
    """That a row begins in one of the spans, or is brief and still on in one.

    Who asks for Tuesday evenings means what begins then, or a concert that began shortly
    before, and no exhibition that is open all month. Only the first span that ends after the
    start of the row can hold it; a binary search finds it, however many spans there are.
    """
    since = (
        "(%(span_starts)s::timestamptz[])"
        "[1 + width_bucket(r.starts_at, %(span_ends)s::timestamptz[])]"
    )
    if not spans:
        return Condition("FALSE")
    starts, ends = zip(*spans, strict=True)
    return Condition(
        f"CASE WHEN r.ends_at - r.starts_at < {SHORT_AS_INTERVAL}"
        f" THEN r.ends_at > {since} ELSE r.starts_at >= {since} END",
        {"span_starts": list(starts), "span_ends": list(ends)},
    )


def overlaps(wanted: SearchFilter) -> Condition:
    """That a row is on at some time of the range."""
    return Condition(
        "r.starts_at < %(date_to)s AND r.ends_at > %(date_from)s",
        {"date_from": wanted.date_from, "date_to": wanted.date_to},
    )


def somewhere(wanted: SearchFilter) -> Condition:
    """That a row belongs to any of the parts."""
    parts = [in_part(where, wanted.circle, by_cells=wanted.by_cells) for where in parts_of(wanted)]
    return Condition(
        f"({' OR '.join(f'({part.sql})' for part in parts)})",
        {name: value for part in parts for name, value in part.parameters.items()},
    )


def matches(wanted: SearchFilter) -> Condition:
    """The whole filter as one condition, for rows that were found in another way."""
    return wishes(wanted) & overlaps(wanted) & somewhere(wanted)


def overlaps_by_index(wanted: SearchFilter, where: Where) -> tuple[Condition, Condition]:
    """The same as two disjoint conditions, neither of which reads all of the past.

    A brief event that is still on began less than `BRIEF` ago. Long events are rare and
    are found by cell and end, or by the index of ranges where there are no cells.
    """
    both = overlaps(wanted)
    since = Condition("r.starts_at > %(since)s", {"since": wanted.date_from - BRIEF})
    long = Condition("r.is_long") & both
    if where is not Where.WITHIN:
        long &= Condition(
            "tstzrange(r.starts_at, r.ends_at) && tstzrange(%(date_from)s, %(date_to)s, '[]')"
        )
    return since & Condition("NOT r.is_long") & both, long
