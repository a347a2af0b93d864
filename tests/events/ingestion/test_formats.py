from __future__ import annotations

import pytest

from events.ingestion.errors import UnknownFormat
from events.ingestion.fetching.fetch import Fetched
from events.ingestion.formats import detect_format
from tests.events.ingestion.moments import utc
from tests.events.ingestion.parsing import parse_file


@pytest.mark.parametrize(
    ("content", "name", "content_type", "expected"),
    [
        (b"\xef\xbb\xbfBEGIN:VCALENDAR", "feed", "", "icalendar"),
        (b'{"@context": "https://schema.org"}', "x.json", "", "jsonld"),
        (b'[{"title": "x"}]', "x.bin", "", "json"),
        (b"<!DOCTYPE html><html>", "events", "", "html"),
        (b"title,start", "x.CSV", "", "csv"),
        (b"title,start", "download", "text/csv; charset=utf-8", "csv"),
        (b"", "x.ics", "", "icalendar"),
    ],
)
def test_detect_format_looks_at_content_name_and_type(
    content: bytes, name: str, content_type: str, expected: str
) -> None:
    assert detect_format(Fetched(content, name, content_type)) == expected


def test_detect_format_unknown_is_said_so() -> None:
    with pytest.raises(UnknownFormat):
        detect_format(Fetched(b"\x89PNG", "x.png"))


def test_parse_file_named_format_wins() -> None:
    fetched = Fetched(b"title,start\nFair,2026-12-05", "x.json")
    parsed = parse_file(fetched, format_name="csv", now=utc(2026, 1, 1))
    assert [event.title for event in parsed.events] == ["Fair"]
