"""Events as CSV, which a spreadsheet may open without running anything."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime
from io import StringIO
from typing import Any

from events.exports.content import Exported, clean, one_line

# What a spreadsheet takes for the beginning of a formula, wide forms included.
_FORMULA = tuple("=+-@\t\r|%＝＋－＠")
COLUMNS = (
    *("id", "uid", "title", "start", "end", "timezone", "all_day", "status"),
    *("event_attendance_mode", "venue", "room", "street_address", "city", "state"),
    *("postal_code", "country", "latitude", "longitude", "price", "min_price"),
    *("currency", "age_range"),
    *("audience_tags", "tags", "organizer", "url", "page", "description"),
)


def header() -> str:
    return _line(COLUMNS)


def row(exported: Exported) -> str:
    """One event. Times carry their offset; an all-day event has days, the end exclusive."""
    event, venue = exported.event, exported.event.venue
    start: date | datetime = exported.first_day if event.all_day else exported.start
    end: date | datetime | None = exported.day_after if event.all_day else exported.end
    status = "withdrawn" if exported.is_withdrawn else event.event_status
    address = [
        getattr(venue, name) if venue else ""
        for name in ("name", "street_address", "city", "state", "postal_code", "country")
    ]
    latitude, longitude = exported.point or (None, None)
    return _line(
        [
            event.pk,
            exported.uid,
            text_cell(exported.title),
            start.isoformat(),
            end.isoformat() if end else "",
            event.timezone,
            "true" if event.all_day else "false",
            status,
            event.event_attendance_mode,
            text_cell(address[0]),
            text_cell(event.room_name),
            *(text_cell(part) for part in address[1:]),
            latitude,
            longitude,
            text_cell(event.price),
            event.min_price,
            event.currency,
            text_cell(event.age_range),
            text_cell(", ".join(event.audience_tags)),
            text_cell(", ".join(event.metadata_tags)),
            text_cell(event.organizer),
            text_cell(exported.url),
            exported.page,
            text_cell(exported.description, lines=True),
        ]
    )


def text_cell(text: str, *, lines: bool = False) -> str:
    """Text as a cell; an apostrophe keeps what looks like a formula from being one."""
    cell = clean(text) if lines else one_line(text)
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell


def _line(cells: Iterable[Any]) -> str:
    out = StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
