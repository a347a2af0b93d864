"""Where tools come from: code, settings, and packages that are installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from chat_service.tools import ToolContext, ToolExecutionService, ToolRegistry, tool
from chat_service.tools import checks as tool_checks
from chat_service.tools.builtin import BUILT_IN
from chat_service.tools.checks import check_tools

PROJECT = Path(__file__).resolve().parents[3]
EXAMPLE = PROJECT / "docs" / "examples" / "moon_tool"
ANYBODY = ToolContext(user_id=1)
broken = 42


@tool()
async def named_in_settings(number: int) -> int:
    """Doubles a number."""
    return 2 * number


def test_built_in_tools_are_all_there() -> None:
    registry = ToolRegistry()
    assert registry.problems() == []
    names = {path.rpartition(".")[2] for path in BUILT_IN}
    staff = ToolContext(is_staff=True)
    assert {each.name for each in registry.open_to(staff)} == names - {
        "file_retrieval",
        "script_execution",
    }


async def test_tool_that_settings_name_is_run(settings: Settings) -> None:
    settings.CHAT_TOOLS = [f"{__name__}.named_in_settings"]
    service = ToolExecutionService(ToolRegistry())
    assert (await service.execute_tool("named_in_settings", {"number": 4}, ANYBODY)).data == 8


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("no_such_module.tool", "No module named 'no_such_module'"),
        (f"{__name__}.nothing", 'does not define a "nothing" attribute'),
        (f"{__name__}.broken", "42 is neither a tool nor an async function."),
        ("plain", "plain doesn't look like a module path"),
        ("chat_service.tools.builtin.search.search_events", None),
    ],
)
def test_check_names_what_cannot_be_loaded(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, path: str, reason: str | None
) -> None:
    settings.CHAT_TOOLS = [path]
    monkeypatch.setattr(tool_checks, "tool_registry", ToolRegistry())
    errors = check_tools(None)
    if reason is None:  # the same object under its own name is no second tool
        assert errors == []
        return
    [error] = errors
    assert error.id == "tools.E001"
    assert error.msg.startswith(f"The tool {path} (named in SUPERSCHEDULES_TOOLS) cannot be loaded")
    assert reason in error.msg


def test_name_that_is_taken_is_refused() -> None:
    registry = ToolRegistry()

    @tool(aliases=("search_events",))
    async def another(number: int) -> int:
        """Does something else."""
        return number

    with pytest.raises(ValueError, match="name search_events already"):
        registry.register(another)
    assert registry.find("another", ANYBODY) is None


def test_registered_tool_can_be_taken_out_again() -> None:
    registry = ToolRegistry()
    registry.register(named_in_settings)
    assert registry.find("named_in_settings", ANYBODY) is named_in_settings
    registry.unregister("named_in_settings")
    registry.unregister("named_in_settings")
    assert registry.find("named_in_settings", ANYBODY) is None


_SETTINGS = "superschedules.settings"
_RUN = """
import asyncio, json, django
django.setup()
from django.core.checks import run_checks
from chat_service.tools import ToolContext, ToolExecutionService
service = ToolExecutionService()
async def run():
    phase = await service.execute_tool("moon_phase", {"day": "2026-08-28"})
    nights = await service.execute_tool("moon_nights", {"light": "bright", "nights": 2})
    wrong = await service.execute_tool("moon_nights", {"light": "blue"})
    return [each.to_json() for each in (phase, nights, wrong)]
print(json.dumps([asyncio.run(run()), [str(each) for each in run_checks(tags=["tools"])]]))
"""


def _installed(folder: Path) -> Path:
    """The example package as an installer leaves it: its modules, and what its metadata says."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    for module in EXAMPLE.glob("*.py"):
        shutil.copy(module, folder)
    named = project["name"].replace("-", "_")
    metadata = folder / f"{named}-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines: list[str] = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {target}" for name, target in points.items())]
    (metadata / "entry_points.txt").write_text("\n".join(lines))
    return folder


def test_installed_package_adds_its_tools_by_itself(tmp_path: Path) -> None:
    places = os.pathsep.join((str(PROJECT), str(_installed(tmp_path))))
    ran = subprocess.run(
        [sys.executable, "-c", _RUN],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        env={
            **os.environ,
            "PYTHONPATH": places,
            "DJANGO_SETTINGS_MODULE": "superschedules.settings",
        },
    )
    results, errors = json.loads(ran.stdout)
    phase, nights, wrong = results
    assert errors == []
    # The moon is full: it is eclipsed that day.
    assert (phase["success"], phase["data"]["day"]) == (True, "2026-08-28")
    assert phase["data"]["lit_percent"] >= 98
    assert len(nights["data"]["nights"]) == 2
    assert all(_is_bright(each) for each in nights["data"]["nights"])
    assert wrong["metadata"]["fields"] == {"light": "Input should be 'dark' or 'bright'"}


def _is_bright(moon: dict[str, Any]) -> bool:
    lit: int = moon["lit_percent"]
    return lit >= 85
