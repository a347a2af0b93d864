"""Reads schema.org events in JSON-LD, the form into which `web_page` brings marked pages too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from events.ingestion.formats.fields.times import DateStyle
from events.ingestion.formats.json_file import load_json
from events.ingestion.formats.linked.graph import Graph, Node, as_list, last_word, types_of
from events.ingestion.formats.linked.offers import read_offers
from events.ingestion.formats.linked.places import read_locations
from events.ingestion.formats.linked.schedules import Span, read_duration, read_schedules
from events.ingestion.formats.products.product import find_product
from events.ingestion.formats.products.reading import read_product
from events.ingestion.formats.repetition import Moment, Repeater
from events.ingestion.records import BrokenEntry, Entries, RawEvent, Skipped
from events.ingestion.written.day_order import day_comes_first
from events.ingestion.written.moments import parse_moment

# How deep events may lie inside other objects (graphs, lists, sub-events).
_MAX_DEPTH = 16
_MOST_DATES = 1000
# What stands under these is the same event again, or none that takes place.
_NO_CONTAINERS = frozenset({"@context", "@type", "@id", "potentialAction", "location", "offers"})
_MERE_REFERENCE = {"@id", "@type"}
_PARTS = ("subEvent", "subEvents")
_NO_EVENTS = frozenset({"DeliveryEvent", "OnDemandEvent"})
_OTHER_EVENT_TYPES = {"Festival", "Hackathon", "EventSeries", "CourseInstance"}
# What a part has of the whole to which it belongs, where it says nothing itself.
_INHERITED = ("location", "organizer", "eventAttendanceMode", "eventStatus")
# What a subtype says of its event; the names are those of our topics.
_TOPICS_OF_TYPES = {
    "BusinessEvent": "business",
    "ComedyEvent": "comedy",
    "DanceEvent": "dance",
    "EducationEvent": "education",
    "CourseInstance": "education",
    "ExhibitionEvent": "art",
    "VisualArtsEvent": "art",
    "Festival": "festival",
    "FoodEvent": "food",
    "Hackathon": "tech",
    "LiteraryEvent": "books",
    "MusicEvent": "music",
    "SaleEvent": "market",
    "ScreeningEvent": "film",
    "SocialEvent": "community",
    "SportsEvent": "sports",
    "TheaterEvent": "theatre",
}
_MODES = {
    "OfflineEventAttendanceMode": "offline",
    "OnlineEventAttendanceMode": "online",
    "MixedEventAttendanceMode": "mixed",
}
# In the order in which one of several counts.
_STATUS = {
    "eventcancelled": "cancelled",
    "eventcanceled": "cancelled",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "eventpostponed": "postponed",
    "postponed": "postponed",
    "eventscheduled": "scheduled",
    "eventrescheduled": "scheduled",
    "eventmovedonline": "scheduled",
}


def read_jsonld(content: bytes, now: datetime) -> Entries:
    """Every Event (or subtype), however deep; other vocabularies by product."""
    value = load_json(content)
    if (product := find_product(value)) is not None:
        return read_product(product, value, now)
    return Entries(read_values([value], now))


def read_values(values: list[Any], now: datetime) -> Iterator[RawEvent | Skipped]:
    """The events among documents of JSON-LD, however deep they lie."""
    graph = Graph()
    nodes = list(_event_nodes([graph.add(value) for value in values], _MAX_DEPTH))
    reader = _Reader(graph, Repeater(now), _style(graph, nodes, now))
    for number, (node, whole) in enumerate(nodes, start=1):
        try:
            yield from reader.read(node, whole)
        except BrokenEntry as error:
            identity = _identity(node)[:500] or f"event {number}"
            yield Skipped(
                identity, graph.first_text(node.get("name"))[:500], "broken entry", str(error)
            )


def _style(graph: Graph, nodes: list[tuple[Node, Node | None]], now: datetime) -> DateStyle:
    """How the page writes its dates, where it does not follow ISO 8601."""
    texts = (
        text
        for node, _ in nodes
        for name in ("startDate", "endDate")
        for each in as_list(node.get(name))
        if (text := graph.first_text(each))[4:5] != "-"  # 2026-12-12
    )
    return DateStyle(day_comes_first(texts), now.date())


def _event_nodes(
    value: Any, depth: int, whole: Node | None = None
) -> Iterator[tuple[Node, Node | None]]:
    """(an event, the event of which it is a part)."""
    if depth < 0:
        return
    if isinstance(value, list):
        for each in value:
            yield from _event_nodes(each, depth - 1, whole)
    elif isinstance(value, dict):
        kinds = types_of(value)
        if kinds and any(map(_is_event, kinds)) and not value.keys() <= _MERE_REFERENCE:
            yield value, whole
        for name, each in value.items():
            if isinstance(each, dict | list) and name not in _NO_CONTAINERS:
                if name == "superEvent" and not _is_dated(each):
                    continue
                yield from _event_nodes(each, depth - 1, value if name in _PARTS else None)


def _is_event(kind: str) -> bool:
    return (kind.endswith("Event") and kind not in _NO_EVENTS) or kind in _OTHER_EVENT_TYPES


def _is_dated(value: Any) -> bool:
    return isinstance(value, dict) and "startDate" in value and "name" in value


def _identity(node: Node) -> str:
    identity = str(node.get("@id") or "")
    return "" if identity.startswith("_:") else identity.strip()


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads nodes of one page; the graph resolves what they refer to."""

    graph: Graph
    repeater: Repeater
    style: DateStyle

    def read(self, node: Node, whole: Node | None) -> Iterator[RawEvent]:
        """The event, once for each of its dates.

        Raises:
            BrokenEntry: it has no start that can be read.
        """
        graph = self.graph
        own = graph.follow(node)
        starts = [graph.first_text(each) for each in as_list(own.get("startDate"))]
        span = Span(*self._span(own, 0))
        occurrences = read_schedules(graph, own, span, self.repeater)
        if span.start is None and not occurrences:
            if self._is_frame(own):
                return
            raise BrokenEntry("the start (startDate) is missing or cannot be read")
        if self._is_frame(own) and "EventSeries" in types_of(own):
            return
        event = self._event(self._with_whole(own, whole), span)
        if occurrences:
            for each in occurrences:
                yield replace(event, start=each.start, end=each.end, repeats_at=each.stamp)
            return
        other = self._other_order(own, 0, span)
        yield event if other is None else replace(event, day_first=other)
        for number in range(1, min(len(starts), _MOST_DATES)):
            start, end = self._span(own, number)
            if start is not None:
                other = self._other_order(own, number, Span(start, end))
                yield replace(
                    event, start=start, end=end, repeats_at=starts[number], day_first=other
                )

    def _is_frame(self, node: Node) -> bool:
        """Whether an event has dates only in its parts."""
        parts = [each for name in _PARTS for each in self.graph.each(node.get(name))]
        return any(isinstance(each, dict) and "startDate" in each for each in parts)

    def _other_order(
        self, node: Node, number: int, span: Span
    ) -> tuple[Moment, Moment | None] | None:
        """The start and end with the day before the month, where nothing tells which is meant."""
        written = self.graph.first_text(as_list(node.get("startDate"))[number : number + 1])
        if self.style.day_first is not None or written[4:5] == "-":
            return None
        swapped = replace(self, style=replace(self.style, day_first=True))
        start, end = swapped._span(node, number)
        return None if start is None or start == span.start else (start, end)

    def _span(self, node: Node, number: int) -> tuple[Moment | None, Moment | None]:
        """The start and the end, of several the one of that number; days are half-open."""
        start = self._moment(node.get("startDate"), number)
        end = self._moment(node.get("endDate"), number)
        if end is not None and not isinstance(end, datetime):
            end += timedelta(days=1)  # written is the event's last day
        length = read_duration(self.graph.first_text(node.get("duration")))
        if start is not None and end is None and length is not None:
            end = start + max(length, timedelta(days=1)) if _is_day(start) else start + length
        return start, end

    def _moment(self, value: Any, number: int) -> Moment | None:
        values = as_list(value)
        if number >= len(values):
            return None
        text = self.graph.first_text(values[number])
        return parse_moment(text, day_first=bool(self.style.day_first), today=self.style.today)

    def _with_whole(self, node: Node, whole: Node | None) -> Node:
        """The event with what the whole says for all of its parts."""
        above = next((each for each in self.graph.each(node.get("superEvent"))), whole)
        if not isinstance(above, dict):
            return node
        inherited = {name: above[name] for name in _INHERITED if name in above}
        return {**inherited, **{name: each for name, each in node.items() if each is not None}}

    def _event(self, node: Node, span: Span) -> RawEvent:
        graph, text = self.graph, self.graph.first_text
        where = read_locations(graph, node.get("location"))
        price = read_offers(graph, node)
        mode = _MODES.get(last_word(text(node.get("eventAttendanceMode"))), "")
        states = {last_word(text(each)).casefold() for each in as_list(node.get("eventStatus"))}
        if "eventmovedonline" in states:
            mode = "online"
        is_placed = bool(where.places) and "eventmovedonline" not in states
        return RawEvent(
            uid=_identity(node) or text(node.get("identifier")),
            title=text(node.get("name")),
            start=span.start or date.min,
            end=span.end,
            location=where.line,
            place=where.places[0] if is_placed else None,
            online_url=where.link,
            description=text(node.get("description")),
            url=text(node.get("url")),
            status=next((word for name, word in _STATUS.items() if name in states), ""),
            attendance_mode=mode,
            price=price.text,
            min_price=price.lowest,
            currency=price.currency,
            age_range=text(node.get("typicalAgeRange")),
            audience=self._words(node.get("audience"))
            + (("kids",) if "ChildrensEvent" in types_of(node) else ()),
            keywords=self._words(node.get("keywords")) + _topics_of_types(node),
            organizer=text(node.get("organizer")),
            series_id=next(map(_identity, filter(_is_node, as_list(node.get("superEvent")))), ""),
        )

    def _words(self, value: Any) -> tuple[str, ...]:
        """A comma-separated text or a list, as separate words."""
        texts = [
            self.graph.first_text(each.get("audienceType") or each.get("name"))
            if isinstance(each, dict)
            else self.graph.first_text(each)
            for each in self.graph.each(value)
        ]
        return tuple(word.strip() for text in texts for word in text.split(",") if word.strip())


def _is_node(value: Any) -> bool:
    return isinstance(value, dict)


def _is_day(moment: Moment) -> bool:
    return not isinstance(moment, datetime)


def _topics_of_types(node: Node) -> tuple[str, ...]:
    return tuple(_TOPICS_OF_TYPES[kind] for kind in types_of(node) if kind in _TOPICS_OF_TYPES)
