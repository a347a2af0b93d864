"""`make serve` and `make run`, whole: real processes, an embedded Postgres, real requests."""

from __future__ import annotations

import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from superschedules import embedded_postgres
from tests.serving import database_url
from tests.superschedules.launched import contents, environment, free_port, launched, manage


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """One folder for the tests below: a first run costs some twenty seconds."""
    folder = Path(tempfile.mkdtemp(prefix="superschedules-tests-"))
    yield folder / "my data"
    shutil.rmtree(folder)


def postgres_runs(data_dir: Path) -> bool:
    return (data_dir / "postgres" / "postmaster.pid").exists()


def test_run_that_is_stopped_while_preparing_leaves_no_postgres(data_dir: Path, port: int) -> None:
    with launched("--no-demo", env=environment(data_dir, port)) as run:
        run.wait_until_printed("database ", 60)  # the places come next
        assert postgres_runs(data_dir)
        assert run.stop(signal.SIGTERM) < 10
    assert not postgres_runs(data_dir)


def test_run_serves_until_it_is_stopped_and_a_second_run_changes_nothing(
    data_dir: Path, port: int
) -> None:
    env = environment(data_dir, port)
    with launched("--no-demo", env=env) as first:
        first.wait_until_ready(120)
        assert first.live().json() == {"status": "ok"}
        assert f"Superschedules is ready:  http://localhost:{port}\n" in first.output
        assert "Sign in as" not in first.output
        assert postgres_runs(data_dir)
        assert first.stop(signal.SIGINT) < 10
    assert not postgres_runs(data_dir)
    assert "Traceback" not in first.output

    with embedded_postgres.running(data_dir) as url:
        before = contents(url)
    assert before["events_place"][0] > 100_000
    assert before["events_event"][0] == before["accounts_user"][0] == 0

    with launched("--no-demo", env=env) as second:
        second.wait_until_ready(60)
        assert "places of the world" not in second.output
        with embedded_postgres.running(data_dir) as url:  # shared with the run
            assert contents(url) == before
        _assert_busy_port_is_refused(env)
        _assert_no_token_for_a_stranger(env)
        assert second.live().status_code == 200
        assert second.stop(signal.SIGTERM) < 10
    assert not postgres_runs(data_dir)


def _assert_busy_port_is_refused(env: dict[str, str]) -> None:
    refused = manage("run", "--no-demo", env=env)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"CommandError: Cannot listen on 127.0.0.1:{env['PORT']} (")
    assert refused.stderr.endswith("Choose another port with PORT=…\n")


def _assert_no_token_for_a_stranger(env: dict[str, str]) -> None:
    refused = manage("token", "--user", "nobody", env=env)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "CommandError: There is no user 'nobody'. 'make run' makes 'demo'.\n"


@pytest.mark.usefixtures("committed")
def test_run_with_a_database_of_its_own_starts_none(tmp_path: Path, port: int) -> None:
    env = environment(tmp_path, port, DATABASE_URL=database_url())
    with launched("--no-demo", env=env) as run:
        run.wait_until_ready(60)
    assert not (tmp_path / "postgres").exists()
    assert not (tmp_path / "postgres.lock").exists()


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("PORT", "many", "PORT must be a whole number, not 'many'."),
        ("PORT", "65536", "PORT must be at most 65535, not 65536."),
        ("DATABASE_URL", "nonsense", "DATABASE_URL is not a valid Postgres URL."),
    ],
)
def test_run_with_a_wrong_setting_names_it(
    tmp_path: Path, port: int, variable: str, value: str, complaint: str
) -> None:
    env = environment(tmp_path, port, DATABASE_URL="postgresql:///unused")
    refused = manage("run", env={**env, variable: value})
    assert refused.returncode == 1
    assert refused.stderr.rstrip().endswith(complaint)
    assert not re.search(r"password|unused", refused.stderr)
