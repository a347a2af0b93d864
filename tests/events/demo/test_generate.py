"""The demonstration calendar: repeatable, believable, and full wherever one looks."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.demo.catalogue import KINDS, TOWNS
from events.demo.generate import COUNT, DAYS, generate_events
from events.ingestion.records import EventDraft
from tests.events.demo.conftest import NOW


def local_day(draft: EventDraft) -> date:
    return draft.start_time.astimezone(ZoneInfo(draft.timezone)).date()


@settings(max_examples=6, deadline=None)
@given(
    st.dates(date(2024, 1, 1), date(2035, 1, 1)),
    st.integers(0, 2000),
)
def test_generate_events_yields_the_count_with_unique_ids(today: date, count: int) -> None:
    now = datetime.combine(today, time(12), UTC)
    drafts = list(generate_events(now, count=count))
    assert len(drafts) == count
    assert len({draft.external_id for draft in drafts}) == count


def test_generate_events_same_day_and_seed_gives_the_same_events() -> None:
    morning, night = NOW.replace(hour=0, minute=1), NOW.replace(hour=23, minute=59)
    assert list(generate_events(morning)) == list(generate_events(night))


def test_generate_events_another_seed_gives_other_events(calendar: list[EventDraft]) -> None:
    other = {draft.title for draft in generate_events(NOW, seed=7)}
    assert other != {draft.title for draft in calendar}


def test_generate_events_later_run_agrees_on_shared_days(calendar: list[EventDraft]) -> None:
    later = list(generate_events(NOW + timedelta(days=30)))
    known = {draft.external_id: draft for draft in calendar}
    shared = [draft for draft in later if draft.external_id in known]
    assert shared == [known[draft.external_id] for draft in shared]
    assert [draft for draft in calendar if local_day(draft) >= local_day(later[0])] == shared


def test_generate_events_reaches_from_yesterday_to_nine_weeks(calendar: list[EventDraft]) -> None:
    days = {local_day(draft) for draft in calendar}
    yesterday = NOW.date() - timedelta(days=1)
    assert days == {yesterday + timedelta(days=offset) for offset in range(DAYS)}


def test_every_town_has_something_on_every_evening(calendar: list[EventDraft]) -> None:
    evenings = {
        (draft.venue.city, local_day(draft))
        for draft in calendar
        if draft.venue
        and draft.event_status == "scheduled"
        and draft.start_time.astimezone(ZoneInfo(draft.timezone)).time() >= time(17)
    }
    days = {local_day(draft) for draft in calendar}
    assert {(town.name, day) for town in TOWNS for day in days} <= evenings


def test_every_town_has_something_for_kids_on_every_saturday(calendar: list[EventDraft]) -> None:
    found = {
        (draft.venue.city, local_day(draft))
        for draft in calendar
        if draft.venue and "kids" in draft.audience_tags
    }
    saturdays = {day for day in map(local_day, calendar) if day.weekday() == 5}
    assert {(town.name, day) for town in TOWNS for day in saturdays} <= found


@pytest.mark.parametrize("kind", ["farmers-market", "jazz"])
def test_every_town_has_its_staples_every_week(calendar: list[EventDraft], kind: str) -> None:
    found = Counter(
        draft.venue.city
        for draft in calendar
        if draft.venue and f"/{kind}/" in draft.url and draft.series_id
    )
    assert [town.name for town in TOWNS if found[town.name] < DAYS // 7] == []


def test_every_kind_happens(calendar: list[EventDraft]) -> None:
    assert {draft.url.split("/")[4] for draft in calendar} == {kind.key for kind in KINDS}


def test_calendar_is_varied(calendar: list[EventDraft]) -> None:
    modes = Counter(draft.event_attendance_mode for draft in calendar)
    assert 0.08 < (modes["online"] + modes["mixed"]) / COUNT < 0.18
    assert {draft.event_status for draft in calendar} == {"scheduled", "cancelled", "postponed"}
    assert len({draft.title for draft in calendar}) > COUNT / 3
    assert len({draft.description for draft in calendar}) > COUNT / 2
    assert any(draft.all_day for draft in calendar)
    assert {draft.min_price is None for draft in calendar} == {True, False}


def test_series_keep_weekday_venue_and_local_time(calendar: list[EventDraft]) -> None:
    series: dict[str, set[tuple[object, ...]]] = {}
    for draft in calendar:
        if draft.series_id:
            local = draft.start_time.astimezone(ZoneInfo(draft.timezone))
            constant = (local.weekday(), local.time(), draft.location, draft.price)
            series.setdefault(draft.series_id, set()).add(constant)
    assert len(series) > 30
    assert {len(constants) for constants in series.values()} == {1}
