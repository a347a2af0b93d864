"""Drops clients that stop reading, so that none is buffered without end.

A stream's frames are shared by all its readers, so that one that stalls costs the
others nothing; after `SEND_TIMEOUT` seconds in which it took nothing, its
connection is closed. It may resume.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from django.conf import settings

from superschedules.server.lifespan import Application, Message, Receive, Send

log = logging.getLogger(__name__)


class SlowReaderGuard:
    """An ASGI application that watches over what the one inside it sends."""

    def __init__(self, inside: Application) -> None:
        self._inside = inside

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inside(scope, receive, send)
            return
        watched = _Watched(send)
        try:
            await self._inside(scope, receive, watched.send)
        finally:
            watched.end()


class _Watched:
    """One response on its way; a timer looks now and then, which costs a send next to nothing."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._sending_since: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def send(self, message: Message) -> None:
        if self._timer is None:
            self._look_later()
        self._sending_since = self._loop.time()
        await self._send(message)
        self._sending_since = None

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look_later(self) -> None:
        self._timer = self._loop.call_later(settings.SEND_TIMEOUT / 4, self._look)

    def _look(self) -> None:
        since = self._sending_since
        if since is None or self._loop.time() - since < settings.SEND_TIMEOUT:
            self._look_later()
        elif (transport := _transport_of(self._send)) is not None:
            log.info("slow_reader_dropped")
            transport.abort()


def _transport_of(send: Send) -> Any:
    """uvicorn's `send` is a method of the request, which knows its connection.

    A plain close would wait for the reader to take what is buffered, that is, for ever.
    """
    return getattr(getattr(send, "__self__", None), "transport", None)
