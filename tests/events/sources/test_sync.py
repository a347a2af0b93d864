from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from core.advisory_lock import AlreadyRunning, only_one
from core.progress import Stopped, stopping
from events.ingestion.records import EventDraft
from events.ingestion.store import store_events
from events.models import Event, EventSearchRow, EventWords, Place, Source, SourceRun
from events.sources.sync import SyncOptions, source_lock, sync_source
from events.writing.single import withdraw_events
from tests.events.ingestion.hashing_embedder import HashingEmbedder
from tests.events.sources.conftest import TOMORROW, Sync
from tests.fakes.feed import FakeFeed, calendar, entry

pytestmark = pytest.mark.django_db


def counts(run: SourceRun) -> tuple[str, int, int, int, int]:
    return run.outcome, run.created, run.updated, run.unchanged, run.withdrawn


def listed() -> list[str]:
    return list(
        Event.objects.listed().order_by("external_id").values_list("external_id", flat=True)
    )


def concerts(*names: str) -> bytes:
    return calendar(*(entry(name, TOMORROW) for name in names))


def test_sync_source_records_what_it_did(feed: FakeFeed, source: Source, sync: Sync) -> None:
    broken = "BEGIN:VEVENT\r\nUID:x\r\nSUMMARY:Torn\r\nEND:VEVENT"
    feed.content = calendar(entry("a", TOMORROW), entry("b", TOMORROW), broken)
    run = sync()
    assert counts(run) == ("succeeded", 2, 0, 0, 0)
    assert (run.skipped, run.error, source.event_count, source.last_changes) == (1, "", 2, 2)
    [reason] = run.report["reasons"]
    assert (reason["count"], reason["examples"][0]["title"]) == (1, "Torn")
    assert source.last_success_at is not None
    assert source.next_due_at == run.started_at + source.interval
    assert counts(sync()) == ("succeeded", 0, 0, 2, 0)


def test_sync_source_asks_conditionally(feed: FakeFeed, source: Source, sync: Sync) -> None:
    feed.content, feed.etag = concerts("a"), '"one"'
    sync()
    assert counts(sync()) == ("not_modified", 0, 0, 0, 0)
    assert feed.requests[-1]["If-None-Match"] == '"one"'
    assert counts(sync(force=True)) == ("succeeded", 0, 0, 1, 0)
    assert feed.requests[-1]["If-None-Match"] is None
    feed.content, feed.etag = concerts("a", "b"), '"two"'
    assert counts(sync()) == ("succeeded", 1, 0, 1, 0)
    assert source.etag == '"two"'


def test_sync_source_by_date_of_change(feed: FakeFeed, source: Source, sync: Sync) -> None:
    feed.content, feed.last_modified = concerts("a"), "Sat, 21 Nov 2026 05:00:00 GMT"
    sync()
    assert counts(sync()) == ("not_modified", 0, 0, 0, 0)


def test_sync_source_reads_an_unmodified_feed_again_after_a_week(
    feed: FakeFeed, source: Source, sync: Sync
) -> None:
    feed.content, feed.etag = concerts("a"), '"one"'
    sync()
    Source.objects.update(last_read_at=timezone.now() - timedelta(days=8))
    assert counts(sync()) == ("succeeded", 0, 0, 1, 0)


def test_sync_source_withdraws_what_is_gone_and_lists_what_comes_back(
    feed: FakeFeed, sync: Sync
) -> None:
    feed.content = concerts("a", "b")
    sync()
    feed.content = concerts("a")
    assert counts(sync()) == ("succeeded", 0, 0, 1, 1)
    gone = Event.objects.get(external_id="b")
    assert (gone.withdrawn_at is not None, gone.sequence) == (True, 1)
    assert listed() == ["a"]
    assert list(EventSearchRow.objects.values_list("event__external_id", flat=True)) == ["a"]
    assert EventWords.objects.count() == 1
    assert counts(sync()) == ("succeeded", 0, 0, 1, 0)

    feed.content = concerts("a", "b")
    assert counts(sync()) == ("succeeded", 0, 1, 1, 0)
    gone.refresh_from_db()
    assert (gone.withdrawn_at, gone.sequence) == (None, 2)
    assert (EventSearchRow.objects.count(), EventWords.objects.count()) == (2, 2)


