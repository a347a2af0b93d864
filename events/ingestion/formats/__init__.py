"""Detects the format of a file and calls its reader."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from events.ingestion.errors import UnknownFormat
from events.ingestion.fetching.fetch import Fetched
from events.ingestion.formats.feeds.feed import read_feed
from events.ingestion.formats.fields.table import read_csv
from events.ingestion.formats.ical.reader import read_icalendar
from events.ingestion.formats.json_file import read_json
from events.ingestion.formats.linked.jsonld import read_jsonld
from events.ingestion.formats.web_page import read_html
from events.ingestion.records import Entries

_READERS: dict[str, Callable[[Fetched, datetime], Entries]] = {
    "icalendar": read_icalendar,
    "jsonld": lambda fetched, now: read_jsonld(fetched.read(), now),
    "html": lambda fetched, now: read_html(fetched.read(), now, fetched.content_type),
    "feed": lambda fetched, now: read_feed(fetched.read(), now),
    "json": lambda fetched, now: read_json(fetched.read(), now),
    "csv": lambda fetched, now: read_csv(fetched.read(), now.date()),
}
FORMATS = tuple(_READERS)

_BY_EXTENSION = {
    "ics": "icalendar",
    "ical": "icalendar",
    "ifb": "icalendar",
    "jsonld": "jsonld",
    "html": "html",
    "htm": "html",
    "rss": "feed",
    "atom": "feed",
    "xml": "feed",
    "rdf": "feed",
    "json": "json",
    "csv": "csv",
    "tsv": "csv",
}
_BY_CONTENT_TYPE = {
    "text/calendar": "icalendar",
    "application/ld+json": "jsonld",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/rss+xml": "feed",
    "application/atom+xml": "feed",
    "application/rdf+xml": "feed",
    "application/xml": "feed",
    "text/xml": "feed",
    "application/json": "json",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
}
_LOOK_AT = 65_536
_ROOT = re.compile(rb"<((?:\w+:)?icalendar|html|rss|(?:atom:)?feed|rdf:rdf)[\s>]")
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf": "7z",
}


def _packed(head: bytes) -> str:
    return next((name for mark, name in _PACKED.items() if head.startswith(mark)), "")


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
    if packed := _packed(head):
        raise UnknownFormat(f"The file is packed ({packed}); unpack it first.")
    if lowered.startswith((b"<!doctype html", b"<html")):
        return "html"
    if lowered.startswith(b"<") and (root := _ROOT.search(lowered)):
        return "html" if root[1] == b"html" else "feed"
    extension = fetched.file_name.rpartition(".")[2].lower()
    named = _BY_EXTENSION.get(extension) or _BY_CONTENT_TYPE.get(
        fetched.content_type.partition(";")[0].strip().lower()
    )
    if named is None:
        raise UnknownFormat(
            "The file is neither iCalendar, JSON-LD, a page with events, RSS, Atom, JSON nor CSV;"
            " name its format."
        )
    return named


def read_file(fetched: Fetched, *, format_name: str = "", now: datetime) -> Entries:
    """The entries of a file.

    From `now` (aware) on repeating entries count, and near it are days without a year.

    Raises:
        UnknownFormat, FileBroken: see `events.ingestion.errors`.
    """
    return _READERS[format_name or detect_format(fetched)](fetched, now)
