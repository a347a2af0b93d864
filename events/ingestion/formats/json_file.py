"""Plain JSON: an array of events, or an object that holds one."""

from __future__ import annotations

import json
from typing import Any

from events.ingestion.errors import FileBroken
from events.ingestion.formats.decoding import decode
from events.ingestion.formats.fields import event_from_fields
from events.ingestion.raw import BrokenEntry, ParsedFile, RawEvent, Skipped

_WRAPPERS = ("events", "items", "data", "results", "records")


def load_json(content: bytes) -> Any:
    """The file's value.

    Raises:
        FileBroken: cut off, malformed or nested beyond all use.
    """
    try:
        return json.loads(decode(content))
    except (ValueError, RecursionError) as error:
        raise FileBroken("The JSON file is malformed or cut off.") from error


def parse_json(content: bytes) -> ParsedFile:
    """Every object of the array is one event; see `fields` for the names."""
    events: list[RawEvent] = []
    broken: list[Skipped] = []
    for number, record in enumerate(_records(load_json(content)), start=1):
        if not isinstance(record, dict):
            broken.append(Skipped(f"entry {number}", "", "broken entry", "it is not an object"))
            continue
        try:
            events.append(event_from_fields(record))
        except BrokenEntry as error:
            title = str(record.get("title") or record.get("name") or "")
            identity = str(record.get("external_id") or record.get("id") or f"entry {number}")
            broken.append(Skipped(identity, title, "broken entry", str(error)))
    return ParsedFile(events, broken)


def _records(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        for name in _WRAPPERS:
            if isinstance(value.get(name), list):
                return list(value[name])
        return [value]
    raise FileBroken("The JSON file holds neither an array of events nor an object with one.")
