"""Imports one calendar: fetch, parse, normalise, deduplicate, store, merge."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from core.progress import Progress, silent
from events.ingestion.duplicates.joining import Deduplicator
from events.ingestion.errors import ImportFileError
from events.ingestion.fetching.fetch import Fetched, fetch_anew
from events.ingestion.fetching.network import NOWHERE_PRIVATE, PrivateHosts
from events.ingestion.formats import detect_format, read_file
from events.ingestion.locations.locate import Geocode, Locator
from events.ingestion.normalise import normalise_all
from events.ingestion.records import Entries, ParsedFile, RawEvent, Skipped, SkippedLog
from events.ingestion.report import ImportReport, require_events
from events.ingestion.store import store_events
from events.ingestion.times import ZoneFrom, Zones
from events.merging.merge import merge_copies
from events.places.gazetteer import Gazetteer, Town
from events.search_table.rows import Embedder

# Entries understood together: enough to look up their places with few queries.
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Options of an import; `source` and `format_name` are detected when empty.

    `zone` is the source's, for times to which neither event, place nor calendar give
    one; `fallback_zone` is assumed where nothing speaks for any. `home` is for events
    that name no town, `geocode` for lines whose place is not known otherwise (None:
    they stay without), `private` for hosts that need not be public. A file without any event is
    an error unless it `may_be_empty`, as one that is read again and again.
    """

    fallback_zone: str
    zone: str = ""
    source: str = ""
    format_name: str = ""
    home: Town | None = None
    geocode: Geocode | None = None
    dry_run: bool = False
    private: PrivateHosts = NOWHERE_PRIVATE
    may_be_empty: bool = False


def import_calendar(
    location: str,
    options: ImportOptions,
    *,
    embedder: Embedder | None,
    now: datetime,
    progress: Progress = silent,
) -> ImportReport:
    """Imports the calendar at a path or address.

    Without an `embedder` the vectors are left to be made later (see `events.search_table.vectors`).

    Raises:
        ImportFileError: the file as a whole cannot be read; nothing was stored.
    """
    fetched = fetch_anew(location, private=options.private)
    return import_fetched(fetched, options, embedder=embedder, now=now, progress=progress)


@contextmanager
def _few_objects_to_collect() -> Iterator[None]:
    """Lets the collector of cycles pass over what was there before, which stays anyway.

    Going through all modules again and again took an eighth of an import's time.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@_few_objects_to_collect()
def import_fetched(
    fetched: Fetched,
    options: ImportOptions,
    *,
    embedder: Embedder | None,
    now: datetime,
    progress: Progress = silent,
) -> ImportReport:
    """Imports a calendar that is at hand; raises like `import_calendar`.

    All entries are understood before the first is stored, since a file may
    turn out to be cut off at its end. Neither they nor the drafts are held in
    memory.
    """
    source = (options.source or fetched.default_source).strip()[:200]
    if not source:
        raise ImportFileError("The source has no name; give one with --source.")
    format_name = options.format_name or detect_format(fetched)
    understood = _Understood()
    try:
        with progress("understanding", 0) as step:
            entries = read_file(fetched, format_name=format_name, now=now)
            _understand(entries, options, understood, step)
    except BaseException:
        understood.deduplicator.close()
        raise
    distinct = understood.deduplicator.result()
    report = ImportReport(
        source=source,
        format_name=format_name,
        found=understood.found,
        product=understood.product,
        merged=tuple(distinct.joined),
        skipped=understood.skipped.entries,
        notes=understood.notes.entries,
        zones=understood.zones,
        drafts=distinct.drafts,
    )
    if not options.may_be_empty:
        require_events(report)
    if options.dry_run:
        return report
    with progress("storing", len(distinct.drafts)) as step:
        stored = store_events(source, distinct.drafts, embedder=embedder, on_progress=step)
    return replace(report, stored=stored, copies=merge_copies(embedder=embedder, now=now))


@dataclass(slots=True)
class _Understood:
    """The drafts and reports that a file has given so far."""

    deduplicator: Deduplicator = field(default_factory=Deduplicator)
    skipped: SkippedLog = field(default_factory=SkippedLog)
    notes: SkippedLog = field(default_factory=SkippedLog)
    zones: Counter[ZoneFrom] = field(default_factory=Counter)
    found: int = 0
    product: str = ""


def _understand(
    entries: Entries,
    options: ImportOptions,
    understood: _Understood,
    step: Callable[[int], None],
) -> None:
    locator = Locator(Gazetteer(), home=options.home, geocode=options.geocode)
    zones = Zones(options.fallback_zone, options.zone)
    understood.product = entries.product
    for chunk in _chunks(entries):
        normalised = normalise_all(chunk, locator, zones=zones)
        for draft in normalised.drafts:
            understood.deduplicator.add(draft)
        for entry in (*chunk.broken, *normalised.skipped):
            understood.skipped.add(entry)
        for note in normalised.notes:
            understood.notes.add(note)
        understood.zones += normalised.zones
        understood.found += len(chunk.events) + len(chunk.broken)
        step(len(chunk.events))


def _chunks(entries: Entries) -> Iterator[ParsedFile]:
    """Batches of entries, whose places are looked up together."""
    found = entries.found
    while chunk := list(islice(found, CHUNK)):
        events = [entry for entry in chunk if isinstance(entry, RawEvent)]
        broken = [entry for entry in chunk if isinstance(entry, Skipped)]
        yield ParsedFile(events, broken, entries.timezone)
