"""Reads hostile feeds in a process of its own, and tells what they cost.

Prints a list: of each feed the error's name and sentence (or the counts of entries),
the seconds of CPU, and the megabytes of memory at most until then. Only the first
one's host and port may be private.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from events.ingestion.errors import ImportFileError
from events.ingestion.fetching.fetch import fetch_anew
from events.ingestion.fetching.network import PrivateHosts
from events.ingestion.formats import read_file
from events.ingestion.records import Skipped


def main(seconds: float, *locations: str) -> None:
    first = urlsplit(locations[0])
    private = frozenset({(first.hostname or "", first.port or 80)})
    sys.stdout.write(json.dumps([_read(each, seconds, private) for each in locations]))


def _read(location: str, seconds: float, private: PrivateHosts) -> dict[str, Any]:
    began = resource.getrusage(resource.RUSAGE_SELF)
    events = 0
    reasons: list[str] = []
    error = ""
    try:
        fetched = fetch_anew(location, private=private, seconds=seconds)
        for entry in read_file(fetched, now=datetime(2026, 11, 20, tzinfo=UTC)).found:
            if isinstance(entry, Skipped):
                reasons = [*reasons, entry.reason][:5]
            else:
                events += 1
    except ImportFileError as refused:
        error = f"{type(refused).__name__}: {refused}"
    ended = resource.getrusage(resource.RUSAGE_SELF)
    cpu = ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
    answer = {"error": error, "events": events, "reasons": reasons}
    return answer | {"cpu": cpu, "megabytes": _most_megabytes()}


def _most_megabytes() -> float:
    """The most that this process ever held; what `getrusage` tells begins with its parent's."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(float(sys.argv[1]), *sys.argv[2:])
