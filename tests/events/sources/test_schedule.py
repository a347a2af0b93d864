from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.sources.sync import after_failure, after_success

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def wait(failures: int, retry_after: float | None = None, chance: float = 0) -> timedelta:
    return after_failure(NOW, failures=failures, retry_after=retry_after, chance=chance) - NOW


def test_after_success_is_one_interval_later() -> None:
    assert after_success(NOW, timedelta(hours=6)) == NOW + timedelta(hours=6)


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 5), (2, 10), (3, 20), (9, 1280), (10, 1440), (5000, 1440)]
)
def test_after_failure_doubles_up_to_a_day(failures: int, minutes: int) -> None:
    assert wait(failures) == timedelta(minutes=minutes)


def test_after_failure_chance_takes_up_to_half_away() -> None:
    assert wait(2, chance=1) == timedelta(minutes=5)
    assert wait(2, chance=0.5) == timedelta(minutes=7.5)


def test_after_failure_waits_at_least_as_long_as_asked() -> None:
    assert wait(1, retry_after=3600, chance=1) == timedelta(hours=1)
    assert wait(3, retry_after=1) == timedelta(minutes=20)
    assert wait(1, retry_after=1e300) == timedelta(days=7)
