"""Tables (CSV): one event a row, named by the header."""

from __future__ import annotations

import csv
import io

from events.ingestion.errors import FileBroken
from events.ingestion.formats.decoding import decode
from events.ingestion.formats.fields import event_from_fields
from events.ingestion.raw import BrokenEntry, ParsedFile, RawEvent, Skipped

_DELIMITERS = ",;\t|"


def parse_csv(content: bytes) -> ParsedFile:
    """Every row is one event; the delimiter is found by looking, names as in `fields`.

    Raises:
        FileBroken: no header, or a field of absurd length (an unclosed quote).
    """
    text = decode(content).replace("\x00", "")
    if not text.strip():
        raise FileBroken("The table is empty.")
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    events: list[RawEvent] = []
    broken: list[Skipped] = []
    try:
        for number, row in enumerate(rows, start=2):
            record = {name: value for name, value in row.items() if name and value}
            if not record:
                continue
            try:
                events.append(event_from_fields(record))
            except BrokenEntry as error:
                title = next(iter(record.values()), "")
                broken.append(Skipped(f"row {number}", str(title), "broken entry", str(error)))
    except csv.Error as error:
        raise FileBroken("The table is malformed; is a quotation mark left open?") from error
    return ParsedFile(events, broken)


def _delimiter(text: str) -> str:
    """The mark that parts the header into the most columns.

    The rows are no help: commas are as frequent in prose as in tables.
    """
    header = text.lstrip().splitlines()[0]
    return max(_DELIMITERS, key=lambda mark: len(next(csv.reader([header], delimiter=mark))))
