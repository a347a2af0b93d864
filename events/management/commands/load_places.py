from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from events.places.loading import load_places


class Command(BaseCommand):
    help = "Loads the world's towns (GeoNames) into the place table, once."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_places():,} places")
