"""`rebuild_search`: the same table in a better order, whoever reads, writes or kills meanwhile."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.advisory_lock import AlreadyRunning, only_one
from events.search_table.rebuild import WORK, RebuildFailed, RebuildReport, rebuild_search_table
from tests.events.search_table import add_row, catalogue, contents, filled, other_connection

ROWS = 200
MOVE = "UPDATE events_eventsearchrow SET cell = %s WHERE event_id = %s"
REMOVE = "DELETE FROM events_eventsearchrow WHERE event_id = %s"
# Too little for the graph of so many rows: it is then built on disk.
LITTLE_MEMORY = "SET maintenance_work_mem = '1MB'"


@pytest.fixture
def rows(committed: None) -> Iterator[list[int]]:
    with filled(ROWS) as ids:
        yield ids


class Hook:
    """A progress that does something when a stage begins."""

    def __init__(self, act: Callable[[str], None]) -> None:
        self.act = act
        self.stages: list[str] = []

    @contextmanager
    def __call__(self, stage: str, total: int) -> Iterator[Callable[[int], None]]:
        self.stages.append(stage)
        self.act(stage)
        yield lambda count: None


def physical_order() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cell, starts_at, event_id FROM events_eventsearchrow ORDER BY ctid")
        return list(cursor.fetchall())


def test_rebuild_gives_the_same_table_in_order_with_little_memory(rows: list[int]) -> None:
    before, catalogue_before = contents(), catalogue()
    assert physical_order() != sorted(physical_order())
    with connection.cursor() as cursor:
        cursor.execute(LITTLE_MEMORY)
        report = rebuild_search_table()
        cursor.execute("RESET maintenance_work_mem")
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'events_eventsearchrow'")
        assert cursor.fetchone() == (report.copied,)
    assert (report.copied, report.caught_up) == (len(physical_order()), 0)
    assert contents() == before
    assert catalogue() == catalogue_before
    assert physical_order() == sorted(physical_order())


def test_rebuild_leaves_nothing_to_migrate(rows: list[int]) -> None:
    rebuild_search_table()
    printed = io.StringIO()
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=printed)
    assert printed.getvalue() == "No changes detected\n"


def test_rebuild_keeps_what_is_written_at_each_stage(rows: list[int]) -> None:
    left = iter(rows)
    gone: list[int] = []
    moved: list[int] = []
    added: list[int] = []

    def write(stage: str) -> None:
        gone.append(next(left))
        moved.append(next(left))
        with other_connection() as other:
            other.execute(REMOVE, [gone[-1]])
            other.execute(MOVE, [1000 + len(moved), moved[-1]])
        added.append(add_row(ROWS + len(added)))

    hook = Hook(write)
    expected = contents()
    report = rebuild_search_table(progress=hook)
    after = contents()
    assert hook.stages[0] == "copying rows"
    assert hook.stages[-2:] == ["swapping", "tidying up"]
    assert after.keys() == (expected.keys() - set(gone)) | set(added)
    assert [after[event][1] for event in moved] == [1001 + i for i in range(len(moved))]
    untouched = expected.keys() - set(gone) - set(moved)
    assert {key: after[key] for key in untouched} == {key: expected[key] for key in untouched}
    # Before the rows were read, and after the swap, there was nothing to catch up with.
    assert report.caught_up == 3 * (len(hook.stages) - 2) + 3


def test_rebuild_keeps_an_emptied_table_empty(rows: list[int]) -> None:
    def empty(stage: str) -> None:
        if stage == "index search_embedding":
            with other_connection() as other:
                other.execute("TRUNCATE events_eventsearchrow")

    rebuild_search_table(progress=Hook(empty))
    assert contents() == {}


def test_rebuild_loses_nothing_of_concurrent_writers_and_readers(rows: list[int]) -> None:
    stop = threading.Event()
    shares = [rows[start::4] for start in range(3)]  # the fourth share is written by nobody
    expected: dict[int, int | None] = {}
    counts: set[int] = set()

    def write(share: list[int]) -> None:
        chosen = random.Random(share[0])
        with other_connection() as other:
            while not stop.is_set():
                event = chosen.choice(share)
                if chosen.random() < 0.1:
                    other.execute(REMOVE, [event])
                    expected[event] = None
                elif expected.get(event, 0) is not None:
                    cell = chosen.randrange(40)
                    other.execute(MOVE, [cell, event])
                    expected[event] = cell

    def read() -> None:
        with other_connection() as other:
            query = "SELECT count(*) FROM events_eventsearchrow WHERE event_id = ANY (%s)"
            while not stop.is_set():
                counts.add(other.execute(query, [rows[3::4]], prepare=True).fetchone()[0])  # type: ignore[index]

    threads = [threading.Thread(target=write, args=[share]) for share in shares]
    threads.append(threading.Thread(target=read))
    for thread in threads:
        thread.start()
    try:
        report = rebuild_search_table()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    after = contents()
    assert {key: after[key][1] if key in after else None for key in expected} == expected
    assert counts == {len(rows[3::4])}
    assert report.caught_up > 0


def test_rebuild_waits_for_a_transaction_that_reads(rows: list[int]) -> None:
    query = "SELECT count(*) FROM events_eventsearchrow"
    reader = other_connection()
    reader.autocommit = False
    seen = []

    def leave() -> None:
        time.sleep(0.5)
        seen.append(reader.execute(query, prepare=True).fetchone())
        reader.commit()

    leaving = threading.Thread(target=leave)

    def act(stage: str) -> None:
        if stage == "swapping":
            seen.append(reader.execute(query, prepare=True).fetchone())
            leaving.start()

    report = rebuild_search_table(progress=Hook(act))
    leaving.join()
    seen.append(reader.execute(query, prepare=True).fetchone())
    reader.close()
    assert seen == [(report.copied,)] * 3


def test_rebuild_gives_up_when_a_reader_never_ends(rows: list[int]) -> None:
    before = catalogue()
    with other_connection() as reader, reader.transaction():
        reader.execute("SELECT count(*) FROM events_eventsearchrow")
        with pytest.raises(CommandError, match="using the search table for too long"):
            call_command("rebuild_search", patience=0, verbosity=0)
    assert run_again().copied == len(physical_order())
    assert catalogue() == before


@pytest.mark.parametrize(
    "stage", ["copying rows", "index search_embedding", "swapping", "tidying up"]
)
def test_rebuild_killed_leaves_a_whole_table_and_the_next_run_tidies_up(
    rows: list[int], stage: str
) -> None:
    before, catalogue_before = contents(), catalogue()
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED_AT.format(stage=stage)], env=_environment(), check=False
    )
    assert killed.returncode == -9
    assert catalogue() != catalogue_before
    assert contents() == before
    with other_connection() as other:  # writers and deletes go on
        other.execute(MOVE, [77, rows[0]])
        other.execute(REMOVE, [rows[1]])
        other.execute("DELETE FROM events_event WHERE id = %s", [rows[1]])
    assert run_again().copied == len(physical_order())
    assert catalogue() == catalogue_before
    after = contents()
    assert set(after) == set(before) - {rows[1]}
    assert after[rows[0]][1] == 77


def test_rebuild_twice_at_once_is_refused(committed: None) -> None:
    def hold() -> None:
        with only_one(WORK):
            held.set()
            release.wait()
        connection.close()

    held, release = threading.Event(), threading.Event()
    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    try:
        with pytest.raises(CommandError, match="Another process is already doing this"):
            call_command("rebuild_search", verbosity=0)
    finally:
        release.set()
        holder.join()


def test_rebuild_refuses_what_it_would_lose(committed: None) -> None:
    before = catalogue()
    with other_connection() as other:
        other.execute("CREATE VIEW rows_of_search AS SELECT cell FROM events_eventsearchrow")
        try:
            with pytest.raises(RebuildFailed, match="view or rule rows_of_search"):
                rebuild_search_table()
        finally:
            other.execute("DROP VIEW rows_of_search")
    assert catalogue() == before


def run_again() -> RebuildReport:
    """A killed client's session may live for a moment, and its lock with it."""
    for _ in range(100):
        try:
            return rebuild_search_table()
        except AlreadyRunning:
            time.sleep(0.1)
    raise AssertionError("the killed run still holds its lock")


_KILLED_AT = """
import os, signal
from contextlib import contextmanager
from typing import Any
import django
django.setup()
from events.search_table.rebuild import rebuild_search_table

@contextmanager
def progress(stage, total):
    def step(count):
        if stage == {stage!r}:
            os.kill(os.getpid(), signal.SIGKILL)
    if stage in ("swapping", "tidying up"):
        step(0)
    yield step

rebuild_search_table(progress=progress)
"""


def _environment() -> dict[str, str]:
    settings = connection.settings_dict
    url = psycopg.conninfo.make_conninfo(os.environ["DATABASE_URL"], dbname=settings["NAME"])
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "superschedules.settings"}
