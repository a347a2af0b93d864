"""Events imported a second, beside floors: embedding their texts, and reading their file.

`CALENDARS` names the folder of the real calendar (see `benchmarks.relevance.calendars`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from django.conf import settings
from icalendar import Calendar

from benchmarks.calendars import write_calendar
from benchmarks.figures import table
from benchmarks.relevance.calendars import calendar_folder
from benchmarks.whole_import import SOURCE, import_apart
from events.demo.generate import generate_events
from events.ingestion.records import EventDraft
from events.ingestion.store import store_events
from events.models import Event, Venue
from events.search_table.rows import Embedder, embedding_text
from rag.embedding import get_backend
from superschedules import embedded_postgres

EVENTS = 2000
REAL = "santarosa.ics"
DISTINCT_EVENTS = 10_000
LARGE_BYTES = 200_000_000


def run() -> None:
    """Stores generated drafts, then imports whole files without a model."""
    _store_drafts()
    print()
    _import_files()


def _import_files() -> None:
    """Each file is read, understood, merged and stored with search rows, in a new process.

    The database is a new one, and emptied before each of them.
    """
    now = datetime.now(UTC)
    rows: list[tuple[object, ...]] = []
    with TemporaryDirectory() as folder, embedded_postgres.running(Path(folder)) as url:
        for command in ("migrate", "load_places"):
            _manage(command, url)
        distinct, large = Path(folder, "distinct.ics"), Path(folder, "large.ics")
        write_calendar(distinct, now=now, events=DISTINCT_EVENTS)
        write_calendar(large, now=now, least_bytes=LARGE_BYTES)
        for name, path in (
            ("real", calendar_folder() / REAL),
            ("generated, all distinct", distinct),
            ("generated, 200 MB", large),
        ):
            if not path.exists():
                sys.exit(f"{path} is missing: set CALENDARS to its folder.")
            found = import_apart(path, database_url=url)
            rate = found["events"] / found["seconds"]
            # Parsing the largest as a whole would take gigabytes.
            floor = None if path == large else _parsing_rate(path)
            beside = ("", "") if floor is None else (floor, rate / floor)
            rows.append((name, int(found["events"]), rate, *beside, found["megabytes"]))
            with psycopg.connect(url) as database:
                database.execute("TRUNCATE events_event, events_venue CASCADE")
    header = ["calendar", "events", "events/s", "`icalendar` alone", "to the floor", "peak MB"]
    print(table(header, rows))


def _manage(command: str, database_url: str) -> None:
    subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), command, "--verbosity", "0"],
        env={**os.environ, "DATABASE_URL": database_url},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _parsing_rate(path: Path) -> float:
    """Entries a second that the `icalendar` package parses, and nothing else."""
    content = path.read_bytes()
    began = time.perf_counter()
    entries = Calendar.from_ical(content).walk("VEVENT")
    return len(entries) / (time.perf_counter() - began)


def _store_drafts() -> None:
    """Generated drafts, fresh and then again unchanged, beside embedding alone."""
    drafts = list(generate_events(datetime.now(UTC), count=EVENTS))
    backend = get_backend()
    backend.embed(["warm"])

    began = time.perf_counter()
    backend.embed([embedding_text(draft) for draft in drafts])
    floor = len(drafts) / (time.perf_counter() - began)

    rates = [
        rate
        for embedder, times in ((backend, 2), (None, 1))
        for rate in _storing_rates(drafts, embedder, times)
    ]
    rows: list[tuple[str, float, float]] = [
        ("embedding alone (floor)", floor, 1.0),
        ("new events, embedded and stored", rates[0], rates[0] / floor),
        ("the same events again, unchanged", rates[1], rates[1] / floor),
        ("new events, stored, vectors deferred", rates[2], rates[2] / floor),
    ]
    print(table(["what", "events/s", "to the floor"], rows))


def _storing_rates(
    drafts: Sequence[EventDraft], embedder: Embedder | None, times: int
) -> Iterator[float]:
    """Events a second of storing the drafts so many times; then they are deleted."""
    try:
        for _ in range(times):
            began = time.perf_counter()
            store_events(SOURCE, drafts, embedder=embedder)
            yield len(drafts) / (time.perf_counter() - began)
    finally:
        Event.objects.filter(source=SOURCE).delete()
        Venue.objects.filter(events__isnull=True).delete()
