"""A short run of `python -m benchmarks.search`: 100,000 events, fewer cells and queries."""

from __future__ import annotations

import subprocess
import sys

EVENTS = "10000,100000"


def run() -> None:
    """In a process of its own: it has its own server, with larger memory."""
    sys.stdout.flush()
    arguments = ["-m", "benchmarks.search", "--quick", "--events", EVENTS]
    subprocess.run([sys.executable, *arguments], check=True)
