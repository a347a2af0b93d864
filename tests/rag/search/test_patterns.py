"""Patterns of time: their spans against the wall clock, and the SQL against plain Python."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pgvector import HalfVector

from core.grid import NO_CELL
from events.models import Event, EventSearchRow
from events.models.search import EMBEDDING_DIMENSIONS
from rag.search.filters import SHORT, SearchFilter, Where
from rag.search.listing import Listing, count_listed, list_rows
from rag.search.narrowing import Span, spans_of
from rag.search.plan import Plan, Sample
from rag.search.run import run_search
from rag.search.statements import Search
from rag.types import TimePattern

NEW_YORK = ZoneInfo("America/New_York")
DAY = timedelta(days=1)
TUESDAY_EVENINGS = TimePattern(weekdays=(2,), starts=time(17), ends=time())
FIRST_FRIDAYS = TimePattern(weekdays=(5,), nth=(1,))
LATE = TimePattern(starts=time(22), ends=time(2))


def _local(spans: tuple[Span, ...]) -> list[tuple[str, str]]:
    return [
        (
            f"{since.astimezone(NEW_YORK):%a %d %b %H:%M}",
            f"{until.astimezone(NEW_YORK):%a %d %b %H:%M}",
        )
        for since, until in spans
    ]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def test_evenings_are_evenings_on_both_sides_of_a_change_of_the_clocks() -> None:
    spans = spans_of([TUESDAY_EVENINGS], _at("2026-10-26"), _at("2026-11-09"), "America/New_York")
    assert _local(spans) == [
        ("Tue 27 Oct 17:00", "Wed 28 Oct 00:00"),
        ("Tue 03 Nov 17:00", "Wed 04 Nov 00:00"),
    ]
    assert spans[1][0] - spans[0][0] == 7 * DAY + timedelta(hours=1)


def test_nth_weekdays_count_from_both_ends_of_the_month() -> None:
    last = TimePattern(weekdays=(5,), nth=(-1,))
    spans = spans_of(
        [FIRST_FRIDAYS, last], _at("2026-12-01"), _at("2027-02-01"), "America/New_York"
    )
    assert [start for start, _ in _local(spans)] == [
        *("Fri 04 Dec 00:00", "Fri 25 Dec 00:00", "Fri 01 Jan 00:00", "Fri 29 Jan 00:00")
    ]


def test_hours_that_cross_midnight_reach_into_the_range() -> None:
    spans = spans_of([LATE], _at("2026-12-05T01:00"), _at("2026-12-05T23:00"), "America/New_York")
    assert _local(spans) == [
        ("Sat 05 Dec 01:00", "Sat 05 Dec 02:00"),
        ("Sat 05 Dec 22:00", "Sat 05 Dec 23:00"),
    ]


def test_patterns_that_meet_are_one_span() -> None:
    mornings, noon = (
        TimePattern(starts=time(9), ends=time(12)),
        TimePattern((), (), time(12), time(13)),
    )
    spans = spans_of([mornings, noon], _at("2026-12-05"), _at("2026-12-06"), "America/New_York")
    assert _local(spans) == [("Sat 05 Dec 09:00", "Sat 05 Dec 13:00")]


def _fits_wall_clock(patterns: list[TimePattern], moment: datetime, zone: ZoneInfo) -> bool:
    """The definition, minute by minute, without any bounds."""
    local = moment.astimezone(zone)
    now = local.time().replace(fold=0)
    for pattern in patterns:
        starts, ends = pattern.starts or time(), pattern.ends or time()
        days = {local.date()} if ends > starts else {local.date(), local.date() - DAY}
        for day in days:
            nth = (day.day + 6) // 7
            is_last = (day + 7 * DAY).month != day.month
            is_day = not pattern.weekdays or day.isoweekday() in pattern.weekdays
            is_nth = not pattern.nth or nth in pattern.nth or (is_last and -1 in pattern.nth)
            if ends > starts:
                is_hour = starts <= now < ends
            else:
                is_hour = now >= starts if day == local.date() else now < ends
            if is_day and is_nth and is_hour:
                return True
    return False


HOURS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
PATTERNS = st.lists(
    st.builds(
        TimePattern,
        st.sets(st.integers(1, 7), max_size=3).map(lambda days: tuple(sorted(days))),
        st.sets(st.sampled_from([1, 2, 3, -1]), max_size=2).map(lambda nth: tuple(sorted(nth))),
        st.none() | HOURS,
        st.none() | HOURS,
    ),
    min_size=1,
    max_size=3,
)


@given(
    patterns=PATTERNS,
    # No change of the clocks in it: there a wall time names two moments, or none.
    start=st.integers(0, 99 * 24).map(lambda hours: _at("2026-11-03") + timedelta(hours=hours)),
    days=st.integers(0, 20),
    hours=st.integers(0, 20 * 24),
)
def test_spans_hold_what_the_wall_clock_holds(
    patterns: list[TimePattern], start: datetime, days: int, hours: int
) -> None:
    until, moment = start + days * DAY, start + timedelta(hours=hours, minutes=15)
    spans = spans_of(patterns, start, until, "America/New_York")
    assert list(spans) == sorted(spans)
    assert all(one[1] < two[0] for one, two in pairwise(spans))
    expected = start <= moment < until and _fits_wall_clock(patterns, moment, NEW_YORK)
    assert any(one <= moment < two for one, two in spans) == expected


Times = list[tuple[int, datetime, datetime]]


@pytest.fixture
def stored(db: None) -> Times:
    """Events of all lengths around two weeks: their ids, starts and ends."""
    random = np.random.default_rng(5)
    begin = datetime(2026, 12, 1, 12, tzinfo=UTC)
    starts = [begin + timedelta(minutes=30 * int(n)) for n in random.integers(-96, 14 * 48, 400)]
    lengths = random.choice([0.5, 2, 8, 22, 23, 24, 30, 240], 400)
    ends = [at + timedelta(hours=float(n)) for at, n in zip(starts, lengths, strict=True)]
    events = Event.objects.bulk_create(
        Event(source="t", external_id=str(i), title=f"event {i}", timezone="UTC",
              start_time=at, end_time=end)
        for i, (at, end) in enumerate(zip(starts, ends, strict=True))
    )  # fmt: skip
    vectors = random.normal(size=(400, EMBEDDING_DIMENSIONS)).astype(np.float32)
    EventSearchRow.objects.bulk_create(
        EventSearchRow(
            event=event, cell=NO_CELL, starts_at=starts[i], ends_at=ends[i],
            can_attend_online=True, can_attend_in_person=True, text_hash="",
            embedding=HalfVector(vector / np.linalg.norm(vector)), embedding_model="test",
        )
        for i, (event, vector) in enumerate(zip(events, vectors, strict=True))
    )  # fmt: skip
    return [(event.pk, at, end) for event, at, end in zip(events, starts, ends, strict=True)]


def _wanted(patterns: list[TimePattern]) -> SearchFilter:
    since = datetime(2026, 12, 2, tzinfo=UTC)
    spans = spans_of(patterns, since, since + 10 * DAY, "America/New_York")
    return SearchFilter(since, since + 10 * DAY, spans=spans)


def _expected(stored: Times, wanted: SearchFilter) -> set[int]:
    def fits(starts: datetime, ends: datetime) -> bool:
        is_short = ends - starts < SHORT
        return any(
            since <= starts < until or (is_short and starts < until and ends > since)
            for since, until in wanted.spans or ()
        )

    return {
        key
        for key, starts, ends in stored
        if fits(starts, ends) and starts < wanted.date_to and ends > wanted.date_from
    }


WANTED = [
    [TUESDAY_EVENINGS],
    [LATE],
    [FIRST_FRIDAYS],
    [TimePattern((1, 2, 3, 4, 5), (), time(11), time(14)), TimePattern((6, 7))],
    [TimePattern()],
    [TimePattern((3,), (4,))],  # the range holds none
]


@pytest.mark.parametrize("patterns", WANTED)
def test_every_plan_finds_what_fits_the_pattern(stored: Times, patterns: list[TimePattern]) -> None:
    wanted = _wanted(patterns)
    expected = _expected(stored, wanted)
    vector = np.zeros(EMBEDDING_DIMENSIONS, dtype=np.float32)
    vector[0] = 1
    for like, plan in ((None, None), (vector, Plan.EXACT), (vector, Plan.GRAPH)):
        found = run_search(Search(wanted, like, None, limit=400, plan=plan))
        assert {each.event_id for each in found.candidates} == expected
    listing = Listing(wanted)
    assert {row.event_id for row in list_rows(listing, limit=400)} == expected
    assert count_listed(listing) == len(expected)


def test_sample_estimates_a_pattern_by_the_same_rule(stored: Times) -> None:
    columns = np.zeros((10, len(stored)))
    columns[0] = [starts.timestamp() for _, starts, _ in stored]
    columns[1] = [ends.timestamp() for _, _, ends in stored]
    columns[2:4] = 1
    for patterns in WANTED:
        wanted = _wanted(patterns)
        estimated = Sample(columns, 1.0).estimate(Where.ANYWHERE, wanted)
        assert estimated == len(_expected(stored, wanted))
