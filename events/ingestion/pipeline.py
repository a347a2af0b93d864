"""Imports one calendar: fetch, parse, normalise, merge, store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from events.ingestion.errors import ImportFileError
from events.ingestion.fetch import fetch
from events.ingestion.formats import parse_file
from events.ingestion.merge import merge
from events.ingestion.normalise import normalise_all
from events.ingestion.places.gazetteer import Gazetteer
from events.ingestion.places.locate import Locator
from events.ingestion.raw import Skipped
from events.ingestion.store import StoreReport, store_events
from events.ingestion.types import EventDraft
from events.merging.merge import MergeReport, merge_copies
from events.progress import Progress, silent
from events.search_index import Embedder


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import; `source` and `format_name` are found out when empty.

    `fallback_zone` is for times that neither event, place nor calendar give a zone.
    """

    fallback_zone: str
    source: str = ""
    format_name: str = ""
    dry_run: bool = False
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of each entry of the file."""

    source: str
    found: int
    stored: StoreReport = field(default_factory=StoreReport)
    copies: MergeReport = field(default_factory=MergeReport)
    merged: tuple[Skipped, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    drafts: tuple[EventDraft, ...] = ()

    def reasons(self) -> Iterator[tuple[str, int, list[Skipped]]]:
        """(kind and reason, how many, the entries), the most frequent first."""
        groups: dict[str, list[Skipped]] = {}
        for entry in (*self.merged, *self.skipped):
            named = entry.kind if entry in self.merged else f"{entry.kind}: {entry.reason}"
            groups.setdefault(named, []).append(entry)
        counts = Counter({name: len(entries) for name, entries in groups.items()})
        for name, count in counts.most_common():
            yield name, count, groups[name]


def import_calendar(
    location: str,
    options: ImportOptions,
    *,
    embedder: Embedder,
    now: datetime,
    progress: Progress = silent,
) -> ImportReport:
    """Imports the calendar at a path or address.

    Raises:
        ImportFileError: the file as a whole cannot be read; nothing was stored.
    """
    fetched = fetch(location, allow_private=options.allow_private)
    source = (options.source or fetched.default_source).strip()[:200]
    if not source:
        raise ImportFileError("The source has no name; give one with --source.")
    parsed = parse_file(fetched, format_name=options.format_name, now=now)
    with progress("understanding", len(parsed.events)) as step:
        normalised = normalise_all(
            parsed,
            Locator(Gazetteer()),
            fallback_zone=options.fallback_zone,
            on_step=lambda: step(1),
        )
    merged = merge(normalised.drafts)
    stored, copies = StoreReport(), MergeReport()
    if not options.dry_run:
        with progress("storing", len(merged.drafts)) as step:
            stored = store_events(source, merged.drafts, embedder=embedder, on_progress=step)
        copies = merge_copies(embedder=embedder, now=now)
    return ImportReport(
        source=source,
        found=len(parsed.events) + len(parsed.broken),
        stored=stored,
        copies=copies,
        merged=tuple(merged.merged),
        skipped=(*parsed.broken, *normalised.skipped),
        drafts=tuple(merged.drafts),
    )
