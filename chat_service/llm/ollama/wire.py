"""A request in Ollama's words, and the calls that it answers with in ours."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from ollama import ResponseError

from chat_service.llm.ollama.stream import ChatPart
from chat_service.llm.types import AnswerRequest, FinishPart, PromptMessage, ToolCallPart

_LONGEST_NAME = 64
_BAD_REQUEST = 400


def chat_body(
    request: AnswerRequest, model: str, *, max_tokens: int, context_tokens: int, tools: bool
) -> dict[str, Any]:
    """The body of `/api/chat`; without `tools` the model is told of none.

    The size of the context is the same in every request: Ollama loads a model anew to change it.
    """
    options: dict[str, Any] = {
        "num_predict": request.max_tokens or max_tokens,
        "num_ctx": context_tokens,
    }
    body: dict[str, Any] = {
        "model": model,
        "messages": [_message(each) for each in request.prompt()],
        "stream": True,
        "options": options,
    }
    if tools and request.tools:
        body["tools"] = list(request.tools)
    if request.schema is not None:
        body["format"] = dict(request.schema)
        options["temperature"] = 0
    return body


def _message(message: PromptMessage) -> dict[str, Any]:
    said: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.calls:
        said["tool_calls"] = [
            {"id": call.id, "function": {"name": call.name, "arguments": call.arguments or {}}}
            for call in message.calls
        ]
    if message.role == "tool":
        said |= {"tool_name": message.name, "tool_call_id": message.call_id}
    return said


def calls_of(part: ChatPart) -> Iterator[ToolCallPart]:
    """The calls on one line of an answer; what names no function is none."""
    for call in part.calls:
        function = call.get("function") if isinstance(call, Mapping) else None
        if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
            continue
        given = call.get("id")
        yield ToolCallPart(
            id=given if isinstance(given, str) and given else f"call_{uuid4().hex}",
            name=function["name"][:_LONGEST_NAME],
            arguments=_arguments(function.get("arguments")),
        )


def _arguments(given: Any) -> Mapping[str, Any] | None:
    """An object, which some models write as text."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return None
    if given is None:
        return {}
    return given if isinstance(given, Mapping) else None


def finish_of(part: ChatPart, model: str) -> FinishPart:
    """What the last line of an answer says of its cost."""
    return FinishPart(
        model=model,
        prompt_tokens=part.count("prompt_eval_count"),
        completion_tokens=part.count("eval_count"),
        finish_reason=str(part.said.get("done_reason") or "stop"),
    )


def refuses_tools(error: Exception) -> bool:
    """Whether Ollama says that a model has no form for tools."""
    return (
        isinstance(error, ResponseError)
        and error.status_code == _BAD_REQUEST
        and "does not support tools" in str(error.error)
    )


def says_something(parts: Sequence[ChatPart]) -> bool:
    """Whether a model shows life: text, a thought or a call."""
    return any(part.text or part.thinks or part.calls for part in parts)
