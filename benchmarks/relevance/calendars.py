"""The real calendars that the queries are judged over, imported when they are missing."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from django.core.management import call_command

from benchmarks.relevance.labels import NOW
from events.models import Event

CALENDARS = ("asheville", "davis", "montclair", "santarosa")
_DEFAULT_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"


def calendar_folder() -> Path:
    """The folder of the real calendars."""
    return Path(os.environ.get("CALENDARS", _DEFAULT_FOLDER))


def import_missing() -> None:
    """Imports each calendar that the database lacks, from the folder `CALENDARS`."""
    missing = [name for name in CALENDARS if not _is_stored(name)]
    folder = calendar_folder()
    if absent := [name for name in missing if not (folder / f"{name}.ics").exists()]:
        sys.exit(
            f"{', '.join(f'{name}.ics' for name in absent)} not found in {folder}: set CALENDARS"
            " to the folder of the four calendars that the queries are judged over."
        )
    for name in missing:
        call_command(
            *("import_events", str(folder / f"{name}.ics"), f"--source={name}"),
            verbosity=0,
            stdout=io.StringIO(),  # its summary is not a figure
        )


def _is_stored(source: str) -> bool:
    return Event.objects.filter(source=source, start_time__gte=NOW).exists()
