"""Reads plain JSON: a known product's, or an array of events in named fields."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from icalendar import Calendar

from events.ingestion.errors import FileBroken
from events.ingestion.fetching.fetch import Fetched
from events.ingestion.formats.decoding import decode
from events.ingestion.formats.fields.record import event_from_fields, style_of
from events.ingestion.formats.fields.times import DateStyle
from events.ingestion.formats.ical.reader import read_icalendar
from events.ingestion.formats.loose_json import load_loose
from events.ingestion.formats.products.product import find_product
from events.ingestion.formats.products.reading import read_product
from events.ingestion.records import BrokenEntry, Entries, RawEvent, Skipped

# A value of a few bytes takes a hundred in memory, so these are counted before it is read.
MAX_VALUES = 1_000_000

_WRAPPERS = ("events", "items", "data", "results", "records")
_COMPLAINTS = ("error", "errors", "error_description", "message", "detail", "title")


def load_json(content: bytes) -> Any:
    """The file's value; of several, one a line or one behind the other, a list.

    Raises:
        FileBroken: cut off, malformed, nested or parted beyond all use.
    """
    if sum(content.count(mark) for mark in (b",", b"[", b"{")) > MAX_VALUES:
        raise FileBroken(f"The JSON file holds more than {MAX_VALUES:,} values.")
    try:
        values = load_loose(decode(content))
    except (ValueError, RecursionError) as error:
        raise FileBroken("The JSON file is malformed or cut off.") from error
    return values[0] if len(values) == 1 else values


def read_json(content: bytes, now: datetime) -> Entries:
    """A known product's events (see `products`), a calendar in jCal, or an array of objects.

    See `fields` for the names that these may have; `now` chooses the year of dates without one.
    """
    value = load_json(content)
    if (product := find_product(value)) is not None:
        return read_product(product, value, now)
    if isinstance(value, list) and value[:1] == ["vcalendar"]:
        return _read_jcal(value, now)
    records = _records(value)
    return Entries(_events(records, _style(records, now.date())))


def _style(records: list[Any], today: date) -> DateStyle:
    objects = [record for record in records if isinstance(record, dict)]
    return style_of(objects[0] if objects else (), objects, today)


def _read_jcal(value: list[Any], now: datetime) -> Entries:
    """iCalendar in JSON (RFC 7265)."""
    try:
        content: bytes = Calendar.from_jcal(value).to_ical()
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise FileBroken("The jCal file is malformed.") from error
    entries = read_icalendar(Fetched(content, ""), now)
    return Entries(entries.found, entries.timezone, "jCal")


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
        if complaint := _complaint(value):
            raise FileBroken(f"The file is an answer that says: {complaint[:200]}")
        return [value]
    raise FileBroken("The JSON file holds neither an array of events nor an object with one.")


def _complaint(value: dict[str, Any]) -> str:
    """What a service says in place of its events."""
    if not value.keys() & {"error", "errors", "error_description"}:
        return ""
    for name in _COMPLAINTS:
        said = value.get(name)
        said = said[0] if isinstance(said, list) and said else said
        if isinstance(said, dict):
            said = next((said[each] for each in _COMPLAINTS if isinstance(said.get(each), str)), "")
        if isinstance(said, str) and said.strip():
            return " ".join(said.split())
    return "an error"
