"""A Postgres of the test's own, which can be stopped, frozen and started, and who talks to it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from ninja_jwt.tokens import AccessToken

from accounts.models import User
from superschedules import embedded_postgres
from superschedules.embedded_postgres import _Server
from tests.fakes.ollama import FakeOllama
from tests.superschedules.launched import manage


class Postgres:
    """A server with a schema and one user, id 1."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self._server = _Server(folder / "postgres")

    @property
    def socket(self) -> Path:
        """The Unix socket that it listens on."""
        return self._server.socket_directory / ".s.PGSQL.5432"

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.start()

    def freeze(self) -> None:
        """Stops all its processes where they are: connections stay, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        postmaster = (self._server.data / "postmaster.pid").read_text().split("\n")[0]
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in (postmaster, *children):  # the postmaster first: it makes no more of them
            os.kill(int(pid), number)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # Not below pytest's folder, which another run of pytest closes to all but its own user: the
    # server, run as root, is one of another.
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="superschedules-outage-")))
        url = opened.enter_context(embedded_postgres.running(folder))
        done = manage("migrate", env={**os.environ, "DATABASE_URL": url})
        assert done.returncode == 0, done.stderr
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "INSERT INTO accounts_user (id, username, email, password, first_name, last_name,"
                " is_superuser, is_staff, is_active, date_joined)"
                " VALUES (1, 'ann', 'ann@example.org', '', '', '', false, false, true, now())"
            )
        server = Postgres(folder, url)
        yield server
        server.thaw()


@pytest.fixture
def token() -> str:
    return str(AccessToken.for_user(User(pk=1)))


@pytest.fixture
def model() -> Iterator[FakeOllama]:
    with FakeOllama() as ollama:
        yield ollama
