from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.progress import progress_bar, silent
from core.zones import zone_or_none
from events.ingestion.errors import ImportFileError
from events.ingestion.formats import FORMATS
from events.ingestion.pipeline import ImportOptions, import_calendar
from events.ingestion.report import ImportReport, zones_in_words
from events.models import Place
from rag.embedding import get_backend
from rag.geocoding.geocoder import configured_geocode

EXAMPLES = 3


class Command(BaseCommand):
    help = "Imports events from a file or address: iCalendar, schema.org JSON-LD, JSON or CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("location", help="a path, or an http(s) address")
        parser.add_argument("--source", default="", help="default: the file's or the host's name")
        parser.add_argument("--format", default="", choices=FORMATS, help="default: by content")
        parser.add_argument("--timezone", default="", help="IANA zone for times without one")
        parser.add_argument(
            "--without-vectors",
            action="store_true",
            help="leave the vectors to the service, which makes them in the background",
        )
        parser.add_argument("--dry-run", action="store_true", help="understand, but store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        zone = options["timezone"]
        if zone and zone_or_none(zone) is None:
            raise CommandError(f"{zone} is not an IANA time zone, such as America/New_York.")
        if not Place.objects.exists():
            raise CommandError("The place table is empty; run load_places first.")
        try:
            report = import_calendar(
                options["location"],
                ImportOptions(
                    fallback_zone=settings.TIME_ZONE,
                    zone=zone,
                    source=options["source"],
                    format_name=options["format"],
                    geocode=configured_geocode(),
                    private=settings.FEEDS_PRIVATE_HOSTS,
                    dry_run=options["dry_run"],
                ),
                embedder=None if options["without_vectors"] else get_backend(),
                now=timezone.now(),
                progress=progress_bar if options["verbosity"] else silent,
            )
        except ImportFileError as error:
            raise CommandError(str(error)) from error
        for line in _summary(report, options["verbosity"], dry_run=options["dry_run"]):
            self.stdout.write(line)


def _summary(report: ImportReport, verbosity: int, *, dry_run: bool) -> Iterator[str]:
    yield f"{report.source}: {report.found:,} entries"
    if dry_run:
        yield f"  would store   {len(report.drafts):,} (dry run: nothing was stored)"
    else:
        yield f"  created       {report.stored.created:,}"
        yield f"  updated       {report.stored.updated:,}"
        yield f"  unchanged     {report.stored.unchanged:,}"
        yield f"  copies        {report.copies.merged:,}"
    yield f"  merged        {len(report.merged):,}"
    yield f"  skipped       {len(report.skipped):,}"
    if report.zones:
        yield f"  time zones    {zones_in_words(report.zones)}"
    for name, count, entries in report.reasons():
        yield f"{count:,} × {name}"
        shown = entries if verbosity > 1 else entries[:EXAMPLES]
        for entry in shown:
            yield f"    {entry.title or '(no title)'} [{entry.external_id}]: {entry.reason}"
        if len(shown) < count:
            yield f"    … and {count - len(shown):,} more (-v 2 shows all)"
