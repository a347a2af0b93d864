"""Which tools there are: the built-in ones, those named in the settings, and installed ones."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from threading import RLock

from django.conf import settings
from django.utils.module_loading import import_string

from chat_service.tools.base import BaseTool, ToolContext
from chat_service.tools.builtin import BUILT_IN
from chat_service.tools.functions import as_tool

log = logging.getLogger(__name__)
ENTRY_POINTS = "superschedules.tools"


@dataclass(frozen=True, slots=True)
class LoadingProblem:
    """A tool that could not be had: where it was named, and what is wrong with it."""

    named: str
    reason: str


class ToolRegistry:
    """Tools by their names and aliases. Those that are named elsewhere are loaded at first use."""

    def __init__(self) -> None:
        self._tools: dict[str, BaseTool] = {}
        self._by_name: dict[str, BaseTool] = {}
        self._problems: list[LoadingProblem] = []
        self._is_loaded = False
        self._lock = RLock()

    def register(self, given: object) -> BaseTool:
        """Adds a tool: an object of a `BaseTool` class, the class, or a typed async function.

        Raises:
            TypeError: it is no tool.
            ValueError: one of its names is taken.
        """
        with self._lock:
            self._load()
            return self._add(given)

    def unregister(self, name: str) -> None:
        """Takes a tool out again; one that is not there is no error."""
        with self._lock:
            tool = self._tools.pop(name, None)
            self._by_name = {key: each for key, each in self._by_name.items() if each is not tool}

    def find(self, name: str, context: ToolContext) -> BaseTool | None:
        """The tool of a name or alias, if the asking user may use it."""
        with self._lock:
            self._load()
            found = self._by_name.get(name)
        return found if found is not None and found.is_open_to(context) else None

    def open_to(self, context: ToolContext) -> list[BaseTool]:
        """The tools that the asking user may use, by name."""
        with self._lock:
            self._load()
            tools = sorted(self._tools.values(), key=lambda each: each.name)
        return [each for each in tools if each.is_open_to(context)]

    def warm_up(self) -> None:
        """Loads all tools and their schemas, which the first answer would otherwise wait for."""
        with self._lock:
            self._load()
            for tool in self._tools.values():
                tool.function_schema()

    def problems(self) -> list[LoadingProblem]:
        """What could not be loaded."""
        with self._lock:
            self._load()
            return list(self._problems)

    def _load(self) -> None:
        if self._is_loaded:
            return
        self._is_loaded = True
        for named, load in _named_tools():
            try:
                self._add(load())
            except Exception as error:
                log.exception("tool_not_loaded: %s", named)
                self._problems.append(LoadingProblem(named, _reason(error)))

    def _add(self, given: object) -> BaseTool:
        tool = as_tool(given)
        names = (tool.name, *tool.aliases)
        taken = [name for name in names if self._by_name.get(name, tool) is not tool]
        if taken:
            raise ValueError(f"There is a tool of the name {taken[0]} already.")
        self._tools[tool.name] = tool
        self._by_name.update(dict.fromkeys(names, tool))
        return tool


def _named_tools() -> Iterator[tuple[str, Callable[[], object]]]:
    for path in BUILT_IN:
        yield path, _Load(path)
    for path in settings.CHAT_TOOLS:
        yield f"{path} (named in SUPERSCHEDULES_TOOLS)", _Load(path)
    for point in entry_points(group=ENTRY_POINTS):
        source = point.dist.name if point.dist else "an installed package"
        yield f"{point.name} (an entry point of {source})", point.load


@dataclass(frozen=True, slots=True)
class _Load:
    """Imports a dotted path when called."""

    path: str

    def __call__(self) -> object:
        return import_string(self.path)


def _reason(error: Exception) -> str:
    """A sentence; what foreign code says of its own fault stays in the log."""
    if isinstance(error, TypeError | ValueError | ImportError):
        return str(error)
    return f"It failed while it was loaded, with {type(error).__name__}."


tool_registry = ToolRegistry()
