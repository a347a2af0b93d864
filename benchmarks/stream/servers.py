"""The processes of a run: the scripted model, the service, the pass-through; what they use."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.stream.model import Script

# `DB_POOL_SIZE` bounds the connections to the database.
POOL = 4
# By which its connections are known.
WORKER = "benchmarked-worker"
_SERVICE = {
    "DB_POOL_SIZE": str(POOL),
    "DB_POOL_TIMEOUT": "60",
    "GENERATION_MAX_SECONDS": "1800",
    "LLM_MAX_TOKENS": "4000",
    "LLM_CONTEXT_TOKENS": "16384",
    "LLM_FIRST_TOKEN_TIMEOUT": "600",
    "LLM_BETWEEN_TOKENS_TIMEOUT": "600",
    "LOG_LEVEL": "WARNING",
    "PGAPPNAME": WORKER,
}


@dataclass(frozen=True, slots=True)
class Server:
    """A process that listens on loopback."""

    port: int
    pid: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """Of the process and its threads, since it began."""
        fields = self._read("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Resident bytes."""
        return int(self._read("statm").split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def _read(self, name: str) -> str:
        return Path(f"/proc/{self.pid}/{name}").read_text()


@dataclass(frozen=True, slots=True)
class Model:
    """The scripted Ollama."""

    server: Server

    def play(self, **script: Any) -> Script:
        """Says how the next answers go."""
        httpx.post(f"{self.server.address}/script", json=script, trust_env=False)
        return Script(**script)

    def made(self, first: int, last: int) -> int:
        """How many tokens were made between two moments."""
        return int(self._asked(first, last)["made"])

    def wait_until_idle(self, seconds: float = 120) -> None:
        """Waits until nobody reads an answer any more."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._asked(0, 0)["answering"]:
            time.sleep(0.2)

    def _asked(self, first: int, last: int) -> dict[str, int]:
        answer: dict[str, int] = httpx.get(
            f"{self.server.address}/made", params={"from": first, "to": last}, trust_env=False
        ).json()
        return answer


@contextmanager
def running_model() -> Iterator[Model]:
    """Starts the scripted Ollama."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.stream.model"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield Model(Server(port, process.pid))
    finally:
        _end(process)


@contextmanager
def running_service(model: Model, folder: Path, *, journal: bool = True) -> Iterator[Server]:
    """Starts one worker of the service, as `manage.py run` serves it."""
    application = (
        "superschedules.asgi:application"
        if journal
        else "benchmarks.stream.without_journal:application"
    )
    environment = {**_SERVICE, "SPOOL_DIR": str(folder / "spool")}
    with _uvicorn(application, model, folder, environment) as server:
        yield server


@contextmanager
def running_passthrough(model: Model, folder: Path) -> Iterator[Server]:
    """Starts the bare pass-through in the same manner."""
    with _uvicorn("benchmarks.stream.passthrough:application", model, folder, {}) as server:
        yield server


@contextmanager
def _uvicorn(
    application: str, model: Model, folder: Path, environment: Mapping[str, str]
) -> Iterator[Server]:
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", application, "--host", "127.0.0.1",
        "--port", str(port), "--no-access-log", "--log-level", "warning",
        "--loop", "uvloop", "--timeout-graceful-shutdown", "1",
    ]  # fmt: skip
    environment = {"OLLAMA_HOST": model.server.address, **environment}
    with running_process(command, port, folder / f"server-{port}.log", environment) as server:
        yield server


@contextmanager
def running_process(
    command: Sequence[str],
    port: int,
    log: Path,
    environment: Mapping[str, str],
    seconds: float = 60,
) -> Iterator[Server]:
    """Starts a server and waits until it listens.

    Raises:
        RuntimeError: it ended, or did not listen in time; the message has the end of its log.
    """
    changed = {**os.environ, **environment}
    kept = {name: value for name, value in changed.items() if value}  # "" takes one away
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=kept, stdout=out, stderr=subprocess.STDOUT)
    try:
        _wait_for(process, port, log, seconds)
        yield Server(port, process.pid)
    finally:
        _end(process)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"it does not listen: {log.read_text()[-400:]}")


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started_load(plan: str) -> subprocess.Popen[str]:
    """Starts the load generator with a plan."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.stream.load"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(plan + "\n")
    process.stdin.flush()
    return process


class LoadFailed(Exception):
    """The load generator ended before its plan did; the message says how."""


def said(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """What the load generator prints.

    Raises:
        LoadFailed: it did not end as it should.
    """
    assert process.stdout is not None
    for line in process.stdout:
        if line.endswith("\n"):
            yield json.loads(line)
    if code := process.wait():
        raise LoadFailed(f"the load generator ended with {code}")
