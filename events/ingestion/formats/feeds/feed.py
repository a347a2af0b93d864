"""Reads RSS and Atom whose items carry the times of events, and calendars in XML.

The elements that hold them are named in `products/feeds`: of the RSS event module, of xCal, of
Google's calendar elements (`gd:when`), of plug-ins and of known products. An item's own date says
when it was published, not when something happens, so an item without an event's date is reported.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path

from events.ingestion.errors import FileBroken
from events.ingestion.fetching.fetch import Fetched
from events.ingestion.formats.feeds.tree import Element, Item, head_of, items_of, name_of, read_tree
from events.ingestion.formats.feeds.xcal import written_as_lines
from events.ingestion.formats.fields.record import event_from_fields
from events.ingestion.formats.fields.times import DateStyle
from events.ingestion.formats.ical.reader import read_icalendar
from events.ingestion.records import BrokenEntry, Entries, RawEvent, RawPlace, Skipped
from events.ingestion.written.day_order import day_comes_first
from events.ingestion.written.moments import parse_moment
from events.places.zone_names import place_zone

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?(Z?)")
_RANGE = re.compile(r"\s+(?:[-–—]|to|until)\s+|(?<=[\dm])\s*[–—]\s*", re.IGNORECASE)
_ROOTS = frozenset({"rss", "feed", "rdf"})
_ZONES = ("tz", "tzid", "timezone")
_POINT = re.compile(r"\s*(-?\d+(?:\.\d+)?)[\s,]+(-?\d+(?:\.\d+)?)\s*")


@dataclass(frozen=True, slots=True)
class _Product:
    """The names of the elements in which a product writes each of our fields."""

    name: str
    signs: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]

    def said(self, item: Item, field: str) -> str:
        """What an item says of a field; parts of a name with " + " are joined."""
        for names in self.fields.get(field, ()):
            parts = [item.first(name) for name in names.split(" + ")]
            if any(parts):
                return ", ".join(dict.fromkeys(part for part in parts if part))
        return ""


@cache
def _products() -> tuple[_Product, ...]:
    """The known ones, then what holds for all others."""
    folder = Path(__file__).parents[1] / "products" / "feeds"
    found = []
    for path in sorted(folder.glob("*.toml")):
        data = tomllib.loads(path.read_text("utf-8"))
        fields = {
            name: (names,) if isinstance(names, str) else tuple(names)
            for name, names in data["fields"].items()
        }
        found.append(_Product(data["name"], tuple(data["signs"]), fields))
    return tuple(sorted(found, key=lambda product: -len(product.signs)))


def read_feed(content: bytes, now: datetime) -> Entries:
    """Every item that says when its event is.

    Raises:
        FileBroken: no feed, or one that declares entities.
        FileTooLarge: more elements than a feed has.
    """
    root = read_tree(content)
    if name_of(root).rpartition("_")[2] == "icalendar":
        entries = read_icalendar(Fetched(written_as_lines(root), ""), now)
        return Entries(entries.found, entries.timezone, "xCal")
    if name_of(root) not in _ROOTS:
        raise FileBroken("The file is neither RSS nor Atom, or it is cut off.")
    items = items_of(root)
    names = {element.name for item in items for element in item.elements}
    product = next(each for each in _products() if names.issuperset(each.signs))
    zone = place_zone(_products()[-1].said(head_of(root), "timezone"))
    texts = (product.said(item, name) for item in items for name in ("start", "end"))
    style = DateStyle(day_comes_first(texts), now.date())
    return Entries(_events(product, items, style), zone, product.name)


def _events(product: _Product, items: list[Item], style: DateStyle) -> Iterator[RawEvent | Skipped]:
    for number, item in enumerate(items, start=1):
        try:
            for one in _dates(item):
                yield _raw_event(product, one, style)
        except BrokenEntry as error:
            identity = _identity(item) or f"item {number}"
            yield Skipped(identity[:500], item.first("title")[:500], "broken entry", str(error))


def _dates(item: Item) -> Iterator[Item]:
    """The item once for each `gd:when`, of which one that repeats has several."""
    several = list(item.all("gd_when"))
    if len(several) < 2:
        yield item
        return
    others = tuple(element for element in item.elements if element.name != "gd_when")
    for when in several:
        yield Item((*others, when), item.about)


def _raw_event(product: _Product, item: Item, style: DateStyle) -> RawEvent:
    start, end = _times(product, item, style)
    day_first = None
    if style.day_first is None and "/" in product.said(item, "start"):
        other = _times(product, item, replace(style, day_first=True))
        day_first = other if other[0] != start else None
    kind = product.said(item, "kind")
    whens = list(item.all("gd_when"))
    return RawEvent(
        uid=product.said(item, "uid") or _identity(item),
        repeats_at=whens[0].attributes.get("starttime", "") if whens else "",
        title=item.first("title"),
        start=start,
        end=end,
        day_first=day_first,
        zone=_zone(product, item),
        location=product.said(item, "location"),
        place=_point(product, item),
        description=_description(item),
        url=product.said(item, "url") or _link(item),
        status=product.said(item, "status").rpartition(".")[2],
        price=product.said(item, "price"),
        keywords=(*_tags(item), *((kind,) if kind else ())),
        organizer=product.said(item, "organizer"),
    )


def _identity(item: Item) -> str:
    return item.first("guid", "id") or _link(item) or item.about


def _link(item: Item) -> str:
    for element in item.all("link"):
        if element.attributes.get("rel", "alternate") == "alternate":
            address = element.attributes.get("href", "") or element.text
            if address.strip():
                return address.strip().replace("&amp;", "&")
    return ""


def _zone(product: _Product, item: Item) -> str:
    """The item's zone, in an element of its own or as an attribute of the start."""
    names = [product.said(item, "timezone")]
    for path in product.fields.get("start", ()):
        for element in item.all(path.partition("@")[0]):
            names += [element.attributes.get(name, "") for name in _ZONES]
    return next((zone for zone in map(place_zone, names) if zone), "")


