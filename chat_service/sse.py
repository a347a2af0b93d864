"""The bytes of server-sent events; no other module knows them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from django.http import StreamingHttpResponse

KEEPALIVE = b": keepalive\n\n"


def frame(event_id: str, data: str) -> bytes:
    """One event: `data` is a single line of JSON."""
    return f"id: {event_id}\ndata: {data}\n\n".encode()


def stream_response(frames: AsyncIterator[bytes]) -> StreamingHttpResponse:
    """A response that no proxy buffers, caches or transforms."""
    response = StreamingHttpResponse(frames, content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response
