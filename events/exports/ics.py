"""Events as iCalendar (RFC 5545, RFC 7986).

Times are in UTC: a local time with a zone cannot say which of the two hours is meant
that an autumn night has twice, and every calendar program shows UTC in its user's
zone. All-day events are dates, which are the same days everywhere.
"""

from __future__ import annotations

from datetime import UTC, timedelta

from icalendar import Calendar, vDuration, vText
from icalendar import Event as Component

from events.exports.content import Exported, one_line
from events.models import Event

PRODUCT = "-//Superschedules//Events//EN"
# How soon a subscriber may ask again.
_BETWEEN_VISITS = timedelta(hours=1)
_STATUS = {
    Event.Status.SCHEDULED.value: "CONFIRMED",
    Event.Status.POSTPONED.value: "TENTATIVE",
    Event.Status.CANCELLED.value: "CANCELLED",
}


def calendar_head(name: str) -> str:
    """The beginning of a calendar, up to its first event."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    # Both are texts; the package escapes only values of the properties that it knows.
    calendar.add("name", vText(one_line(name)))
    calendar.add("x-wr-calname", vText(one_line(name)))
    calendar.add("refresh-interval", vDuration(_BETWEEN_VISITS), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return _text(calendar).removesuffix(calendar_tail())


def calendar_tail() -> str:
    return "END:VCALENDAR\r\n"


def event_component(exported: Exported) -> str:
    """One VEVENT, escaped and folded."""
    event, component = exported.event, Component()
    component.add("uid", exported.uid)
    component.add("dtstamp", event.updated_at)
    component.add("last-modified", event.updated_at)
    component.add("created", event.created_at)
    component.add("sequence", event.sequence)
    component.add("summary", exported.title)
    _add_times(component, exported)
    component.add("status", _status(exported))
    component.add("url", exported.url)
    optional = {
        "description": _description(exported),
        "location": exported.place,
        "geo": exported.point,
        "contact": one_line(event.organizer),
        "categories": [one_line(tag) for tag in event.metadata_tags],
    }
    for name, value in optional.items():
        if value:
            component.add(name, value)
    return _text(component)


def _text(component: Calendar | Component) -> str:
    encoded: bytes = component.to_ical(sorted=False)
    return encoded.decode()


def _add_times(component: Component, exported: Exported) -> None:
    if exported.event.all_day:
        component.add("dtstart", exported.first_day)
        component.add("dtend", exported.day_after)
        return
    start = exported.start.astimezone(UTC).replace(microsecond=0)
    component.add("dtstart", start)
    if exported.end is None:
        return
    end = exported.end.astimezone(UTC).replace(microsecond=0)
    if end > start:  # an end must be later; without one it ends when it starts
        component.add("dtend", end)


def _status(exported: Exported) -> str:
    """The status; an event that left its feed is tentative, since it may or may not take place."""
    status = _STATUS[exported.event.event_status]
    return "TENTATIVE" if exported.is_withdrawn and status == "CONFIRMED" else status


def _description(exported: Exported) -> str:
    notes = ["No longer in the calendar it came from."] if exported.is_withdrawn else []
    price = one_line(exported.event.price)
    notes += [f"Price: {price}"] if price else []
    pages = [exported.page] if exported.page != exported.url else []
    return "\n\n".join(part for part in (*notes, exported.description, *pages) if part)
