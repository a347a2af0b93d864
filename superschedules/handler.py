"""Django's ASGI handler, but a stream keeps no thread.

Django gives each request a thread of its own for synchronous code and keeps it until
the response has ended; for a stream that is minutes. The views that stream are
asynchronous from end to end, so that the thread which all such requests share is
enough for Django's own signals.
"""

from __future__ import annotations

import re
from typing import Any

from django.core.handlers.asgi import ASGIHandler

_STREAMS = re.compile(
    r"/api/v1/chat(?:/stream|/generations/[^/]+/stream|/messages/\d+/(?:edit|regenerate))?/?"
)


class Handler(ASGIHandler):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and _STREAMS.fullmatch(scope["path"]):
            await self.handle(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
