from __future__ import annotations

import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.progress import Stopped, stop_on_signals, stopping
from events.models import Place, Source, SourceRun
from events.sources.sync import SyncOptions
from events.sources.watch import sync_all, watch
from rag.embedding import get_backend
from rag.geocoding.geocoder import configured_geocode


class Command(BaseCommand):
    help = (
        "Synchronises sources: those named, else those that are due. "
        "Sources that another process is at are left to it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="name", help="default: all that are due")
        parser.add_argument("--watch", action="store_true", help="go on until stopped")
        parser.add_argument(
            "--force",
            action="store_true",
            help="all enabled ones (or those named), due or not; ask for the whole feed, "
            "and believe that much of it is gone",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["watch"] and (options["names"] or options["force"]):
            raise CommandError("--watch takes neither names nor --force.")
        if not Place.objects.exists():
            raise CommandError("The place table is empty; run load_places first.")
        self.failed = 0
        with stop_on_signals() as stop:
            if options["watch"]:
                watch(SyncOptions(get_backend, geocode=configured_geocode()), stop, self.tell)
            else:
                self.sync_once(stop, options)

    def sync_once(self, stop: threading.Event, options: dict[str, Any]) -> None:
        """The named or due ones, each once."""
        sources = _chosen(options["names"], force=options["force"])
        wanted = SyncOptions(
            get_backend,
            geocode=configured_geocode(),
            force=options["force"],
            only_if_due=not (options["names"] or options["force"]),
            progress=stopping(stop),
        )
        try:
            sync_all(sources, wanted, self.tell)
        except Stopped as error:
            raise CommandError("Told to end; the next run goes on from here.") from error
        if self.failed:
            raise CommandError(f"{self.failed} of {len(sources)} sources failed.")

    def tell(self, source: Source, run: SourceRun | None) -> None:
        """One line for each source."""
        if run is None:
            self.stdout.write(f"{source.name}: another process is at it")
            return
        self.failed += run.outcome == SourceRun.Outcome.FAILED
        error = f": {run.error}" if run.error else ""
        self.stdout.write(
            f"{source.name}: {run.outcome.replace('_', ' ')}, {run.created:,} created, "
            f"{run.updated:,} updated, {run.unchanged:,} unchanged, {run.withdrawn:,} withdrawn, "
            f"{run.skipped:,} skipped, {run.report.get('merged', 0):,} merged, "
            f"{run.report.get('copies', 0):,} copies{error}"
        )
        self.stdout.flush()


def _chosen(names: list[str], *, force: bool) -> list[Source]:
    if names:
        found = {source.name: source for source in Source.objects.filter(name__in=names)}
        unknown = [name for name in names if name not in found]
        if unknown:
            raise CommandError(f"There is no source named {', '.join(unknown)}.")
        return [found[name] for name in dict.fromkeys(names)]
    if force:
        return list(Source.objects.filter(enabled=True))
    return list(Source.objects.due(timezone.now()))
