"""What a tool is: its name, its parameters, who may use it, and what it gives back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from django.conf import settings
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field, create_model

from chat_service.tools.schemas import parameters_schema
from rag.types import Constraints, ShownEvent

ParameterType = Literal["string", "integer", "number", "boolean", "array", "object"]
_PYTHON_TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "array": list[Any],
    "object": dict[str, Any],
}
DEFAULT_TIMEOUT_SECONDS = 10.0
STRICT_NAMES: ConfigDict = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class ToolContext:
    """Who asks, and what is known beside the arguments.

    `now` is aware and `zone` an IANA name. `constraints` are the standing wishes of the
    conversation and `shown` the events that it has shown. `wishes` are those of the message that
    is being answered: a search to which no wish is given is for these. Addresses that a tool makes
    begin with `base_url`.
    """

    user_id: int | None = None
    is_staff: bool = False
    session_id: int | None = None
    now: datetime = field(default_factory=timezone.now)
    zone: str = field(default_factory=lambda: settings.TIME_ZONE)
    constraints: Constraints | None = None
    wishes: Constraints | None = None
    shown: Sequence[ShownEvent] = ()
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a call came to. `error` is a sentence for a person, None when it succeeded.

    `metadata` holds the tool's name, the `code` and `fields` of an error, and the `events`
    that the data speaks of, as `{id, score, distance_miles}` in their order.
    """

    success: bool
    data: Any = None
    error: str | None = None
    execution_time_ms: float = 0.0
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The same as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ToolParameter:
    """One parameter of a tool that is a class; without a `default` an optional one is null."""

    name: str
    type: ParameterType
    description: str
    required: bool = True
    default: Any = None
    enum: Sequence[Any] | None = None

    def as_field(self) -> tuple[Any, Any]:
        """The pydantic field that checks it."""
        kind = Literal[tuple(self.enum)] if self.enum else _PYTHON_TYPES[self.type]
        if self.required:
            return kind, Field(description=self.description)
        kind = kind if self.default is not None else kind | None
        return kind, Field(default=self.default, description=self.description)


class BaseTool(ABC):
    """A tool as a class: set `name`, `description` and `parameters`, and write `execute`.

    `aliases` are other names of the same tool. With `staff_only` nobody else sees it. One that
    is not `enabled` exists for nobody.
    """

    name: str
    description: str
    parameters: Sequence[ToolParameter] = ()
    aliases: Sequence[str] = ()
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    staff_only: bool = False

    @abstractmethod
    async def execute(self, parameters: Mapping[str, Any], context: ToolContext) -> Any:
        """Does it. `parameters` are checked, defaults filled in; the result is plain JSON, a
        pydantic model or a `ToolResult`.

        Raises:
            AppError: what the asking person is to be told.
        """

    async def run(self, arguments: BaseModel, context: ToolContext) -> Any:
        """The same with arguments that `arguments_model` has checked."""
        return await self.execute(arguments.model_dump(), context)

    @property
    def enabled(self) -> bool:
        """Whether the settings switch it on."""
        return True

    @cached_property
    def arguments_model(self) -> type[BaseModel]:
        """The model that checks arguments; names that it does not know are refused."""
        fields: dict[str, Any] = {each.name: each.as_field() for each in self.parameters}
        return create_model(f"{self.name}_arguments", __config__=STRICT_NAMES, **fields)

    @cached_property
    def parameters_schema(self) -> dict[str, Any]:
        """The JSON schema of its arguments."""
        return parameters_schema(self.arguments_model)

    def is_open_to(self, context: ToolContext) -> bool:
        """Whether the asking user may see and run it."""
        return self.enabled and (context.is_staff or not self.staff_only)

    def function_schema(self) -> dict[str, Any]:
        """The tool in the form in which language models are told of functions."""
        return {
            "type": "function",
            "function": {
                "name": self.name,
                "description": self.description,
                "parameters": self.parameters_schema,
            },
        }
