"""Running tools: whatever goes wrong is a result that says so."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel

from chat_service.tools import (
    BaseTool,
    EventBrief,
    ToolContext,
    ToolExecutionService,
    ToolParameter,
    ToolRegistry,
    ToolResult,
    result_for_model,
    tool,
)
from core.errors import NotFound

ANYBODY, STAFF = ToolContext(user_id=1), ToolContext(user_id=2, is_staff=True)


class Greeting(BaseTool):
    name = "greeting"
    description = "Greets."
    aliases = ("hello",)
    parameters = (
        ToolParameter("name", "string", "Who."),
        ToolParameter("times", "integer", "How often.", required=False, default=2),
    )

    async def execute(self, parameters: Mapping[str, Any], context: ToolContext) -> Any:
        return ToolResult(
            success=True,
            data={"said": [f"Hello {parameters['name']}"] * parameters["times"]},
            metadata={"asked_by": context.user_id},
        )


@tool(timeout_seconds=0.05)
async def sleepy() -> str:
    """Sleeps too long."""
    await asyncio.Event().wait()
    return "awake"


@tool()
async def broken() -> str:
    """Fails."""
    raise RuntimeError("secret: /srv/key")


@tool()
async def own_timeout() -> str:
    """Fails with a timeout that is not the service's."""
    raise TimeoutError("secret: db.internal")


@tool()
async def picky(number: int) -> str:
    """Finds nothing."""
    raise NotFound(f"There is no number {number}.")


@tool()
async def liar() -> int:
    """Returns what it does not promise."""
    return "many"  # type: ignore[return-value]


@tool(staff_only=True)
async def for_staff() -> str:
    """For staff."""
    return "done"


@tool(enabled=lambda: False)
async def switched_off() -> str:
    """Off."""
    return "done"


class _Shown(BaseModel):
    best: EventBrief
    others: Sequence[EventBrief]


@tool()
async def shows() -> _Shown:
    """Shows events."""
    first, second = (
        EventBrief(id=pk, title="Jazz", start_time=datetime(2026, 12, 5, tzinfo=UTC), score=0.5)
        for pk in (5, 3)
    )
    return _Shown(best=first, others=[second, first])


@pytest.fixture
def service() -> ToolExecutionService:
    registry = ToolRegistry()
    for each in (
        *(Greeting, sleepy, broken, own_timeout, picky, liar, for_staff, switched_off),
        shows,
    ):
        registry.register(each)
    return ToolExecutionService(registry)


async def test_tool_runs_with_defaults_filled_in(service: ToolExecutionService) -> None:
    result = await service.execute_tool("greeting", {"name": "Ann"}, ANYBODY)
    assert (result.success, result.error) == (True, None)
    assert result.data == {"said": ["Hello Ann", "Hello Ann"]}
    assert result.metadata == {"tool": "greeting", "asked_by": 1}
    assert result.execution_time_ms > 0


async def test_alias_runs_the_same_tool(service: ToolExecutionService) -> None:
    result = await service.execute_tool("hello", {"name": "Ann", "times": 1}, ANYBODY)
    assert (result.data, result.metadata["tool"]) == ({"said": ["Hello Ann"]}, "greeting")


async def test_context_may_be_left_out(service: ToolExecutionService) -> None:
    result = await service.execute_tool("greeting", {"name": "Ann"})
    assert result.metadata["asked_by"] is None


@pytest.mark.parametrize("name", ["nothing", "switched_off", "for_staff", "x" * 500])
async def test_missing_off_and_forbidden_tools_are_all_unknown(
    service: ToolExecutionService, name: str
) -> None:
    result = await service.execute_tool(name, {}, ANYBODY)
    assert (result.success, result.metadata["code"]) == (False, "unknown_tool")
    assert result.error == f"There is no tool of the name {name[:64]!r}."


async def test_tool_for_staff_runs_for_staff(service: ToolExecutionService) -> None:
    assert (await service.execute_tool("for_staff", {}, STAFF)).data == "done"
    off = await service.execute_tool("switched_off", {}, STAFF)
    assert off.metadata["code"] == "unknown_tool"


def test_schemas_name_only_what_the_user_may_use(service: ToolExecutionService) -> None:
    def names(context: ToolContext) -> set[str]:
        return {each["function"]["name"] for each in service.schemas(context)}

    assert names(STAFF) - names(ANYBODY) == {"for_staff"}
    assert "switched_off" not in names(STAFF)


async def test_invalid_arguments_are_told_by_their_names(service: ToolExecutionService) -> None:
    result = await service.execute_tool("greeting", {"times": "often", "nmae": "Ann"}, ANYBODY)
    assert (result.success, result.metadata["code"]) == (False, "invalid_arguments")
    assert result.metadata["fields"] == {
        "name": "Field required",
        "nmae": "Extra inputs are not permitted",
        "times": "Input should be a valid integer, unable to parse string as an integer",
    }
    assert "name: Field required" in (result.error or "")


async def test_tool_that_takes_too_long_is_ended(service: ToolExecutionService) -> None:
    result = await service.execute_tool("sleepy", {}, ANYBODY)
    assert (result.metadata["code"], result.error) == (
        "tool_timeout",
        "sleepy took longer than 0.05 seconds.",
    )


@pytest.mark.parametrize("name", ["broken", "own_timeout", "liar"])
async def test_fault_of_a_tool_is_logged_and_not_told(
    service: ToolExecutionService, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        result = await service.execute_tool(name, {}, ANYBODY)
    assert (result.success, result.metadata["code"]) == (False, "tool_failed")
    assert result.error == f"{name} failed. This is a fault on our side."
    assert [record.getMessage() for record in caplog.records] == [f"tool_failed: {name}"]


async def test_error_for_the_user_keeps_its_code_and_sentence(
    service: ToolExecutionService,
) -> None:
    result = await service.execute_tool("picky", {"number": 3}, ANYBODY)
    assert (result.metadata["code"], result.error) == ("not_found", "There is no number 3.")


async def test_events_in_the_data_are_listed_once_in_order(service: ToolExecutionService) -> None:
    result = await service.execute_tool("shows", {}, ANYBODY)
    assert [each["id"] for each in result.metadata["events"]] == [5, 3]
    assert result.metadata["events"][0] == {"id": 5, "score": 0.5, "distance_miles": None}
    assert result.data["best"]["start_time"] == "2026-12-05T00:00:00Z"


def test_result_for_a_model_leaves_out_what_says_nothing() -> None:
    result = ToolResult(success=True, data={"title": "Jazz", "price": "", "tags": [], "min": 0})
    assert result_for_model(result) == '{"success":true,"data":{"title":"Jazz","min":0}}'
    failed = ToolResult(success=False, error="No.", metadata={"code": "not_found"})
    assert result_for_model(failed) == '{"success":false,"error":"No."}'


def test_result_for_a_model_shortens_long_lists_and_says_so() -> None:
    result = ToolResult(
        success=True, data={"events": [{"id": n, "t": "x" * 90} for n in range(64)]}
    )
    told = result_for_model(result, longest=1000)
    assert len(told) <= 1000
    *events, last = json.loads(told)["data"]["events"]
    assert [each["id"] for each in events] == list(range(len(events)))
    assert last == {"left_out": 64 - len(events)}


def test_result_for_a_model_is_bounded_whatever_it_holds() -> None:
    result = ToolResult(success=True, data={"text": "x" * 5000})
    assert len(result_for_model(result, longest=1000)) == 1000
