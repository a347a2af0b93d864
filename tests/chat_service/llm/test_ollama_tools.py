"""Tools and structured output as Ollama speaks them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chat_service.llm.builtin.provider import BuiltinProvider
from chat_service.llm.router import AnswerRouter
from chat_service.llm.types import (
    FinishPart,
    PromptMessage,
    StartPart,
    TextPart,
    ToolCallPart,
    Traits,
)
from core.errors import LLMUnavailable
from tests.chat_service.llm.asking import (
    HASTY,
    NOBODY,
    REQUEST,
    provider_at,
    read_to_error,
    text_of,
)
from tests.fakes.ollama import DEFAULT_MODEL, FakeOllama, Reply, structured

TOOL = {"type": "function", "function": {"name": "look", "description": "Looks.", "parameters": {}}}
ASKING = replace(REQUEST, tools=[TOOL])
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}


async def test_call_is_a_part_with_its_arguments(ollama: FakeOllama) -> None:
    ollama.reply = Reply(
        tokens=["Hm. "], calls=[("look", {"at": "jazz"}), ("look", '{"at":"art"}')]
    )
    parts = [part async for part in provider_at(ollama.address).stream(ASKING)]
    assert parts[0] == StartPart("ollama", DEFAULT_MODEL)
    assert parts[1] == TextPart("Hm. ")
    calls = [part for part in parts if isinstance(part, ToolCallPart)]
    assert [(call.name, call.arguments) for call in calls] == [
        ("look", {"at": "jazz"}),
        ("look", {"at": "art"}),
    ]
    assert len({call.id for call in calls}) == 2
    assert isinstance(parts[-1], FinishPart)
    assert ollama.chats[0].json["tools"] == [TOOL]


async def test_call_alone_is_no_empty_answer(ollama: FakeOllama) -> None:
    ollama.reply = Reply(tokens=(), calls=[("look", {})])
    parts = [part async for part in provider_at(ollama.address).stream(ASKING)]
    assert [type(part) for part in parts] == [StartPart, ToolCallPart, FinishPart]


@pytest.mark.parametrize("arguments", ["jazz", ["jazz"], 5, '"jazz"'])
async def test_arguments_that_are_no_object_are_none(ollama: FakeOllama, arguments: Any) -> None:
    ollama.reply = Reply(tokens=(), calls=[("look", arguments)])
    parts = [part async for part in provider_at(ollama.address).stream(ASKING)]
    [call] = [part for part in parts if isinstance(part, ToolCallPart)]
    assert call.arguments is None


async def test_calls_and_results_go_back_in_ollamas_form(ollama: FakeOllama) -> None:
    call = ToolCallPart("c1", "look", {"at": "jazz"})
    dialogue = [
        PromptMessage("user", "?"),
        PromptMessage("assistant", "", (call,)),
        PromptMessage("tool", "[1] jazz", call_id="c1", name="look"),
    ]
    request = replace(ASKING, prompt=lambda: dialogue)
    assert [part async for part in provider_at(ollama.address).stream(request)]
    assert ollama.chats[0].json["messages"][1:] == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "c1", "function": {"name": "look", "arguments": {"at": "jazz"}}}],
        },
        {"role": "tool", "content": "[1] jazz", "tool_name": "look", "tool_call_id": "c1"},
    ]


async def test_model_that_refuses_tools_is_asked_again_without(ollama: FakeOllama) -> None:
    ollama.without_tools.add(DEFAULT_MODEL)
    provider = provider_at(ollama.address)
    for _ in range(2):
        parts = [part async for part in provider.stream(ASKING)]
        assert text_of(parts) == "I would go to [1] and [2]."
    assert ["tools" in request.json for request in ollama.chats] == [True, False, False]


async def test_structured_output_is_asked_for_by_its_schema(ollama: FakeOllama) -> None:
    ollama.reading = structured({"city": "Bostón"})
    request = replace(REQUEST, schema=SCHEMA, max_tokens=50)
    router = AnswerRouter(provider_at(ollama.address), BuiltinProvider())
    parts = [part async for part in router.stream_structured(request)]
    assert json.loads(text_of(parts)) == {"city": "Bostón"}
    [asked] = ollama.readings
    assert asked.json["format"] == SCHEMA
    assert asked.json["options"] == {"num_predict": 50, "num_ctx": 8192, "temperature": 0}


async def test_structured_output_is_never_the_builtins(ollama: FakeOllama) -> None:
    router = AnswerRouter(provider_at(ollama.address), BuiltinProvider())
    request = replace(REQUEST, schema=SCHEMA, model="builtin")
    assert await read_to_error(router.stream_structured(request), []) is LLMUnavailable
    assert ollama.requests == []


async def test_traits_are_those_of_whoever_answers() -> None:
    router = AnswerRouter(provider_at(NOBODY, HASTY), BuiltinProvider())
    assert router.traits_for(None) == Traits(tools=True, structured_output=True, generates=True)
    assert router.traits_for("builtin") == Traits(generates=False)
    assert [part async for part in router.stream(REQUEST)]  # learns that nobody is there
    assert router.traits_for(None) == Traits(generates=False)
