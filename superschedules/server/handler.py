"""Django's ASGI handler, but a stream keeps no thread.

Django gives each request a thread of its own for synchronous code and keeps it until
the response has ended; for a stream that is minutes. The views that stream are
asynchronous from end to end, so that the thread which all such requests share is
enough for Django's own signals. The same holds for a few more that are asked often.

Django keeps a request's body on the disk before anything looks at it. What is larger
than the largest upload is not kept.
"""

from __future__ import annotations

import re
import tempfile
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.signals import request_started
from django.db import close_old_connections, reset_queries
from django.http import HttpResponseBase

from api.http.errors import error_response
from core.errors import InvalidRequest

_STREAMS = re.compile(
    r"/api/v1/chat(?:/stream|/generations/[^/]+/stream|/messages/\d+/(?:edit|regenerate))?/?"
)
# Asynchronous views, too; other methods on these paths have synchronous ones.
_READ = re.compile(r"/api/v1/chat/(?:sessions|ping|health)/?")

# When a request begins there is nothing to tidy up: each one gives its connection back when it
# ends, and the log of queries is one of a bounded length. It cost a thread's turn a request.
request_started.disconnect(reset_queries)
request_started.disconnect(close_old_connections)


class Handler(ASGIHandler):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and _needs_no_thread(scope):
            await self.handle(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def read_body(self, receive: Any) -> IO[bytes]:
        """The body, or of one that is too large only its size: `create_request` refuses it."""
        body = tempfile.SpooledTemporaryFile(  # noqa: SIM115 (Django closes it)
            max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, mode="w+b"
        )
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                body.close()
                raise RequestAborted
            chunk = message.get("body", b"")
            size += len(chunk)
            if size <= _largest_body():
                body.write(chunk)
            else:
                body.truncate(0)
            if size > 4 * _largest_body() or not message.get("more_body", False):
                break
        if size > _largest_body():
            body.close()
        else:
            body.seek(0)
        return body

    def create_request(
        self, scope: Any, body_file: IO[bytes]
    ) -> tuple[ASGIRequest, None] | tuple[None, HttpResponseBase]:
        if body_file.closed:
            megabytes = settings.IMPORT_MAX_MEGABYTES
            return None, error_response(
                InvalidRequest(
                    f"The request is too large; a file may have {megabytes} MB.", status=413
                )
            )
        return super().create_request(scope, body_file)


def _needs_no_thread(scope: Any) -> bool:
    path = scope["path"]
    if _STREAMS.fullmatch(path):
        return True
    return scope["method"] == "GET" and _READ.fullmatch(path) is not None


def _largest_body() -> int:
    """Bytes of the largest file, and of what stands around it."""
    return int(settings.IMPORT_MAX_MEGABYTES * 2**20 + settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
