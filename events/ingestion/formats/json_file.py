"""Reads plain JSON: an array of events, or an object that holds one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from events.ingestion.errors import FileBroken
from events.ingestion.formats.decoding import decode
from events.ingestion.formats.field_times import DateStyle
from events.ingestion.formats.fields import event_from_fields, style_of
from events.ingestion.records import BrokenEntry, Entries, RawEvent, Skipped

# A value of a few bytes takes a hundred in memory, so these are counted before it is read.
MAX_VALUES = 1_000_000

_WRAPPERS = ("events", "items", "data", "results", "records")


def load_json(content: bytes) -> Any:
    """The file's value.

    Raises:
        FileBroken: cut off, malformed, nested or parted beyond all use.
    """
    if sum(content.count(mark) for mark in (b",", b"[", b"{")) > MAX_VALUES:
        raise FileBroken(f"The JSON file holds more than {MAX_VALUES:,} values.")
    try:
        return json.loads(decode(content))
    except (ValueError, RecursionError) as error:
        raise FileBroken("The JSON file is malformed or cut off.") from error


def read_json(content: bytes, today: date | None = None) -> Entries:
    """Every object of the array is one event; see `fields` for the names.

    `today` chooses the year of dates without one.
    """
    records = _records(load_json(content))
    objects = [record for record in records if isinstance(record, dict)]
    return Entries(_events(records, style_of(objects[0] if objects else (), objects, today)))


def _events(records: list[Any], style: DateStyle) -> Iterator[RawEvent | Skipped]:
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            yield Skipped(f"entry {number}", "", "broken entry", "it is not an object")
            continue
        try:
            yield event_from_fields(record, style)
        except BrokenEntry as error:
            title = str(record.get("title") or record.get("name") or "")[:500]
            identity = str(record.get("external_id") or record.get("id") or f"entry {number}")
            yield Skipped(identity[:500], title, "broken entry", str(error))


def _records(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        for name in _WRAPPERS:
            if isinstance(value.get(name), list):
                return list(value[name])
        return [value]
    raise FileBroken("The JSON file holds neither an array of events nor an object with one.")
