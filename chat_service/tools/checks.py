"""What is wrong with the tools of this installation, told before the server starts."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

from chat_service.tools.registry import tool_registry
from chat_service.tools.system.sandbox import sandbox_problem


def check_tools(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Every tool that is named can be had, and what is switched on stays within its bounds."""
    return [
        *(
            Error(
                f"The tool {problem.named} cannot be loaded: {problem.reason}",
                hint="A tool is a BaseTool or a typed async function; see docs/writing-a-tool.md.",
                id="tools.E001",
            )
            for problem in tool_registry.problems()
        ),
        *_check_files(),
        *_check_scripts(),
    ]


def _check_files() -> list[CheckMessage]:
    folder = settings.FILE_RETRIEVAL_DIR
    if not settings.ENABLE_FILE_RETRIEVAL or folder.is_dir():
        return []
    return [
        Error(
            f"ENABLE_FILE_RETRIEVAL is on, but there is no folder {folder}.",
            hint="Set FILE_RETRIEVAL_DIR to the folder whose text files may be read.",
            id="tools.E002",
        )
    ]


def _check_scripts() -> list[CheckMessage]:
    if not settings.ENABLE_SCRIPT_EXECUTION:
        return []
    problem = sandbox_problem()
    if problem is None:
        return []
    return [
        Error(
            f"ENABLE_SCRIPT_EXECUTION cannot be switched on here: {problem}.",
            hint="Scripts need Linux with user namespaces, and a Python that the service may read.",
            id="tools.E003",
        )
    ]
