"""One draft: filled templates, a venue in its town, times and prices as they are said there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest

from core.grid import distance_miles
from events.demo.catalogue import TOWNS, VENUE_TYPES, Kind, Town, kind_named
from events.demo.draft import Happening, invent_venues, make_draft
from events.ingestion.records import EventDraft

BY_NAME = {town.name: town for town in TOWNS}
JAZZ = kind_named("jazz")


def draft_of(
    kind: Kind, town: Town = TOWNS[0], day: date = date(2026, 11, 20), seed: int = 0
) -> EventDraft:
    happening = Happening(
        external_id="1",
        series_id="",
        town=town,
        day=day,
        kind=kind,
        constants=Random(seed),
        variations=Random(seed),
    )
    return make_draft(happening, invent_venues(town, Random(seed)))


def test_templates_are_filled(calendar: list[EventDraft]) -> None:
    texts = [f"{d.title} {d.description} {d.organizer} {d.location}" for d in calendar]
    assert [text for text in texts if "{" in text or "  " in text] == []


def test_venues_lie_in_an_area_of_their_town(calendar: list[EventDraft]) -> None:
    for draft in calendar:
        if draft.venue is None:
            assert draft.event_attendance_mode == "online"
            continue
        town = BY_NAME[draft.venue.city]
        assert (draft.timezone, draft.venue.place_id) == (town.timezone, town.place_id)
        assert draft.venue.precision == "venue"
        assert draft.venue.latitude is not None
        assert draft.venue.longitude is not None
        point = (draft.venue.latitude, draft.venue.longitude)
        assert min(distance_miles(area.lat, area.lng, *point) for area in town.areas) < 0.31


def test_invent_venues_gives_a_town_one_of_every_type() -> None:
    for town in TOWNS:
        venues = invent_venues(town, Random(1))
        assert tuple(venues) == VENUE_TYPES
        assert venues == invent_venues(town, Random(1))


def test_street_number_stands_where_the_language_puts_it() -> None:
    for city, number in (("Berlin", -1), ("Paris", 0), ("Newton", 0)):
        for venue, _ in invent_venues(BY_NAME[city], Random(1)).values():
            assert venue.street_address.split()[number].isdecimal()


def test_all_day_events_run_between_local_midnights(calendar: list[EventDraft]) -> None:
    lengths = set()
    for draft in calendar:
        assert draft.end_time is not None
        assert draft.end_time > draft.start_time
        if draft.all_day:
            zone = ZoneInfo(draft.timezone)
            ends = [moment.astimezone(zone) for moment in (draft.start_time, draft.end_time)]
            assert [moment.time() for moment in ends] == [time(), time()]
            lengths.add((ends[1].date() - ends[0].date()).days)
    assert lengths == {1, 2, 3}


def test_length_is_kept_across_a_change_of_the_clocks() -> None:
    late = replace(JAZZ, starts=("23:30",), minutes=(180,))
    draft = draft_of(late, day=date(2026, 10, 31))
    assert draft.end_time is not None
    assert draft.start_time.astimezone(UTC) == datetime(2026, 11, 1, 3, 30, tzinfo=UTC)
    assert draft.end_time.astimezone(UTC) - draft.start_time.astimezone(UTC) == timedelta(hours=3)
    assert draft.end_time.time() == time(1, 30)


@pytest.mark.parametrize(
    ("price", "said"),
    [
        (12, {("", None), ("€12", Decimal(12)), ("€12–€18", Decimal(12))}),
        (4, {("", None), ("€4", Decimal(4)), ("€4–€7", Decimal(4))}),
        (0, {("", None), ("Free", Decimal(0)), ("Free, donations welcome", Decimal(0))}),
    ],
)
def test_price_is_told_in_the_town_s_currency(
    price: int, said: set[tuple[str, Decimal | None]]
) -> None:
    kind = replace(JAZZ, prices=(price,))
    drafts = [draft_of(kind, BY_NAME["Paris"], seed=seed) for seed in range(200)]
    assert {(draft.price, draft.min_price) for draft in drafts} == said
    assert {draft.currency for draft in drafts if draft.min_price} == ({"EUR"} if price else set())


@pytest.mark.parametrize(
    ("city", "code"),
    [("Newton", "USD"), ("Toronto", "CAD"), ("London", "GBP"), ("Berlin", "EUR")],
)
def test_amount_names_its_currency(city: str, code: str) -> None:
    kind = replace(JAZZ, prices=(12,))
    drafts = [draft_of(kind, BY_NAME[city], seed=seed) for seed in range(40)]
    assert {draft.currency for draft in drafts if draft.min_price} == {code}


@pytest.mark.parametrize(
    ("ages", "told"),
    [((None, None), "All ages"), ((18, None), "18+"), ((0, 4), "Ages 0–4"), ((2, 6), "Ages 2–6")],
)
def test_ages_are_told(ages: tuple[int | None, int | None], told: str) -> None:
    draft = draft_of(replace(JAZZ, age_min=ages[0], age_max=ages[1]))
    assert (draft.age_range, draft.age_min, draft.age_max) == (told, *ages)


def test_online_kind_has_no_venue_and_no_room() -> None:
    draft = draft_of(replace(kind_named("python-meetup"), rooms=("Hall",)))
    assert (draft.venue, draft.room_name, draft.location) == (None, "", "Online")
    assert draft.event_attendance_mode == "online"


def test_hybrid_kind_is_at_times_attended_online_and_says_so() -> None:
    drafts = [draft_of(replace(JAZZ, hybrid=True), seed=seed) for seed in range(50)]
    assert {draft.event_attendance_mode for draft in drafts} == {"offline", "mixed"}
    for draft in drafts:
        assert ("join online" in draft.description) == (draft.event_attendance_mode == "mixed")
