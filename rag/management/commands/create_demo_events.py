from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from events.demo import create_demo_events
from rag.embedding import EmbeddingError, get_backend


class Command(BaseCommand):
    help = "Fills or renews the calendar of demonstration events, unless it reaches far enough."

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(desc="  demonstration events", unit="event", disable=None, leave=False) as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                created = create_demo_events(embedder=get_backend(), progress=show)
            except EmbeddingError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"{created:,} events")
