"""Short database visits from asynchronous code.

A coroutine never holds a connection: it hands a synchronous function to a
bounded set of threads and gets the connection's return together with the
result. So a stream that waits for a model costs neither a thread nor a
connection, however long it lasts.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")


@cache
def _visitors() -> ThreadPoolExecutor:
    # One connection of the pool is left to the synchronous views.
    return ThreadPoolExecutor(settings.DB_POOL_SIZE - 1, thread_name_prefix="database-visit")


async def in_database(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs `function` in a thread that may use the ORM; its connection goes back afterwards.

    The function must return plain values or loaded objects, never a lazy
    queryset. A cancelled caller does not interrupt a visit that has begun.
    """
    context = contextvars.copy_context()
    visit = partial(context.run, _visit, partial(function, *args, **kwargs))
    return await asyncio.get_running_loop().run_in_executor(_visitors(), visit)


def _visit(function: Callable[[], T]) -> T:
    try:
        return function()
    finally:
        connections.close_all()
