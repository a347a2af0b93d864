"""Serves the public page and files of each event."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from api.events.export import EventSuffix, event_file
from api.http.responses import base_of, links_from
from core.errors import NotFound
from events.exports import Exported, export_event
from events.exports.calendar_links import google_link, outlook_link
from events.exports.content import address_lines, one_line
from events.exports.jsonld import event_document, in_script
from events.models import Event
from web.pages import missing_page, page

_SUMMARY_LENGTH = 200


@require_safe
def event_page(request: HttpRequest, event_id: int) -> HttpResponse:
    """Shows an event; past, cancelled and withdrawn ones have their page too."""
    event = Event.objects.select_related("venue").filter(pk=event_id).first()
    if event is None:
        return missing_page(
            request, title="No such event", detail="It may have been removed from the calendar."
        )
    exported = export_event(event, links_from(base_of(request)))
    return page(request, "web/event.html", _context(exported))


@require_safe
def event_file_view(request: HttpRequest, event_id: int, suffix: str) -> HttpResponseBase:
    """The event as a calendar file or as data, without signing in."""
    missing = missing_page(request, title="Nothing here", detail="There is no such file.")
    if suffix not in ("ics", "jsonld"):
        return missing
    try:
        return event_file(request, event_id, cast(EventSuffix, suffix))
    except NotFound:
        return missing


def _context(exported: Exported) -> dict[str, object]:
    event = exported.event
    venue = event.venue
    modes = {"online": "Online", "mixed": "In person or online"}
    place = [one_line(event.room_name), one_line(venue.name)] if venue else []
    return {
        "event": event,
        "exported": exported,
        "notices": notices(exported, now=timezone.now()),
        "when": when_text(exported),
        "place": ", ".join(part for part in place if part) or exported.place,
        "address": address_lines(venue) if venue else [],
        "map": exported.point,
        "website": exported.url if exported.url != exported.page else "",
        "price": price_text(event),
        "mode": modes.get(event.event_attendance_mode, ""),
        "paragraphs": [part for part in exported.description.split("\n\n") if part.strip()],
        "summary": _summary(exported),
        "google": google_link(exported),
        "outlook": outlook_link(exported),
        # Its "<", ">" and "&" are escaped as JSON escapes them.
        "jsonld": mark_safe(in_script(event_document(exported))),  # noqa: S308
    }


def _summary(exported: Exported) -> str:
    """One line for who shares the page."""
    text = " · ".join(part for part in (when_text(exported), exported.place) if part)
    rest = one_line(exported.description)
    whole = f"{text} · {rest}" if rest else text
    if len(whole) <= _SUMMARY_LENGTH:
        return whole
    return whole[:_SUMMARY_LENGTH].rpartition(" ")[0] + " …"


def when_text(exported: Exported) -> str:
    """The time in the event's own zone: "Saturday, November 21, 2026, 7:00 – 9:00 PM EST"."""
    if exported.event.all_day:
        last = exported.day_after - timedelta(days=1)
        if last == exported.first_day:
            return f"{_day(exported.first_day)}, all day"
        return f"{_day(exported.first_day)} – {_day(last)}"
    start, end = exported.start, exported.end
    if end is None or end.timestamp() <= start.timestamp():
        return f"{_day(start)}, {_clock(start)} {start:%Z}"
    if start.date() == end.date() or (end - start <= timedelta(hours=12) and end.hour < 6):
        is_same_half = f"{start:%p%Z}" == f"{end:%p%Z}" and start.date() == end.date()
        begins = _clock(start).removesuffix(f" {start:%p}") if is_same_half else _clock(start)
        return f"{_day(start)}, {begins} – {_clock(end)} {end:%Z}"
    return f"{_day(start)}, {_clock(start)} {start:%Z} – {_day(end)}, {_clock(end)} {end:%Z}"


def notices(exported: Exported, *, now: datetime) -> list[str]:
    """Notices to read before anything else."""
    event = exported.event
    found = []
    if event.event_status == Event.Status.CANCELLED:
        found.append("This event is cancelled.")
    if event.event_status == Event.Status.POSTPONED:
        found.append("This event is postponed. The time below may not hold.")
    if exported.is_withdrawn:
        found.append("The calendar it came from no longer lists this event. Ask before you go.")
    if (event.end_time or event.start_time) < now:
        found.append("This event is over.")
    return found


def price_text(event: Event) -> str:
    """The price as it was written, else as it is known."""
    if event.price:
        return event.price
    if event.min_price is None:
        return ""
    if event.min_price == 0:
        return "Free"
    # The currency is not known.
    return f"from {event.min_price:.2f}".removesuffix(".00")


def _day(day: date) -> str:
    return f"{day:%A, %B} {day.day}, {day.year}"


def _clock(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M %p}"
