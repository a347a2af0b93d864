"""Keeps long maintenance from being done twice at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

from django.db import connection

_FAMILY = crc32(b"superschedules") - 2**31


class AlreadyRunning(Exception):
    """The same work is being done by another process; the message is for a person."""


@contextmanager
def only_one(work: str) -> Iterator[None]:
    """Holds a lock of the database session named `work`; it goes with the session.

    Raises:
        AlreadyRunning: another session holds it.
    """
    key = [_FAMILY, crc32(work.encode()) - 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        session = connection.connection
        if not cursor.fetchone()[0]:
            raise AlreadyRunning(f"Another process is already doing this ({work}); let it finish.")
        try:
            yield
        finally:
            # The connection may live on in a pool, and the lock with it. A broken one
            # has lost the lock already.
            if connection.connection is session and not session.closed:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def drop_broken_connection() -> None:
    """Lets the next query open a new connection when this one is lost.

    A sound one is kept, and with it the locks of its session.
    """
    if connection.errors_occurred and not connection.is_usable():
        connection.close()
