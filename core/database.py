"""Short database visits from asynchronous code.

A coroutine never holds a connection: it hands a synchronous function to a
bounded set of threads and gets the connection's return together with the
result. So a stream that waits for a model costs neither a thread nor a
connection, however long it lasts.

Who finds every thread busy waits `DB_POOL_TIMEOUT` seconds and is then refused
with 503; or sooner, when the database is lost meanwhile. One further thread belongs to
the journal of answers: its writes never stand in the queue of the requests.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.db import connection, connections

from core.bounded_connection import hang_up
from core.errors import ServerError

P = ParamSpec("P")
T = TypeVar("T")

# Of the pool, one connection is left to the synchronous views and one to the journal.
VISITORS: int = settings.DB_POOL_SIZE - 2


@dataclass(slots=True)
class _Gate:
    """The way into the visitors' threads, and when one of them last lost the database."""

    free: asyncio.Semaphore
    lost_at: float = float("-inf")


_gates: WeakKeyDictionary[asyncio.AbstractEventLoop, _Gate] = WeakKeyDictionary()


@cache
def _visitors() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(VISITORS, thread_name_prefix="database-visit")


@cache
def _journalist() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="journal")


async def in_database(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs `function` in a thread that may use the ORM; its connection goes back afterwards.

    The function must return plain values or loaded objects, never a lazy
    queryset. A cancelled caller does not interrupt a visit that has begun.

    Raises:
        ServerError: with status 503, when no thread was free for too long.
    """
    gate = _gate()
    await _enter(gate)
    visit = _submit(_visitors(), partial(function, *args, **kwargs))
    visit.add_done_callback(lambda done: _leave(gate, done))
    return await _outliving(visit)


async def _enter(gate: _Gate) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    if not gate.free.locked():
        await gate.free.acquire()
        return
    try:
        async with asyncio.timeout(settings.DB_POOL_TIMEOUT):
            await gate.free.acquire()
    except TimeoutError:
        raise ServerError(
            "The service is very busy right now. Please try again.", status=503, retry_after=1
        ) from None
    # Else everybody in the queue would find out by himself, one timeout after the other.
    if gate.lost_at >= began:
        gate.free.release()
        raise ServerError(
            "The service cannot reach its database right now. Please try again.",
            status=503,
            retry_after=5,
        )


def _leave(gate: _Gate, visit: asyncio.Future[Any]) -> None:
    if not visit.cancelled() and _has_lost_database(visit.exception()):
        gate.lost_at = visit.get_loop().time()
    gate.free.release()


def _has_lost_database(error: BaseException | None) -> bool:
    """Whether it is not the server that refused: its own refusals have a state."""
    cause = error.__cause__ if error is not None else None
    return isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None


async def in_journal(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same in the journal's one thread, in the order of the calls and without a limit."""
    return await _outliving(_submit(_journalist(), partial(function, *args, **kwargs)))


def database_answers() -> bool:
    """Whether the database answers; raises what Django raises when it does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def leave_database() -> None:
    """Lets no thread wait for the database any longer: the process is about to end."""
    pool = getattr(connection, "pool", None)
    if pool is not None:
        pool.close(timeout=0.05)  # for each of its threads, which end at once unless they connect
    hang_up()


def _gate() -> _Gate:
    loop = asyncio.get_running_loop()
    if loop not in _gates:
        _gates[loop] = _Gate(asyncio.Semaphore(VISITORS))
    return _gates[loop]


def _submit(threads: ThreadPoolExecutor, function: Callable[[], T]) -> asyncio.Future[T]:
    visit = partial(contextvars.copy_context().run, _visit, function)
    return asyncio.get_running_loop().run_in_executor(threads, visit)


async def _outliving(visit: asyncio.Future[T]) -> T:
    """The visit's result; who is cancelled leaves the visit as it is."""
    try:
        return await asyncio.shield(visit)
    except asyncio.CancelledError:
        visit.add_done_callback(_retrieve)
        raise


def _retrieve(visit: asyncio.Future[Any]) -> None:
    if not visit.cancelled():
        visit.exception()


def _visit(function: Callable[[], T]) -> T:
    try:
        return function()
    finally:
        connections.close_all()
