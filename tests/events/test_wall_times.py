from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from core import zones
from events.models import Event, EventSearchRow, ZoneRelease
from events.search_table.rows import write_search_rows
from events.writing.wall_times import reread_wall_times
from superschedules.checks import check_time_zones

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
OLD_OFFSET = -8 * 3600


def test_pinned_package_alone_decides() -> None:
    pins = Path("requirements.txt").read_text().splitlines()
    assert f"tzdata=={version('tzdata')}" in pins
    assert zoneinfo.TZPATH == ()
    assert check_time_zones() == []


def test_machines_tables_are_refused_at_start() -> None:
    zoneinfo.reset_tzpath(to=["/usr/share/zoneinfo"])
    try:
        assert [each.id for each in check_time_zones()] == ["superschedules.E001"]
    finally:
        zones.use_pinned_tables()
    assert check_time_zones() == []


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("America/Vancouver", -7),
        ("America/Edmonton", -6),
        ("America/Inuvik", -6),
        ("America/Winnipeg", -5),
        ("America/Havana", -4),
        ("Africa/Casablanca", 0),
    ],
)
def test_release_knows_who_gave_up_changing_clocks(zone: str, hours: int) -> None:
    december = datetime(2026, 12, 15, 12, tzinfo=UTC).astimezone(ZoneInfo(zone))
    assert december.utcoffset() == timedelta(hours=hours)


def stored(start: datetime, *, offset: int, **values: object) -> Event:
    """An event that an earlier release has read, with its search row."""
    content: dict[str, object] = {"title": "Jam", "timezone": "America/Vancouver", **values}
    event = Event.objects.create(
        source="feed", external_id=str(start) + str(offset), start_time=start, **content
    )
    Event.objects.filter(pk=event.pk).update(utc_offset=offset)
    write_search_rows([event], {}, model_name="")
    return event


@pytest.mark.django_db
def test_saving_keeps_the_offset_at_the_start() -> None:
    event = Event.objects.create(
        source="feed",
        external_id="1",
        title="Jam",
        start_time=datetime(2027, 7, 1, 17, tzinfo=UTC),
        timezone="Europe/Berlin",
    )
    event.refresh_from_db()
    assert event.utc_offset == 7200


@pytest.mark.django_db
def test_newer_rules_move_the_instant_and_keep_the_wall_time() -> None:
    seven_pm = datetime(2026, 12, 15, 19, tzinfo=ZoneInfo("America/Vancouver"))
    old = datetime(2026, 12, 16, 3, tzinfo=UTC)  # 19:00 by the rules of -08:00
    event = stored(old, offset=OLD_OFFSET, end_time=old + timedelta(hours=2))
    assert reread_wall_times(now=NOW) == 1
    event.refresh_from_db()
    assert event.start_time == seven_pm
    assert event.end_time == seven_pm + timedelta(hours=2)
    assert (event.utc_offset, event.sequence) == (-7 * 3600, 1)
    assert EventSearchRow.objects.get(pk=event.pk).starts_at == seven_pm


@pytest.mark.django_db
def test_all_day_event_stays_from_midnight_to_midnight() -> None:
    old = datetime(2026, 12, 15, 8, tzinfo=UTC)
    event = stored(old, offset=OLD_OFFSET, end_time=old + timedelta(days=2), all_day=True)
    reread_wall_times(now=NOW)
    event.refresh_from_db()
    zone = ZoneInfo("America/Vancouver")
    assert event.start_time == datetime(2026, 12, 15, tzinfo=zone)
    assert event.end_time == datetime(2026, 12, 17, tzinfo=zone)


@pytest.mark.django_db
def test_what_was_read_by_this_release_is_not_read_again() -> None:
    reread_wall_times(now=NOW, zones="2026a")
    event = stored(datetime(2026, 12, 16, 3, tzinfo=UTC), offset=OLD_OFFSET)
    assert reread_wall_times(now=NOW, zones="2026a") == 0
    assert reread_wall_times(now=NOW, zones="2026f") == 1
    assert reread_wall_times(now=NOW, zones="2026f") == 0
    event.refresh_from_db()
    assert event.sequence == 1
    assert [each.release for each in ZoneRelease.objects.all()][-1] == "2026a"


@pytest.mark.django_db
def test_past_events_and_unchanged_zones_stay() -> None:
    stored(datetime(2026, 3, 1, 3, tzinfo=UTC), offset=0)
    stored(datetime(2027, 2, 1, 3, tzinfo=UTC), offset=3600, timezone="Europe/Berlin")
    assert reread_wall_times(now=NOW) == 0


@pytest.mark.django_db
def test_events_without_an_hour_are_found_by_the_stored_offset() -> None:
    midnight = datetime(2027, 1, 5, tzinfo=ZoneInfo("America/Chicago"))
    Event.objects.create(
        source="feed",
        external_id="1",
        title="Fair",
        start_time=midnight,
        timezone="America/Chicago",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM events_event WHERE all_day OR"
            " ((timezone('UTC', start_time) + utc_offset * interval '1 second'))::time = '00:00'"
        )
        assert cursor.fetchone() == (1,)
