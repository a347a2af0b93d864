"""Ollama's chat answers, read as its client reads them, but many lines at once.

The client builds and checks a model for every token, which costs more than all the rest
of a token's way. It still knows the host, the headers and everything that is no stream.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ollama

# No line of an answer is nearly as long; what is longer is no answer.
_LONGEST_LINE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ChatPart:
    """One line of an answer; `said` is all of it.

    `thinks` when the model shows life without answering yet: thoughts are not passed on.
    `calls` are the tools that it wants called, as Ollama says them.
    """

    text: str
    done: bool
    said: Mapping[str, Any]
    thinks: bool = False
    calls: Sequence[Any] = ()

    def count(self, name: str) -> int | None:
        """One of the numbers on the last line."""
        value = self.said.get(name)
        return value if isinstance(value, int) else None


class StreamingClient(ollama.AsyncClient):
    """Ollama's client with a quicker way to read an answer."""

    async def stream_chat(self, asked: Mapping[str, Any]) -> AsyncGenerator[list[ChatPart], None]:
        """The parts of an answer, those together that came together.

        Raises:
            ollama.ResponseError: what Ollama says against it.
            ValueError: a line is no part of an answer.
            httpx.HTTPError, httpx.StreamError: as while streaming.
        """
        prompt = _Prompt(asked)
        del asked
        headers = {"Content-Type": "application/json", "Content-Length": str(prompt.size)}
        async with self._client.stream(
            "POST", "/api/chat", content=prompt, headers=headers
        ) as response:
            prompt.forget()
            if response.status_code != 200:
                await response.aread()
                raise ollama.ResponseError(response.text, response.status_code)
            begun = b""
            async for content in response.aiter_bytes():
                *lines, begun = (begun + content).split(b"\n")
                if len(begun) > _LONGEST_LINE:
                    raise ValueError("a line without end")
                parts, error = _parts_of(lines)
                if parts:
                    yield parts
                if error is not None:
                    raise error
            parts, error = _parts_of([begun])
            if parts:
                yield parts
            if error is not None:
                raise error


class _Prompt:
    """The content of a request, which lives as long as its answer: forgotten when it has arrived.

    Until then it can be sent again, to where a redirect says.
    """

    def __init__(self, asked: Mapping[str, Any]) -> None:
        self._content = json.dumps(asked, ensure_ascii=False, separators=(",", ":")).encode()
        self.size = len(self._content)

    def forget(self) -> None:
        self._content = b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


def _parts_of(lines: Sequence[bytes]) -> tuple[list[ChatPart], Exception | None]:
    """The parts up to the first line that is none, and what is wrong with that one."""
    parts: list[ChatPart] = []
    for line in lines:
        if not line.strip():
            continue
        try:
            parts.append(_part_of(json.loads(line)))
        except (ValueError, ollama.ResponseError) as error:
            return parts, error
    return parts, None


def _part_of(said: Any) -> ChatPart:
    if not isinstance(said, dict):
        raise ValueError("no object")
    if error := said.get("error"):
        raise ollama.ResponseError(str(error))
    message = said.get("message")
    text = message.get("content") if isinstance(message, dict) else message
    if message is None or not isinstance(text, str | None):
        raise ValueError("no part of a chat")
    if not isinstance(message, dict):
        return ChatPart(text or "", said.get("done") is True, said)
    calls = message.get("tool_calls")
    return ChatPart(
        text or "",
        said.get("done") is True,
        said,
        bool(message.get("thinking")),
        calls if isinstance(calls, list) else (),
    )
