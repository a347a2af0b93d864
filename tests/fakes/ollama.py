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
import math
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fakes.http_server import LoopbackServer, Request, Response
from tests.fakes.ollama_replies import (
    DEFAULT_TOKENS,
    NDJSON,
    Answer,
    Fault,
    Gate,
    Reply,
    call,
    line_of,
    structured,
)

__all__ = [
    "DEFAULT_MODEL",
    "DEFAULT_TOKENS",
    "FakeOllama",
    "Fault",
    "Gate",
    "Reply",
    "call",
    "structured",
]

DEFAULT_MODEL = "llama3.2:3b"


class FakeOllama(LoopbackServer):
    """One Ollama. `reply` (or a function of the request's body) answers every
    chat, unless replies wait in `queue`; `requests` records what came in.

    A chat that asks for structured output gets `reading` instead, by default an empty object.
    A model in `without_tools` refuses requests that offer any, as Ollama does.
    """

    def __init__(self, *, port: int = 0, models: Sequence[str] = (DEFAULT_MODEL,)) -> None:
        super().__init__(self._handle, port=port)
        self.models = list(models)
        self.reply: Reply | Callable[[Mapping[str, Any]], Reply] = Reply()
        self.queue: deque[Reply] = deque()
        self.reading: Reply | Callable[[Mapping[str, Any]], Reply] = structured({})
        self.without_tools: set[str] = set()
        self.tags_delay = 0.0
        self.requests: list[Request] = []

    @property
    def chats(self) -> list[Request]:
        """The chat requests for an answer in words alone, oldest first."""
        return [request for request in self._chats() if "format" not in request.json]

    @property
    def readings(self) -> list[Request]:
        """The chat requests for structured output alone, oldest first."""
        return [request for request in self._chats() if "format" in request.json]

    def _chats(self) -> list[Request]:
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
        if body.get("tools") and body["model"] in self.without_tools:
            error = f"registry.ollama.ai/library/{body['model']} does not support tools"
            await response.send_json(400, {"error": error})
            return
        if self.queue and "format" not in body:
            reply = self.queue.popleft()
        else:
            scripted = self.reading if "format" in body else self.reply
            reply = scripted if isinstance(scripted, Reply) else scripted(body)
        if reply.status != 200:
            await response.send_json(reply.status, {"error": reply.error})
            return
        answer = Answer(str(body["model"]), reply, response)
        if body.get("stream", True):
            await answer.stream()
        else:
            await answer.send_whole()

    async def _pull(self, request: Request, response: Response) -> None:
        name = str(request.json.get("model", ""))
        await response.start(NDJSON)
        for completed in (0, 1_000_000, 2_000_000):
            progress = {"status": "pulling 6a0746a1ec1a", "digest": "sha256:6a0746a1ec1a"}
            await response.write(line_of({**progress, "total": 2_000_000, "completed": completed}))
        if name not in self.models:
            self.models.append(name)
        await response.write(line_of({"status": "success"}))
        await response.end()


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
