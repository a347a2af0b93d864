"""Judges the list: what must be in it, what breaks a wish, and what holds for every list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from benchmarks.conversation.answers import Answer, Listed
from benchmarks.conversation.judges.folding import fold
from benchmarks.conversation.judges.verdicts import Circumstances, Verdict
from benchmarks.conversation.judges.window import Window, read_window

FIRST = 6
_USUAL_HITS = 3
# Acts that search: what the others name may lie anywhere ahead.
_SEARCHING = frozenset({"find", "count", "plan"})


def judge_list(around: Circumstances, answer: Answer) -> Iterator[Verdict]:
    """All that the expectation says of the events shown."""
    expect = around.turn.expect
    shown = [event.title for event in answer.shown]
    matches = [event.title for event in answer.matches]
    if expect.get("lists") is False or expect.get("asks"):
        yield Verdict("list", "lists nothing", not shown, [], shown, is_fault=bool(shown))
    if expect.get("empty"):
        yield Verdict("list", "nothing fits", not matches, [], matches, is_fault=bool(matches))
    yield from _judge_belonging(around, answer)
    breaking = {fold(title) for title in expect.get("breaks", [])}
    if breaking:
        broken = [title for title in matches if fold(title) in breaking]
        yield Verdict("list", "breaks", not broken, [], broken, is_fault=bool(broken))
    if there := expect.get("every_listed_at"):
        elsewhere = [
            f"{event.title} ({event.location})"
            for event in answer.matches
            if fold(there) not in fold(event.location)
        ]
        yield Verdict("list", f"at {there}", not elsewhere, [], elsewhere, bool(elsewhere))
    if "plan" in expect:
        yield from _judge_plan(expect["plan"], answer.matches)
    yield from _judge_always(around, answer.matches)


def _judge_belonging(around: Circumstances, answer: Answer) -> Iterator[Verdict]:
    expect = around.turn.expect
    belong = expect.get("belong", [])
    names = {fold(title) for title in belong}
    least = expect.get("min_hits", min(_USUAL_HITS, len(belong)))
    if least:
        first = [event.title for event in answer.shown[:FIRST]]
        hits = {fold(title) for title in first} & names
        yield Verdict("list", f"at least {least} that belong", len(hits) >= least, belong, first)
    if expect.get("belong_complete"):
        others = [
            event.title
            for event in answer.matches
            if not any(around.is_same(title, event) for title in belong)
        ]
        yield Verdict("list", "nothing else", not others, belong, others, bool(others))


def _judge_plan(plan: Mapping[str, Any], items: Sequence[Listed]) -> Iterator[Verdict]:
    starts = [event.start for event in items]
    got = [f"{event.start:%a %d %b %H:%M} {event.title}" for event in items]
    least, most = plan["min_items"], plan["max_items"]
    yield Verdict("list", f"{least}–{most} items", least <= len(items) <= most, plan, got)
    if day := plan.get("day"):
        is_right = all(start.date().isoformat() == day for start in starts)
        yield Verdict("list", f"all on {day}", is_right, day, got, is_fault=not is_right)
    if plan.get("ordered"):
        yield Verdict("list", "in order of start", starts == sorted(starts), plan, got)
    if gap := plan.get("gap"):
        first, last = map(time.fromisoformat, gap)
        inside = [start for start in starts if first <= start.time() < last]
        yield Verdict("list", f"free from {gap[0]} to {gap[1]}", not inside, gap, got)
    is_right = len(set(starts)) == len(starts)
    yield Verdict("list", "no two at once", is_right, plan, got)


def _judge_always(around: Circumstances, matches: Sequence[Listed]) -> Iterator[Verdict]:
    """No event outside of the window, cancelled or twice, whatever was asked."""
    expect = around.turn.expect
    outside = [
        f"{event.title} ({event.start:%a %d %b %H:%M})"
        for event in matches
        if not _is_inside(around, event)
    ]
    yield Verdict("list", "within the window", not outside, [], outside, bool(outside))
    meant = {fold(title) for key in ("belong", "refers_to") for title in expect.get(key, [])}
    cancelled = [
        event.title for event in matches if event.is_cancelled and fold(event.title) not in meant
    ]
    if _searches(expect):
        yield Verdict("list", "none cancelled", not cancelled, [], cancelled, bool(cancelled))
    seen = [(fold(event.title), event.start) for event in matches]
    twice = sorted({title for title, start in seen if seen.count((title, start)) > 1})
    yield Verdict("list", "none twice", not twice, [], twice, is_fault=bool(twice))


def _searches(expect: Mapping[str, Any]) -> bool:
    act = expect.get("act", "find")
    return bool({act} & _SEARCHING if isinstance(act, str) else set(act) & _SEARCHING)


def _is_inside(around: Circumstances, event: Listed) -> bool:
    """Whether an event is still ahead or going on, and within the window of what is searched."""
    expect = around.turn.expect
    window = read_window(expect.get("constraints", {}))
    if not _searches(expect):
        window = Window(None, None, ())
    slack = timedelta(minutes=expect.get("tolerance_minutes", 0))
    return lies_within(event, window, now=around.now, slack=slack)


def lies_within(
    event: Listed, window: Window, *, now: datetime, slack: timedelta = timedelta()
) -> bool:
    """Whether an event is ahead or going on, in the range and at an hour of the patterns.

    An event of a whole day fits every hour of a fitting day.
    """
    first = max(now, window.start or now) - slack
    last = window.end + slack if window.end else None
    if not event.overlaps(first, last):
        return False
    if event.all_day:
        hours = [event.start + timedelta(hours=hour) for hour in range(24)]
        return any(window.fits_pattern(hour) for hour in hours)
    return any(window.fits_pattern(event.start + shift) for shift in (-slack, timedelta(), slack))
