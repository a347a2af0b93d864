"""Streams in tests: read to bytes, cut anywhere, resumed; and waiting for what is saved."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from chat_service.streams import sse
from tests.serving import read_stream

T = TypeVar("T")
ENDED = {"completed", "stopped", "failed", "interrupted"}


def eventually(look: Callable[[], T], seconds: float = 20) -> T:
    """What `look` gives once it is true of it; the last look's result when time is up."""
    deadline = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return seen


def start(client: httpx.Client, message: str, **body: Any) -> tuple[str, int]:
    """Sends a message and leaves after the first chunk: (generation, session)."""
    with client.stream("POST", "/chat/stream", json={"message": message, **body}) as response:
        assert response.status_code == 200, response.read()
        chunk = next(read_stream(response)).chunk
    return chunk["generation_id"], chunk["session_id"]


def whole(client: httpx.Client, generation: str, **query: Any) -> bytes:
    """All bytes of a resumed stream but its comments."""
    response = client.get(f"/chat/generations/{generation}/stream", params=query)
    assert response.status_code == 200, response.text
    return response.content.replace(sse.KEEPALIVE, b"")


def status_of(client: httpx.Client, generation: str) -> str:
    response = client.get(f"/chat/generations/{generation}")
    return str(response.json()["status"]) if response.status_code == 200 else ""


def ended(client: httpx.Client, generation: str, seconds: float = 30) -> str:
    """The status with which a generation ends."""
    eventually(lambda: status_of(client, generation) in ENDED, seconds)
    return status_of(client, generation)


def messages_of(client: httpx.Client, session: int) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = client.get(f"/chat/sessions/{session}").json()["messages"]
    return listed
