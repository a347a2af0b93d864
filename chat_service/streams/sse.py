"""The bytes of server-sent events; no other module knows them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse

KEEPALIVE = b": keepalive\n\n"
_END = b"\n\n"


def frame(generation_id: UUID | str, offset: int, data: str) -> bytes:
    """One event of a generation: `data` is a single line of JSON."""
    return f"id: {generation_id}:{offset}\ndata: {data}\n\n".encode()


def reconnect(data: str) -> bytes:
    """An event without an id, so that a reader goes on after the last one that had one."""
    return f"event: reconnect\nretry: 500\ndata: {data}\n\n".encode()


def note(data: str) -> bytes:
    """A comment that stands in front of a frame in the journal: `data` is a single line of JSON."""
    return f": {data}\n".encode()


def split_frames(joined: bytes) -> list[tuple[int, bytes]]:
    """Frames that were written one after the other, each with its offset, without notes."""
    parts = (_parted(part)[1] for part in joined.split(_END)[:-1])
    return [(_offset(part), part + _END) for part in parts]


def notes_in(joined: bytes) -> list[dict[str, Any]]:
    """The JSON of the notes that stand among frames, in order."""
    parts = (_parted(part)[0] for part in joined.split(_END)[:-1])
    return [json.loads(each) for notes in parts for each in notes]


def _parted(part: bytes) -> tuple[list[bytes], bytes]:
    """The notes in front of a frame, and the frame."""
    notes = []
    while part.startswith(b": "):
        line, _, part = part.partition(b"\n")
        notes.append(line[2:])
    return notes, part


def _offset(part: bytes) -> int:
    return int(part[: part.index(b"\n")].rpartition(b":")[2])


def chunk_of(event: bytes) -> dict[str, Any]:
    """The JSON of a frame."""
    data = event.partition(b"\ndata: ")[2]
    chunk: dict[str, Any] = json.loads(data)
    return chunk


def compact(chunk: Mapping[str, Any]) -> str:
    """A chunk's JSON on one line, without the fields that say nothing."""
    said = {key: value for key, value in chunk.items() if value is not None}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def parse_event_id(text: str) -> tuple[UUID, int]:
    """`<generation>:<offset>`; raises ValueError for anything else."""
    generation_id, _, offset = text.strip().partition(":")
    if not (offset.isascii() and offset.isdigit()) or len(offset) > 9:
        raise ValueError("must be <generation>:<offset>")
    return UUID(generation_id), int(offset)


def stream_response(frames: AsyncIterator[bytes]) -> StreamingHttpResponse:
    """A response that no proxy buffers, caches or transforms."""
    response = StreamingHttpResponse(frames, content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response
