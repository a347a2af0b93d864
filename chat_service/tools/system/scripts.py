"""Runs Python scripts that staff or a model wrote for staff: `script_execution`."""

from __future__ import annotations

from typing import Annotated

from django.conf import settings
from pydantic import BaseModel, Field

from chat_service.tools.functions import tool
from chat_service.tools.system.sandbox import (
    Ended,
    Limits,
    SandboxUnavailable,
    run_script,
    sandbox_problem,
)
from core.errors import AppError

_LONGEST_CODE = 50_000
# Beyond the script's own limit on waiting, which is the one that ends it.
_TOOL_SECONDS = 600.0


class ScriptOutput(BaseModel):
    """What a script wrote. `ended_by` tells which limit ended it, if it did not end by itself."""

    stdout: str
    stderr: str
    ended_by: Ended
    exit_code: int | None


def _is_on() -> bool:
    return bool(settings.ENABLE_SCRIPT_EXECUTION) and sandbox_problem() is None


@tool(staff_only=True, enabled=_is_on, timeout_seconds=_TOOL_SECONDS)
async def script_execution(
    code: Annotated[str, Field(min_length=1, max_length=_LONGEST_CODE)],
) -> ScriptOutput:
    """Runs a Python script (standard library only, no network, no files but its own) and gives
    back what it prints. Use it for calculations.

    Args:
        code: the script.
    """
    limits = Limits(
        cpu_seconds=settings.SCRIPT_CPU_SECONDS,
        wall_seconds=settings.SCRIPT_WALL_SECONDS,
        memory_bytes=settings.SCRIPT_MEMORY_MEGABYTES * 1024 * 1024,
    )
    try:
        ran = await run_script(code, limits)
    except SandboxUnavailable as error:
        raise AppError("Scripts cannot be confined on this machine now.", status=503) from error
    return ScriptOutput(
        stdout=ran.stdout, stderr=ran.stderr, ended_by=ran.ended_by, exit_code=ran.exit_code
    )
