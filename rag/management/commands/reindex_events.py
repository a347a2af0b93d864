from __future__ import annotations

from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.advisory_lock import AlreadyRunning, only_one
from core.progress import progress_bar, silent
from events.search_table.stale import Refreshed, indexable_events, refresh_stale_rows
from rag.embedding import get_backend


class Command(BaseCommand):
    help = (
        "Makes the missing or outdated search rows of stored events anew, while searches go on. "
        "An interrupted run is continued by the next one (with --all it begins again)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="redo every row, stale or not")

    def handle(self, *args: Any, **options: Any) -> None:
        began = perf_counter()
        progress = progress_bar if options["verbosity"] else silent
        try:
            with (
                only_one("reindex_events"),
                progress("checking events", indexable_events().count()) as step,
            ):
                done = refresh_stale_rows(
                    embedder=get_backend(), every=options["all"], on_checked=step
                )
        except AlreadyRunning as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_summary(done, perf_counter() - began))


def _summary(done: Refreshed, seconds: float) -> str:
    line = f"{done.checked:,} events checked, {done.redone:,} rows made anew in {seconds:.1f} s"
    if not done.left:
        return line
    return f"{line}; {done.left:,} were being changed meanwhile: run this again for them"
