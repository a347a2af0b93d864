"""Reads tables (CSV): one event a row, its fields named by the header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from events.ingestion.errors import FileBroken
from events.ingestion.formats.decoding import decode
from events.ingestion.formats.fields import event_from_fields
from events.ingestion.records import BrokenEntry, Entries, RawEvent, Skipped

_DELIMITERS = ",;\t|"


def read_csv(content: bytes) -> Entries:
    """Every row is one event; the delimiter is found by looking, names as in `fields`.

    Raises:
        FileBroken: no header, or a field of absurd length (an unclosed quote).
    """
    text = decode(content).replace("\x00", "").lstrip()
    if not text:
        raise FileBroken("The table is empty.")
    delimiter = ""
    if text[:4].lower() == "sep=":  # a line that spreadsheets write for themselves
        first, _, text = text.partition("\n")
        delimiter = first.rstrip("\r")[4:5]
    lines = io.StringIO(text, newline="")
    return Entries(_rows(csv.DictReader(lines, delimiter=delimiter or _delimiter(text))))


def _rows(rows: csv.DictReader[str]) -> Iterator[RawEvent | Skipped]:
    try:
        for number, row in enumerate(rows, start=2):
            record = {name: value for name, value in row.items() if name and value}
            if not record:
                continue
            try:
                yield event_from_fields(record)
            except BrokenEntry as error:
                title = next(iter(record.values()), "")
                yield Skipped(f"row {number}", str(title)[:500], "broken entry", str(error))
    except csv.Error as error:
        raise FileBroken("The table is malformed; is a quotation mark left open?") from error


def _delimiter(text: str) -> str:
    """The mark that parts the header into the most columns.

    The rows are no help: commas are as frequent in prose as in tables.
    """
    header = text.lstrip().splitlines()[0]
    return max(_DELIMITERS, key=lambda mark: len(next(csv.reader([header], delimiter=mark))))
