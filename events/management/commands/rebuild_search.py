from __future__ import annotations

from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.advisory_lock import AlreadyRunning
from core.progress import progress_bar, silent
from events.search_table.rebuild import RebuildFailed, rebuild_search_table


class Command(BaseCommand):
    help = (
        "Builds the search table and its indexes anew, in the order in which searches read it, "
        "while the service goes on. Needs the disk space of the table and its indexes once more, "
        "until it has ended. What an interrupted run leaves behind is removed by the next one. "
        "A larger maintenance_work_mem in Postgres makes it faster."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--patience",
            type=float,
            default=600,
            metavar="SECONDS",
            help="how long to try for a lock that somebody else holds (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = perf_counter()
        try:
            done = rebuild_search_table(
                progress=progress_bar if options["verbosity"] else silent,
                patience_seconds=options["patience"],
            )
        except (AlreadyRunning, RebuildFailed) as error:
            raise CommandError(str(error)) from error
        took, blocked = perf_counter() - began, done.seconds_blocked * 1000
        self.stdout.write(
            f"{done.copied:,} rows in order and {done.caught_up:,} that changed meanwhile, "
            f"in {took:.1f} s; searches waited at most {blocked:.0f} ms for the swap"
        )
