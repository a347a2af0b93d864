"""What has to be there before the first request: tables, places, models, demo data."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.demo import create_demo_user
from core.zones import release
from events.demo import KEEP_AHEAD, calendar_reaches
from events.places.loading import places_are_loaded
from events.writing.wall_times import reread_wall_times
from rag.service import warm_up

Write = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class DemoUser:
    username: str
    password: str


def prepare(*, demo: bool, write: Write) -> DemoUser | None:
    """Makes everything that is missing; changes nothing that is there.

    Returns the demo user, or None without demonstration data.
    """
    with _step(write, "database"):
        call_command("migrate", verbosity=0, interactive=False)
        require_pgvector()
    if not places_are_loaded():
        with _step(write, "places of the world", is_slow=True):
            _run_apart("load_places")
    with _step(write, f"time zones ({release()})"):
        reread_wall_times(now=timezone.now())
    with _step(write, "model and names"):
        warm_up()
    with _step(write, "static files"):
        call_command("collectstatic", verbosity=0, interactive=False)
    if not demo:
        return None
    with _step(write, "demonstration events"):
        if not calendar_reaches(timezone.now() + KEEP_AHEAD):
            _run_apart("create_demo_events")
    return DemoUser(*create_demo_user(settings.DATA_DIR))


def _run_apart(command: str) -> None:
    """Runs a command in a process of its own, which takes with it the memory that it needed.

    Raises:
        CommandError: it failed; it has said why.
    """
    done = subprocess.run(  # noqa: S603 - a command of ours
        [sys.executable, str(settings.BASE_DIR / "manage.py"), command, "--skip-checks"],
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"manage.py {command} failed.")


@contextmanager
def _step(write: Write, name: str, *, is_slow: bool = False) -> Iterator[None]:
    """Tells that a step is done; a slow one also that it has begun, so that nobody gives up."""
    if is_slow:
        write(f"  {name:<22} … (once; up to a minute or two)")
    began = time.perf_counter()
    yield
    write(f"  {name:<22} ready ({time.perf_counter() - began:.1f} s)")


# Older ones have bugs in vacuuming HNSW indexes, and security fixes missing.
OLDEST = (0, 8, 5)


def require_pgvector() -> None:
    """Call it once the tables are migrated.

    Raises:
        ImproperlyConfigured: the extension is older than `OLDEST`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        [installed] = cursor.fetchone()
    if not is_recent_enough(installed):
        raise ImproperlyConfigured(
            f"The database has pgvector {installed}; at least {'.'.join(map(str, OLDEST))} is"
            " needed. Upgrade it and run: ALTER EXTENSION vector UPDATE;"
        )


def is_recent_enough(version: str) -> bool:
    """Whether a version such as "0.8.5" is `OLDEST` or later."""
    return tuple(int(part) for part in version.split(".")) >= OLDEST
