"""Reads RSS and Atom whose items carry the times of events.

The fields of the RSS event module (`ev:`), of xCal, of Google's calendar
elements (`gd:when`) and GeoRSS are read. An item's own date says when it was
published, not when something happens, so an item without an event's date is
reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser

from core.zones import zone_or_none
from events.ingestion.errors import FileBroken, FileTooLarge
from events.ingestion.records import BrokenEntry, Entries, RawEvent, RawPlace, Skipped
from events.ingestion.written.moments import parse_moment

# An item of three bytes takes a thousand in memory.
MAX_TAGS = 100_000

_ENTITY = re.compile(rb"<!\s*ENTITY", re.IGNORECASE)
_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?(Z?)")
# Our field → the elements, with the prefixes that feeds use for the namespaces.
_FIELDS: dict[str, tuple[str, ...]] = {
    "start": (
        *("ev_startdate", "xcal_dtstart", "cal_dtstart", "ical_dtstart", "event_startdate"),
        *("event_start", "startdate", "starttime", "start", "dtstart", "eventdate", "start_date"),
        *("tribe_start_date", "mec_startdate", "calendar_starttime", "gc_start_date"),
    ),
    "end": (
        *("ev_enddate", "xcal_dtend", "cal_dtend", "ical_dtend", "event_enddate"),
        *("event_end", "enddate", "endtime", "end", "dtend", "end_date", "tribe_end_date"),
        *("mec_enddate", "calendar_endtime", "gc_end_date"),
    ),
    "location": (
        *("ev_location", "xcal_location", "cal_location", "ical_location", "event_location"),
        *("gd_where", "location", "venue", "mec_location", "calendar_location"),
    ),
    "organizer": ("ev_organizer", "xcal_organizer", "cal_organizer", "event_organizer"),
    "kind": ("ev_type", "xcal_categories", "cal_categories"),
    "uid": ("xcal_uid", "cal_uid", "ical_uid"),
    "zone": ("xcal_tzid", "timezone", "ev_timezone"),
    "price": ("price", "cost", "ev_cost", "mec_cost", "xcal_x_cost"),
    "status": ("xcal_status", "cal_status", "gd_eventstatus"),
    "latitude": ("geo_lat",),
    "longitude": ("geo_long", "geo_lon"),
}
_PARTS = {"start": "starttime", "end": "endtime", "location": "valuestring"}


def read_feed(content: bytes) -> Entries:
    """Every item that says when its event is.

    Raises:
        FileBroken: no feed, or one that declares entities.
        FileTooLarge: more elements than a feed has.
    """
    if content.count(b"<") > MAX_TAGS:
        raise FileTooLarge(f"The feed has more than {MAX_TAGS:,} tags.")
    # Wide letters are bytes with zeros between them.
    narrow = content.replace(b"\x00", b"")
    if _ENTITY.search(narrow):
        raise FileBroken("The feed declares entities (a document type), which no feed needs.")
    if not _END.search(narrow[-1000:]):
        raise FileBroken("The file is neither RSS nor Atom, or it is cut off.")
    try:
        feed = feedparser.parse(content, sanitize_html=False)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise FileBroken("The feed is malformed.") from error
    if not feed.entries and not feed.get("version"):
        raise FileBroken("The file is neither RSS nor Atom, or it is cut off.")
    zone = zone_or_none(_field(feed.feed, "zone")) or ""
    return Entries(_items(feed.entries), zone)


def _items(items: list[Mapping[str, Any]]) -> Iterator[RawEvent | Skipped]:
    for number, item in enumerate(items, start=1):
        try:
            yield _raw_event(item)
        except BrokenEntry as error:
            identity = str(item.get("id") or item.get("link") or f"item {number}")[:500]
            yield Skipped(identity, str(item.get("title", ""))[:500], "broken entry", str(error))


def _raw_event(item: Mapping[str, Any]) -> RawEvent:
    start = _start(item)
    kind = _field(item, "kind")
    status = _field(item, "status").rpartition(".")[2].casefold()
    return RawEvent(
        uid=str(_field(item, "uid") or item.get("id") or item.get("link") or ""),
        title=str(item.get("title", "")),
        start=start,
        end=_end(item, start),
        zone=zone_or_none(_field(item, "zone")) or "",
        location=_field(item, "location"),
        place=_point(item),
        description=_description(item),
        url=str(item.get("link", "")),
        status="cancelled" if status in ("cancelled", "canceled") else "",
        price=_field(item, "price"),
        keywords=(*_tags(item), *((kind,) if kind else ())),
        organizer=_field(item, "organizer"),
    )


def _field(item: Mapping[str, Any], name: str) -> str:
    """The first element that holds something; Google's hold it in an attribute."""
    for element in (*_FIELDS[name], *(("gd_when",) if name in ("start", "end") else ())):
        value = item.get(element)
        if isinstance(value, Mapping):
            value = value.get(_PARTS.get(name, "value")) or value.get("value")
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _start(item: Mapping[str, Any]) -> date | datetime:
    written = _field(item, "start")
    if not written:
        raise BrokenEntry("no start: the item does not say when its event is")
    start = _moment(written)
    if start is None:
        raise BrokenEntry(f"the start {written[:60]!r} cannot be read")
    return start


def _end(item: Mapping[str, Any], start: date | datetime) -> date | datetime | None:
    """The end; a bare date is the last day, and ours is half-open.

    Google's dates are half-open already.
    """
    end = _moment(_field(item, "end"))
    if end is None or isinstance(end, datetime) or "gd_when" in item:
        return end
    day = start.date() if isinstance(start, datetime) else start
    return None if isinstance(start, datetime) and end <= day else end + timedelta(days=1)


def _moment(text: str) -> date | datetime | None:
    """A moment as people write it, or as iCalendar does: 20261205T193000Z."""
    match = _COMPACT.fullmatch(text)
    if match is not None:
        year, month, day, hour, minute, second, utc = match.groups()
        text = f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{'+00:00' if utc else ''}"
    return parse_moment(text) or _mail_date(text)


def _mail_date(text: str) -> datetime | None:
    """A moment as RSS writes its own dates: Sat, 05 Dec 2026 19:30:00 -0500."""
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def _point(item: Mapping[str, Any]) -> RawPlace | None:
    where = item.get("where")
    if isinstance(where, Mapping) and where.get("type") == "Point":
        longitude, latitude = where["coordinates"][:2]
        return RawPlace(latitude=float(latitude), longitude=float(longitude))
    try:
        return RawPlace(
            latitude=float(_field(item, "latitude")), longitude=float(_field(item, "longitude"))
        )
    except ValueError:
        return None


def _description(item: Mapping[str, Any]) -> str:
    contents = [str(each.get("value", "")) for each in item.get("content", ())]
    return max([str(item.get("summary", "")), *contents], key=len)


def _tags(item: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(tag["term"]) for tag in item.get("tags", ()) if tag.get("term"))
