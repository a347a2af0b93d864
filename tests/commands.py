"""Commands of `manage.py` as processes of their own, on the test run's database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings

from tests.serving import database_url


@contextmanager
def command(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A command as a process of its own; what is left of it is killed at the end."""
    process = subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments, "--skip-checks"],
        env={**os.environ, "DATABASE_URL": database_url(), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ran(*arguments: str, **environment: str) -> str:
    """What a command prints that ends well."""
    with command(*arguments, **environment) as process:
        out, _ = process.communicate(timeout=240)
        assert process.returncode == 0, out
        return out


def until(done: Callable[[], bool], seconds: float = 120) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)
