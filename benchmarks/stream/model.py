"""A scripted Ollama that is as cheap as can be: `python -m benchmarks.stream.model`.

It prints its port. Each token is the moment it was made, so that a reader knows
its delay. `POST /script` says how the next answers go, `GET /made?from&to` how
many tokens were made between two moments (microseconds of the monotonic clock).
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import uvloop

NAME = "llama3.2:3b"
_LINE = (
    f'{{"model":"{NAME}","created_at":"2026-11-01T12:00:00.000000Z",'
    '"message":{"role":"assistant","content":"t%015d "},"done":false}\n'
).encode()
_LAST = (
    f'{{"model":"{NAME}","created_at":"2026-11-01T12:00:00.000000Z",'
    '"message":{"role":"assistant","content":""},"done_reason":"stop","done":true,'
    '"total_duration":1,"load_duration":1,"prompt_eval_count":26,"prompt_eval_duration":1,'
    '"eval_count":100,"eval_duration":1}\n'
).encode()
_SHOWN = {"details": {"family": "llama"}, "model_info": {}, "capabilities": ["completion"]}
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
)


@dataclass(slots=True)
class Script:
    """How answers go: times in seconds."""

    tokens: int = 20
    first_delay: float = 0.02
    interval: float = 0.05


class State:
    """What all connections share."""

    def __init__(self) -> None:
        self.script = Script()
        self.made = array("Q")
        self.answering = 0


class Connection(asyncio.Protocol):
    """One client; requests come one after the other."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._received = b""
        self._left = 0
        self._paused = False
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own kind
        # Else small writes wait for the other side's delayed acknowledgement.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, rest = self._received.partition(b"\r\n\r\n")
        length = _length(head) if found else 0
        if not found or len(rest) < length:
            return
        self._received = rest[length:]
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        self._answer(method, urlsplit(path), rest[:length])

    def _answer(self, method: str, url: Any, body: bytes) -> None:
        state = self._state
        match method, url.path:
            case "POST", "/api/chat":
                self._begin()
            case "POST", "/script":
                state.script = Script(**json.loads(body))
                state.made = array("Q")
                self._send_json({})
            case "GET", "/made":
                asked = {key: int(value[0]) for key, value in parse_qs(url.query).items()}
                count = bisect_left(state.made, asked["to"]) - bisect_left(
                    state.made, asked["from"]
                )
                self._send_json({"made": count, "answering": state.answering})
            case "POST", "/api/show":
                self._send_json(_SHOWN)
            case _:
                self._send_json({"version": "0.12.6", "models": [{"name": NAME, "model": NAME}]})

    def _send_json(self, value: object) -> None:
        content = json.dumps(value).encode()
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(content), content)
        )

    def _begin(self) -> None:
        script = self._state.script
        self._state.answering += 1
        self._left, self._interval = script.tokens, script.interval
        self._next = self._loop.time() + script.first_delay
        self._head = _HEAD
        self._timer = self._loop.call_at(self._next, self._make)

    def _make(self) -> None:
        now = self._loop.time()
        # Like a model that is too slow, it makes the next one later and none at once.
        self._next = max(self._next + self._interval, now)
        if not self._paused:
            moment = time.monotonic_ns() // 1000
            self._state.made.append(moment)
            self._write(_LINE % moment)
            self._left -= 1
        if self._left > 0:
            self._timer = self._loop.call_at(self._next, self._make)
        else:
            self._write(_LAST)
            self._transport.write(b"0\r\n\r\n")
            self._end()

    def _write(self, line: bytes) -> None:
        self._transport.write(b"%s%x\r\n%s\r\n" % (self._head, len(line), line))
        self._head = b""

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._state.answering -= 1


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def _serve() -> None:
    state = State()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(state), "127.0.0.1", 0, backlog=2048
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve())
