"""Finds values in JSON by paths such as `events[].venue.name`.

`a.b` is a member of a member, `[]` each element of a list, `*` each member whatever its name,
`.` the value itself; `*[end_value]` are those objects of any member that hold `end_value`. With
` + ` between them, the texts of several paths are joined by commas.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_MOST = 200_000


def values_at(value: Any, path: str) -> Iterator[Any]:
    """Every value at the path; none where it leads nowhere."""
    found = [value]
    for part in path.split(".") if path != "." else ():
        found = [each for holder in found for each in _step(holder, part)][:_MOST]
    return (each for each in found if each is not None)


def _step(holder: Any, part: str) -> Iterator[Any]:
    name, bracket, inner = part.partition("[")
    if name == "*":
        below = list(holder.values()) if isinstance(holder, dict) else []
    elif name:
        below = [holder[name]] if isinstance(holder, dict) and name in holder else []
    else:
        below = [holder]
    if not bracket:
        yield from below
        return
    key = inner.rstrip("]")
    for each in below:
        members = each if isinstance(each, list) else [each] if name and each is not None else []
        yield from (one for one in members if not key or (isinstance(one, dict) and one.get(key)))


def text_at(value: Any, *paths: str) -> Any:
    """The first text, number or flag at any of the paths; None where there is none."""
    for path in paths:
        parts = path.split(" + ")
        found = [
            next((each for each in values_at(value, part) if _is_said(each)), None)
            for part in parts
        ]
        said = [each for each in found if each is not None]
        if said:
            return said[0] if len(parts) == 1 else ", ".join(dict.fromkeys(map(str, said)))
    return None


def texts_at(value: Any, *paths: str) -> list[str]:
    """Every text at any of the paths, a list of texts opened."""
    found: list[str] = []
    for path in paths:
        for each in values_at(value, path):
            found += [one for one in (each if isinstance(each, list) else [each]) if _is_said(one)]
    return [str(each) for each in found]


def _is_said(value: Any) -> bool:
    return isinstance(value, str | int | float) and str(value).strip() != ""