def _times(
    product: _Product, item: Item, style: DateStyle
) -> tuple[date | datetime, date | datetime | None]:
    written = product.said(item, "start")
    if not written:
        raise BrokenEntry("no start: the item does not say when its event is")
    if "clock" in product.fields:
        return _times_in_parts(product, item, written, style)
    start = _moment(written, style)
    if start is None:
        raise BrokenEntry(f"the start {written[:60]!r} cannot be read")
    return start, _end(product, item, start, style)


def _times_in_parts(
    product: _Product, item: Item, written: str, style: DateStyle
) -> tuple[date | datetime, date | datetime | None]:
    """Days and times of day in elements of their own; either may be a range."""
    first, *last_day = _RANGE.split(written, maxsplit=1)
    clock, *last_clock = _RANGE.split(product.said(item, "clock"), maxsplit=1)
    event = event_from_fields(
        {
            "start": first,
            "end": product.said(item, "end") or (last_day or [""])[0],
            "time": clock,
            "time end": product.said(item, "end_clock") or (last_clock or [""])[0],
        },
        style,
    )
    return event.start, event.end


def _end(
    product: _Product, item: Item, start: date | datetime, style: DateStyle
) -> date | datetime | None:
    """The end; a bare date is the last day, and ours is half-open.

    Google's dates are half-open already.
    """
    end = _moment(product.said(item, "end"), style)
    if end is None or isinstance(end, datetime) or next(item.all("gd_when"), None) is not None:
        return end
    day = start.date() if isinstance(start, datetime) else start
    return None if isinstance(start, datetime) and end <= day else end + timedelta(days=1)


def _moment(text: str, style: DateStyle) -> date | datetime | None:
    """A moment as people write it, or as iCalendar does: 20261205T193000Z."""
    match = _COMPACT.fullmatch(text)
    if match is not None:
        year, month, day, hour, minute, second, utc = match.groups()
        text = f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{'+00:00' if utc else ''}"
    return parse_moment(text, day_first=bool(style.day_first), today=style.today) or _mail_date(
        text
    )


def _mail_date(text: str) -> datetime | None:
    """A moment as RSS writes its own dates: Sat, 05 Dec 2026 19:30:00 -0500."""
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def _point(product: _Product, item: Item) -> RawPlace | None:
    for name in ("georss_point", "gml_pos"):
        if match := _POINT.fullmatch(item.first(name)):
            return RawPlace(latitude=float(match[1]), longitude=float(match[2]))
    try:
        return RawPlace(
            latitude=float(product.said(item, "latitude")),
            longitude=float(product.said(item, "longitude")),
        )
    except ValueError:
        return None


def _description(item: Item) -> str:
    names = ("description", "summary", "content", "content_encoded")
    return max((item.first(name) for name in names), key=len)


def _tags(item: Item) -> tuple[str, ...]:
    return tuple(word for element in item.all("category") if (word := _term(element)))


def _term(element: Element) -> str:
    return (element.attributes.get("term") or element.text).strip()
