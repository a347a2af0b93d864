from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.progress import Stopped, stop_on_signals, stopping
from events.models import Source, SourceRun
from events.sources.import_queue import forget_orphans
from events.sources.import_worker import run_imports
from events.sources.sync import SyncOptions
from events.sources.watch import sync_all
from rag.embedding import get_backend
from rag.geocoding.geocoder import configured_geocode


class Command(BaseCommand):
    help = (
        "Works off the queued imports and the synchronisations asked for in the admin, then ends. "
        "The service starts it by itself; it may also be run by hand."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--nice", type=int, default=0, help="give way to others by so much")

    def handle(self, *args: Any, **options: Any) -> None:
        os.nice(max(options["nice"], 0))
        with stop_on_signals() as stop:
            forget_orphans()
            geocode = configured_geocode()
            run_imports(get_backend, stop, geocode=geocode)
            wanted = SyncOptions(
                get_backend, geocode=geocode, only_if_due=True, progress=stopping(stop)
            )
            try:
                sync_all(Source.objects.requested(), wanted, self.tell)
            except Stopped:
                return

    def tell(self, source: Source, run: SourceRun | None) -> None:
        outcome = "another process is at it" if run is None else run.get_outcome_display()
        self.stdout.write(f"{source.name}: {outcome}")
