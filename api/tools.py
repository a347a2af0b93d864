"""What the assistant can do, for clients to look at and to run themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema
from pydantic import model_validator

from accounts.authentication import ClaimBearerAuth, claimed_id
from api.http.async_idempotency import once
from api.http.pagination import Page, page_response
from api.http.responses import base_of
from chat_service.stores.generations import refuse_while_running
from chat_service.stores.tool_calls import ToolCall, save_tool_call
from chat_service.tools import (
    BaseTool,
    ToolContext,
    ToolExecutionService,
    ToolResult,
    result_for_model,
    tool_registry,
)
from chat_service.tools.contexts import Asker, tool_context
from chat_service.tools.execution import INVALID_ARGUMENTS, UNKNOWN_TOOL
from core.database import in_database
from core.errors import ErrorOut, InvalidRequest, NotFound

router = Router(tags=["tools"])
SessionId = Annotated[int, Field(ge=1, le=2**63 - 1)]
ToolName = Annotated[str, Field(min_length=1, max_length=64)]
Errors = {401: ErrorOut, 404: ErrorOut, 422: ErrorOut}
T = TypeVar("T")


class ToolOut(Schema):
    """A tool. `parameters` is the JSON schema of its arguments; other `aliases` name it too."""

    name: str
    aliases: Sequence[str]
    description: str
    parameters: Mapping[str, Any]
    timeout_seconds: float
    staff_only: bool

    @classmethod
    def of(cls, tool: BaseTool) -> ToolOut:
        return cls(
            name=tool.name,
            aliases=list(tool.aliases),
            description=tool.description,
            parameters=tool.parameters_schema,
            timeout_seconds=tool.timeout_seconds,
            staff_only=tool.staff_only,
        )


class FunctionOut(Schema):
    """A tool as language models are told of functions."""

    type: str
    function: Mapping[str, Any]


class ToolCallIn(Schema):
    """Which tool (`tool_name`, or `name`), with which arguments (`parameters`, or `arguments`)."""

    tool_name: ToolName | None = None
    name: ToolName | None = None
    parameters: dict[str, Any] = {}
    arguments: dict[str, Any] | None = None

    @model_validator(mode="after")
    def names_a_tool(self) -> ToolCallIn:
        if (self.tool_name is None) == (self.name is None):
            raise ValueError("name the tool, by tool_name or by name")
        if self.parameters and self.arguments:
            raise ValueError("give the arguments by parameters or by arguments")
        self.parameters = self.arguments or self.parameters
        return self

    @property
    def wanted(self) -> str:
        return self.tool_name or self.name or ""


class ToolResultOut(Schema):
    """What a call came to. `error` is a sentence, and `metadata.code` its code; both are missing
    when it succeeded. `metadata.events` are the events that `data` speaks of."""

    success: bool
    data: Any
    error: str | None
    execution_time_ms: float
    metadata: Mapping[str, Any]

    @classmethod
    def of(cls, result: ToolResult) -> ToolResultOut:
        return cls(**result.to_json())


class KeptResultOut(ToolResultOut):
    """The same, and the message that keeps it."""

    session_id: int
    message_id: int


def _listed(request: HttpRequest, tell: Callable[[BaseTool], T]) -> list[T]:
    context = tool_context(Asker(claimed_id(request)))
    return [tell(tool) for tool in tool_registry.open_to(context)]


@router.get(
    "/tools",
    auth=ClaimBearerAuth(),
    response={200: list[ToolOut], 401: ErrorOut, 422: ErrorOut},
)
async def list_tools(request: HttpRequest, page: Query[Page]) -> HttpResponse:
    """The tools that I may use, by name."""
    told = await in_database(_listed, request, lambda tool: ToolOut.of(tool).model_dump())
    shown = told[page.offset : page.offset + page.limit]
    return page_response(request, shown, len(told), page)


@router.get(
    "/tools/schemas",
    auth=ClaimBearerAuth(),
    response={200: list[FunctionOut], 401: ErrorOut},
)
async def list_schemas(request: HttpRequest) -> list[dict[str, Any]]:
    """All of them as function schemas, to give to a language model of one's own."""
    return await in_database(_listed, request, lambda tool: tool.function_schema())


@router.post("/tools/execute", auth=ClaimBearerAuth(), response={200: ToolResultOut, **Errors})
async def execute(request: HttpRequest, body: ToolCallIn) -> HttpResponse:
    """Runs a tool. One that fails answers 200 with `success` false; nothing is kept."""
    user_id = claimed_id(request)
    context = await in_database(tool_context, Asker(user_id, base_url=base_of(request)))

    async def work() -> ToolResult:
        return await _run(body, context)

    return await once(request, user_id, work, ToolResultOut.of)


# After the fixed names, which are names of no tool.
@router.get("/tools/{name}", auth=ClaimBearerAuth(), response={200: ToolOut, **Errors})
async def get_tool(request: HttpRequest, name: ToolName) -> ToolOut:
    """One tool, by its name or an alias."""
    return await in_database(_find, claimed_id(request), name)


def _find(user_id: int, name: str) -> ToolOut:
    found = tool_registry.find(name, tool_context(Asker(user_id)))
    if found is None:
        raise NotFound("There is no such tool.")
    return ToolOut.of(found)


@router.post(
    "/chat/sessions/{session_id}/tool-call",
    auth=ClaimBearerAuth(),
    response={200: KeptResultOut, 409: ErrorOut, **Errors},
)
async def call_in_session(
    request: HttpRequest, session_id: SessionId, body: ToolCallIn
) -> HttpResponse:
    """Runs a tool in a conversation of mine, which keeps call and result as a message of the role
    `tool`. Not while an answer is being written."""
    user_id = claimed_id(request)
    asker = Asker(user_id, session_id, base_url=base_of(request))
    context = await in_database(_context_to_write, asker)

    async def work() -> ToolResult:
        return await _run(body, context)

    def finish(result: ToolResult) -> KeptResultOut:
        call = ToolCall(
            name=result.metadata["tool"],
            arguments=body.parameters,
            content=result_for_model(result),
            result=result.to_json(),
            events=result.metadata.get("events", ()),
        )
        message = save_tool_call(user_id, session_id, call)
        return KeptResultOut(**result.to_json(), session_id=session_id, message_id=message.pk)

    return await once(request, user_id, work, finish)


def _context_to_write(asker: Asker) -> ToolContext:
    context = tool_context(asker)
    if context.session_id is not None:
        refuse_while_running(context.session_id)
    return context


async def _run(body: ToolCallIn, context: ToolContext) -> ToolResult:
    """The result, also of a tool that failed.

    Raises:
        NotFound: there is no such tool for this user.
        InvalidRequest: the arguments are not valid.
    """
    result = await ToolExecutionService().execute_tool(body.wanted, body.parameters, context)
    code = result.metadata.get("code")
    if code == UNKNOWN_TOOL:
        raise NotFound("There is no such tool.")
    if code == INVALID_ARGUMENTS:
        fields = {f"parameters.{name}": why for name, why in result.metadata["fields"].items()}
        raise InvalidRequest(result.error, fields=fields)
    return result
