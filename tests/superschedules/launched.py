"""`manage.py run` as a person starts it: a process of its own, with its own data folder."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent.parent
READY = "Ctrl-C stops everything."


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, port: int, **more: str) -> dict[str, str]:
    """The environment of a run: the tests' own, without their database."""
    inherited = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    nobody = "http://127.0.0.1:9"  # no Ollama: the built-in answerer writes
    own = {"DATA_DIR": str(data_dir), "PORT": str(port), "OLLAMA_HOST": nobody}
    return {**inherited, **own, "PYTHONUNBUFFERED": "1", **more}


def manage(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A management command, run to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@dataclass
class Launched:
    """A run that has been started."""

    process: subprocess.Popen[str]
    port: int
    lines: list[str] = field(default_factory=list)
    _incoming: queue.SimpleQueue[str | None] = field(default_factory=queue.SimpleQueue)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def live(self) -> httpx.Response:
        return httpx.get(f"{self.address}/api/v1/live", trust_env=False, timeout=10)

    def wait_until_ready(self, seconds: float) -> None:
        """Waits until the service says that it is ready, and answers.

        It says so just before it accepts requests; but it has taken the port long
        before, so that the first request waits instead of failing.
        """
        self.wait_until_printed(READY, seconds)
        assert self.live().status_code == 200

    def wait_until_printed(self, text: str, seconds: float) -> None:
        """Reads what is printed, line by line, until `text` is among it."""
        deadline = time.monotonic() + seconds
        while text not in self.output:
            line = self._incoming.get(timeout=max(deadline - time.monotonic(), 0.001))
            assert line is not None, f"it ended before it printed {text!r}:\n{self.output}"
            self.lines.append(line)

    def stop(self, number: signal.Signals = signal.SIGINT) -> float:
        """Signals the whole group, as a terminal's Ctrl-C does; returns the seconds it took."""
        began = time.monotonic()
        os.killpg(self.process.pid, number)
        self.process.wait(30)
        return time.monotonic() - began

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._incoming.put(line)
        self._incoming.put(None)


@contextmanager
def launched(*arguments: str, env: dict[str, str]) -> Iterator[Launched]:
    """Starts `manage.py run …` in a process group of its own; stops it if the test did not."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run", *arguments],
        cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    run = Launched(process, int(env["PORT"]))
    reader = threading.Thread(target=run.read)
    reader.start()
    try:
        yield run
    finally:
        if process.poll() is None:
            run.stop(signal.SIGTERM)
        reader.join(10)
        if process.stdout is not None:
            process.stdout.close()


def contents(url: str) -> dict[str, tuple[int, int]]:
    """Of every table, how many rows it has and a checksum of all that stands in them."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        summary = sql.SQL(
            "SELECT count(*), coalesce(sum(hashtextextended(row::text, 0)), 0) FROM {} AS row"
        )
        return {
            name: connection.execute(summary.format(sql.Identifier(name))).fetchone()  # type: ignore[misc]
            for (name,) in tables
        }
