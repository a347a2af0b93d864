"""Reads schema.org's Schedule: the dates at which an event repeats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.ingestion.formats.linked.graph import Graph, Node, last_word
from events.ingestion.formats.repetition import Moment, Occurrence, Repeater, Series
from events.ingestion.written.moments import parse_clock, parse_moment

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.\d+)?S)?)?",
    re.IGNORECASE,
)
_EVERY = re.compile(r"P(\d+)([DWMY])", re.IGNORECASE)
_FREQUENCIES = {"D": "DAILY", "W": "WEEKLY", "M": "MONTHLY", "Y": "YEARLY"}
_DAY = re.compile(r"([+-]?\d)?(mo|tu|we|th|fr|sa|su)(?:[a-z]*)", re.IGNORECASE)
_MOST_EXCEPTIONS = 1000


@dataclass(frozen=True, slots=True)
class Span:
    """When an event says that it is, apart from its schedule."""

    start: Moment | None
    end: Moment | None


def read_duration(text: str) -> timedelta | None:
    """A length of time as ISO 8601 writes it: PT2H, P1DT30M."""
    match = _DURATION.fullmatch(text.strip()) if text else None
    if match is None:
        return None
    try:
        length = timedelta(**{name: int(each) for name, each in match.groupdict("0").items()})
    except OverflowError:
        return None
    return length or None


def read_schedules(graph: Graph, event: Node, span: Span, repeater: Repeater) -> list[Occurrence]:
    """The dates of all of an event's schedules; none where they do not say any.

    Raises:
        BrokenEntry: a schedule that cannot be followed.
    """
    found: dict[str, Occurrence] = {}
    for node in graph.each(event.get("eventSchedule")) if "eventSchedule" in event else ():
        if isinstance(node, dict):
            for occurrence in _read_schedule(graph, node, span, repeater):
                found.setdefault(occurrence.stamp, occurrence)
    return sorted(found.values(), key=lambda each: each.stamp)


def _read_schedule(graph: Graph, node: Node, span: Span, repeater: Repeater) -> list[Occurrence]:
    first = _start(graph, node, span)
    rule = _rule(graph, node)
    if first is None or not rule:
        return []
    length = _length(graph, node, first, span)
    zone = graph.first_text(node.get("scheduleTimezone"))
    excluded = list(_excluded(graph, node, first))
    end = first + length if length is not None else None
    return repeater.occurrences(Series(first, end, zone, [rule], excluded))


def _start(graph: Graph, node: Node, span: Span) -> Moment | None:
    """The first date: the schedule's own, else the event's, at the schedule's time of day."""
    clock = parse_clock(graph.first_text(node.get("startTime")))
    own = parse_moment(graph.first_text(node.get("startDate"))) or span.start
    if own is None or isinstance(own, datetime):
        return own
    if clock is not None:
        return datetime.combine(own, clock)
    if isinstance(span.start, datetime):
        return datetime.combine(own, span.start.timetz())
    return own


def _length(graph: Graph, node: Node, first: Moment, span: Span) -> timedelta | None:
    """How long each date takes."""
    if said := read_duration(graph.first_text(node.get("duration"))):
        return said
    clock = parse_clock(graph.first_text(node.get("endTime")))
    if clock is not None and isinstance(first, datetime):
        length = timedelta(hours=clock.hour, minutes=clock.minute) - timedelta(
            hours=first.hour, minutes=first.minute
        )
        return length if length > timedelta() else length + timedelta(days=1)
    start, end = span.start, span.end
    if isinstance(start, datetime) and isinstance(end, datetime) and isinstance(first, datetime):
        is_comparable = (start.tzinfo is None) == (end.tzinfo is None)
        if is_comparable and timedelta() < end - start < timedelta(days=1):
            return end - start
    return None


def _rule(graph: Graph, node: Node) -> str:
    """The schedule as a rule of iCalendar; empty where it does not repeat."""
    frequency = graph.first_text(node.get("repeatFrequency"))
    match = _EVERY.fullmatch(frequency)
    days = [day for each in graph.each(node.get("byDay")) for day in _days(graph, each)]
    if match is not None:
        parts = [f"FREQ={_FREQUENCIES[match[2].upper()]}", f"INTERVAL={int(match[1])}"]
    else:
        named = last_word(frequency).upper()
        named = named if named in _FREQUENCIES.values() else "WEEKLY" if days else ""
        if not named:
            return ""
        parts = [f"FREQ={named}"]
    weeks = [
        graph.first_text(each)
        for each in graph.each(node.get("byMonthWeek"))
        if re.fullmatch(r"-?[1-5]", graph.first_text(each))
    ]
    days = [f"{week}{day[-2:]}" for week in weeks for day in days] if weeks else days
    parts += [f"BYDAY={','.join(days)}"] if days else []
    for ours, theirs in (("BYMONTH", "byMonth"), ("BYMONTHDAY", "byMonthDay")):
        numbers = [graph.first_text(each) for each in graph.each(node.get(theirs))]
        if numbers and all(re.fullmatch(r"-?\d{1,2}", each) for each in numbers):
            parts.append(f"{ours}={','.join(numbers)}")
    return "RRULE:" + ";".join([*parts, *_limit(graph, node)])


def _days(graph: Graph, value: object) -> Iterator[str]:
    for word in re.split(r"[\s,]+", graph.first_text(value)):
        if match := _DAY.fullmatch(last_word(word)):
            yield (match[1] or "") + match[2].upper()


def _limit(graph: Graph, node: Node) -> list[str]:
    count = graph.first_text(node.get("repeatCount"))
    if re.fullmatch(r"[1-9]\d{0,8}", count):
        return [f"COUNT={count}"]
    last = parse_moment(graph.first_text(node.get("endDate")))
    if last is None:
        return []
    # The last day is included, whatever its hour.
    return [f"UNTIL={last:%Y%m%d}"]


def _excluded(graph: Graph, node: Node, first: Moment) -> Iterator[Moment]:
    for each in graph.each(node.get("exceptDate"))[:_MOST_EXCEPTIONS]:
        moment = parse_moment(graph.first_text(each))
        if moment is None:
            continue
        if not isinstance(first, datetime):
            yield moment.date() if isinstance(moment, datetime) else moment
        elif isinstance(moment, datetime):
            yield moment
        else:
            yield datetime.combine(moment, first.timetz())
