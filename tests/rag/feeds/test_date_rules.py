"""From words and dates to the rule behind them, and from the rule to dates at another time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.feeds.date_rules import DateRule, rule_from_json, rule_to_json, windows_of
from rag.feeds.rule_recognition import WEEKEND, rule_of
from rag.feeds.wording import describe_rule
from rag.types import Constraints
from rag.understanding.dates.clock import Clock
from rag.understanding.dates.recognition import find_dates
from rag.understanding.dates.resolution import read_dates

ZONE = ZoneInfo("America/New_York")
FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=ZONE)


def understood(words: str, now: datetime = FRIDAY) -> Constraints:
    """What a message with these date words comes to."""
    period = read_dates(find_dates(words), Clock.at(now, ZONE)).period
    return Constraints(
        date_from=period.start if period else None,
        date_to=period.end if period else None,
        timezone=str(ZONE),
    )


def rule_for(words: str, now: datetime = FRIDAY) -> DateRule:
    return rule_of(understood(words, now), now=now, words=words)


@pytest.mark.parametrize("hours", [0, 3, 24, 30, 60])
def test_this_weekend_is_every_weekend_whenever_it_is_said(hours: int) -> None:
    assert rule_for("this weekend", FRIDAY + timedelta(hours=hours)) == WEEKEND


@pytest.mark.parametrize(
    ("words", "dates"),
    [
        ("next weekend", "every weekend"),
        ("every weekend", "every weekend"),
        ("weekends", "every weekend"),
        ("friday night", "every Friday 17:00–00:00"),
        ("every friday", "every Friday"),
        ("sundays", "every Sunday"),
        ("saturday or sunday", "every Saturday to Sunday"),
        ("tonight", "every day 17:00–00:00"),
        ("today", "today"),
        ("tomorrow", "tomorrow"),
        ("tomorrow night", "tomorrow 17:00–00:00"),
        ("in the next 3 days", "the next 3 days"),
        ("this week", "this week"),
        ("next week", "next week"),
        ("this month", "this month"),
        ("next month", "next month"),
        ("dec 5", "2026-12-05 to 2026-12-06 00:00"),
        ("2026-11-24", "2026-11-24 to 2026-11-25 00:00"),
        ("in december", "2026-12-01 to 2027-01-01 00:00"),
        ("live music", ""),
    ],
)
def test_words_become_relative_again(words: str, dates: str) -> None:
    assert describe_rule(rule_for(words)) == dates


@pytest.mark.parametrize(
    ("words", "dates"),
    [
        ("this weekend", "every weekend"),
        ("next weekend", "every weekend"),
        ("today", "today"),
        ("tomorrow", "tomorrow"),
        ("in the next 3 days", "the next 4 days"),
        ("next week", "next week"),
        ("next month", "next month"),
        ("dec 5", "2026-12-05 to 2026-12-06 00:00"),
        ("", ""),
    ],
)
def test_dates_alone_tell_as_much_as_they_can(words: str, dates: str) -> None:
    assert describe_rule(rule_of(understood(words), now=FRIDAY)) == dates


def test_words_of_other_dates_are_not_believed() -> None:
    carried_over = understood("dec 5")
    rule = rule_of(carried_over, now=FRIDAY, words="what about tomorrow?")
    assert (rule.kind, rule.end) == ("fixed", carried_over.date_to)


def test_weekends_of_a_later_month() -> None:
    windows = windows_of(WEEKEND, now=datetime(2027, 3, 10, 12, tzinfo=ZONE), zone=ZONE)
    assert len(windows) == 14
    local = [(since.astimezone(ZONE), until.astimezone(ZONE)) for since, until in windows]
    assert local[0] == (
        datetime(2027, 3, 12, 17, tzinfo=ZONE),
        datetime(2027, 3, 15, tzinfo=ZONE),  # the clocks went forward in between
    )
    assert (local[0][1].astimezone(UTC) - local[0][0].astimezone(UTC)) == timedelta(hours=54)


def test_weekend_that_goes_on_counts_from_today() -> None:
    sunday = datetime(2026, 11, 22, 20, tzinfo=ZONE)
    first = windows_of(WEEKEND, now=sunday, zone=ZONE)[0]
    assert first == (datetime(2026, 11, 22, tzinfo=ZONE), datetime(2026, 11, 23, tzinfo=ZONE))


def test_fixed_dates_end() -> None:
    rule = rule_for("dec 5")
    assert len(windows_of(rule, now=FRIDAY, zone=ZONE)) == 1
    assert windows_of(rule, now=FRIDAY + timedelta(days=30), zone=ZONE) == ()


_FIRST, _LAST = datetime(2020, 1, 1), datetime(2035, 1, 1)  # noqa: DTZ001
rules = st.one_of(
    st.just(DateRule("any")),
    st.builds(
        lambda kind, begins, length: DateRule(kind, begins, begins + length),
        st.sampled_from(["weekly", "daily", "window"]),
        st.integers(0, 10_079),
        st.integers(1, 10_080),
    ),
    st.builds(
        lambda kind, n: DateRule(kind, offset=n),
        st.sampled_from(["week", "month"]),
        st.integers(0, 24),
    ),
)


@given(
    rule=rules,
    now=st.datetimes(_FIRST, _LAST, timezones=st.just(UTC)),
    zone=st.sampled_from(
        [
            "America/New_York",
            "Europe/Berlin",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "America/Sao_Paulo",
        ]
    ),
)
def test_windows_are_in_order_ahead_and_kept_in_json(
    rule: DateRule, now: datetime, zone: str
) -> None:
    assert rule_from_json(rule_to_json(rule)) == rule
    windows = windows_of(rule, now=now, zone=ZoneInfo(zone))
    assert all(since < until for since, until in windows)
    assert list(windows) == sorted(windows)
    midnight = Clock.at(now, ZoneInfo(zone)).moment(now.astimezone(ZoneInfo(zone)).date())
    assert all(since >= midnight for since, _ in windows)
