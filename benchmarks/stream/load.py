"""The load generator: `python -m benchmarks.stream.load` reads a plan and prints what it saw.

It runs in a process of its own and parses no more than it must, so that the two
cores are left to what is measured. A plan either keeps a number of streams going and
notes how each turn began, or opens that many, lets them settle and notes the
delay of each token that the model made within a window of time.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from array import array
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, cast

import uvloop

_TOKEN = re.compile(rb"t(\d{15}) ")
_UNDERSTOOD = re.compile(rb"server-timing: understand;dur=([0-9.]+)", re.IGNORECASE)
_END = b"0\r\n\r\n"
# Stands for a word that no message before had, so that no part of a turn is known already.
NEW_WORD = "@@"
# How long tokens that were made within the window may still arrive.
_LATE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to ask, and with what."""

    port: int
    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    marker: str = "data: "  # what each chunk begins with

    def request(self) -> bytes:
        word = "".join(random.choices("bcdfghjklmnpqrstvwxz", k=6))
        body = json.dumps(self.body).replace(NEW_WORD, word).encode()
        head = {
            "Host": "127.0.0.1",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **self.headers,
        }
        lines = [f"POST {self.path} HTTP/1.1", *(f"{key}: {head[key]}" for key in head)]
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do; times in seconds.

    With `turns`, each stream begins anew when it has ended, until there were so
    many in all. Without, all are opened, `per_second`, and watched for `window`.
    """

    target: Target
    streams: int
    turns: int = 0
    per_second: float = 20.0
    pause: float = 0.0
    settle: float = 2.0
    window: float = 10.0


class Stream(asyncio.Protocol):
    """One turn on a connection of its own; times are of the monotonic clock."""

    def __init__(self, plan: Plan, seen: Seen) -> None:
        self._request = plan.target.request()
        self._marker = plan.target.marker.encode()
        self._seen = seen
        self._tail = b""
        self.head = self.chunk = self.token = self.understood = 0.0
        loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[bool] = loop.create_future()
        self.ended: asyncio.Future[bool] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own kind
        self.began = time.monotonic()
        self.transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        _settle(self.begun, False)
        _settle(self.ended, False)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        if not self.head:
            self.head = now
            if not data.startswith(b"HTTP/1.1 200"):
                self._seen.refused += 1
                self.transport.close()
                return
            if found := _UNDERSTOOD.search(data):
                self.understood = float(found[1]) / 1000
        chunks = data.count(self._marker)
        if chunks and not self.chunk:
            self.chunk = now
        self._read_tokens(data, now, chunks)
        if data.endswith(_END):
            self.transport.close()
            _settle(self.ended, True)

    def _read_tokens(self, data: bytes, now: float, chunks: int) -> None:
        text, at, moment = self._tail + data, 0, int(now * 1e6)
        seen = self._seen
        for found in _TOKEN.finditer(text):
            at = found.end()
            made = int(found[1])
            if seen.first <= made < seen.last:
                seen.delays.append(moment - made)
        if at and not self.token:
            self.token = now
            _settle(self.begun, True)
        if at and seen.first <= moment < seen.last:
            seen.chunks += chunks
        self._tail = text[max(at, len(text) - 16) :]


class Seen:
    """What all streams saw within the window, whose ends are microseconds."""

    def __init__(self) -> None:
        self.first = self.last = 0
        self.delays = array("Q")
        self.chunks = 0
        self.refused = 0
        # From the request to the response's head, the first chunk and the first token; and how
        # long, by the service's own account, the message took to be understood.
        self.turns: list[tuple[float, float, float, float]] = []


async def run_plan(plan: Plan) -> dict[str, Any]:
    """Does it; what the caller needs to know in time is printed as it happens."""
    seen = Seen()
    if plan.turns:
        await _take_turns(plan, seen)
    else:
        await _watch(plan, seen)
    return {
        "turns": seen.turns,
        "refused": seen.refused,
        "chunks": seen.chunks,
        "window": [seen.first, seen.last],
        "delays": sorted(seen.delays),
    }


async def _take_turns(plan: Plan, seen: Seen) -> None:
    left = plan.turns

    async def keep_going(number: int) -> None:
        nonlocal left
        await asyncio.sleep(number / plan.per_second)
        while left > 0:
            left -= 1
            stream = await _open(plan, seen)
            if await stream.ended and stream.token:
                began = stream.began
                moments = stream.head - began, stream.chunk - began, stream.token - began
                seen.turns.append((*moments, stream.understood))
            await asyncio.sleep(random.uniform(0, 2 * plan.pause))

    await asyncio.gather(*(keep_going(number) for number in range(plan.streams)))


async def _watch(plan: Plan, seen: Seen) -> None:
    opened: list[Stream] = []
    for number in range(plan.streams):
        opened.append(await _open(plan, seen))
        await asyncio.sleep(1 / plan.per_second)
        if number % 50 == 0:
            _say({"opened": number})
    await asyncio.wait([each.begun for each in opened], timeout=60)
    await asyncio.sleep(plan.settle)
    seen.first = int(time.monotonic() * 1e6)
    seen.last = seen.first + int(plan.window * 1e6)
    _say({"window": "open", "streams": sum(not each.ended.done() for each in opened)})
    await asyncio.sleep(plan.window)
    _say({"window": "closed", "streams": sum(not each.ended.done() for each in opened)})
    await asyncio.sleep(_LATE_SECONDS)
    for stream in opened:
        stream.transport.abort()


async def _open(plan: Plan, seen: Seen) -> Stream:
    _, stream = await asyncio.get_running_loop().create_connection(
        lambda: Stream(plan, seen), "127.0.0.1", plan.target.port
    )
    return stream


def _settle(future: asyncio.Future[bool], result: bool) -> None:
    if not future.done():
        future.set_result(result)


def _say(value: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def encoded(plan: Plan) -> str:
    """A plan as this process reads it."""
    return json.dumps(asdict(plan))


def main() -> None:
    given = json.loads(sys.stdin.readline())
    plan = Plan(**{**given, "target": Target(**given["target"])})
    _say({"result": uvloop.run(run_plan(plan))})


if __name__ == "__main__":
    main()
