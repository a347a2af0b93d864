"""Reads the entries of a known product's JSON as events, by its mapping data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from events.ingestion.formats.fields.record import event_from_fields
from events.ingestion.formats.fields.times import DateStyle
from events.ingestion.formats.linked.schedules import read_duration
from events.ingestion.formats.products.paths import text_at, texts_at, values_at
from events.ingestion.formats.products.product import Product
from events.ingestion.formats.repetition import Repeater, Series
from events.ingestion.records import BrokenEntry, Entries, RawEvent, Skipped
from events.ingestion.written.day_order import day_comes_first
from events.places.zone_names import place_zone

_PER_SECOND = {"milliseconds": 1000, "seconds": 1}
# Fields of the mapping that are no fields of an event, but help to read one.
_HELPERS = frozenset(
    {"repeats_at", "day_after", "duration", "offset", "clock", "cancelled", "rules", "json_rules"}
)
_LISTS = frozenset({"keywords"})
_TRUE = frozenset({"true", "1", "yes"})


def read_product(product: Product, value: Any, now: datetime) -> Entries:
    """Every entry of the file; each date of one that repeats is an event of its own."""
    zone = place_zone(str(text_at(value, product.timezone) or "")) if product.timezone else ""
    return Entries(_events(product, value, Repeater(now)), zone, product.name)


def _events(product: Product, value: Any, repeater: Repeater) -> Iterator[RawEvent | Skipped]:
    records = next((each for path in product.records if (each := _records(value, path))), [])
    style = DateStyle(day_comes_first(_dates_in(product, records)))
    for number, record in enumerate(records, start=1):
        said: dict[str, Any] = {}
        try:
            if not isinstance(record, dict):
                raise BrokenEntry("it is not an object")
            for instance in _instances(product, record):
                said = _said(product, instance)
                yield from _dates(said, event_from_fields(_canonical(said), style), repeater)
        except BrokenEntry as error:
            identity = str(said.get("uid") or f"entry {number}")
            title = str(said.get("title") or "")
            yield Skipped(identity[:500], title[:500], "broken entry", str(error))


def _dates_in(product: Product, records: list[Any]) -> Iterator[str]:
    """Everything that the entries write of when, by which their order of day and month shows."""
    paths = (*product.fields.get("start", ()), *product.fields.get("end", ()))
    for record in records:
        for instance in _instances(product, record) if isinstance(record, dict) else ():
            yield from (text for text in texts_at(instance, *paths) if "/" in text)


def _records(value: Any, path: str) -> list[Any]:
    found: list[Any] = []
    for each in values_at(value, path):
        found += each if isinstance(each, list) else [each]
    return found


def _instances(product: Product, record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The entry once for each of its dates, the date under `instance`."""
    path = product.instances.removesuffix("?")
    found = list(values_at(record, path)) if path else []
    if not found:
        yield record
    for each in found:
        yield {**record, "instance": each}


def _said(product: Product, record: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, paths in product.fields.items():
        if name in _LISTS:
            said[name] = texts_at(record, *paths)
        elif name == "json_rules":
            said[name] = next(values_at(record, paths[0]), None)
        elif name == "rules":
            said[name] = texts_at(record, *paths)
        else:
            said[name] = _in_unit(text_at(record, *paths), product.units.get(name))
    return {name: each for name, each in said.items() if each is not None and each != []}


def _in_unit(value: Any, unit: str | None) -> Any:
    """A number of seconds or milliseconds as seconds; what is no number stays."""
    is_number = isinstance(value, int | float) or re.fullmatch(r"-?\d{4,15}", str(value))
    if unit is None or value is None or isinstance(value, bool) or not is_number:
        return value
    return timedelta(seconds=float(value) / _PER_SECOND[unit])


def _canonical(said: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as `event_from_fields` knows them, times as text."""
    record = {name: each for name, each in said.items() if name not in _HELPERS}
    away = said.get("offset")
    offset = timezone(away) if isinstance(away, timedelta) and abs(away) < _DAY else UTC
    for name in ("start", "end"):
        if isinstance(record.get(name), timedelta):
            record[name] = _moment(record[name], offset).isoformat()
    if "clock" in said:
        record["time"] = said["clock"]
    if "day_after" in said and "end" not in record:
        record["end"] = _day_before(str(said["day_after"]))
    if str(said.get("cancelled", "")).casefold() in _TRUE:
        record["status"] = "cancelled"
    return record


_DAY = timedelta(days=1)


def _moment(since: timedelta, offset: timezone) -> datetime:
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + since).astimezone(offset)
    except OverflowError:
        raise BrokenEntry("the start is beyond every calendar") from None


def _day_before(day: str) -> str:
    try:
        return (date.fromisoformat(day[:10]) - _DAY).isoformat()
    except ValueError:
        return ""


def _dates(said: Mapping[str, Any], event: RawEvent, repeater: Repeater) -> Iterator[RawEvent]:
    """The event with its length, once for each date that its rules name."""
    length = said.get("duration")
    length = length if isinstance(length, timedelta) else read_duration(str(length or ""))
    if length and event.end is None:
        event = replace(event, end=event.start + length)
    event = replace(event, repeats_at=str(said.get("repeats_at") or ""))
    rules = [*said.get("rules", ()), *_written_rules(said.get("json_rules"))]
    if not rules:
        yield event
        return
    for each in repeater.occurrences(Series(event.start, event.end, event.zone, rules)):
        yield replace(event, start=each.start, end=each.end, repeats_at=each.stamp)


def _written_rules(rules: Any) -> Iterator[str]:
    """JSCalendar's rules (RFC 8984, 4.3.3) as lines of iCalendar."""
    for rule in rules if isinstance(rules, list) else [rules] if rules else []:
        if not isinstance(rule, dict):
            continue
        parts = []
        for name, value in rule.items():
            if name == "byDay" and isinstance(value, list):
                days = [f"{each.get('nthOfPeriod', '')}{each.get('day', '')}" for each in value]
                parts.append("BYDAY=" + ",".join(days).upper())
            elif name == "frequency":
                parts.append(f"FREQ={str(value).upper()}")
            elif name == "until":
                parts.append("UNTIL=" + re.sub(r"[-:]", "", str(value)))
            elif name in ("interval", "count") or name.startswith("by"):
                listed = value if isinstance(value, list) else [value]
                parts.append(f"{name.upper()}=" + ",".join(map(str, listed)))
        yield "RRULE:" + ";".join(parts)
