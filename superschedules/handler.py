"""Django's ASGI handler, but a stream keeps no thread.

Django gives each request a thread of its own for synchronous code and keeps it until
the response has ended; for a stream that is minutes. The views that stream are
asynchronous from end to end, so that the thread which all such requests share is
enough for Django's own signals.

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
from django.http import HttpResponseBase

from accounts.errors import InvalidRequest
from api.errors import error_response

_STREAMS = re.compile(
    r"/api/v1/chat(?:/stream|/generations/[^/]+/stream|/messages/\d+/(?:edit|regenerate))?/?"
)


class Handler(ASGIHandler):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and _STREAMS.fullmatch(scope["path"]):
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


def _largest_body() -> int:
    """Bytes of the largest file, and of what stands around it."""
    return int(settings.IMPORT_MAX_MEGABYTES * 2**20 + settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
