"""The embedded Postgres: real servers, in folders with awkward names, shared by processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from superschedules import embedded_postgres
from superschedules.embedded_postgres import EmbeddedPostgresError

# A user in a process of its own: tells the URL, and leaves when its input ends.
USER = """
import sys
from pathlib import Path
from superschedules.embedded_postgres import running
with running(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other accounts may enter, too: as root, the server runs as another user."""
    path = Path(tempfile.mkdtemp(prefix="superschedules-tests-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def used() -> Iterator[Path]:
    """A folder whose server has run before: to start it again is quick."""
    path = Path(tempfile.mkdtemp(prefix="superschedules-tests-"))
    with embedded_postgres.running(path):
        pass
    yield path
    shutil.rmtree(path)


@contextmanager
def user_process(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that uses the server of `data_dir`, and the URL that it got."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        process.kill()  # unless the test let it leave


def let_leave(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(30) == 0


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    # Read by psycopg as Django's settings read it: a URL with an encoded host.
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def is_running(data_dir: Path) -> bool:
    """Whether the server of a folder has a living process."""
    try:
        process = int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
    except FileNotFoundError:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # it lives under another account
    return True


def postmaster(url: str) -> object:
    """What tells one start of a server from the next."""
    [(started_at,)] = ask(url, "SELECT pg_postmaster_start_time()")
    return started_at


AWKWARD = {
    "an apostrophe": "ann's data",
    "what a shell would read": 'the "real" $HOME `data` \\, 100%',
    "blanks and foreign letters": "my données – 数据",
    "a long path": "/".join(["quite a long folder name"] * 8),
}


@pytest.mark.parametrize("name", AWKWARD.values(), ids=AWKWARD.keys())
def test_server_starts_and_stops_in_any_folder(folder: Path, name: str) -> None:
    data_dir = folder / name
    with embedded_postgres.running(data_dir) as url:
        assert ask(url, "SELECT current_database()") == [("superschedules",)]
        assert ask(url, "SHOW data_directory") == [(str(data_dir / "postgres"),)]
        assert is_running(data_dir)
    assert not is_running(data_dir)


def test_server_has_pgvector_and_listens_on_no_port(used: Path) -> None:
    with embedded_postgres.running(used) as url:
        ask(url, "CREATE EXTENSION vector")
        [(version,)] = ask(url, "SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        assert tuple(map(int, str(version).split("."))) >= (0, 8, 5)
        assert ask(url, "SELECT '[1,2]'::halfvec <-> '[1,4]'::halfvec") == [(2.0,)]
        assert ask(url, "SHOW listen_addresses") == [("",)]


def test_data_survive_a_restart(used: Path) -> None:
    with embedded_postgres.running(used) as url:
        first = postmaster(url)
        ask(url, "CREATE TABLE kept AS SELECT 'still here' AS word")
    with embedded_postgres.running(used) as url:
        assert postmaster(url) != first
        assert ask(url, "SELECT word FROM kept") == [("still here",)]


def test_two_folders_have_servers_of_their_own(folder: Path) -> None:
    with (
        embedded_postgres.running(folder / "one") as one,
        embedded_postgres.running(folder / "two") as two,
    ):
        ask(one, "CREATE TABLE only_in_one (id int)")
        assert ask(one, "SELECT to_regclass('only_in_one') IS NULL") == [(False,)]
        assert ask(two, "SELECT to_regclass('only_in_one') IS NULL") == [(True,)]


def test_an_error_passes_through_although_somebody_else_stays(used: Path) -> None:
    with (
        embedded_postgres.running(used),
        pytest.raises(SystemExit),
        embedded_postgres.running(used),
    ):
        sys.exit("told to the user")


def test_the_last_process_that_leaves_stops_the_server(folder: Path) -> None:
    # Both start at once, so that one of them has to wait for the other's initdb.
    with user_process(folder) as (one, url), user_process(folder) as (two, same_url):
        assert url == same_url
        started = postmaster(url)
        let_leave(one)
        assert is_running(folder)
        assert postmaster(url) == started
        let_leave(two)
        assert not is_running(folder)


def test_a_killed_process_leaves_nothing_behind(used: Path) -> None:
    with user_process(used) as (killed, url):
        ask(url, "CREATE TABLE left_behind AS SELECT 1 AS number")
        killed.kill()
        assert killed.wait(10) == -signal.SIGKILL
    with embedded_postgres.running(used) as url:
        assert ask(url, "SELECT number FROM left_behind") == [(1,)]
    assert not is_running(used)


def test_a_socket_folder_that_somebody_else_made_is_refused(folder: Path) -> None:
    data_dir = folder / AWKWARD["a long path"]
    with embedded_postgres.running(data_dir) as url:
        sockets = Path(str(conninfo_to_dict(url)["host"]))
        assert not sockets.is_relative_to(folder)
    assert not sockets.exists()
    sockets.symlink_to(folder)
    try:
        with (
            pytest.raises(embedded_postgres.EmbeddedPostgresError, match="is not ours"),
            embedded_postgres.running(data_dir),
        ):
            pass
    finally:
        sockets.unlink()


def test_a_server_that_cannot_start_says_where_to_look(used: Path) -> None:
    settings = used / "postgres" / "postgresql.auto.conf"
    right = settings.read_text()
    settings.write_text("no_such_setting = on\n")
    try:
        with (
            pytest.raises(embedded_postgres.EmbeddedPostgresError, match="pg_ctl") as raised,
            embedded_postgres.running(used),
        ):
            pass
    finally:
        settings.write_text(right)
    assert str(used / "postgres" / "server.log") in str(raised.value)


@pytest.mark.parametrize("version", [16, 18])
def test_folder_goes_on_with_the_version_that_made_it(folder: Path, version: int) -> None:
    with embedded_postgres.running(folder, new_version=version) as url:
        ask(url, "CREATE TABLE kept AS SELECT 'still here' AS word")
    with embedded_postgres.running(folder) as url:
        [(number,)] = ask(url, "SELECT current_setting('server_version_num')::int / 10000")
        assert number == version
        assert ask(url, "SELECT word FROM kept") == [("still here",)]


def test_folder_of_a_version_that_is_not_installed_is_refused(folder: Path) -> None:
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text("9.6\n")
    with (
        pytest.raises(EmbeddedPostgresError, match=r"made by PostgreSQL 9\.6; installed are 16"),
        embedded_postgres.running(folder),
    ):
        pass


def test_what_is_filled_in_the_transaction_that_truncates_it_is_not_logged(used: Path) -> None:
    with embedded_postgres.running(used) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE many (number bigint)")
        connection.commit()
        before = connection.execute("SELECT pg_current_wal_insert_lsn()").fetchone()
        connection.execute("TRUNCATE many")
        connection.execute("INSERT INTO many SELECT generate_series(1, 200000)")
        connection.commit()
        assert before is not None
        logged = connection.execute("SELECT pg_current_wal_insert_lsn() - %s", before).fetchone()
        assert logged is not None
        assert logged[0] < 100_000
