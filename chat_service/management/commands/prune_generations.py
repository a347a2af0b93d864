from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from chat_service.streams.journal.pruning import prune, prune_ownerless


class Command(BaseCommand):
    help = "Deletes journals and idempotency keys older than GENERATION_KEEP_HOURS; messages stay."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = prune() | {"chunks of nobody": prune_ownerless()}
        listed = ", ".join(f"{count} {name}" for name, count in counts.items())
        self.stdout.write(f"Deleted: {listed}.")
