"""Which format a file has, and the parser for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from events.ingestion.errors import UnknownFormat
from events.ingestion.fetch import Fetched
from events.ingestion.formats.icalendar_file import parse_icalendar
from events.ingestion.formats.json_file import parse_json
from events.ingestion.formats.jsonld import parse_html, parse_jsonld
from events.ingestion.formats.table import parse_csv
from events.ingestion.raw import ParsedFile

_PARSERS: dict[str, Callable[[bytes, datetime], ParsedFile]] = {
    "icalendar": parse_icalendar,
    "jsonld": lambda content, now: parse_jsonld(content),
    "html": lambda content, now: parse_html(content),
    "json": lambda content, now: parse_json(content),
    "csv": lambda content, now: parse_csv(content),
}
FORMATS = tuple(_PARSERS)

_BY_EXTENSION = {
    "ics": "icalendar",
    "ical": "icalendar",
    "ifb": "icalendar",
    "jsonld": "jsonld",
    "html": "html",
    "htm": "html",
    "json": "json",
    "csv": "csv",
    "tsv": "csv",
}
_BY_CONTENT_TYPE = {
    "text/calendar": "icalendar",
    "application/ld+json": "jsonld",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/json": "json",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
}
_LOOK_AT = 65_536


def detect_format(fetched: Fetched) -> str:
    """One of `FORMATS`, from the content first, then the name, then the sender's word.

    Raises:
        UnknownFormat: nothing fits.
    """
    head = fetched.head(_LOOK_AT).lstrip(b"\xef\xbb\xbf \t\r\n")
    lowered = head.lower()
    if lowered.startswith(b"begin:vcalendar"):
        return "icalendar"
    if head[:1] in (b"{", b"["):
        is_linked = b'"@type"' in head or b'"@context"' in head or b'"@graph"' in head
        return "jsonld" if is_linked else "json"
    if lowered.startswith((b"<!doctype html", b"<html")):
        return "html"
    extension = fetched.file_name.rpartition(".")[2].lower()
    named = _BY_EXTENSION.get(extension) or _BY_CONTENT_TYPE.get(
        fetched.content_type.partition(";")[0].strip().lower()
    )
    if named is None:
        raise UnknownFormat(
            "The file is neither iCalendar, JSON-LD, a page with JSON-LD, JSON nor CSV;"
            " name its format with --format."
        )
    return named


def parse_file(fetched: Fetched, *, format_name: str = "", now: datetime) -> ParsedFile:
    """All entries of a file; `now` (aware) is where repeating entries begin to count.

    Raises:
        UnknownFormat, FileBroken: see `events.ingestion.errors`.
    """
    return _PARSERS[format_name or detect_format(fetched)](fetched.read(), now)
