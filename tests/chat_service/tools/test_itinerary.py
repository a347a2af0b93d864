"""The planner: what holds of every plan, whatever the events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_service.tools.builtin.itinerary import (
    Option,
    Plan,
    PlanSlot,
    plan_visits,
    travel_between,
)

DAY = datetime(2026, 12, 5, tzinfo=UTC)
WAYS = ("foot", "bicycle", "transit", "car")


def at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


def option(event_id: int, start: float, end: float, **fields: object) -> Option:
    values: dict[str, object] = {"point": (42.3, -71.2), "score": 0.5, **fields}
    return Option(event_id, f"happening {event_id}", at(start), at(end), **values)  # type: ignore[arg-type]


@st.composite
def options(draw: st.DrawFn) -> Option:
    event_id = draw(st.integers(1, 12))
    start = draw(st.integers(0, 46)) / 2
    length = draw(st.sampled_from((0.5, 1, 2, 3, 8)))
    point = draw(st.none() | st.tuples(st.floats(42, 42.5), st.floats(-71.5, -71)))
    return Option(
        event_id=event_id,
        happening=draw(st.sampled_from((f"happening {event_id}", "the same show"))),
        start=at(start),
        end=at(start + length),
        point=point,
        score=draw(st.floats(0, 1)),
        is_open=length > 5,
    )


@st.composite
def slots(draw: st.DrawFn) -> PlanSlot:
    start = draw(st.integers(0, 44)) / 2
    length = draw(st.integers(1, 16)) / 2
    found = draw(st.lists(options(), max_size=6))
    return PlanSlot(at(start), at(start + length), found)


many_slots = st.lists(slots(), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(many_slots, st.sampled_from(WAYS))
def test_plans_keep_to_windows_order_and_travel(wanted: list[PlanSlot], by: str) -> None:
    for plan in plan_visits(wanted, by=by):
        numbers = [visit.slot for visit in plan.visits]
        assert numbers == sorted(set(numbers))
        assert len({visit.option.happening for visit in plan.visits}) == len(plan.visits)
        for visit in plan.visits:
            slot = wanted[visit.slot]
            assert visit.option in slot.options
            assert slot.start <= visit.begin < visit.end <= slot.end
            assert visit.option.start <= visit.begin
            assert visit.end <= visit.option.end
            if not visit.option.is_open:
                assert (visit.begin, visit.end) == (visit.option.start, visit.option.end)
        for one, following in zip(plan.visits, plan.visits[1:], strict=False):
            travel, miles = travel_between(one.option.point, following.option.point, by)
            assert (following.travel, following.miles) == (travel, miles)
            assert one.end + travel <= following.begin


@settings(max_examples=150, deadline=None)
@given(many_slots)
def test_plans_are_few_different_and_the_best_first(wanted: list[PlanSlot]) -> None:
    plans = plan_visits(wanted, plans=3)
    assert len(plans) <= 3
    assert all(plan.visits for plan in plans)
    assert [plan.rank for plan in plans] == sorted((plan.rank for plan in plans), reverse=True)
    chosen = [frozenset(visit.option.event_id for visit in plan.visits) for plan in plans]
    for number, events in enumerate(chosen):
        assert not any(events <= other for other in chosen[:number])


@settings(max_examples=100, deadline=None)
@given(st.lists(options(), max_size=6), st.integers(0, 40), st.integers(1, 16))
def test_one_slot_is_filled_whenever_an_event_fits_it(
    found: list[Option], start: int, length: int
) -> None:
    slot = PlanSlot(at(start / 2), at((start + length) / 2), found)
    fits = [
        each
        for each in found
        if (not each.is_open and slot.start <= each.start and each.end <= slot.end)
        or (each.is_open and min(each.end, slot.end) - max(each.start, slot.start) >= slot.stay)
    ]
    best = plan_visits([slot])[:1]
    assert bool(best) == bool(fits)
    if fits:
        assert best[0].score == pytest.approx(max(each.score for each in fits))


def test_a_filled_slot_is_worth_more_than_a_better_event() -> None:
    # The long show is better alone, but leaves no time for dinner.
    long, short = option(1, 18, 21, score=0.9), option(2, 18, 19, score=0.2)
    dinner = option(3, 19.5, 21, score=0.1)
    wanted = [PlanSlot(at(17), at(22), [long, short]), PlanSlot(at(19), at(22), [dinner])]
    best = plan_visits(wanted)[0]
    assert [visit.option.event_id for visit in best.visits] == [2, 3]


def test_what_is_too_far_to_reach_in_time_is_not_planned() -> None:
    near, far = (42.30, -71.20), (42.30, -72.20)
    first = option(1, 18, 19, point=near)
    there, here = option(2, 19.5, 21, point=far), option(3, 19.5, 21, point=near, score=0.1)
    wanted = [PlanSlot(at(17), at(22), [first]), PlanSlot(at(19), at(22), [there, here])]
    assert [visit.option.event_id for visit in plan_visits(wanted)[0].visits] == [1, 3]


def test_open_event_is_visited_for_a_while_after_the_way_there() -> None:
    show = option(1, 10, 12)
    fair = option(2, 9, 18, point=(42.4, -71.2), is_open=True)
    wanted = [PlanSlot(at(9), at(13), [show]), PlanSlot(at(12), at(18), [fair])]
    _, visit = plan_visits(wanted, by="car")[0].visits
    travel, miles = travel_between((42.3, -71.2), (42.4, -71.2), "car")
    assert miles == pytest.approx(6.9, abs=0.1)
    assert visit.begin == at(12) + travel
    assert visit.end - visit.begin == timedelta(minutes=90)


def test_short_ways_are_walked_and_the_same_place_takes_no_time() -> None:
    here, corner = (42.30, -71.20), (42.303, -71.20)
    assert travel_between(here, here, "car") == (timedelta(), 0.0)
    on_foot, by_car = (travel_between(here, corner, by)[0] for by in ("foot", "car"))
    assert on_foot == by_car == timedelta(minutes=6)
    assert travel_between(here, None, "car") == (timedelta(), None)


def test_nothing_to_choose_from_makes_no_plan() -> None:
    assert plan_visits([PlanSlot(at(1), at(2), [])]) == []
    assert Plan().miles == 0
