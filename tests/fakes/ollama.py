"""A scripted Ollama over real HTTP: the published protocol, and every way to break it.

In a test:

    with FakeOllama() as ollama:
        ollama.reply = Reply(tokens=("It is ", "[1]."), fault="disconnect", fault_after=1)

As a process of its own, for benchmarks: `python -m tests.fakes.ollama --port 0`
prints its address as the first line.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import math
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from tests.fakes.http_server import LoopbackServer, Request, Response

DEFAULT_MODEL = "llama3.2:3b"
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
    A `status` other than 200 answers with `error` alone.
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


class FakeOllama(LoopbackServer):
    """One Ollama. `reply` (or a function of the request's body) answers every
    chat, unless replies wait in `queue`; `requests` records what came in.
    """

    def __init__(self, *, port: int = 0, models: Sequence[str] = (DEFAULT_MODEL,)) -> None:
        super().__init__(self._handle, port=port)
        self.models = list(models)
        self.reply: Reply | Callable[[Mapping[str, Any]], Reply] = Reply()
        self.queue: deque[Reply] = deque()
        self.tags_delay = 0.0
        self.requests: list[Request] = []

    @property
    def chats(self) -> list[Request]:
        """The chat requests alone, oldest first."""
        return [request for request in self.requests if request.path == "/api/chat"]

    async def _handle(self, request: Request, response: Response) -> None:
        self.requests.append(request)
        match request.method, request.path:
            case "GET" | "HEAD", "/":
                await response.send_text(200, "Ollama is running")
            case "GET", "/api/version":
                await response.send_json(200, {"version": "0.12.6"})
            case "GET", "/api/tags":
                await asyncio.sleep(self.tags_delay)
                await response.send_json(200, {"models": [_tag(name) for name in self.models]})
            case "POST", "/api/chat" | "/api/show" | "/api/embed":
                await self._handle_model(request, response)
            case "POST", "/api/pull":
                await self._pull(request, response)
            case _:
                await response.send_text(404, "404 page not found")

    async def _handle_model(self, request: Request, response: Response) -> None:
        body = request.json
        name = str(body.get("model", ""))
        if _full_name(name) not in map(_full_name, self.models):
            error = f'model "{name}" not found, try pulling it first'
            await response.send_json(404, {"error": error})
        elif request.path == "/api/show":
            await response.send_json(200, _shown(name))
        elif request.path == "/api/embed":
            await response.send_json(200, _embedded(name, body["input"]))
        else:
            await self._chat(body, response)

    async def _chat(self, body: Mapping[str, Any], response: Response) -> None:
        if self.queue:
            reply = self.queue.popleft()
        else:
            reply = self.reply if isinstance(self.reply, Reply) else self.reply(body)
        if reply.status != 200:
            await response.send_json(reply.status, {"error": reply.error})
            return
        answer = _Answer(str(body["model"]), reply, response)
        if body.get("stream", True):
            await answer.stream()
        else:
            await answer.send_whole()

    async def _pull(self, request: Request, response: Response) -> None:
        name = str(request.json.get("model", ""))
        await response.start(NDJSON)
        for completed in (0, 1_000_000, 2_000_000):
            progress = {"status": "pulling 6a0746a1ec1a", "digest": "sha256:6a0746a1ec1a"}
            await response.write(_line({**progress, "total": 2_000_000, "completed": completed}))
        if name not in self.models:
            self.models.append(name)
        await response.write(_line({"status": "success"}))
        await response.end()


class _Answer:
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
                await self._write_out(_line({"error": reply.error}))
                await self._response.end()
                return
            await self._add(self._last_part() if token is None else self._part(token))
        await self._flush()
        await self._response.end()

    async def _think(self) -> None:
        for number, thought in enumerate(self._reply.thinking):
            await asyncio.sleep(self._reply.delay)
            if not number:
                await self._response.start(NDJSON)
            message = {"role": "assistant", "content": "", "thinking": thought}
            await self._write_out(_line({**self._part(""), "message": message}))

    async def _break(self, head_sent: bool) -> None:
        fault = self._reply.fault
        await self._flush()
        if fault == "hang":
            await asyncio.Event().wait()
        if fault in {"half_line", "no_done"}:
            if not head_sent:
                await self._response.start(NDJSON)
            if fault == "half_line":
                line = _line(self._part("never seen"))
                await self._response.write(line[: len(line) // 2])
            await self._response.end()
        else:
            self._response.break_off(reset=fault == "reset")

    async def _add(self, part: Mapping[str, Any]) -> None:
        self._unsent.append(_line(part))
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


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _full_name(model: str) -> str:
    return model if ":" in model else f"{model}:latest"


def _details() -> dict[str, Any]:
    return {"format": "gguf", "family": "llama", "parameter_size": "3.2B"}


def _tag(model: str) -> dict[str, Any]:
    digest = hashlib.sha256(model.encode()).hexdigest()
    return {
        "name": _full_name(model),
        "model": _full_name(model),
        "modified_at": "2026-11-01T12:00:00Z",
        "size": 2_019_393_189,
        "digest": digest,
        "details": _details(),
    }


def _shown(model: str) -> dict[str, Any]:
    return {
        "details": _details(),
        "model_info": {"general.basename": model, "llama.context_length": 131_072},
        "capabilities": ["completion", "tools"],
    }


def _embedded(model: str, texts: str | Sequence[str], dimensions: int = 384) -> dict[str, Any]:
    """Unit vectors that depend on the text alone."""
    listed = [texts] if isinstance(texts, str) else texts
    vectors = []
    for text in listed:
        raw = hashlib.shake_256(text.encode()).digest(dimensions)
        centred = [byte - 127.5 for byte in raw]
        length = math.hypot(*centred)
        vectors.append([value / length for value in centred])
    return {"model": model, "embeddings": vectors, "total_duration": 1_000_000}


def main(arguments: Sequence[str] | None = None) -> None:
    """Serves until interrupted or terminated."""
    parser = argparse.ArgumentParser(description="A scripted Ollama on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--model", action="append", help="may be given several times")
    parser.add_argument("--tokens", type=int, default=len(DEFAULT_TOKENS))
    parser.add_argument("--first-delay", type=float, default=0.0, help="seconds")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds between tokens")
    given = parser.parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with FakeOllama(port=given.port, models=given.model or (DEFAULT_MODEL,)) as ollama:
        tokens = tuple(DEFAULT_TOKENS[i % len(DEFAULT_TOKENS)] for i in range(given.tokens))
        ollama.reply = Reply(tokens, first_delay=given.first_delay, delay=given.delay)
        sys.stdout.write(f"{ollama.address}\n")
        sys.stdout.flush()
        stopped.wait()


if __name__ == "__main__":
    main()
