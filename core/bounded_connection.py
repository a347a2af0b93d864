"""Postgres connections on which nothing is waited for without end.

A server that refuses is noticed at once. One that hangs (a frozen machine, a full disk under
it, a network that swallows packets) says nothing, and libpq would wait for as long as the
other end's kernel acknowledges. So a serving process bounds every statement twice: the server
is told to end it, and where no answer comes a second later, the connection is given up,
together with those that wait in the pool beside it.

Commands that import, migrate or rebuild take as long as they need.
"""

from __future__ import annotations

import logging
import os
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Self, TypeVar

import psycopg
from psycopg.abc import PQGen

RV = TypeVar("RV")

log = logging.getLogger(__name__)

# For the server's own word that a statement took too long.
GRACE_SECONDS = 1.0
_OVER = "the process ends"


@dataclass
class _Bounds:
    """What holds for all connections of this process."""

    seconds: float | None = None
    is_over: bool = False
    waiting: set[BoundedConnection] = field(default_factory=set)


_bounds = _Bounds()


def bound_statements(seconds: float) -> None:
    """From now on no statement of this process takes longer; to be called before the first one."""
    _bounds.seconds = seconds


def hang_up() -> None:
    """Ends all that waits for the database, now and from now on: the process is about to end."""
    _bounds.is_over = True
    for connection in list(_bounds.waiting):
        with (
            suppress(psycopg.Error, OSError),
            socket.socket(fileno=os.dup(connection.fileno())) as line,
        ):
            line.shutdown(socket.SHUT_RDWR)


class BoundedConnection(psycopg.Connection[Any]):
    """A connection whose waits end; a silent one is closed, its statement's fate unknown."""

    @classmethod
    def connect(cls, conninfo: str = "", **options: Any) -> Self:
        if _bounds.seconds is not None:
            milliseconds = round(_bounds.seconds * 1000)
            # In front, so that what the database's URL says wins.
            said = f"-c statement_timeout={milliseconds} {options.get('options') or ''}"
            options = {**options, "options": said.strip()}
        return super().connect(conninfo, **options)

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        if _bounds.is_over:
            raise psycopg.OperationalError(_OVER)
        if timeout is not None or _bounds.seconds is None:
            return super().wait(gen, interval, timeout)
        allowed = _bounds.seconds + GRACE_SECONDS
        until = monotonic() + allowed
        _bounds.waiting.add(self)
        try:
            return super().wait(gen, interval, allowed)
        except psycopg.OperationalError:
            if monotonic() >= until:
                self._give_up()
            raise
        finally:
            _bounds.waiting.discard(self)

    def _give_up(self) -> None:
        log.error("database_silent seconds=%g", GRACE_SECONDS + (_bounds.seconds or 0))
        # Not `close`, which a pool may take for a return.
        self.pgconn.finish()
        pool = getattr(self, "_pool", None)
        if pool is not None:
            pool.drain()
