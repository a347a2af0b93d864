"""A tool as a typed async function: its docstring and its signature say all that is needed.

    @tool(timeout_seconds=5)
    async def count_events(wishes: Wishes, context: ToolContext) -> Counted:
        \"""Counts the events that fit.\"""

The function's name is the tool's; the docstring up to "Args:" is its description, and the
lines below "Args:" describe its parameters. A parameter of the type `ToolContext` is filled in by
the service. A function whose one other parameter is a pydantic model takes that model's
fields as its parameters. What the annotation of its result says is checked, too.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, get_origin, get_type_hints

from pydantic import BaseModel, Field, TypeAdapter, create_model

from chat_service.tools.base import (
    DEFAULT_TIMEOUT_SECONDS,
    STRICT_NAMES,
    BaseTool,
    ToolContext,
    ToolParameter,
)

ToolFunction = Callable[..., Awaitable[Any]]
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]{0,63}")
_ARGUMENT = re.compile(r"(\w+)(?: \([^)]*\))?: (.*)")
_SECTIONS = ("Args:", "Returns:", "Raises:")


@dataclass(frozen=True, slots=True)
class _Read:
    """A function's docstring: what it does, and what its arguments are."""

    description: str
    arguments: Mapping[str, str]


class FunctionTool(BaseTool):
    """A typed async function as a tool; called, it is still the function."""

    def __init__(
        self,
        function: ToolFunction,
        *,
        aliases: Sequence[str] = (),
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        staff_only: bool = False,
        enabled: Callable[[], bool] = lambda: True,
    ) -> None:
        if not inspect.iscoroutinefunction(function):
            raise TypeError(f"{function!r} must be an async function.")
        self._function = function
        self._hints = get_type_hints(function, include_extras=True)
        read = _read_docstring(inspect.getdoc(function) or "")
        if not read.description:
            raise TypeError(f"The tool {function.__name__} needs a docstring.")
        self.name = function.__name__
        self.description = read.description
        self.aliases = tuple(aliases)
        self.timeout_seconds = timeout_seconds
        self.staff_only = staff_only
        self._enabled = enabled
        self._described = read.arguments
        self._given = self._given_parameters()
        self._output = TypeAdapter(self._hints.get("return", Any))

    def __call__(self, *args: Any, **kwargs: Any) -> Awaitable[Any]:
        return self._function(*args, **kwargs)

    @property
    def enabled(self) -> bool:
        return self._enabled()

    @cached_property
    def arguments_model(self) -> type[BaseModel]:
        if model := self._whole_model():
            return create_model(f"{self.name}_arguments", __base__=(model,), __cls_kwargs__=_FORBID)
        fields: dict[str, Any] = {}
        for parameter in self._given:
            kind = self._hints[parameter.name]
            if description := self._described.get(parameter.name):
                kind = Annotated[kind, Field(description=description)]
            default = ... if parameter.default is parameter.empty else parameter.default
            fields[parameter.name] = (kind, default)
        return create_model(f"{self.name}_arguments", __config__=STRICT_NAMES, **fields)

    async def execute(self, parameters: Mapping[str, Any], context: ToolContext) -> Any:
        return await self.run(self.arguments_model.model_validate(parameters), context)

    async def run(self, arguments: BaseModel, context: ToolContext) -> Any:
        if self._whole_model():
            given: dict[str, Any] = {self._given[0].name: arguments}
        else:
            given = {name: getattr(arguments, name) for name in type(arguments).model_fields}
        for name, kind in self._hints.items():
            if kind is ToolContext and name != "return":
                given[name] = context
        return self._output.validate_python(await self._function(**given))

    def _given_parameters(self) -> list[inspect.Parameter]:
        """The parameters that whoever calls the tool gives."""
        parameters = inspect.signature(self._function).parameters.values()
        missing = [each.name for each in parameters if each.name not in self._hints]
        if missing:
            raise TypeError(f"The tool {self.name} has parameters without a type: {missing}.")
        return [each for each in parameters if self._hints[each.name] is not ToolContext]

    def _whole_model(self) -> type[BaseModel] | None:
        if len(self._given) != 1:
            return None
        kind = self._hints[self._given[0].name]
        is_model = get_origin(kind) is None and isinstance(kind, type)
        return kind if is_model and issubclass(kind, BaseModel) else None


_FORBID = {"extra": "forbid"}


def tool(
    *,
    aliases: Sequence[str] = (),
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
    staff_only: bool = False,
    enabled: Callable[[], bool] = lambda: True,
) -> Callable[[ToolFunction], FunctionTool]:
    """Makes a tool of the function below it."""

    def make(function: ToolFunction) -> FunctionTool:
        return FunctionTool(
            function,
            aliases=aliases,
            timeout_seconds=timeout_seconds,
            staff_only=staff_only,
            enabled=enabled,
        )

    return make


def as_tool(given: object) -> BaseTool:
    """A tool, a tool's class or a plain async function as a tool.

    Raises:
        TypeError: it is none of these, or lacks what a tool needs.
    """
    if isinstance(given, type) and issubclass(given, BaseTool):
        given = given()
    if inspect.iscoroutinefunction(given):
        given = FunctionTool(given)
    if not isinstance(given, BaseTool):
        raise TypeError(f"{given!r} is neither a tool nor an async function.")
    for name in (getattr(given, "name", ""), *given.aliases):
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise TypeError(
                f"{name!r} is no name for a tool: letters, digits, - and _, at most 64."
            )
    if not getattr(given, "description", ""):
        raise TypeError(f"The tool {given.name} needs a description.")
    if any(not isinstance(each, ToolParameter) for each in given.parameters):
        raise TypeError(f"The parameters of {given.name} must be ToolParameter objects.")
    given.parameters_schema  # noqa: B018 - a type that has no schema is found now
    return given


def _read_docstring(text: str) -> _Read:
    described: list[str] = []
    arguments: dict[str, str] = {}
    section, name = "", ""
    for line in text.splitlines():
        if line.strip() in _SECTIONS and not line.startswith(" "):
            section = line.strip()
        elif not section:
            described.append(line)
        elif section == "Args:" and line.strip():
            found = _ARGUMENT.fullmatch(line.strip())
            if found and len(line) - len(line.lstrip()) <= 4:
                name, arguments[found[1]] = found[1], found[2]
            elif name:
                arguments[name] += f" {line.strip()}"
    return _Read(" ".join(" ".join(described).split()), arguments)
