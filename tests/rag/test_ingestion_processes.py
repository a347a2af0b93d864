"""Importing and synchronising as real processes: killed, told to end, and two at once."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from accounts.models import User
from events.ingestion.store import BATCH
from events.models import (
    Event,
    EventSearchRow,
    EventWords,
    Import,
    MergeDecision,
    MergeDue,
    Source,
    SourceRun,
    Venue,
)
from events.sources.import_queue import ImportRequest, keep_file, queue_import
from tests.commands import command, ran, until
from tests.fakes.feed import FakeFeed, calendar, entry

SOURCE = "killed by tests"
SIZE = 1500
KILLS = 2
OTHER_SOURCE = f"{SOURCE}, the copies"
COPIES = 200
TOMORROW = timezone.now().replace(microsecond=0) + timedelta(days=1)


@pytest.fixture
def clean(committed: None) -> Iterator[None]:
    yield
    Event.objects.filter(source__in=(SOURCE, OTHER_SOURCE)).delete()
    Import.objects.filter(source=SOURCE).delete()
    Source.objects.filter(name=SOURCE).delete()
    Venue.objects.filter(events__isnull=True).delete()


@pytest.fixture
def file(tmp_path: Path, clean: None) -> Path:
    """Many events of few words: writing them is what takes the time. None is at midnight,
    which stands for a day without an hour.
    """
    lines = ["id,title,start,venue,city,state"]
    lines += [
        f"{number},Killed concert {number % 20},2030-12-{number % 28 + 1:02} "
        f"{number // 28 % 23 + 1:02}:{number // 644 % 60:02},Killed Hall,Davis,CA"
        for number in range(SIZE)
    ]
    path = tmp_path / "killed.csv"
    path.write_text("\n".join(lines))
    return path


def stored() -> int:
    return Event.objects.filter(source=SOURCE).count()


def assert_whole(events: int) -> None:
    """No event without its search row, and none twice."""
    ids = Event.objects.filter(source=SOURCE).values_list("external_id", flat=True)
    assert len(ids) == len(set(ids)) == events
    rows = EventSearchRow.objects.filter(event__source=SOURCE)
    assert (rows.count(), rows.filter(embedding_model="").count()) == (events, 0)
    assert EventWords.objects.filter(event__source=SOURCE).count() == events


def kill_while_storing(process: subprocess.Popen[str]) -> None:
    """SIGKILL, a random while after the process has begun to store (or when it has ended)."""
    before = stored()
    until(lambda: stored() != before or process.poll() is not None)
    time.sleep(random.uniform(0, 0.4))
    process.kill()
    process.wait()


def test_import_events_killed_anywhere_is_completed_by_the_next_run(file: Path) -> None:
    for _ in range(KILLS):
        with command("import_events", str(file), "--source", SOURCE) as process:
            kill_while_storing(process)
        assert_whole(stored())
        if stored() < SIZE:
            assert stored() % BATCH == 0  # whole batches
    ran("import_events", str(file), "--source", SOURCE)
    assert_whole(SIZE)
    again = ran("import_events", str(file), "--source", SOURCE, "--verbosity", "0").split("\n")
    assert [line.split() for line in again[1:4]] == [
        ["created", "0"],
        ["updated", "0"],
        ["unchanged", f"{SIZE:,}"],
    ]


def test_import_events_two_at_once_store_nothing_twice(file: Path) -> None:
    shorten(file, COPIES)
    arguments = ("import_events", str(file), "--source", SOURCE)
    with command(*arguments) as first, command(*arguments) as second:
        told = [process.communicate(timeout=240)[0] for process in (first, second)]
        assert [first.returncode, second.returncode] == [0, 0], told
    assert_whole(COPIES)
    assert Venue.objects.filter(name="Killed Hall").count() == 1
    assert MergeDue.objects.filter(event__source=SOURCE).count() == 0


def test_import_events_killed_while_merging_is_completed_by_the_next_run(file: Path) -> None:
    """The same concerts from two sources: one of each pair stays listed, with its search row."""
    shorten(file, COPIES)
    ran("import_events", str(file), "--source", SOURCE)
    copies = Event.objects.filter(source=OTHER_SOURCE)
    merged = MergeDecision.objects.filter(copy__source__in=(SOURCE, OTHER_SOURCE))
    arguments = ("import_events", str(file), "--source", OTHER_SOURCE)
    with command(*arguments) as process:
        until(lambda: merged.exists() or process.poll() is not None)
        process.kill()
        process.wait()
    assert copies.count() == COPIES
    assert_pairs(merged.count())
    ran(*arguments)
    assert_pairs(COPIES)
    assert MergeDue.objects.filter(event__source__in=(SOURCE, OTHER_SOURCE)).count() == 0
    again = ran(*arguments, "--verbosity", "0").split("\n")
    assert [line.split() for line in again[1:5]] == [
        ["created", "0"],
        ["updated", "0"],
        ["unchanged", f"{COPIES:,}"],
        ["copies", "0"],
    ]


def shorten(file: Path, events: int) -> None:
    file.write_text("\n".join(file.read_text().splitlines()[: events + 1]))


def assert_pairs(merged: int) -> None:
    """All events are there; of each merged pair one is listed, and found by its search row."""
    mine = Event.objects.filter(source__in=(SOURCE, OTHER_SOURCE))
    listed = mine.filter(merged_into__isnull=True)
    assert (mine.count(), listed.count()) == (2 * COPIES, 2 * COPIES - merged)
    for rows in (EventSearchRow.objects, EventWords.objects):
        found = rows.filter(event__in=mine).values_list("event_id", flat=True)
        assert sorted(found) == sorted(listed.values_list("pk", flat=True))


def test_run_ingestion_killed_import_is_taken_up_by_the_next_worker(file: Path) -> None:
    user = User.objects.create(username="killed", email="killed@example.org")
    wanted = ImportRequest(
        source=SOURCE, stored_name=keep_file([file.read_bytes()]), file_name="killed.csv"
    )
    imported = queue_import(user.pk, wanted)
    try:
        with command("run_ingestion", IMPORT_LEASE_SECONDS="1") as process:
            kill_while_storing(process)
        assert_whole(stored())

        def completed() -> bool:
            ran("run_ingestion", IMPORT_LEASE_SECONDS="1")
            imported.refresh_from_db()
            return imported.status == Import.Status.COMPLETED

        until(completed)
    finally:
        user.delete()
    assert_whole(SIZE)
    report = imported.report
    assert report["created"] + report["unchanged"] == SIZE
    assert report["updated"] == 0
    # A running service of other tests may take it before the command does, and is not killed.
    assert imported.attempts in (1, 2)


def test_run_ingestion_told_to_end_puts_the_import_back(file: Path) -> None:
    imported = Import.objects.create(
        source=SOURCE, stored_name=keep_file([file.read_bytes()]), file_name="killed.csv"
    )
    with command("run_ingestion") as process:
        until(lambda: stored() > 0)
        process.terminate()
        assert process.wait(20) == 0
    imported.refresh_from_db()
    if imported.status == Import.Status.QUEUED:
        assert imported.attempts == 0
        ran("run_ingestion")
    # A worker of the running service may have it: done sooner than a dead one's lease ends.
    until(lambda: Import.objects.get(pk=imported.pk).status == Import.Status.COMPLETED, 25)
    assert_whole(SIZE)


@pytest.fixture
def feed(clean: None) -> Iterator[FakeFeed]:
    with FakeFeed() as running:
        running.content = calendar(entry("a", TOMORROW))
        Source.objects.create(name=SOURCE, url=running.address)
        yield running


def private(feed: FakeFeed) -> dict[str, str]:
    """The environment in which this feed, and nothing else of this host, may be read."""
    return {"FEEDS_PRIVATE_HOSTS": urlsplit(feed.address).netloc}


def test_sync_sources_tells_of_each_source_and_fails_for_the_failed(feed: FakeFeed) -> None:
    assert ran("sync_sources", **private(feed)) == (
        f"{SOURCE}: succeeded, 1 created, 0 updated, 0 unchanged, 0 withdrawn, 0 skipped,"
        " 0 merged, 0 copies\n"
    )
    assert ran("sync_sources", **private(feed)) == ""  # none is due
    feed.status = 500
    other = Source.objects.create(name=f"{SOURCE}, too", url=feed.address.replace("town", "other"))
    try:
        with command("sync_sources", "--force", **private(feed)) as process:
            out, _ = process.communicate(timeout=60)
    finally:
        other.delete()
    assert process.returncode == 1
    assert out.count("answered with status 500") == 2
    assert "2 of 2 sources failed." in out
    with command("sync_sources", "unheard of") as process:
        out, _ = process.communicate(timeout=60)
    assert (process.returncode, out.strip()) == (
        1,
        "CommandError: There is no source named unheard of.",
    )


def test_sync_sources_two_watchers_ask_a_source_once_and_end_when_told(feed: FakeFeed) -> None:
    feed.held.clear()
    watching = command("sync_sources", "--watch", **private(feed))
    with watching as first, command("sync_sources", "--watch", **private(feed)) as second:
        until(lambda: len(feed.requests) == 1)
        time.sleep(3)  # the other one has long seen that it is due
        feed.held.set()
        until(lambda: SourceRun.objects.filter(outcome="succeeded").count() == 1)
        for process in (first, second):
            process.terminate()
        assert [process.wait(20) for process in (first, second)] == [0, 0]
    assert len(feed.requests) == 1


def test_sync_sources_killed_in_the_middle_is_done_by_the_next_run(feed: FakeFeed) -> None:
    feed.content = calendar(
        *(entry(str(number), TOMORROW + timedelta(hours=number)) for number in range(1000))
    )
    with command("sync_sources", **private(feed)) as process:
        kill_while_storing(process)
    ran("sync_sources", SOURCE, **private(feed))
    assert_whole(1000)
    run = SourceRun.objects.filter(source__name=SOURCE).first()
    assert run is not None
    assert run.created + run.unchanged == 1000
