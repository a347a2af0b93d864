"""Database visits: bounded, and each gives its connection back, whatever happens in it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import psycopg_pool
import pytest
from django.conf import settings
from django.db import connection, connections

from accounts.models import User
from core.database import VISITORS, in_database

asking: ContextVar[str] = ContextVar("asking", default="nobody")


@pytest.fixture
def pool(committed: None) -> Iterator[psycopg_pool.ConnectionPool[Any]]:
    """The process's own pool, of which this thread holds no connection."""
    connections.close_all()
    pool = connection.pool  # type: ignore[attr-defined]
    assert _checked_out(pool) == 0
    yield pool
    connections.close_all()


def _checked_out(pool: psycopg_pool.ConnectionPool[Any]) -> int:
    figures = pool.get_stats()
    return figures["pool_size"] - figures["pool_available"]


class Crowd:
    """Counts who is visiting at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = self.most = 0

    def visit(self, number: int) -> tuple[int, int]:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s, pg_backend_pid() FROM pg_sleep(0.02)", [number])
                answer: tuple[int, int] = cursor.fetchone()
                return answer
        finally:
            with self._lock:
                self._now -= 1


async def test_fifty_visits_share_the_pool_and_give_everything_back(
    pool: psycopg_pool.ConnectionPool[Any],
) -> None:
    crowd = Crowd()
    answers = await asyncio.gather(*(in_database(crowd.visit, number) for number in range(50)))
    assert [number for number, _ in answers] == list(range(50))
    assert len({backend for _, backend in answers}) <= settings.DB_POOL_SIZE
    assert crowd.most == VISITORS
    assert _checked_out(pool) == 0
    assert pool.get_stats()["requests_waiting"] == 0


async def test_visits_leave_a_connection_to_the_synchronous_views(
    pool: psycopg_pool.ConnectionPool[Any],
) -> None:
    release, inside = threading.Event(), threading.Barrier(VISITORS + 1)

    def occupy() -> None:
        connection.ensure_connection()
        inside.wait(10)
        release.wait(10)

    visits = [asyncio.create_task(in_database(occupy)) for _ in range(VISITORS)]
    await asyncio.to_thread(inside.wait, 10)
    assert _checked_out(pool) == VISITORS
    assert await asyncio.to_thread(_count_users) >= 0
    release.set()
    await asyncio.gather(*visits)
    assert _checked_out(pool) == 0


def _count_users() -> int:
    try:
        return User.objects.count()
    finally:
        connections.close_all()


class OnPurposeError(Exception):
    pass


async def test_visit_that_fails_gives_its_connection_back(
    pool: psycopg_pool.ConnectionPool[Any],
) -> None:
    def fail() -> None:
        User.objects.count()
        raise OnPurposeError

    outcomes = await asyncio.gather(
        *(in_database(fail) for _ in range(3 * VISITORS)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [OnPurposeError] * 3 * VISITORS
    assert _checked_out(pool) == 0


async def test_visit_goes_on_when_its_caller_is_cancelled(
    pool: psycopg_pool.ConnectionPool[Any],
) -> None:
    begun, finished = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.1)")
        finished.set()

    caller = asyncio.create_task(in_database(work))
    await asyncio.to_thread(begun.wait, 10)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert await asyncio.to_thread(finished.wait, 10)
    await asyncio.to_thread(_wait_until_nothing_is_checked_out, pool)


def _wait_until_nothing_is_checked_out(pool: psycopg_pool.ConnectionPool[Any]) -> None:
    deadline = time.monotonic() + 5
    while _checked_out(pool) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert _checked_out(pool) == 0


async def test_visit_sees_its_callers_context_and_arguments() -> None:
    asking.set("ann")

    def visit(question: str, *, times: int) -> tuple[str, str]:
        return asking.get(), question * times

    assert await in_database(visit, "why?", times=2) == ("ann", "why?why?")
