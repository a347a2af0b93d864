from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from events.models import Event
from events.search_index import reindex, stale_events
from rag.embedding import get_backend


class Command(BaseCommand):
    help = "Makes the missing or outdated search rows of stored events anew."

    def handle(self, *args: Any, **options: Any) -> None:
        embedder = get_backend()
        done = 0
        with tqdm(total=Event.objects.count(), unit=" events", disable=None) as bar:
            for batch in stale_events(embedder.name):
                reindex(batch, embedder)
                done += len(batch)
                bar.update(len(batch))
        self.stdout.write(f"{done:,} search rows made anew")
