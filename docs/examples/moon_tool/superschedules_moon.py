"""How much of the moon one sees: two tools, one as a function and one as a class."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel

from chat_service.tools import BaseTool, ToolContext, ToolParameter, tool

# From one new moon to the next, on average, and one new moon to count from.
_MONTH_DAYS = 29.530588
_NEW_MOON = datetime(2000, 1, 6, 18, 14, tzinfo=UTC)


class Moon(BaseModel):
    """How much of the moon is lit, in percent, and whether it is growing."""

    day: date
    lit_percent: int
    is_growing: bool


def moon_on(day: date) -> Moon:
    """The moon at noon UTC of a day."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    turn = (noon - _NEW_MOON) / timedelta(days=_MONTH_DAYS) % 1
    lit = round((1 - math.cos(2 * math.pi * turn)) * 50)
    return Moon(day=day, lit_percent=lit, is_growing=turn < 0.5)


@tool(timeout_seconds=2)
async def moon_phase(context: ToolContext, day: date | None = None) -> Moon:
    """Tells how much of the moon is lit on a day: for walks and watching stars at night.

    Args:
        day: such as 2026-12-05; by default today.
    """
    return moon_on(day or context.now.date())


class MoonNights(BaseTool):
    """The same as a class: its parameters are listed by hand."""

    name = "moon_nights"
    description = "Finds the next nights with a dark or a bright moon."
    parameters = (
        ToolParameter("light", "string", "Which nights.", enum=("dark", "bright")),
        ToolParameter("nights", "integer", "How many.", required=False, default=3),
    )

    async def execute(self, parameters: Mapping[str, Any], context: ToolContext) -> Any:
        light: Literal["dark", "bright"] = parameters["light"]
        today = context.now.date()
        days = (moon_on(today + timedelta(days=ahead)) for ahead in range(60))
        fitting = [
            moon
            for moon in days
            if (moon.lit_percent <= 15 if light == "dark" else moon.lit_percent >= 85)
        ]
        return {"nights": fitting[: parameters["nights"]]}
