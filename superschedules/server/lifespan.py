"""Answers the ASGI lifespan protocol: starts the background work, drains answers before the end.

On the first SIGTERM or SIGINT the process drains: it still listens, refuses new
turns with 503, and lets the running answers finish. Only then does the server's
own handler see the signal. A second signal goes to that handler at once.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from types import FrameType
from typing import Any

from django.conf import settings

from chat_service.turns.worker import Worker, current_worker
from core.database import leave_database
from superschedules.server.background import Background

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Lifespan:
    """An ASGI application that answers the lifespan protocol for the one inside it."""

    def __init__(self, inside: Application) -> None:
        self._inside = inside

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._inside(scope, receive, send)
            return
        await receive()
        try:
            worker = current_worker()
        except OSError as error:
            problem = f"SPOOL_DIR ({settings.SPOOL_DIR}) cannot be written: {error.strerror}."
            await send({"type": "lifespan.startup.failed", "message": problem})
            return
        if threading.current_thread() is threading.main_thread():
            _drain_on_signals(worker)
        background = Background()
        background.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if not worker.draining:
            await worker.drain()
        await asyncio.gather(background.stop(), worker.stop())
        leave_database()
        await send({"type": "lifespan.shutdown.complete"})


def _drain_on_signals(worker: Worker) -> None:
    loop = asyncio.get_running_loop()
    theirs = {number: signal.getsignal(number) for number in _SIGNALS}
    draining: list[asyncio.Task[None]] = []

    async def drain(number: int) -> None:
        await worker.drain()
        pass_on(number, None)

    def begin(number: int) -> None:
        draining.append(loop.create_task(drain(number)))

    def pass_on(number: int, frame: FrameType | None) -> None:
        handler = theirs[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)
        else:
            signal.signal(number, handler or signal.SIG_DFL)
            signal.raise_signal(number)

    def ours(number: int, frame: FrameType | None) -> None:
        if worker.draining:
            pass_on(number, frame)
        else:
            worker.draining = True
            loop.call_soon_threadsafe(begin, number)

    for number in _SIGNALS:
        signal.signal(number, ours)
