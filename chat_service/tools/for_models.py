"""Results of tools as language models read them: compact, and of bounded length."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chat_service.tools.base import ToolResult

LONGEST_FOR_MODEL = 12_000


def result_for_model(result: ToolResult, *, longest: int = LONGEST_FOR_MODEL) -> str:
    """A result as one line of JSON, without what says nothing and at most `longest` characters.

    Lists that are too long lose their end, which is said in their place.
    """
    told: dict[str, Any] = {"success": result.success}
    if result.success:
        told["data"] = _without_nothing(result.data)
    else:
        told["error"] = result.error
        told["fields"] = result.metadata.get("fields") or None
        told = {name: value for name, value in told.items() if value is not None}
    line = _compact(told)
    while len(line) > longest and (longer := _longest_list(told)) is not None:
        left_out = len(longer) - len(longer) // 2
        said_before = longer[-1].get("left_out", 0) if isinstance(longer[-1], dict) else 0
        if said_before and len(longer) == 2:
            break
        del longer[len(longer) // 2 :]
        longer.append({"left_out": left_out + max(said_before - 1, 0)})
        line = _compact(told)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _without_nothing(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {name: _without_nothing(each) for name, each in value.items()}
        return {name: each for name, each in kept.items() if each not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [_without_nothing(each) for each in value]
    return value


def _longest_list(value: Any) -> list[Any] | None:
    """The list with the longest text of those that can still be shortened."""
    found: list[list[Any]] = []
    _collect_lists(value, found)
    return max(found, key=lambda each: len(_compact(each)), default=None)


def _collect_lists(value: Any, found: list[list[Any]]) -> None:
    if isinstance(value, dict):
        for each in value.values():
            _collect_lists(each, found)
    elif isinstance(value, list):
        if len(value) > 1:
            found.append(value)
        for each in value:
            _collect_lists(each, found)