def test_sync_source_does_not_withdraw_what_is_past(feed: FakeFeed, sync: Sync) -> None:
    begun = timezone.now() - timedelta(minutes=10)
    feed.content = calendar(entry("old", begun), entry("a", TOMORROW))
    sync()
    feed.content = concerts("a")
    assert counts(sync()) == ("succeeded", 0, 0, 1, 0)
    assert listed() == ["a", "old"]


def test_sync_source_leaves_other_sources_alone(feed: FakeFeed, sync: Sync) -> None:
    draft = EventDraft("theirs", "Talk", TOMORROW, "UTC")
    store_events("elsewhere", [draft], embedder=HashingEmbedder())
    feed.content = concerts("a")
    sync()
    assert listed() == ["a", "theirs"]


def test_sync_source_by_hand_withdrawn_stays_withdrawn(feed: FakeFeed, sync: Sync) -> None:
    feed.content = concerts("a", "b")
    sync()
    event = Event.objects.get(external_id="b")
    withdraw_events([event.pk], now=timezone.now(), by_hand=True)
    assert counts(sync(force=True)) == ("succeeded", 0, 0, 2, 0)
    feed.content = calendar(entry("a", TOMORROW), entry("b", TOMORROW, "Other title"))
    assert counts(sync()) == ("succeeded", 0, 1, 1, 0)
    assert listed() == ["a"]
    assert EventSearchRow.objects.count() == 1


def test_sync_source_a_merged_copy_that_changes_gets_no_search_row(
    feed: FakeFeed, sync: Sync
) -> None:
    kept = entry("a", TOMORROW, "Organ recital", "DESCRIPTION:Bach and Buxtehude.")
    feed.content = calendar(kept, entry("b", TOMORROW, "Organ recital at the Hall"))
    sync()
    first, copy = Event.objects.order_by("external_id")
    assert (first.merged_into_id, copy.merged_into_id) == (None, first.pk)
    feed.content = calendar(kept, entry("b", TOMORROW, "The organ recital at the Hall"))
    assert counts(sync()) == ("succeeded", 0, 1, 1, 0)
    copy.refresh_from_db()
    assert (copy.merged_into_id, copy.title) == (first.pk, "The organ recital at the Hall")
    assert list(EventSearchRow.objects.values_list("pk", flat=True)) == [first.pk]


def test_sync_source_feed_of_the_latest_only_withdraws_nothing(
    feed: FakeFeed, source: Source, sync: Sync
) -> None:
    Source.objects.update(lists_all=False)
    feed.content = concerts("a", "b")
    sync()
    feed.content = concerts("a")
    assert counts(sync()) == ("succeeded", 0, 0, 1, 0)


def many(*numbers: int) -> bytes:
    return concerts(*(f"{number:02}" for number in numbers))


def test_sync_source_withholds_a_suspicious_loss_until_it_is_confirmed(
    feed: FakeFeed, source: Source, sync: Sync
) -> None:
    feed.content, feed.etag = many(*range(40)), '"one"'
    sync()
    feed.content, feed.etag = many(*range(10)), '"two"'
    run = sync()
    assert (run.outcome, run.missing, run.withdrawn) == ("suspicious", 30, 0)
    assert run.error.startswith("30 of 40 events to come are gone")
    assert len(listed()) == 40
    run = sync()
    assert (run.outcome, run.missing, run.withdrawn) == ("succeeded", 30, 30)
    assert len(listed()) == 10


def test_sync_source_forced_believes_a_suspicious_loss(feed: FakeFeed, sync: Sync) -> None:
    feed.content = many(*range(40))
    sync()
    feed.content = many(*range(10))
    assert counts(sync(force=True)) == ("succeeded", 0, 0, 10, 30)


def test_sync_source_suspicion_is_over_when_the_feed_is_whole_again(
    feed: FakeFeed, sync: Sync
) -> None:
    feed.content = many(*range(40))
    sync()
    feed.content = calendar()
    assert sync().outcome == "suspicious"
    feed.content = many(*range(40))
    assert counts(sync()) == ("succeeded", 0, 0, 40, 0)
    feed.content = calendar()
    assert sync().outcome == "suspicious"


