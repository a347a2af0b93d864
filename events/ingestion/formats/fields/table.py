"""Reads tables (CSV): one event a row, its fields named by the header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date

from events.ingestion.errors import FileBroken
from events.ingestion.formats.decoding import decode
from events.ingestion.formats.fields.record import event_from_fields, style_of
from events.ingestion.formats.fields.times import DateStyle
from events.ingestion.records import BrokenEntry, Entries, RawEvent, Skipped

_DELIMITERS = ",;\t|"
_MALFORMED = "The table is malformed; is a quotation mark left open?"


def read_csv(content: bytes, today: date | None = None) -> Entries:
    """Every row is one event; the delimiter is found by looking, names as in `fields`.

    `today` chooses the year of dates without one.

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
    delimiter = delimiter or _delimiter(text)
    return Entries(_rows(_reader(text, delimiter), _style(text, delimiter, today)))


def _reader(text: str, delimiter: str) -> csv.DictReader[str]:
    return csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)


def _style(text: str, delimiter: str, today: date | None) -> DateStyle:
    """The order of day and month is that of the whole table, so it is gone through once before."""
    rows = _reader(text, delimiter)
    try:
        names = [name for name in rows.fieldnames or () if name]
        return style_of(names, (_record(row) for row in rows), today)
    except csv.Error as error:
        raise FileBroken(_MALFORMED) from error


def _record(row: Mapping[str | None, str | None]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name and value}


def _rows(rows: csv.DictReader[str], style: DateStyle) -> Iterator[RawEvent | Skipped]:
    try:
        for number, row in enumerate(rows, start=2):
            record = _record(row)
            if not record:
                continue
            try:
                yield event_from_fields(record, style)
            except BrokenEntry as error:
                title = next(iter(record.values()), "")
                yield Skipped(f"row {number}", str(title)[:500], "broken entry", str(error))
    except csv.Error as error:
        raise FileBroken(_MALFORMED) from error


def _delimiter(text: str) -> str:
    """The mark that parts the header into the most columns.

    The rows are no help: commas are as frequent in prose as in tables.
    """
    header = text.lstrip().splitlines()[0]
    return max(_DELIMITERS, key=lambda mark: len(next(csv.reader([header], delimiter=mark))))
