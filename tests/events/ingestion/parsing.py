"""Reads whole files at once, as tests look at them; the service reads entry by entry."""

from __future__ import annotations

from datetime import UTC, datetime

from events.ingestion.fetching.fetch import Fetched
from events.ingestion.formats import read_file
from events.ingestion.formats.feeds.feed import read_feed
from events.ingestion.formats.fields.table import read_csv
from events.ingestion.formats.ical.reader import read_icalendar
from events.ingestion.formats.json_file import read_json
from events.ingestion.formats.linked.jsonld import read_jsonld
from events.ingestion.formats.web_page import read_html
from events.ingestion.records import Entries, ParsedFile, RawEvent, Skipped

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def collect(entries: Entries) -> ParsedFile:
    """All entries at once."""
    events: list[RawEvent] = []
    broken: list[Skipped] = []
    for entry in entries.found:
        if isinstance(entry, Skipped):
            broken.append(entry)
        else:
            events.append(entry)
    return ParsedFile(events, broken, entries.timezone)


def parse_file(fetched: Fetched, *, format_name: str = "", now: datetime) -> ParsedFile:
    return collect(read_file(fetched, format_name=format_name, now=now))


def parse_icalendar(content: bytes, now: datetime) -> ParsedFile:
    return collect(read_icalendar(Fetched(content, ""), now))


def parse_feed(content: bytes) -> ParsedFile:
    return collect(read_feed(content, NOW))


def parse_json(content: bytes) -> ParsedFile:
    return collect(read_json(content, NOW))


def parse_jsonld(content: bytes) -> ParsedFile:
    return collect(read_jsonld(content, NOW))


def parse_csv(content: bytes) -> ParsedFile:
    return collect(read_csv(content))


def parse_html(content: bytes) -> ParsedFile:
    return collect(read_html(content, NOW))
