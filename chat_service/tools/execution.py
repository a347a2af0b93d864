"""Runs tools: rights, arguments, time limit, result. Nothing that a tool does breaks the caller."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from time import perf_counter
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from chat_service.tools.base import BaseTool, ToolContext, ToolResult
from chat_service.tools.event_brief import EventBrief
from chat_service.tools.registry import ToolRegistry, tool_registry
from core.errors import AppError

log = logging.getLogger(__name__)
_JSON: TypeAdapter[Any] = TypeAdapter(Any)
UNKNOWN_TOOL = "unknown_tool"
INVALID_ARGUMENTS = "invalid_arguments"


class ToolExecutionService:
    """Runs tools of a registry, by default of the one that all share."""

    def __init__(self, registry: ToolRegistry = tool_registry) -> None:
        self._registry = registry

    def schemas(self, context: ToolContext) -> list[dict[str, Any]]:
        """The tools that the asking user may use, as function schemas for a language model."""
        return [tool.function_schema() for tool in self._registry.open_to(context)]

    async def execute_tool(
        self, name: str, parameters: Mapping[str, Any], context: ToolContext | None = None
    ) -> ToolResult:
        """Runs a tool; every failure is a result with a sentence, a `code` and perhaps `fields`.

        The codes are `unknown_tool` (one that is off or not for this user, too),
        `invalid_arguments`, `tool_timeout`, `tool_failed`, and those of `AppError`.
        """
        context = context or ToolContext()
        began = perf_counter()
        tool = self._registry.find(name, context)
        if tool is None:
            result = _failure(UNKNOWN_TOOL, f"There is no tool of the name {name[:64]!r}.")
        else:
            result = await _run(tool, parameters, context)
        return ToolResult(
            success=result.success,
            data=result.data,
            error=result.error,
            execution_time_ms=round((perf_counter() - began) * 1000, 2),
            metadata={"tool": tool.name if tool else name[:64], **result.metadata},
        )


async def _run(tool: BaseTool, parameters: Mapping[str, Any], context: ToolContext) -> ToolResult:
    try:
        arguments = tool.arguments_model.model_validate(dict(parameters))
    except ValidationError as error:
        return _invalid(fields_of(error))
    try:
        async with asyncio.timeout(tool.timeout_seconds) as limit:
            return _result(await tool.run(arguments, context))
    except AppError as error:
        return _failure(error.code, error.detail, error.fields)
    except TimeoutError:
        if limit.expired():
            return _failure(
                "tool_timeout", f"{tool.name} took longer than {tool.timeout_seconds:g} seconds."
            )
        log.exception("tool_failed: %s", tool.name)
    except Exception:
        log.exception("tool_failed: %s", tool.name)
    return _failure("tool_failed", f"{tool.name} failed. This is a fault on our side.")


def _result(given: Any) -> ToolResult:
    """What a tool returned as a result whose data is plain JSON."""
    if isinstance(given, ToolResult):
        data, metadata = given.data, dict(given.metadata)
        success, error = given.success, given.error
    else:
        data, metadata, success, error = given, {}, True, None
    events = {brief.id: brief for brief in _briefs(data)}
    if events:
        metadata["events"] = [
            {"id": each.id, "score": each.score, "distance_miles": each.distance_miles}
            for each in events.values()
        ]
    return ToolResult(success, _JSON.dump_python(data, mode="json"), error, 0.0, metadata)


def _briefs(value: Any) -> Iterator[EventBrief]:
    """The events that a tool's data speaks of, in their order."""
    if isinstance(value, EventBrief):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _briefs(getattr(value, name))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _briefs(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _briefs(each)


def _invalid(fields: Mapping[str, str]) -> ToolResult:
    listed = "; ".join(f"{name}: {problem}" for name, problem in sorted(fields.items()))
    return _failure(INVALID_ARGUMENTS, f"The arguments are not valid. {listed}.", fields)


def _failure(code: str, error: str, fields: Mapping[str, str] | None = None) -> ToolResult:
    metadata: dict[str, Any] = {"code": code}
    if fields:
        metadata["fields"] = dict(fields)
    return ToolResult(success=False, error=error, metadata=metadata)


def fields_of(error: ValidationError) -> dict[str, str]:
    """Argument → what is wrong with it."""
    fields: dict[str, str] = {}
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        name = ".".join(str(part) for part in problem["loc"]) or "parameters"
        fields.setdefault(name, problem["msg"].removeprefix("Value error, "))
    return fields
