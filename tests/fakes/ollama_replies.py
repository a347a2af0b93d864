"""How a scripted Ollama answers a chat: replies, and how they go out over the wire."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from tests.fakes.http_server import Response

DEFAULT_TOKENS = ("I ", "would ", "go ", "to ", "[1] ", "and ", "[2].")
NDJSON = "application/x-ndjson"

# disconnect: the connection closes in the middle; reset: the same with a TCP
# reset; half_line: half of the next line, then a proper end; no_done: a proper
# end without the last line; error: an error line; hang: silence.
Fault = Literal["disconnect", "reset", "half_line", "no_done", "error", "hang"]


class Gate:
    """Lets tokens pass one by one, released from any thread."""

    def __init__(self, permits: int = 0) -> None:
        self._permits = threading.Semaphore(permits)

    def release(self, count: int = 1) -> None:
        self._permits.release(count)

    async def passed(self) -> None:
        # Polled, so that the test's thread needs to know nothing of this loop.
        while not self._permits.acquire(blocking=False):  # noqa: ASYNC110
            await asyncio.sleep(0.001)


@dataclass(frozen=True, slots=True)
class Reply:
    """How one chat request is answered. Delays are in seconds.

    `fault` strikes once `fault_after` tokens are out. `tokens_per_write` puts
    several lines into one TCP write; `bytes_per_write` cuts every write into
    such small ones that characters of several bytes come in halves.
    `thinking` comes before the tokens, as a thinking model sends it.
    A `status` other than 200 answers with `error` alone. `calls` are the tools it wants called,
    as (name, arguments), in one line behind the tokens.
    """

    tokens: Sequence[str] = DEFAULT_TOKENS
    first_delay: float = 0.0
    delay: float = 0.0
    gate: Gate | None = None
    fault: Fault | None = None
    fault_after: int = 0
    status: int = 200
    error: str = "model runner has unexpectedly stopped"
    done_reason: str = "stop"
    tokens_per_write: int = 1
    bytes_per_write: int | None = None
    thinking: Sequence[str] = ()
    calls: Sequence[tuple[str, Any]] = ()


def call(name: str, /, **arguments: Any) -> Reply:
    """A reply that says nothing and wants one tool called."""
    return Reply(tokens=(), calls=[(name, arguments)])


def structured(value: Any) -> Reply:
    """A reply that is JSON, in two tokens."""
    text = json.dumps(value, ensure_ascii=False)
    return Reply(tokens=(text[: len(text) // 2], text[len(text) // 2 :]))


class Answer:
    """One chat answer on its way out."""

    def __init__(self, model: str, reply: Reply, response: Response) -> None:
        self._model, self._reply, self._response = model, reply, response
        self._started_at = time.monotonic()
        self._unsent: list[bytes] = []

    async def send_whole(self) -> None:
        await asyncio.sleep(self._reply.first_delay)
        await self._response.send_json(200, self._last_part("".join(self._reply.tokens)))

    async def stream(self) -> None:
        # Like Ollama, the head goes out together with the first line.
        reply, head_sent = self._reply, bool(self._reply.thinking)
        await self._think()
        for number, token in enumerate((*reply.tokens, None)):
            await asyncio.sleep(reply.delay if number else reply.first_delay)
            if reply.fault and number == reply.fault_after and reply.fault != "error":
                await self._break(head_sent)
                return
            if reply.gate and token is not None:
                await reply.gate.passed()
            if not head_sent:
                await self._response.start(NDJSON)
                head_sent = True
            if reply.fault == "error" and number == reply.fault_after:
                await self._write_out(line_of({"error": reply.error}))
                await self._response.end()
                return
            if token is None and reply.calls:
                await self._add(self._calling_part())
            await self._add(self._last_part() if token is None else self._part(token))
        await self._flush()
        await self._response.end()

    async def _think(self) -> None:
        for number, thought in enumerate(self._reply.thinking):
            await asyncio.sleep(self._reply.delay)
            if not number:
                await self._response.start(NDJSON)
            message = {"role": "assistant", "content": "", "thinking": thought}
            await self._write_out(line_of({**self._part(""), "message": message}))

    async def _break(self, head_sent: bool) -> None:
        fault = self._reply.fault
        await self._flush()
        if fault == "hang":
            await asyncio.Event().wait()
        if fault in {"half_line", "no_done"}:
            if not head_sent:
                await self._response.start(NDJSON)
            if fault == "half_line":
                line = line_of(self._part("never seen"))
                await self._response.write(line[: len(line) // 2])
            await self._response.end()
        else:
            self._response.break_off(reset=fault == "reset")

    async def _add(self, part: Mapping[str, Any]) -> None:
        self._unsent.append(line_of(part))
        if len(self._unsent) >= self._reply.tokens_per_write:
            await self._flush()

    async def _flush(self) -> None:
        if self._unsent:
            await self._write_out(b"".join(self._unsent))
            self._unsent.clear()

    async def _write_out(self, content: bytes) -> None:
        step = self._reply.bytes_per_write or len(content)
        for start in range(0, len(content), step):
            await self._response.write(content[start : start + step])
            await asyncio.sleep(0)

    def _part(self, content: str) -> dict[str, Any]:
        return {
            "model": self._model,
            "created_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "message": {"role": "assistant", "content": content},
            "done": False,
        }

    def _calling_part(self) -> dict[str, Any]:
        calls = [
            {"function": {"index": index, "name": name, "arguments": arguments}}
            for index, (name, arguments) in enumerate(self._reply.calls)
        ]
        message = {"role": "assistant", "content": "", "tool_calls": calls}
        return {**self._part(""), "message": message}

    def _last_part(self, content: str = "") -> dict[str, Any]:
        elapsed = int((time.monotonic() - self._started_at) * 1e9)
        return {
            **self._part(content),
            "done_reason": self._reply.done_reason,
            "done": True,
            "total_duration": elapsed,
            "load_duration": 1_000_000,
            "prompt_eval_count": 26,
            "prompt_eval_duration": 5_000_000,
            "eval_count": len(self._reply.tokens),
            "eval_duration": elapsed,
        }


def line_of(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
