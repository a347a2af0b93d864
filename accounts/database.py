"""Short database visits from asynchronous code.

A coroutine never holds a connection: it hands a synchronous function to a
bounded set of threads and gets the connection's return together with the
result. So a stream that waits for a model costs neither a thread nor a
connection, however long it lasts.

Who finds every thread busy waits `DB_POOL_TIMEOUT` seconds and is then refused
with 503. One further thread belongs to the journal of answers: its writes never
stand in the queue of the requests.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection, connections

from accounts.errors import ServerError

P = ParamSpec("P")
T = TypeVar("T")

# Of the pool, one connection is left to the synchronous views and one to the journal.
VISITORS: int = settings.DB_POOL_SIZE - 2

_gates: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


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
    if gate.locked():
        try:
            async with asyncio.timeout(settings.DB_POOL_TIMEOUT):
                await gate.acquire()
        except TimeoutError:
            raise ServerError(
                "The service is very busy right now. Please try again.", status=503, retry_after=1
            ) from None
    else:
        await gate.acquire()
    visit = _submit(_visitors(), partial(function, *args, **kwargs))
    visit.add_done_callback(lambda _: gate.release())
    return await _outliving(visit)


async def in_journal(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same in the journal's one thread, in the order of the calls and without a limit."""
    return await _outliving(_submit(_journalist(), partial(function, *args, **kwargs)))


def database_answers() -> bool:
    """Whether the database answers; raises what Django raises when it does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _gate() -> asyncio.Semaphore:
    loop = asyncio.get_running_loop()
    if loop not in _gates:
        _gates[loop] = asyncio.Semaphore(VISITORS)
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
