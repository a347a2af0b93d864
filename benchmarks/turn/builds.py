"""One build of the project: its work tree, its data folder, its running service.

A build is only ever used from outside, by its commands and over HTTP, so that
any revision can stand beside this one.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import psycopg

from benchmarks.turn.processes import ProcessTree

API = "/api/v1"
CALENDARS = ("santarosa", "asheville", "montclair", "davis")
NOBODY = "http://127.0.0.1:9"  # no model is there: the built-in answerer writes
_PASSWORD = "correct horse battery staple"
_START_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Build:
    """A work tree with the Python that runs it and a data folder of its own."""

    name: str
    tree: Path
    python: Path
    data_dir: Path

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of its processes: this one's, without what names a database."""
        dropped = {"DATABASE_URL", "MODEL_CACHE_DIR", "DJANGO_SETTINGS_MODULE", "PYTHONPATH"}
        kept = {key: value for key, value in os.environ.items() if key not in dropped}
        return {
            **kept,
            "DATA_DIR": str(self.data_dir),
            "ACCESS_TOKEN_MINUTES": "600",
            "LOG_LEVEL": "WARNING",
            "OLLAMA_HOST": NOBODY,
            **more,
        }

    def manage(self, *arguments: str) -> None:
        """Runs a management command to its end."""
        subprocess.run(
            [str(self.python), "manage.py", *arguments],
            cwd=self.tree,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def prepare(self, calendars: Sequence[Path]) -> None:
        """Imports the calendars with their vectors, unless an earlier run has done so."""
        marker = self.data_dir / "calendars-imported"
        if marker.exists():
            return
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.manage("migrate", "--verbosity", "0")
        self.manage("load_places")
        for path in calendars:
            self.manage("import_events", str(path), f"--source={path.stem}", "--verbosity", "0")
        self.manage("rebuild_search", "--verbosity", "0")
        marker.touch()


@dataclass(frozen=True, slots=True)
class Service:
    """A running build."""

    build: Build
    address: str
    processes: ProcessTree

    @property
    def postgres(self) -> ProcessTree:
        """The processes of its embedded server."""
        return ProcessTree(int(self._postmaster()[0]))

    def connect(self) -> psycopg.Connection:
        """A connection to its database, for what is not measured."""
        host = quote(self._postmaster()[4], safe="")
        return psycopg.connect(
            f"postgresql://postgres@/superschedules?host={host}", autocommit=True
        )

    def sign_up(self, name: str) -> str:
        """Makes a user and returns an access token."""
        with httpx.Client(base_url=self.address + API, timeout=60, trust_env=False) as client:
            new = {"email": f"{name}@example.org", "username": name, "password": _PASSWORD}
            client.post("/users", json=new).raise_for_status()
            given = client.post("/token", json={"username": name, "password": _PASSWORD})
            return str(given.raise_for_status().json()["access"])

    def _postmaster(self) -> list[str]:
        """The lines of the server's own note: its pid, …, the folder of its socket."""
        return (self.build.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()


def calendar_files(folder: Path) -> list[Path]:
    """The four calendars in their order; SystemExit names those that are missing."""
    files = [folder / f"{name}.ics" for name in CALENDARS]
    if missing := [file.name for file in files if not file.exists()]:
        raise SystemExit(
            f"Left out: {', '.join(missing)} not found in {folder}. Name the folder of the four"
            " calendars with --data FOLDER or the environment variable CALENDARS."
        )
    return files


@contextmanager
def work_tree(root: Path, revision: str, folder: Path) -> Iterator[Path]:
    """A work tree of a revision of the repository at `root`, removed at the end."""
    tree = folder / "tree"
    _git(root, "worktree", "add", "--detach", "--quiet", str(tree), revision)
    try:
        yield tree
    finally:
        _git(root, "worktree", "remove", "--force", str(tree))


def commit_of(root: Path, revision: str) -> str:
    """The abbreviated name of a commit."""
    return _git(root, "rev-parse", "--short", f"{revision}^{{commit}}").strip()


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], stdout=subprocess.PIPE, check=True, text=True
    )
    return done.stdout


@contextmanager
def running(
    build: Build, *, demo: bool = False, environment: Mapping[str, str] | None = None
) -> Iterator[Service]:
    """Starts a build as `make run` does and stops it at the end."""
    port = _free_port()
    build.data_dir.mkdir(parents=True, exist_ok=True)
    log = build.data_dir / "service.log"
    command = [str(build.python), "manage.py", "run", *([] if demo else ["--no-demo"])]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=build.tree,
            env=build.environment(PORT=str(port), **(environment or {})),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_live(address, process, log)
        yield Service(build, address, ProcessTree(process.pid))
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_live(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            # The port is taken long before it is served: this waits rather than fails.
            httpx.get(f"{address}{API}/live", timeout=60, trust_env=False).raise_for_status()
        except (httpx.TransportError, httpx.HTTPStatusError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the service did not start: {log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
