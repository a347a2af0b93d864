"""What a process and all that it has started use, read from the operating system."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class ProcessTree:
    """A process with its children, the ones that have ended included."""

    pid: int

    def cpu_seconds(self) -> float:
        """Of all of them since the first one began.

        Living processes are read from their clocks, to the nanosecond; what ended
        children used is known in clock ticks only.
        """
        return sum(_own_cpu(pid) + _cpu_of_ended(pid) for pid in self.pids())

    def private_megabytes(self) -> float:
        """Memory of the first process that no file backs."""
        return _status_kilobytes(self.pid, "RssAnon") / 1024

    def resident_megabytes(self) -> float:
        """All memory of the first process, what it shares with others included."""
        return _status_kilobytes(self.pid, "VmRSS") / 1024

    def pids(self) -> list[int]:
        """The living ones, parents first."""
        found = [self.pid]
        for pid in found:
            found += _children(pid)
        return found


def _own_cpu(pid: int) -> float:
    # The number of a process's CPU clock, as clock_getcpuclockid(3) makes it.
    clock = (~pid << 3) | 2
    try:
        return time.clock_gettime(clock)
    except OSError:  # it has just ended, and is counted with its parent
        return 0.0


def _cpu_of_ended(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[13]) + int(fields[14])) / _TICK


def _children(pid: int) -> list[int]:
    """The children of all of its threads."""
    found: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, file.read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue  # the thread has just ended
    return found


def _status_kilobytes(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(f"/proc/{pid}/status has no {name}")


def disk_megabytes(*folders: Path) -> float:
    """What folders take on the disk, as `du` counts it."""
    told = subprocess.run(
        ["du", "--summarize", "--total", "--block-size=1K", *map(str, folders)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # files of a running Postgres come and go
        check=False,
        text=True,
    )
    return int(told.stdout.splitlines()[-1].split()[0]) / 1024