@pytest.mark.parametrize("damage", ["status", "cut off", "torn file", "no calendar"])
def test_sync_source_failure_withdraws_nothing_and_backs_off(
    feed: FakeFeed, source: Source, sync: Sync, damage: str
) -> None:
    feed.content = concerts("a", "b")
    sync()
    match damage:
        case "status":
            feed.status = 503
        case "cut off":
            feed.cut_off = True
        case "torn file":
            feed.content = feed.content[:-40]
        case "no calendar":
            feed.content, feed.content_type = b"We are back soon", "text/plain"
    first = sync()
    assert counts(first) == ("failed", 0, 0, 0, 0)
    assert (first.error != "", source.last_error, source.failures) == (True, first.error, 1)
    waits = [source.next_due_at]
    sync()
    waits.append(source.next_due_at)
    assert source.failures == 2
    assert listed() == ["a", "b"]
    assert all(wait is not None and wait > timezone.now() for wait in waits)


def test_sync_source_honours_retry_after(feed: FakeFeed, source: Source, sync: Sync) -> None:
    feed.status, feed.headers = 429, {"Retry-After": "86400"}
    run = sync()
    assert run.finished_at is not None
    assert source.next_due_at is not None
    assert source.next_due_at - run.finished_at > timedelta(hours=23, minutes=59)


def test_sync_source_private_address_is_refused(
    feed: FakeFeed, source: Source, sync: Sync, settings: Settings
) -> None:
    settings.FEEDS_PRIVATE_HOSTS = frozenset()
    assert sync().error == "127.0.0.1 is not a public address; only public ones are fetched."
    assert feed.requests == []


def test_sync_source_default_place_and_zone_are_used(
    feed: FakeFeed, source: Source, sync: Sync
) -> None:
    davis = Place.objects.filter(name="Davis", region_code="CA").get()
    Source.objects.update(default_place=davis)
    feed.content = concerts("a").replace(b"LOCATION:Hall, 12 Main Street, Davis, CA\r\n", b"")
    sync()
    event = Event.objects.select_related("venue").get()
    assert event.venue is not None
    assert (event.venue.city, event.venue.precision) == ("Davis", "place")
    assert event.timezone == "America/Los_Angeles"


def test_sync_source_online_events_are_in_the_zone_of_the_default_place(
    feed: FakeFeed, source: Source, sync: Sync
) -> None:
    davis = Place.objects.get(name="Davis", region_code="CA")
    Source.objects.update(default_place=davis, format="csv")
    feed.content = f"title,start,location\nTalk,{TOMORROW:%Y-%m-%d} 19:30,Zoom".encode()
    assert sync().report["zones"] == {"source": 1}
    assert Event.objects.get().timezone == "America/Los_Angeles"
    Source.objects.update(timezone="Europe/Paris")
    sync()
    assert Event.objects.get().timezone == "Europe/Paris"


def test_sync_source_only_if_due(feed: FakeFeed, source: Source, sync: Sync) -> None:
    feed.content = concerts("a")
    sync()
    options = SyncOptions(HashingEmbedder, only_if_due=True)
    assert sync_source(source.pk, options) is None
    Source.objects.update(sync_requested_at=timezone.now(), enabled=False)
    run = sync_source(source.pk, options)
    assert run is not None
    source.refresh_from_db()
    assert source.sync_requested_at is None
    assert sync_source(source.pk, options) is None


def test_sync_source_told_to_end_is_interrupted(feed: FakeFeed, source: Source) -> None:
    feed.content = concerts("a")
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        sync_source(source.pk, SyncOptions(HashingEmbedder, progress=stopping(stop)))
    assert SourceRun.objects.get().outcome == "interrupted"
    assert Event.objects.count() == 0


def test_sync_source_marks_a_killed_run(feed: FakeFeed, source: Source, sync: Sync) -> None:
    SourceRun.objects.create(source=source)
    feed.content = concerts("a")
    sync()
    assert [run.outcome for run in source.runs.all()] == ["succeeded", "interrupted"]


def test_sync_source_keeps_the_latest_runs(feed: FakeFeed, source: Source, sync: Sync) -> None:
    SourceRun.objects.bulk_create(
        SourceRun(source=source, outcome="failed") for _ in range(SourceRun.KEPT + 5)
    )
    sync()
    assert source.runs.count() == SourceRun.KEPT


def test_sync_source_refuses_what_another_session_is_at(source: Source) -> None:
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with only_one(source_lock(source.name)):
            entered.set()
            leave.wait(10)
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    try:
        assert entered.wait(10)
        with pytest.raises(AlreadyRunning):
            sync_source(source.pk, SyncOptions(HashingEmbedder))
    finally:
        leave.set()
        thread.join()
