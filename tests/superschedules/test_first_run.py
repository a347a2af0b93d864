"""`make run` from nothing, and the README's walk through it, word for word."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from superschedules import embedded_postgres
from tests.superschedules.launched import ROOT, contents, environment, free_port, launched

pytestmark = pytest.mark.slow
FIRST_RUN_SECONDS = 600


@dataclass(frozen=True)
class FirstRun:
    """What a first run printed and left behind."""

    env: dict[str, str]
    data_dir: Path
    output: str


@pytest.fixture(scope="module")
def first_run() -> Iterator[FirstRun]:
    folder = Path(tempfile.mkdtemp(prefix="superschedules-tests-"))
    data_dir = folder / "data"
    env = environment(data_dir, free_port(), NO_PROXY="localhost,127.0.0.1")
    with launched(env=env) as run:
        run.wait_until_ready(FIRST_RUN_SECONDS)
        assert run.stop(signal.SIGINT) < 10
    yield FirstRun(env, data_dir, run.output)
    shutil.rmtree(folder)


def test_first_run_prints_a_login(first_run: FirstRun) -> None:
    password = (first_run.data_dir / "demo_password").read_text().strip()
    assert f"Sign in as:               demo / {password}\n" in first_run.output
    assert "Traceback" not in first_run.output


def test_second_run_changes_nothing(first_run: FirstRun) -> None:
    with embedded_postgres.running(first_run.data_dir) as url:
        before = contents(url)
        with launched(env=first_run.env) as second:
            second.wait_until_ready(120)
        assert contents(url) == before
    assert before["events_event"][0] > before["events_eventsearchrow"][0] > 1000  # some cancelled


def test_walk_of_the_readme_works_word_for_word(first_run: FirstRun) -> None:
    walk = _walk((ROOT / "README.md").read_text())
    script = walk.replace("localhost:8000", f"localhost:{first_run.env['PORT']}")
    with launched(env=first_run.env) as run:
        run.wait_until_ready(120)
        walked = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=ROOT,
            env=first_run.env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert walked.returncode == 0, walked.stdout + walked.stderr
    made, chunks, sessions, conversation = _results(walked.stdout)
    assert made["title"] == "Weekend plans"
    assert chunks[0]["all_event_ids"]
    assert (chunks[-1]["model"], chunks[-1]["done"]) == ("SYSTEM", True)
    assert "error" not in chunks[-1]
    assert [session["id"] for session in sessions] == [chunks[-1]["session_id"]]
    asked, answered = conversation["messages"]
    assert asked["content"] == "What live music is on near Boston this weekend?"
    assert answered["content"] == "".join(chunk.get("token", "") for chunk in chunks)
    assert answered["referenced_events"]


def _walk(readme: str) -> str:
    """The shell blocks of the section that walks through the API."""
    [section] = re.findall(r"^## A walk with curl$(.*?)^## ", readme, re.DOTALL | re.MULTILINE)
    blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert blocks
    return "\n".join(blocks)


def _results(printed: str) -> tuple[Any, list[Any], Any, Any]:
    """What the walk's four calls answered: a session, chunks, a list, a conversation."""
    start, end = printed.index("id: "), printed.rindex("data: ")
    end = printed.index("\n", end)
    chunks = [
        json.loads(line.removeprefix("data: "))
        for line in printed[start:end].splitlines()
        if line.startswith("data: ")
    ]
    rest, decoder = printed[end:].strip(), json.JSONDecoder()
    sessions, length = decoder.raw_decode(rest)
    return json.loads(printed[:start]), chunks, sessions, json.loads(rest[length:])
