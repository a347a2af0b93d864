"""A typed function as a tool: what its signature and docstring say."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from chat_service.tools import BaseTool, FunctionTool, ToolContext, ToolParameter, tool
from chat_service.tools.functions import as_tool


class Leg(BaseModel):
    """One part of a trip."""

    miles: Annotated[float, Field(gt=0, description="How far.")]
    title: str = ""


class Trip(BaseModel):
    """A trip."""

    legs: list[Leg]
    by: Literal["foot", "car"] = "car"


@tool(aliases=("walk_time",))
async def walking_time(
    miles: Annotated[float, Field(gt=0)],
    context: ToolContext,
    day: date | None = None,
    tags: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Tells how long a walk takes.

    It knows no hills.

    Args:
        miles: how far,
            as the crow flies.
        day: when.

    Raises:
        NotFound: never.
    """
    return {"minutes": miles * 20, "day": day, "tags": tags, "by": context.user_id}


@tool()
async def trip_length(trip: Trip, context: ToolContext) -> float:
    """Adds up the legs of a trip."""
    return sum(leg.miles for leg in trip.legs)


def test_schema_comes_from_docstring_and_signature() -> None:
    assert walking_time.function_schema() == {
        "type": "function",
        "function": {
            "name": "walking_time",
            "description": "Tells how long a walk takes. It knows no hills.",
            "parameters": {
                "type": "object",
                "additionalProperties": False,
                "required": ["miles"],
                "properties": {
                    "miles": {
                        "type": "number",
                        "exclusiveMinimum": 0,
                        "description": "how far, as the crow flies.",
                    },
                    "day": {"type": "string", "format": "date", "description": "when."},
                    "tags": {"type": "array", "items": {"type": "string"}, "default": []},
                },
            },
        },
    }


def test_fields_of_a_model_become_parameters_without_references() -> None:
    schema = trip_length.parameters_schema
    assert schema["required"] == ["legs"]
    assert schema["additionalProperties"] is False
    leg = schema["properties"]["legs"]["items"]
    assert leg["properties"] == {
        "miles": {"type": "number", "exclusiveMinimum": 0, "description": "How far."},
        "title": {"type": "string", "default": ""},
    }
    assert schema["properties"]["by"] == {
        "type": "string",
        "enum": ["foot", "car"],
        "default": "car",
    }


async def test_function_gets_checked_arguments_and_the_context() -> None:
    given = {"miles": "1.5", "day": "2026-12-05"}
    told = await walking_time.execute(given, ToolContext(user_id=7))
    assert told == {"minutes": 30, "day": date(2026, 12, 5), "tags": (), "by": 7}
    assert await trip_length.execute({"legs": [{"miles": 2}, {"miles": 3}]}, ToolContext()) == 5


async def test_decorated_function_can_still_be_called() -> None:
    assert await trip_length(Trip(legs=[Leg(miles=4)]), ToolContext()) == 4


def test_aliases_and_plain_functions() -> None:
    async def plain(miles: float) -> float:
        """Does nothing."""
        return miles

    assert walking_time.aliases == ("walk_time",)
    made = as_tool(plain)
    assert (made.name, made.staff_only, made.enabled) == ("plain", False, True)


async def _undocumented(miles: float) -> float:
    return miles


async def _untyped(miles) -> float:  # type: ignore[no-untyped-def]
    """Does something."""
    return float(miles)


def _not_async() -> float:
    """Does something."""
    return 1.0


class _Nameless(BaseTool):
    name = "no spaces please"
    description = "Does something."

    async def execute(self, parameters: Any, context: ToolContext) -> Any:
        return None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (_undocumented, "needs a docstring"),
        (_untyped, "without a type"),
        (_not_async, "neither a tool nor an async function"),
        (42, "neither a tool nor an async function"),
        (_Nameless, "no name for a tool"),
    ],
)
def test_what_is_no_tool_is_refused_with_a_reason(given: object, reason: str) -> None:
    with pytest.raises(TypeError, match=reason):
        as_tool(given)


def test_parameters_of_a_class_make_the_same_kind_of_schema() -> None:
    class Roll(BaseTool):
        name = "roll"
        description = "Rolls dice."
        parameters = (
            ToolParameter("sides", "integer", "How many.", enum=(6, 20)),
            ToolParameter("times", "integer", "How often.", required=False, default=1),
            ToolParameter("note", "string", "A note.", required=False),
        )

        async def execute(self, parameters: Any, context: ToolContext) -> Any:
            return parameters

    assert as_tool(Roll).parameters_schema == {
        "type": "object",
        "additionalProperties": False,
        "required": ["sides"],
        "properties": {
            "sides": {"type": "integer", "enum": [6, 20], "description": "How many."},
            "times": {"type": "integer", "default": 1, "description": "How often."},
            "note": {"type": "string", "description": "A note."},
        },
    }


def test_function_tool_wants_an_async_function() -> None:
    with pytest.raises(TypeError, match="async"):
        FunctionTool(_not_async)  # type: ignore[arg-type]
