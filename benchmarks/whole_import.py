"""Imports one file in a process of its own, vectors deferred, and tells what it cost.

`python -m benchmarks.whole_import FILE` prints events, seconds and the most megabytes
that the process ever held, as JSON; the events stay where they were stored.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

SOURCE = "benchmark"


def import_apart(path: Path, *, database_url: str) -> dict[str, float]:
    """The same from a new process, otherwise with this one's settings."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.whole_import", str(path)],
        cwd=Path(__file__).resolve().parent.parent,
        env={**os.environ, "DATABASE_URL": database_url},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


def main(path: str) -> None:
    import django

    django.setup()
    from events.ingestion.pipeline import ImportOptions, import_calendar

    began = time.perf_counter()
    report = import_calendar(
        path, ImportOptions("UTC", source=SOURCE), embedder=None, now=datetime.now(UTC)
    )
    seconds = time.perf_counter() - began
    stored = report.stored
    events = stored.created + stored.updated + stored.unchanged
    print(json.dumps({"events": events, "seconds": seconds, "megabytes": _most_megabytes()}))


def _most_megabytes() -> float:
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1])
