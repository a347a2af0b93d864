"""Writes iCalendar in XML (RFC 6321) as iCalendar's own lines, for its reader.

Only what an event needs is carried over: components, properties, their parameters and values.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from events.ingestion.formats.feeds.tree import name_of

# Values that are texts, in which iCalendar escapes its marks.
_TEXT = "text"
_DATES = frozenset({"date", "date-time"})
_DEEPEST = 6


def written_as_lines(root: etree._Element) -> bytes:
    """The calendars below the root."""
    lines = [
        line for each in root if isinstance(each.tag, str) for line in _component(each, _DEEPEST)
    ]
    return "\r\n".join([*lines, ""]).encode()


def _component(element: etree._Element, depth: int) -> Iterator[str]:
    if depth < 0:
        return
    name = _local(element).upper()
    yield f"BEGIN:{name}"
    for part in element:
        if not isinstance(part.tag, str):
            continue
        if _local(part) == "properties":
            for each in part:
                if isinstance(each.tag, str):
                    yield _property(each)
        elif _local(part) == "components":
            for each in part:
                if isinstance(each.tag, str):
                    yield from _component(each, depth - 1)
    yield f"END:{name}"


def _property(element: etree._Element) -> str:
    parameters, values, kind = "", [], ""
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = _local(child)
        if name == "parameters":
            parameters = "".join(
                f';{_local(each).upper()}="{_text_in(each)}"'
                for each in child
                if isinstance(each.tag, str)
            )
        elif name == "recur":
            values.append(_rule(child))
        elif len(child) > 0 or name in ("latitude", "longitude"):
            values.append(_text_in(child))
        else:
            values.append(_value(name, child.text or ""))
            kind = name
    is_date = ";VALUE=DATE" if kind == "date" else ""
    mark = ";" if _local(element) == "geo" else ","
    return f"{_local(element).upper()}{parameters}{is_date}:{mark.join(values)}"


def _value(kind: str, text: str) -> str:
    text = text.strip()
    if kind in _DATES:
        return text.replace("-", "").replace(":", "")
    if kind != _TEXT:
        return " ".join(text.split())
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\r\n", "\n").replace("\n", "\\n").replace("\r", "")


def _rule(element: etree._Element) -> str:
    parts: dict[str, list[str]] = {}
    for child in element:
        if isinstance(child.tag, str):
            text = (child.text or "").strip()
            value = _value("date", text) if _local(child) == "until" else text
            parts.setdefault(_local(child).upper(), []).append(value)
    return ";".join(f"{name}={','.join(values)}" for name, values in parts.items())


def _text_in(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).replace('"', "'").split())


def _local(element: etree._Element) -> str:
    return name_of(element).rpartition("_")[2]
